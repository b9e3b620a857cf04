"""A second person looks at money that went out on the word of one."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bank_line", sa.Column("awaits_look", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("bank_line", sa.Column("looked_by", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_bank_line_look_at_what_is_settled"), "bank_line", "NOT awaits_look OR state IN ('own', 'ignored')"
    )
    op.create_check_constraint(
        op.f("ck_bank_line_look_by_another"), "bank_line",
        "looked_by <> settled_by AND NOT (awaits_look AND looked_by IS NOT NULL)",
    )  # fmt: skip
    op.create_index("ix_bank_line_awaits_look", "bank_line", ["day"], postgresql_where=sa.text("awaits_look"))


def downgrade() -> None:
    op.drop_index("ix_bank_line_awaits_look", "bank_line")
    op.drop_constraint(op.f("ck_bank_line_look_by_another"), "bank_line")
    op.drop_constraint(op.f("ck_bank_line_look_at_what_is_settled"), "bank_line")
    op.drop_column("bank_line", "looked_by")
    op.drop_column("bank_line", "awaits_look")
