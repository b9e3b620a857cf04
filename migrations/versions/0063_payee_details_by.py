"""Who wrote the details of a payee as they stand, and when; another says that they may be paid."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

# The trail knows who wrote them last; where it does not, whoever made the payee did.
WRITTEN = """
UPDATE payee SET changed_by = coalesce(
    (SELECT actor FROM audit_entry WHERE action IN ('payee.made', 'payee.changed') AND object = 'payee:' || payee.id
     ORDER BY audit_entry.id DESC LIMIT 1), created_by),
changed_at = coalesce(
    (SELECT at FROM audit_entry WHERE action IN ('payee.made', 'payee.changed') AND object = 'payee:' || payee.id
     ORDER BY audit_entry.id DESC LIMIT 1), created_on::timestamp AT TIME ZONE 'UTC')
"""
# A yes by whoever wrote them is none: somebody else looks before anything leaves.
TAKE_BACK = """
UPDATE payee SET payability = 'unchecked', checked_by = NULL, checked_on = NULL, ok_until = NULL, version = version + 1
WHERE payability = 'ok' AND checked_by = changed_by
"""


def upgrade() -> None:
    op.add_column("payee", sa.Column("changed_by", sa.Uuid(), nullable=True))
    op.add_column("payee", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(WRITTEN)
    op.execute(TAKE_BACK)
    op.alter_column("payee", "changed_at", nullable=False)
    op.create_check_constraint(
        op.f("ck_payee_ok_by_another"), "payee", "payability <> 'ok' OR checked_by IS DISTINCT FROM changed_by"
    )


def downgrade() -> None:
    op.drop_column("payee", "changed_at")
    op.drop_column("payee", "changed_by")
