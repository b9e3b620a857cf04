"""Withdrawn pages and erased people, remembered without a name; and the first of two who erase."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "prisoner_withdrawal",
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("slug_digest", sa.LargeBinary(), nullable=False),
        sa.Column("is_erased", sa.Boolean(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.CheckConstraint("length(slug_digest) = 32", name=op.f("ck_prisoner_withdrawal_digest_length")),
        sa.PrimaryKeyConstraint("prisoner_id", name=op.f("pk_prisoner_withdrawal")),
    )
    op.create_table(
        "prisoner_erasure",
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_prisoner_erasure_has_reason")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_prisoner_erasure_prisoner_id_prisoner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prisoner_id", name=op.f("pk_prisoner_erasure")),
    )
    # Pages that were taken back before this table existed.
    op.execute(
        "INSERT INTO prisoner_withdrawal (prisoner_id, slug_digest, is_erased, since_on)"
        " SELECT id, sha256(convert_to(slug, 'UTF8')), false, withdrawn_on FROM prisoner WHERE withdrawn_on IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("prisoner_erasure")
    op.drop_table("prisoner_withdrawal")
