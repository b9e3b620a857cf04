"""Current consents by what they are to, so that lists and mailings find who agrees from the index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_consent_current", "consent", ["purpose", "person_id"], postgresql_where=sa.text("ended_on IS NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_consent_current", table_name="consent")
