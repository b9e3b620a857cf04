"""Mail that comes back: what came in, sealed, what it did, and the mark on an address that no longer takes mail."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

KINDS = "('hard', 'soft', 'full', 'policy', 'delay', 'complaint', 'auto', 'human', 'unreadable', 'forged')"
STATES = "state IN ('waiting', 'settled', 'quarantined', 'seen', 'reply', 'answered', 'not_ours')"


def upgrade() -> None:
    op.create_table(
        "mail_return",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("claims", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("mail_kind", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_mail_return_state_known")),
        sa.CheckConstraint(f"kind = '' OR kind IN {KINDS}", name=op.f("ck_mail_return_kind_known")),
        sa.CheckConstraint(f"claims = '' OR claims IN {KINDS}", name=op.f("ck_mail_return_claims_known")),
        sa.CheckConstraint("(kind = '') = (state = 'waiting')", name=op.f("ck_mail_return_waits_without_kind")),
        sa.CheckConstraint(
            "(content_sealed IS NULL) = (state = 'settled')", name=op.f("ck_mail_return_settled_is_erased")
        ),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_mail_return_digest_length")),
        sa.CheckConstraint(
            r"code = '' OR code ~ '^[245]\.[0-9]{1,3}\.[0-9]{1,3}$'", name=op.f("ck_mail_return_code_is_a_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_return")),
        sa.UniqueConstraint("digest", name=op.f("uq_mail_return_digest")),
    )
    op.create_index("ix_mail_return_received_on", "mail_return", ["received_on"])
    op.create_index(
        "ix_mail_return_kept", "mail_return", ["state", "received_on", "id"],
        postgresql_where=sa.text("state <> 'settled'"),
    )  # fmt: skip
    op.create_table(
        "mail_returned",
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mail_kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Uuid(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_mail_returned_kind_known")),
        sa.CheckConstraint(
            "address_index IS NULL OR length(address_index) = 32", name=op.f("ck_mail_returned_index_length")
        ),
        sa.PrimaryKeyConstraint("mail_id", "kind", name=op.f("pk_mail_returned")),
    )
    op.create_index("ix_mail_returned_returned_on", "mail_returned", ["returned_on"])
    op.create_index(
        "ix_mail_returned_address", "mail_returned", ["address_index"],
        postgresql_where=sa.text("address_index IS NOT NULL"),
    )  # fmt: skip
    op.add_column("person_identity", sa.Column("bounced_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("person_identity", "bounced_on")
    op.drop_table("mail_returned")
    op.drop_table("mail_return")
