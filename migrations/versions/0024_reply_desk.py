"""Volunteers type and translate answers: which pages they see, drafts that are being typed, words of a moderator."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

UNTIL = "ck_task_claimed_until_a_day"


def upgrade() -> None:
    op.add_column("reply", sa.Column("writer_may_type", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("reply_page", sa.Column("is_for_volunteers", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("reply_text", sa.Column("is_interim", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("reply_text", sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"))
    op.add_column("reply_text", sa.Column("remark_sealed", sa.LargeBinary(), nullable=True))
    for table, column in (
        ("reply", "writer_may_type"),
        ("reply_page", "is_for_volunteers"),
        ("reply_text", "is_interim"),
        ("reply_text", "version"),
    ):
        op.alter_column(table, column, server_default=None)
    # What was sent back has days too, or it would lie with somebody who never comes again.
    op.drop_constraint(op.f(UNTIL), "task")
    op.execute("UPDATE task SET claimed_until = CURRENT_DATE + 7 WHERE state = 'returned'")
    op.create_check_constraint(op.f(UNTIL), "task", "(state IN ('claimed', 'returned')) = (claimed_until IS NOT NULL)")


def downgrade() -> None:
    op.drop_constraint(op.f(UNTIL), "task")
    op.execute("UPDATE task SET claimed_until = NULL WHERE state = 'returned'")
    op.create_check_constraint(op.f(UNTIL), "task", "(state = 'claimed') = (claimed_until IS NOT NULL)")
    for column in ("remark_sealed", "version", "is_interim"):
        op.drop_column("reply_text", column)
    op.drop_column("reply_page", "is_for_volunteers")
    op.drop_column("reply", "writer_may_type")
