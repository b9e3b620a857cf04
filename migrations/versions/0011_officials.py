"""Officials are found by every spelling, and of two who edit one the second is told."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A constant default: no row of a live table is rewritten.
    op.add_column("official", sa.Column("folded", sa.Text(), server_default="", nullable=False))
    op.add_column("official", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("official", "version")
    op.drop_column("official", "folded")
