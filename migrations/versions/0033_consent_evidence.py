"""What proves a consent is sealed; a saved view holds no search, also not a sealed one.

What stands there plain is sealed by the timetable (line "evidence"), since a migration holds no keys.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

RULE = "ck_people_view_without_search"


def upgrade() -> None:
    op.add_column("consent", sa.Column("evidence_sealed", sa.LargeBinary(), nullable=True))
    op.drop_constraint(op.f(RULE), "people_view")
    op.create_check_constraint(op.f(RULE), "people_view", "NOT query ?| ARRAY['q', 'find']")


def downgrade() -> None:
    op.drop_constraint(op.f(RULE), "people_view")
    op.create_check_constraint(op.f(RULE), "people_view", "NOT query ? 'q'")
    op.drop_column("consent", "evidence_sealed")
