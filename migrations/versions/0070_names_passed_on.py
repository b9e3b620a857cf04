"""Names of givers that those who are helped were told."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("donor", sa.Column("passed_on_by", sa.Uuid(), nullable=True))
    op.add_column("donor", sa.Column("passed_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_donor_passed_on_by_somebody"), "donor", "(passed_on_by IS NULL) = (passed_on IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_donor_passed_on_is_private"), "donor", "passed_on IS NULL OR visibility = 'private'"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_donor_passed_on_is_private"), "donor")
    op.drop_constraint(op.f("ck_donor_passed_on_by_somebody"), "donor")
    op.drop_column("donor", "passed_on")
    op.drop_column("donor", "passed_on_by")
