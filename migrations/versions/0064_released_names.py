"""Names of donors, released by staff before they are published."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("donor", sa.Column("released_by", sa.Uuid(), nullable=True))
    op.add_column("donor", sa.Column("released_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_donor_released_by_somebody"), "donor", "(released_by IS NULL) = (released_on IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_donor_released_is_public"), "donor", "released_on IS NULL OR visibility = 'public'"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_donor_released_is_public"), "donor")
    op.drop_constraint(op.f("ck_donor_released_by_somebody"), "donor")
    op.drop_column("donor", "released_on")
    op.drop_column("donor", "released_by")
