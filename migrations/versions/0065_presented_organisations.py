"""What organisations do, how to reach and support them, and what that rests on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

JSON = {"works": "[]", "reach": "{}", "support": "{}", "sources": "[]"}


def upgrade() -> None:
    for name, empty in JSON.items():
        op.add_column(
            "organisation",
            sa.Column(name, postgresql.JSONB(), server_default=sa.text(f"'{empty}'"), nullable=False),
        )
    op.add_column("organisation", sa.Column("described_on", sa.Date(), nullable=True))
    op.add_column("organisation", sa.Column("position", sa.BigInteger(), server_default=sa.text("100"), nullable=False))
    op.create_check_constraint(op.f("ck_organisation_position_in_range"), "organisation", "position BETWEEN 1 AND 1000")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_organisation_position_in_range"), "organisation")
    for name in ("position", "described_on", *reversed(JSON)):
        op.drop_column("organisation", name)
