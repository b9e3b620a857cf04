"""All consents of one person from an index: their page shows them, and they go with the record."""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_consent_person_id", "consent", ["person_id"])


def downgrade() -> None:
    op.drop_index("ix_consent_person_id", table_name="consent")
