"""Tasks of all kinds: their words, what they are about, who holds them, every step, offers, givings, recurring ones."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

LETTER_KINDS = "kind IN ('translate_letter', 'transcribe_reply', 'translate_reply')"
KINDS = (
    "kind IN ('translate_letter', 'transcribe_reply', 'translate_reply', 'call', 'translate', 'print', 'post',"
    " 'verify_address', 'visit_hearing', 'own')"
)
SKILLS = (
    "skill = '' OR skill IN ('translating', 'transcribing', 'writing', 'printing', 'driving', 'calling', 'design',"
    " 'law', 'medicine', 'press', 'hosting', 'technology')"
)
IS_OPEN = "state IN ('open', 'claimed', 'submitted', 'returned')"
CHECKS = {
    "outcome_known": "outcome IN ('', 'done', 'partly', 'in_vain')",
    "skill_known": SKILLS,
    "minutes_in_range": "minutes BETWEEN 0 AND 6000",
    "person_by_key": "(subject_kind = 'person') = (about_id IS NOT NULL)",
    "occurrence_has_day": "(template_id IS NULL) OR (occurs_on IS NOT NULL)",
}
KEYS = (
    ("about_id", "person", "CASCADE"),
    ("person_id", "person", "SET NULL"),
    ("giving_id", "task_giving", "SET NULL"),
    ("template_id", "task_template", "SET NULL"),
)
INDEXES = (("person_id",), ("about_id",), ("group_id",), ("giving_id",))


def upgrade() -> None:
    _make_sources()
    for column in (
        sa.Column("title_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("subject_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("skill", sa.Text(), server_default="", nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("keeper_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("minutes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ending_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("overdue_told_on", sa.Date(), nullable=True),
        sa.Column("giving_id", sa.Uuid(), nullable=True),
        sa.Column("template_id", sa.Uuid(), nullable=True),
        sa.Column("occurs_on", sa.Date(), nullable=True),
    ):
        op.add_column("task", column)
    op.alter_column("task", "subject_id", nullable=True)
    op.execute("UPDATE task SET subject_kind = CASE kind WHEN 'translate_letter' THEN 'letter' ELSE 'reply' END")
    _known(KINDS)
    for name, check in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_task_{name}"), "task", check)
    for column, target, ending in KEYS:
        op.create_foreign_key(op.f(f"fk_task_{column}"), "task", target, [column], ["id"], ondelete=ending)
    op.create_unique_constraint(op.f("uq_task_template_id_occurs_on"), "task", ["template_id", "occurs_on"])
    for columns in INDEXES:
        op.create_index(op.f(f"ix_task_{columns[0]}"), "task", list(columns))
    op.create_index("ix_task_state", "task", ["state", "due_on"])
    _one_open(f"{IS_OPEN} AND {LETTER_KINDS}")
    _make_steps()


def downgrade() -> None:
    for table in ("task_refusal", "task_offer", "task_event"):
        op.drop_table(table)
    # The former code knows work on letters alone.
    op.execute("DELETE FROM task WHERE kind NOT IN ('translate_letter', 'transcribe_reply', 'translate_reply')")
    _one_open(IS_OPEN)
    op.drop_index("ix_task_state", table_name="task")
    for columns in INDEXES:
        op.drop_index(op.f(f"ix_task_{columns[0]}"), table_name="task")
    op.drop_constraint(op.f("uq_task_template_id_occurs_on"), "task")
    for column, _target, _ending in KEYS:
        op.drop_constraint(op.f(f"fk_task_{column}"), "task")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_task_{name}"), "task")
    _known(LETTER_KINDS)
    op.alter_column("task", "subject_id", nullable=False)
    for column in (
        "occurs_on", "template_id", "giving_id", "overdue_told_on", "reminded_on", "ending_sealed", "minutes",
        "outcome", "keeper_id", "person_id", "group_id", "skill", "about_id", "subject_kind", "details_sealed",
        "title_sealed",
    ):  # fmt: skip
        op.drop_column("task", column)
    for table in ("task_template", "task_giving_person", "task_giving"):
        op.drop_table(table)


def _known(kinds: str) -> None:
    op.drop_constraint(op.f("ck_task_kind_known"), "task")
    op.create_check_constraint(op.f("ck_task_kind_known"), "task", kinds)


def _one_open(where: str) -> None:
    op.drop_index("uq_task_open", table_name="task")
    op.create_index(
        "uq_task_open", "task", ["kind", "subject_id", "to_language"], unique=True, postgresql_where=sa.text(where)
    )


def _make_sources() -> None:
    op.create_table(
        "task_giving",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("gap", sa.BigInteger(), nullable=False),
        sa.Column("freeze_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_task_giving_kind_known")),
        sa.CheckConstraint(SKILLS, name=op.f("ck_task_giving_skill_known")),
        sa.CheckConstraint(
            "state IN ('running', 'done', 'undoing', 'undone')", name=op.f("ck_task_giving_state_known")
        ),
        sa.CheckConstraint("gap BETWEEN 0 AND 365", name=op.f("ck_task_giving_gap_in_range")),
        sa.ForeignKeyConstraint(
            ["freeze_id"], ["segment_freeze.id"], name=op.f("fk_task_giving_freeze_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_giving")),
    )
    op.create_index("ix_task_giving_made_at", "task_giving", ["made_at"], unique=False)
    op.create_table(
        "task_giving_person",
        sa.Column("giving_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('', 'given', 'no_way', 'refused', 'resting', 'has_one', 'asked')",
            name=op.f("ck_task_giving_person_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["giving_id"], ["task_giving.id"], name=op.f("fk_task_giving_person_giving_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_task_giving_person_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("giving_id", "person_id", name=op.f("pk_task_giving_person")),
    )
    op.create_index("ix_task_giving_person_person_id", "task_giving_person", ["person_id"], unique=False)
    op.create_table(
        "task_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("subject_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("from_language", sa.Text(), nullable=False),
        sa.Column("to_language", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("trust", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("every", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("weekday", sa.BigInteger(), nullable=True),
        sa.Column("month_day", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("due_in", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'ended') = (next_on IS NULL)", name=op.f("ck_task_template_ended_without_next")),
        sa.CheckConstraint(
            "(unit = 'months') = (month_day IS NOT NULL)", name=op.f("ck_task_template_months_have_day")
        ),
        sa.CheckConstraint(
            "(unit = 'weeks') = (weekday IS NOT NULL)", name=op.f("ck_task_template_weeks_have_weekday")
        ),
        sa.CheckConstraint(KINDS, name=op.f("ck_task_template_kind_known")),
        sa.CheckConstraint(SKILLS, name=op.f("ck_task_template_skill_known")),
        sa.CheckConstraint("state IN ('active', 'paused', 'ended')", name=op.f("ck_task_template_state_known")),
        sa.CheckConstraint("unit IN ('days', 'weeks', 'months')", name=op.f("ck_task_template_unit_known")),
        sa.CheckConstraint("due_in BETWEEN 0 AND 90", name=op.f("ck_task_template_due_in_range")),
        sa.CheckConstraint("every BETWEEN 1 AND 60", name=op.f("ck_task_template_every_in_range")),
        sa.CheckConstraint("trust BETWEEN 0 AND 2", name=op.f("ck_task_template_trust_in_range")),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6 AND month_day BETWEEN 1 AND 31", name=op.f("ck_task_template_days_in_range")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_template")),
    )
    op.create_index(
        "ix_task_template_next_on",
        "task_template",
        ["next_on"],
        unique=False,
        postgresql_where=sa.text("state = 'active'"),
    )


def _make_steps() -> None:
    op.create_table(
        "task_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "now IN ('open', 'claimed', 'submitted', 'returned', 'done', 'cancelled')",
            name=op.f("ck_task_event_now_known"),
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_event_task_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_task_event_volunteer_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_event")),
    )
    op.create_index("ix_task_event_task_id", "task_event", ["task_id", "id"], unique=False)
    op.create_index("ix_task_event_volunteer_id", "task_event", ["volunteer_id"], unique=False)
    op.create_table(
        "task_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(answer = '') = (answered_on IS NULL)", name=op.f("ck_task_offer_answered_on_a_day")),
        sa.CheckConstraint(
            "answer IN ('', 'accepted', 'not_now', 'never', 'lapsed', 'withdrawn')",
            name=op.f("ck_task_offer_answer_known"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_task_offer_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_offer_task_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_offer")),
    )
    op.create_index("ix_task_offer_person_id", "task_offer", ["person_id", "offered_on"], unique=False)
    op.create_index("ix_task_offer_task_id", "task_offer", ["task_id"], unique=False)
    op.create_index(
        "ix_task_offer_waiting", "task_offer", ["expires_on"], unique=False, postgresql_where=sa.text("answer = ''")
    )
    op.create_table(
        "task_refusal",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_task_refusal_kind_known")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_task_refusal_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_task_refusal")),
    )
