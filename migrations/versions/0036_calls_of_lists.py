"""A list of people says whether they agreed to be called: else no number of it is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people_import", sa.Column("may_call", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_check_constraint(
        op.f("ck_people_import_calls_have_day"), "people_import", "NOT may_call OR basis_on IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_people_import_calls_have_day"), "people_import")
    op.drop_column("people_import", "may_call")
