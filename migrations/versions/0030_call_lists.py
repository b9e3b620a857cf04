"""Call lists with who is on them and what came of each call; numbers at which somebody else answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

STATES = "('draft', 'open', 'paused', 'closed')"


def upgrade() -> None:
    op.add_column("person_identity", sa.Column("wrong_on", sa.Date(), nullable=True))
    _make_lists()
    _make_entries()
    # Whatever ends a consent (the person's page, an act on many, the person themselves): nobody is called after it.
    op.execute(
        "CREATE FUNCTION calls_have_ended() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN"
        "  UPDATE call_entry SET state = 'gone', claimed_by = NULL, claimed_until = NULL"
        "   WHERE person_id = NEW.person_id AND state = 'waiting';"
        "  RETURN NULL;"
        " END $$"
    )
    op.execute(
        "CREATE TRIGGER calls_have_ended AFTER UPDATE OF ended_on ON consent FOR EACH ROW"
        " WHEN (NEW.purpose = 'calls' AND OLD.ended_on IS NULL AND NEW.ended_on IS NOT NULL)"
        " EXECUTE FUNCTION calls_have_ended()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER calls_have_ended ON consent")
    op.execute("DROP FUNCTION calls_have_ended()")
    for table in ("call_attempt", "call_entry", "call_fill", "call_list_event", "call_list"):
        op.drop_table(table)
    op.drop_column("person_identity", "wrong_on")


def _make_lists() -> None:
    op.create_table(
        "call_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("scripts", postgresql.JSONB(), nullable=False),
        sa.Column("outcomes", postgresql.JSONB(), nullable=False),
        sa.Column("most_attempts", sa.SmallInteger(), nullable=False),
        sa.Column("hour_from", sa.SmallInteger(), nullable=False),
        sa.Column("hour_to", sa.SmallInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("summary", postgresql.JSONB(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_call_list_state_known")),
        sa.CheckConstraint("title <> '' AND length(title) <= 120", name=op.f("ck_call_list_title_length")),
        sa.CheckConstraint("most_attempts BETWEEN 1 AND 10", name=op.f("ck_call_list_attempts_in_range")),
        sa.CheckConstraint(
            "hour_from BETWEEN 0 AND 23 AND hour_to BETWEEN 1 AND 24", name=op.f("ck_call_list_hours_in_range")
        ),
        sa.CheckConstraint("hour_from < hour_to", name=op.f("ck_call_list_hours_in_order")),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_call_list_closed_on_a_day")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_list")),
    )  # fmt: skip
    op.create_index("ix_call_list_state", "call_list", ["state", "due_on"])
    op.create_index("ix_call_list_group_id", "call_list", ["group_id"])
    op.create_table(
        "call_list_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.CheckConstraint(f"now IN {STATES}", name=op.f("ck_call_list_event_now_known")),
        sa.ForeignKeyConstraint(
            ["list_id"], ["call_list.id"], name=op.f("fk_call_list_event_list_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_list_event")),
    )
    op.create_index("ix_call_list_event_list_id", "call_list_event", ["list_id", "id"])


def _make_entries() -> None:
    op.create_table(
        "call_fill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("freeze_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("not_called_days", sa.BigInteger(), nullable=False),
        sa.Column("may_be_on_others", sa.Boolean(), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("left_out", postgresql.JSONB(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["call_list.id"], name=op.f("fk_call_fill_list_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["freeze_id"], ["segment_freeze.id"], name=op.f("fk_call_fill_freeze_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_fill")),
    )
    op.create_index("ix_call_fill_list_id", "call_fill", ["list_id", "made_at"])
    op.create_table(
        "call_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("call_on", sa.Date(), nullable=True),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_outcome", sa.Text(), nullable=False),
        sa.Column("last_called_on", sa.Date(), nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'ended', 'gone')", name=op.f("ck_call_entry_state_known")),
        sa.CheckConstraint(
            "(claimed_by IS NULL) = (claimed_until IS NULL)", name=op.f("ck_call_entry_claimed_until_a_time")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_call_entry_attempts_positive")),
        sa.ForeignKeyConstraint(["list_id"], ["call_list.id"], name=op.f("fk_call_entry_list_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_call_entry_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_entry")),
        sa.UniqueConstraint("list_id", "person_id", name=op.f("uq_call_entry_list_id_person_id")),
    )
    op.create_index(
        "ix_call_entry_next", "call_entry", ["list_id", "attempts", "position"],
        postgresql_where=sa.text("state = 'waiting'"),
    )  # fmt: skip
    op.create_index("ix_call_entry_person_id", "call_entry", ["person_id"])
    op.create_index(
        "ix_call_entry_claimed_by", "call_entry", ["claimed_by"], postgresql_where=sa.text("claimed_by IS NOT NULL")
    )
    op.create_table(
        "call_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("was_reached", sa.Boolean(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.ForeignKeyConstraint(
            ["list_id"], ["call_list.id"], name=op.f("fk_call_attempt_list_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["call_entry.id"], name=op.f("fk_call_attempt_entry_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_attempt")),
    )
    op.create_index("ix_call_attempt_list_id", "call_attempt", ["list_id", "happened_on"])
    op.create_index("ix_call_attempt_entry_id", "call_attempt", ["entry_id"])
