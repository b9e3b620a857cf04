"""By which mailing somebody came, until they confirm; and how the mails of a mailing ended, as numbers that stay."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

KEPT_WHILE = {
    "signature": "state IN ('pending', 'invalidated')",
    "event_signup": "state = 'pending'",
    "reservation": "state = 'waiting'",
    "letter": "state = 'waiting'",
}
"""Tables of what waits for the button in a mail, and for how long they keep the code of a mailing."""


def upgrade() -> None:
    for table, condition in KEPT_WHILE.items():
        op.add_column(table, sa.Column("arrived_by", sa.Text(), nullable=True))
        op.create_check_constraint(
            op.f(f"ck_{table}_arrival_erased"),
            table,
            f"arrived_by IS NULL OR ({condition} AND arrived_by ~ '^[a-z]{{8}}b?$')",
        )
    op.create_index(
        "ix_signature_arrived_by", "signature", ["arrived_by"], postgresql_where=sa.text("arrived_by IS NOT NULL")
    )
    op.create_table(
        "mailing_tally",
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("variant IN ('a', 'b')", name=op.f("ck_mailing_tally_variant_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_mailing_tally_amount_positive")),
        sa.CheckConstraint(
            "outcome IN ('sent', 'failed', 'suppressed', 'stopped', 'expired', 'hard', 'soft', 'full', "
            "'policy', 'complaint')",
            name=op.f("ck_mailing_tally_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_tally_mailing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "mailing_id", "outcome", "variant", "language", "provider", "hour", name=op.f("pk_mailing_tally")
        ),
    )


def downgrade() -> None:
    op.drop_table("mailing_tally")
    op.drop_index("ix_signature_arrived_by", table_name="signature")
    for table in KEPT_WHILE:
        op.drop_constraint(op.f(f"ck_{table}_arrival_erased"), table)
        op.drop_column(table, "arrived_by")
