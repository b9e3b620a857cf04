"""Needs that are paid in part: how much of one has arrived, and several payments for it one after the other."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None
UNDER_WAY = "state IN ('submitted', 'reviewed', 'approved', 'scheduled', 'sent')"
NOT_ENDED = "state NOT IN ('draft', 'failed', 'returned', 'cancelled')"


def upgrade() -> None:
    op.add_column("need", sa.Column("covered", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.create_check_constraint(
        op.f("ck_need_covered_in_range"), "need", "covered >= 0 AND (covered = 0 OR amount IS NOT NULL)"
    )
    op.drop_index("uq_payment_need_id", "payment")
    op.create_index("uq_payment_need_id", "payment", ["need_id"], unique=True, postgresql_where=sa.text(UNDER_WAY))


def downgrade() -> None:
    # Before, one payment alone could name a need; of several the first one keeps it.
    op.execute(
        "UPDATE payment SET need_id = NULL WHERE need_id IS NOT NULL AND state NOT IN ('draft', 'failed', 'returned',"
        " 'cancelled') AND EXISTS (SELECT 1 FROM payment AS other WHERE other.need_id = payment.need_id"
        " AND other.number < payment.number AND other.state NOT IN ('draft', 'failed', 'returned', 'cancelled'))"
    )
    op.drop_index("uq_payment_need_id", "payment")
    op.create_index("uq_payment_need_id", "payment", ["need_id"], unique=True, postgresql_where=sa.text(NOT_ENDED))
    op.drop_constraint(op.f("ck_need_covered_in_range"), "need")
    op.drop_column("need", "covered")
