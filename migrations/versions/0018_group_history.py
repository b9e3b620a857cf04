"""What a group said before somebody joined stays unread by them, also what was said on the same day."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("group_member", sa.Column("reads_after", sa.BigInteger(), nullable=False, server_default="0"))
    op.alter_column("group_member", "reads_after", server_default=None)


def downgrade() -> None:
    op.drop_column("group_member", "reads_after")
