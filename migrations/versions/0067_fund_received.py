"""What the public is shown as given to a fund, kept; filled by the timetable."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fund_received",
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("amounts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_received_fund_id_fund")),
        sa.PrimaryKeyConstraint("fund_id", name=op.f("pk_fund_received")),
    )


def downgrade() -> None:
    op.drop_table("fund_received")
