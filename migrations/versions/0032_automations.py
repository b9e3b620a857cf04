"""Automations: rules, their history, dry runs, and the log of what they did to whom."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_rule()
    _make_step()
    _make_dry_run()
    _make_dry_line()
    _make_deed()


def downgrade() -> None:
    for name in ("automation_deed", "automation_dry_line", "automation_dry_run", "automation_step", "automation"):
        op.drop_table(name)


def _make_rule() -> None:
    op.create_table(
        "automation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("trigger_values", postgresql.JSONB(), nullable=False),
        sa.Column("needs_segment", sa.Boolean(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("act_values", postgresql.JSONB(), nullable=False),
        sa.Column("wait_days", sa.BigInteger(), nullable=False),
        sa.Column("back_days", sa.BigInteger(), nullable=False),
        sa.Column("most_a_day", sa.BigInteger(), nullable=False),
        sa.Column("tree", postgresql.JSONB(), nullable=True),
        sa.Column("on_by", sa.Uuid(), nullable=True),
        sa.Column("on_since", sa.Date(), nullable=True),
        sa.Column("off_reason", sa.Text(), nullable=False),
        sa.Column("off_on", sa.Date(), nullable=True),
        sa.Column("off_by", sa.Uuid(), nullable=True),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_deed_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("deleted_on", sa.Date(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "off_reason = '' OR off_reason IN ('by_hand', 'edited', 'role_lost', "
            "'segment_gone', 'segment_changed', 'segment_broken', 'too_slow', 'occasion_gone', 'act_gone')",
            name=op.f("ck_automation_off_reason_known"),
        ),
        sa.CheckConstraint(
            "state <> 'on' OR (on_by IS NOT NULL AND on_since IS NOT NULL)", name=op.f("ck_automation_on_by_somebody")
        ),
        sa.CheckConstraint("state <> 'on' OR deleted_on IS NULL", name=op.f("ck_automation_deleted_is_off")),
        sa.CheckConstraint("state IN ('draft', 'on', 'off')", name=op.f("ck_automation_state_known")),
        sa.CheckConstraint("title <> '' AND length(title) <= 80", name=op.f("ck_automation_title_length")),
        sa.CheckConstraint("back_days BETWEEN 0 AND 30", name=op.f("ck_automation_back_in_range")),
        sa.CheckConstraint("most_a_day BETWEEN 1 AND 1000", name=op.f("ck_automation_most_in_range")),
        sa.CheckConstraint("wait_days BETWEEN 0 AND 90", name=op.f("ck_automation_wait_in_range")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_automation_segment_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation")),
    )
    op.create_index("ix_automation_segment_id", "automation", ["segment_id"])


def _make_step() -> None:
    op.create_table(
        "automation_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("automation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("rule", postgresql.JSONB(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('saved', 'dry_run', 'on', 'off', 'deleted')", name=op.f("ck_automation_step_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["automation_id"], ["automation.id"], name=op.f("fk_automation_step_automation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation_step")),
    )
    op.create_index("ix_automation_step_automation_id", "automation_step", ["automation_id", "id"])


def _make_dry_run() -> None:
    op.create_table(
        "automation_dry_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("automation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("days", postgresql.JSONB(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("tree", postgresql.JSONB(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'failed')", name=op.f("ck_automation_dry_run_state_known")),
        sa.ForeignKeyConstraint(
            ["automation_id"], ["automation.id"], name=op.f("fk_automation_dry_run_automation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation_dry_run")),
    )
    op.create_index("ix_automation_dry_run_automation_id", "automation_dry_run", ["automation_id", "asked_at"])


def _make_dry_line() -> None:
    op.create_table(
        "automation_dry_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("dry_run_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("occasion_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_now", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('met', 'already', 'condition', 'refused', 'limit')",
            name=op.f("ck_automation_dry_line_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["dry_run_id"],
            ["automation_dry_run.id"],
            name=op.f("fk_automation_dry_line_dry_run_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_automation_dry_line_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation_dry_line")),
        sa.UniqueConstraint(
            "dry_run_id",
            "person_id",
            "occasion_on",
            name=op.f("uq_automation_dry_line_dry_run_id_person_id_occasion_on"),
        ),
    )
    op.create_index("ix_automation_dry_line_person_id", "automation_dry_line", ["person_id"])


def _make_deed() -> None:
    op.create_table(
        "automation_deed",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("automation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("occasion_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("act_values", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("memory", postgresql.JSONB(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("acted_on", sa.Date(), nullable=False),
        sa.Column("undone_on", sa.Date(), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'undone') = (undone_on IS NOT NULL)", name=op.f("ck_automation_deed_undone_on_a_day")
        ),
        sa.CheckConstraint(
            "state IN ('done', 'unchanged', 'failed', 'undone')", name=op.f("ck_automation_deed_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["automation_id"], ["automation.id"], name=op.f("fk_automation_deed_automation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_automation_deed_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation_deed")),
        sa.UniqueConstraint(
            "automation_id",
            "person_id",
            "occasion_on",
            name=op.f("uq_automation_deed_automation_id_person_id_occasion_on"),
        ),
    )
    op.create_index("ix_automation_deed_acted_on", "automation_deed", ["automation_id", "acted_on"])
    op.create_index(
        "ix_automation_deed_failed", "automation_deed", ["automation_id"], postgresql_where=sa.text("state = 'failed'")
    )
    op.create_index("ix_automation_deed_person_id", "automation_deed", ["person_id"])
    op.create_index("ix_automation_deed_round", "automation_deed", ["round", "person_id"])
