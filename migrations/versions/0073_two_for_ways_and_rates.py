"""Closing a way of giving and taking a table of rates take two persons."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

STATES = "state IN ('waiting', 'running', 'done', 'dropped', 'reopened')"


def upgrade() -> None:
    op.add_column("rail_closing", sa.Column("state", sa.Text(), server_default="done", nullable=False))
    op.add_column("rail_closing", sa.Column("decided_by", sa.Uuid(), nullable=True))
    op.add_column("rail_closing", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    # What was closed by one person, before this took two; of several of one way the last one stands.
    op.execute("UPDATE rail_closing SET decided_at = asked_at")
    op.execute("UPDATE rail_closing SET state = 'running' WHERE finished_at IS NULL")
    op.execute(
        "UPDATE rail_closing AS one SET state = 'reopened', finished_at = coalesce(finished_at, asked_at) "
        "WHERE EXISTS (SELECT FROM rail_closing AS later WHERE later.account = one.account "
        "AND (later.asked_at, later.id) > (one.asked_at, one.id))"
    )
    op.alter_column("rail_closing", "state", server_default=None)
    for name, rule in (
        ("state_known", STATES),
        ("two_persons", "decided_by <> asked_by OR state = 'dropped'"),
        ("decided_with_time", "(state = 'waiting') = (decided_at IS NULL)"),
        ("finished_with_time", "(state IN ('done', 'reopened')) = (finished_at IS NOT NULL)"),
    ):
        op.create_check_constraint(op.f(f"ck_rail_closing_{name}"), "rail_closing", rule)
    op.create_index(
        "uq_rail_closing_live", "rail_closing", ["account"], unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'running', 'done')"),
    )  # fmt: skip
    op.add_column("rate_import", sa.Column("decided_by", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_rate_import_two_persons"), "rate_import", "decided_by <> made_by OR state <> 'applied'"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_rate_import_two_persons"), "rate_import")
    op.drop_column("rate_import", "decided_by")
    # Before, whatever stood there had been closed.
    op.execute("UPDATE pledge SET closing_id = NULL WHERE closing_id IN (SELECT id FROM rail_closing "
               "WHERE state IN ('waiting', 'dropped'))")  # fmt: skip
    op.execute("DELETE FROM rail_closing WHERE state IN ('waiting', 'dropped')")
    op.drop_index("uq_rail_closing_live", "rail_closing")
    for name in ("finished_with_time", "decided_with_time", "two_persons", "state_known"):
        op.drop_constraint(op.f(f"ck_rail_closing_{name}"), "rail_closing")
    for name in ("decided_at", "decided_by", "state"):
        op.drop_column("rail_closing", name)
