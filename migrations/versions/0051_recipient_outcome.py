"""How the mail to each recipient of a mailing ended, once the mail's own row is gone."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mailing_recipient", sa.Column("outcome", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_mailing_recipient_outcome_known"),
        "mailing_recipient",
        "outcome IS NULL OR outcome IN ('sent', 'failed', 'suppressed', 'stopped', 'expired')",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_mailing_recipient_outcome_known"), "mailing_recipient")
    op.drop_column("mailing_recipient", "outcome")
