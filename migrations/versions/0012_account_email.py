"""Addresses of accounts that wait for their confirmation; invitations to a role for one subject."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SCOPE_WHOLE = "(scope_kind IS NULL) = (scope_id IS NULL)"


def upgrade() -> None:
    op.create_table(
        "email_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_index", sa.LargeBinary(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("mails", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("mails BETWEEN 1 AND 3", name=op.f("ck_email_change_mails_in_range")),
        sa.CheckConstraint(
            "num_nulls(address_sealed, address_index) = CASE WHEN confirmed_on IS NULL THEN 0 ELSE 2 END",
            name=op.f("ck_email_change_erased_when_confirmed"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_email_change_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_change")),
        sa.UniqueConstraint("account_id", name=op.f("uq_email_change_account_id")),
    )
    op.add_column("invitation", sa.Column("scope_kind", sa.Text(), nullable=True))
    op.add_column("invitation", sa.Column("scope_id", sa.Uuid(), nullable=True))
    op.create_check_constraint(op.f("ck_invitation_scope_whole"), "invitation", SCOPE_WHOLE)


def downgrade() -> None:
    # An invitation that was narrower than the former code can tell would give more than was meant.
    op.execute("DELETE FROM invitation WHERE scope_kind IS NOT NULL")
    op.drop_constraint(op.f("ck_invitation_scope_whole"), "invitation", type_="check")
    op.drop_column("invitation", "scope_id")
    op.drop_column("invitation", "scope_kind")
    op.drop_table("email_change")
