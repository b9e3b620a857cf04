"""Mails that ask many wait for a second person."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

BEFORE = "state IN ('waiting', 'running', 'done', 'stopped')"
NOW = "state IN ('proposed', 'waiting', 'running', 'done', 'stopped')"
APPROVED = "way <> 'mail' OR state IN ('proposed', 'stopped') OR approved_by IS NOT NULL"


def upgrade() -> None:
    op.add_column("ask_round", sa.Column("approved_by", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f("ck_ask_round_state_known"), "ask_round")
    op.create_check_constraint(op.f("ck_ask_round_state_known"), "ask_round", NOW)
    op.create_check_constraint(op.f("ck_ask_round_two_persons"), "ask_round", "approved_by <> made_by")
    # The former code asked nobody by mail: it began no act on many.
    op.execute("UPDATE ask_round SET state = 'stopped' WHERE way = 'mail'")
    op.create_check_constraint(op.f("ck_ask_round_mail_is_approved"), "ask_round", APPROVED)


def downgrade() -> None:
    for name in ("mail_is_approved", "two_persons", "state_known"):
        op.drop_constraint(op.f(f"ck_ask_round_{name}"), "ask_round")
    op.execute("UPDATE ask_round SET state = 'stopped' WHERE state = 'proposed'")
    op.create_check_constraint(op.f("ck_ask_round_state_known"), "ask_round", BEFORE)
    op.drop_column("ask_round", "approved_by")
