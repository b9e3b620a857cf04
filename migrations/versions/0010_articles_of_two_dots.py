"""Articles of the administrative code may have two dots: 20.3.3."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SHAPE = "ck_charge_article_shape"


def upgrade() -> None:
    op.drop_constraint(op.f(SHAPE), "charge")
    op.create_check_constraint(op.f(SHAPE), "charge", r"article ~ '^[0-9]{1,3}(\.[0-9]{1,2}){0,2}$'")


def downgrade() -> None:
    op.drop_constraint(op.f(SHAPE), "charge")
    op.create_check_constraint(op.f(SHAPE), "charge", r"article ~ '^[0-9]{1,3}(\.[0-9]{1,2})?$'")
