"""Whether who opted in had said that they are outside Russia. Of rows that are there nobody knows: not said."""

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("partner_optin", sa.Column("from_outside", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("partner_optin", "from_outside", server_default=None)


def downgrade() -> None:
    op.drop_column("partner_optin", "from_outside")
