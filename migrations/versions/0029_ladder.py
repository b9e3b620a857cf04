"""The ladder: what people were asked for and said, rules that staff changed, acts on many, and counts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

WAYS = "way IN ('in_person', 'mail')"


def upgrade() -> None:
    _make_rounds()
    _make_asks()
    op.create_table(
        "ask_rule",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_ask_rule_number_positive")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ask_rule")),
    )
    op.create_table(
        "ladder_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("took_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'failed')", name=op.f("ck_ladder_count_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_count")),
        sa.UniqueConstraint("audience", name=op.f("uq_ladder_count_audience")),
    )


def downgrade() -> None:
    for name in ("ladder_count", "ask_rule", "ask_rest", "ask", "ask_round_person", "ask_round"):
        op.drop_table(name)


def _make_rounds() -> None:
    op.create_table(
        "ask_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("taken_back", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(WAYS, name=op.f("ck_ask_round_way_known")),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'stopped')", name=op.f("ck_ask_round_state_known")),
        sa.CheckConstraint("asked >= 0 AND asked <= amount", name=op.f("ck_ask_round_counts_fit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask_round")),
    )
    op.create_index("ix_ask_round_made_at", "ask_round", ["made_at"])
    op.create_table(
        "ask_round_person",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("hold", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["ask_round.id"], name=op.f("fk_ask_round_person_round_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_ask_round_person_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "person_id", name=op.f("pk_ask_round_person")),
    )
    op.create_index("ix_ask_round_person_person_id", "ask_round_person", ["person_id"])


def _make_asks() -> None:
    op.create_table(
        "ask",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("automation_id", sa.Uuid(), nullable=True),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint(WAYS, name=op.f("ck_ask_way_known")),
        sa.CheckConstraint("state IN ('asked', 'did', 'not_now', 'never', 'lapsed')", name=op.f("ck_ask_state_known")),
        sa.CheckConstraint("(state = 'asked') = (ended_on IS NULL)", name=op.f("ck_ask_ended_with_day")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ask_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["round_id"], ["ask_round.id"], name=op.f("fk_ask_round_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
    )
    op.create_index(
        "uq_ask_open", "ask", ["person_id", "step"], unique=True, postgresql_where=sa.text("state = 'asked'")
    )
    op.create_index("ix_ask_person_id", "ask", ["person_id", "asked_on"])
    op.create_index("ix_ask_step", "ask", ["step", "asked_on", "person_id"])
    op.create_index("ix_ask_round_id", "ask", ["round_id"])
    op.create_table(
        "ask_rest",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ask_rest_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_ask_rest")),
    )
