"""Volunteers and events; writers, pen-pal groups, assignments, matching, reservations and the attention ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LIVE = "('proposed', 'offered', 'accepted', 'active', 'paused')"
# Rows of one writer or group are counted under the lock of that one row, so that two coordinators who accept at the
# same moment cannot both take the last place.
WITHIN_CAPACITY = f"""
CREATE FUNCTION assignment_within_capacity() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    room bigint;
    standing text;
    held bigint;
BEGIN
    IF NEW.state NOT IN {LIVE} OR (TG_OP = 'UPDATE' AND OLD.state IN {LIVE}
        AND OLD.volunteer_id IS NOT DISTINCT FROM NEW.volunteer_id) THEN
        RETURN NEW;
    END IF;
    IF NEW.volunteer_id IS NULL THEN
        SELECT capacity, state INTO room, standing FROM pen_group WHERE id = NEW.group_id FOR UPDATE;
        IF standing IS DISTINCT FROM 'open' THEN
            RAISE EXCEPTION 'the group is closed' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'assignment_group_open', TABLE = 'assignment';
        END IF;
        SELECT count(*) INTO held FROM assignment
            WHERE group_id = NEW.group_id AND volunteer_id IS NULL AND state IN {LIVE} AND id <> NEW.id;
    ELSE
        SELECT profile.capacity, volunteer.state INTO room, standing
            FROM writer_profile AS profile JOIN volunteer ON volunteer.id = profile.volunteer_id
            WHERE profile.volunteer_id = NEW.volunteer_id FOR UPDATE OF profile FOR SHARE OF volunteer;
        IF standing IS NULL OR standing NOT IN ('probation', 'active') THEN
            RAISE EXCEPTION 'the writer takes nobody' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'assignment_writer_at_work', TABLE = 'assignment';
        END IF;
        SELECT count(*) INTO held FROM assignment
            WHERE volunteer_id = NEW.volunteer_id AND state IN {LIVE} AND id <> NEW.id;
    END IF;
    IF held >= room THEN
        RAISE EXCEPTION 'no place left' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'assignment_within_capacity', TABLE = 'assignment';
    END IF;
    RETURN NEW;
END $body$
"""  # noqa: S608 - LIVE is written above
# Whoever goes is first relieved of everybody they write to, each with a word to the others.
LEAVES_NOBODY = f"""
CREATE FUNCTION volunteer_leaves_nobody() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (SELECT FROM assignment WHERE volunteer_id = NEW.id AND state IN {LIVE}) THEN
        RAISE EXCEPTION 'somebody is still written to' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'volunteer_leaves_nobody', TABLE = 'volunteer';
    END IF;
    RETURN NEW;
END $body$
"""


def upgrade() -> None:
    op.create_table(
        "attention_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("prisoners", sa.BigInteger(), nullable=False),
        sa.Column("below_floor", sa.BigInteger(), nullable=False),
        sa.Column("with_none", sa.BigInteger(), nullable=False),
        sa.Column("quarters", sa.BigInteger(), nullable=False),
        sa.Column("gini", sa.BigInteger(), nullable=False),
        sa.Column("deciles", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.CheckConstraint("gini BETWEEN 0 AND 1000", name=op.f("ck_attention_day_gini_in_range")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_attention_day")),
    )
    op.create_table(
        "attention_setting",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.Column("soft_cap", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("floor BETWEEN 1 AND 400", name=op.f("ck_attention_setting_floor_in_range")),
        sa.CheckConstraint("id = 1", name=op.f("ck_attention_setting_one_row")),
        sa.CheckConstraint("soft_cap BETWEEN floor AND 4000", name=op.f("ck_attention_setting_cap_over_floor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attention_setting")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('letter_evening')", name=op.f("ck_event_kind_known")),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name=op.f("ck_event_slug_shape")
        ),
        sa.CheckConstraint("state IN ('planned', 'held', 'cancelled')", name=op.f("ck_event_state_known")),
        sa.CheckConstraint("title <> ''", name=op.f("ck_event_has_title")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("slug", name=op.f("uq_event_slug")),
    )
    op.create_index("ix_event_held_on", "event", ["held_on"], unique=False)
    op.create_table(
        "match_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("input_digest", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("level IN ('groups', 'writers')", name=op.f("ck_match_run_level_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'ready', 'closed', 'cancelled', 'failed')",
            name=op.f("ck_match_run_state_known"),
        ),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_match_run_progress_in_range")),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["match_run.id"], name=op.f("fk_match_run_follows_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_run")),
    )
    op.create_index("ix_match_run_asked_at", "match_run", ["asked_at"], unique=False)
    op.create_index(
        "uq_match_run_at_work",
        "match_run",
        ["level"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "pen_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("languages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("channels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=False),
        sa.Column("turn_days", sa.BigInteger(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('penpal', 'regional', 'event')", name=op.f("ck_pen_group_kind_known")),
        sa.CheckConstraint("names ? 'en' OR names ? 'ru'", name=op.f("ck_pen_group_has_name")),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name=op.f("ck_pen_group_slug_shape")
        ),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_pen_group_state_known")),
        sa.CheckConstraint("capacity BETWEEN 0 AND 200", name=op.f("ck_pen_group_capacity_in_range")),
        sa.CheckConstraint("turn_days BETWEEN 7 AND 180", name=op.f("ck_pen_group_turn_days_in_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pen_group")),
        sa.UniqueConstraint("slug", name=op.f("uq_pen_group_slug")),
    )
    op.create_table(
        "attention_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("live_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(counted = 'reserved') = (live_until IS NOT NULL)", name=op.f("ck_attention_entry_reserved_until")
        ),
        sa.CheckConstraint(
            "counted IN ('reserved', 'under_way', 'reported', 'presumed', 'broadcast', 'returned', 'censored', 'lost')",
            name=op.f("ck_attention_entry_counted_known"),
        ),
        sa.CheckConstraint(
            "source IN ('reservation', 'letter', 'broadcast')", name=op.f("ck_attention_entry_source_known")
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_attention_entry_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attention_entry")),
        sa.UniqueConstraint(
            "source", "source_id", "prisoner_id", name=op.f("uq_attention_entry_source_source_id_prisoner_id")
        ),
    )
    op.create_index(
        "ix_attention_entry_window",
        "attention_entry",
        ["prisoner_id", "counted_on"],
        unique=False,
        postgresql_include=["counted", "live_until"],
    )
    op.create_table(
        "evening",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("addressees", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'reserved', 'recorded', 'cancelled')", name=op.f("ck_evening_state_known")
        ),
        sa.CheckConstraint("addressees BETWEEN 1 AND 500", name=op.f("ck_evening_addressees_in_range")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_evening_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["group_id"], ["pen_group.id"], name=op.f("fk_evening_group_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_evening")),
    )
    op.create_index(op.f("ix_evening_group_id"), "evening", ["group_id"], unique=False)
    op.create_table(
        "match_unplaced",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("shortfall", sa.BigInteger(), nullable=False),
        sa.Column("blame", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("shortfall > 0", name=op.f("ck_match_unplaced_short_of_something")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_match_unplaced_prisoner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["match_run.id"], name=op.f("fk_match_unplaced_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "prisoner_id", name=op.f("pk_match_unplaced")),
    )
    op.create_table(
        "prisoner_care",
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("trust_needed", sa.BigInteger(), nullable=False),
        sa.Column("is_risky_in_russia", sa.Boolean(), nullable=False),
        sa.Column("most_writers", sa.BigInteger(), nullable=False),
        sa.Column("is_broadcast_welcome", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("most_writers BETWEEN 1 AND 50", name=op.f("ck_prisoner_care_most_writers_in_range")),
        sa.CheckConstraint("trust_needed BETWEEN 0 AND 2", name=op.f("ck_prisoner_care_trust_in_range")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_prisoner_care_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prisoner_id", name=op.f("pk_prisoner_care")),
    )
    op.create_table(
        "volunteer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trust", sa.BigInteger(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("state_since_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'left') = (account_id IS NULL)", name=op.f("ck_volunteer_left_without_account")),
        sa.CheckConstraint("pseudonym <> '' AND length(pseudonym) <= 40", name=op.f("ck_volunteer_pseudonym_length")),
        sa.CheckConstraint(
            "state IN ('applied', 'screening', 'probation', 'active', 'paused', 'inactive', 'left')",
            name=op.f("ck_volunteer_state_known"),
        ),
        sa.CheckConstraint("trust BETWEEN 0 AND 2", name=op.f("ck_volunteer_trust_in_range")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_volunteer_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_volunteer_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer")),
        sa.UniqueConstraint("account_id", name=op.f("uq_volunteer_account_id")),
        sa.UniqueConstraint("person_id", name=op.f("uq_volunteer_person_id")),
        info={"supporter": True},
    )
    op.create_index("ix_volunteer_state", "volunteer", ["state"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("health", sa.Text(), nullable=False),
        sa.Column("promise_days", sa.BigInteger(), nullable=True),
        sa.Column("offered_on", sa.Date(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("last_letter_on", sa.Date(), nullable=True),
        sa.Column("next_letter_on", sa.Date(), nullable=True),
        sa.Column("held_since_on", sa.Date(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("successor_of_id", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'ended') = (end_reason IS NOT NULL)", name=op.f("ck_assignment_ended_with_reason")
        ),
        sa.CheckConstraint(
            "(state IN ('proposed', 'offered', 'accepted', 'active', 'paused')) = (ended_on IS NULL)",
            name=op.f("ck_assignment_ended_when_over"),
        ),
        sa.CheckConstraint(
            "end_reason IS NULL OR end_reason IN ('released', 'died', 'transferred_blocked', "
            "'lost_contact', 'mutual', 'safety', 'capacity', 'lost_interest', 'writer_left', "
            "'group_closed', 'page_withdrawn', 'other')",
            name=op.f("ck_assignment_end_reason_known"),
        ),
        sa.CheckConstraint("health IN ('fine', 'at_risk', 'lapsed')", name=op.f("ck_assignment_health_known")),
        sa.CheckConstraint(
            "state <> 'offered' OR answer_by IS NOT NULL", name=op.f("ck_assignment_offered_until_a_day")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'offered', 'accepted', 'active', 'paused', 'declined', 'expired', "
            "'withdrawn', 'ended')",
            name=op.f("ck_assignment_state_known"),
        ),
        sa.CheckConstraint("volunteer_id IS NOT NULL OR group_id IS NOT NULL", name=op.f("ck_assignment_to_somebody")),
        sa.CheckConstraint(
            "volunteer_id IS NULL OR promise_days IS NOT NULL", name=op.f("ck_assignment_writer_promises")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["pen_group.id"], name=op.f("fk_assignment_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_assignment_prisoner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name=op.f("fk_assignment_run_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["successor_of_id"], ["assignment.id"], name=op.f("fk_assignment_successor_of_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_assignment_volunteer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        info={"supporter": True},
    )
    op.create_index(
        "ix_assignment_answer_by",
        "assignment",
        ["answer_by"],
        unique=False,
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index(
        "ix_assignment_due",
        "assignment",
        ["next_letter_on"],
        unique=False,
        postgresql_where=sa.text("state IN ('accepted', 'active')"),
    )
    op.create_index("ix_assignment_group_id", "assignment", ["group_id"], unique=False)
    op.create_index("ix_assignment_prisoner_id", "assignment", ["prisoner_id"], unique=False)
    op.create_index(
        "uq_assignment_group",
        "assignment",
        ["prisoner_id"],
        unique=True,
        postgresql_where=sa.text(
            "volunteer_id IS NULL AND state IN ('proposed', 'offered', 'accepted', 'active', 'paused')"
        ),
    )
    op.create_index(
        "uq_assignment_writer",
        "assignment",
        ["volunteer_id", "prisoner_id"],
        unique=True,
        postgresql_where=sa.text(
            "volunteer_id IS NOT NULL AND state IN ('proposed', 'offered', 'accepted', 'active', 'paused')"
        ),
    )
    op.create_table(
        "group_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("invited_on", sa.Date(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_by", sa.Uuid(), nullable=True),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role IN ('lead', 'moderator', 'writer', 'observer')", name=op.f("ck_group_invitation_role_known")
        ),
        sa.CheckConstraint("length(token_digest) = 32", name=op.f("ck_group_invitation_digest_length")),
        sa.CheckConstraint("used_on IS NULL OR revoked_on IS NULL", name=op.f("ck_group_invitation_one_end")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["pen_group.id"], name=op.f("fk_group_invitation_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["used_by"], ["volunteer.id"], name=op.f("fk_group_invitation_used_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_invitation")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_group_invitation_token_digest")),
        info={"supporter": True},
    )
    op.create_index(op.f("ix_group_invitation_group_id"), "group_invitation", ["group_id"], unique=False)
    op.create_table(
        "group_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role IN ('lead', 'moderator', 'writer', 'observer')", name=op.f("ck_group_member_role_known")
        ),
        sa.CheckConstraint(
            "left_on IS NULL OR left_on >= joined_on", name=op.f("ck_group_member_leaves_after_joining")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["pen_group.id"], name=op.f("fk_group_member_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_group_member_volunteer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
        info={"supporter": True},
    )
    op.create_index("ix_group_member_volunteer_id", "group_member", ["volunteer_id"], unique=False)
    op.create_index(
        "uq_group_member_current",
        "group_member",
        ["group_id", "volunteer_id"],
        unique=True,
        postgresql_where=sa.text("left_on IS NULL"),
    )
    op.create_table(
        "group_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["volunteer.id"], name=op.f("fk_group_message_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["pen_group.id"], name=op.f("fk_group_message_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_group_message_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_message")),
        sa.UniqueConstraint("public_id", name=op.f("uq_group_message_public_id")),
        info={"supporter": True},
    )
    op.create_index("ix_group_message_thread", "group_message", ["group_id", "prisoner_id", "id"], unique=False)
    op.create_table(
        "pair_block",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("blocked_by", sa.Uuid(), nullable=True),
        sa.Column("blocked_on", sa.Date(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_pair_block_has_reason")),
        sa.CheckConstraint("num_nonnulls(volunteer_id, group_id) = 1", name=op.f("ck_pair_block_one_side")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["pen_group.id"], name=op.f("fk_pair_block_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_pair_block_prisoner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_pair_block_volunteer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_block")),
        info={"supporter": True},
    )
    op.create_index("ix_pair_block_volunteer_id", "pair_block", ["volunteer_id"], unique=False)
    op.create_index(
        "uq_pair_block",
        "pair_block",
        ["prisoner_id", "volunteer_id", "group_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "reservation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=True),
        sa.Column("evening_id", sa.Uuid(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_index", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "address_sealed IS NULL OR state = 'waiting'", name=op.f("ck_reservation_address_goes_when_confirmed")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'live', 'written', 'released', 'expired')", name=op.f("ck_reservation_state_known")
        ),
        sa.CheckConstraint(
            "num_nonnulls(volunteer_id, evening_id, address_sealed) <= 1", name=op.f("ck_reservation_one_maker")
        ),
        sa.ForeignKeyConstraint(
            ["evening_id"], ["evening.event_id"], name=op.f("fk_reservation_evening_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_reservation_prisoner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_reservation_volunteer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        sa.UniqueConstraint("code", name=op.f("uq_reservation_code")),
        info={"supporter": True},
    )
    op.create_index("ix_reservation_evening_id", "reservation", ["evening_id"], unique=False)
    op.create_index(
        "ix_reservation_expires_at",
        "reservation",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'live')"),
    )
    op.create_index(
        "ix_reservation_prisoner_live",
        "reservation",
        ["prisoner_id"],
        unique=False,
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_index("ix_reservation_volunteer_id", "reservation", ["volunteer_id"], unique=False)
    op.create_table(
        "volunteer_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "now IN ('applied', 'screening', 'probation', 'active', 'paused', 'inactive', 'left')",
            name=op.f("ck_volunteer_event_now_known"),
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_volunteer_event_volunteer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_event")),
        info={"supporter": True},
    )
    op.create_index("ix_volunteer_event_volunteer_id", "volunteer_event", ["volunteer_id", "id"], unique=False)
    op.create_table(
        "writer_profile",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("lives", sa.Text(), nullable=False),
        sa.Column("languages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("channels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("promise_days", sa.BigInteger(), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=False),
        sa.Column("topics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("avoids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("risk_text", sa.Text(), nullable=False),
        sa.Column("risk_read_on", sa.Date(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("lives IN ('russia', 'outside')", name=op.f("ck_writer_profile_lives_known")),
        sa.CheckConstraint("mode IN ('one_letter', 'penpal', 'group')", name=op.f("ck_writer_profile_mode_known")),
        sa.CheckConstraint("capacity BETWEEN 0 AND 20", name=op.f("ck_writer_profile_capacity_in_range")),
        sa.CheckConstraint("promise_days BETWEEN 7 AND 180", name=op.f("ck_writer_profile_promise_in_range")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_writer_profile_volunteer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("volunteer_id", name=op.f("pk_writer_profile")),
        info={"supporter": True},
    )
    op.create_table(
        "assignment_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "now IN ('proposed', 'offered', 'accepted', 'active', 'paused', 'declined', 'expired', "
            "'withdrawn', 'ended')",
            name=op.f("ck_assignment_event_now_known"),
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_assignment_event_assignment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_event")),
        info={"supporter": True},
    )
    op.create_index("ix_assignment_event_assignment_id", "assignment_event", ["assignment_id", "id"], unique=False)
    op.create_table(
        "group_turn",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(state = 'scheduled') = (done_on IS NULL)", name=op.f("ck_group_turn_done_when_over")),
        sa.CheckConstraint(
            "state IN ('scheduled', 'written', 'skipped', 'reassigned')", name=op.f("ck_group_turn_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_group_turn_assignment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_group_turn_volunteer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_turn")),
        info={"supporter": True},
    )
    op.create_index(op.f("ix_group_turn_assignment_id"), "group_turn", ["assignment_id"], unique=False)
    op.create_index(
        "ix_group_turn_due", "group_turn", ["due_on"], unique=False, postgresql_where=sa.text("state = 'scheduled'")
    )
    op.create_index(op.f("ix_group_turn_volunteer_id"), "group_turn", ["volunteer_id"], unique=False)
    op.create_index(
        "uq_group_turn_scheduled",
        "group_turn",
        ["assignment_id"],
        unique=True,
        postgresql_where=sa.text("state = 'scheduled'"),
    )
    op.create_table(
        "match_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("is_added", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'accepted') = (assignment_id IS NOT NULL)",
            name=op.f("ck_match_proposal_accepted_makes_assignment"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'refused', 'overtaken')", name=op.f("ck_match_proposal_state_known")
        ),
        sa.CheckConstraint("num_nonnulls(volunteer_id, group_id) >= 1", name=op.f("ck_match_proposal_to_somebody")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_match_proposal_assignment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["pen_group.id"], name=op.f("fk_match_proposal_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_match_proposal_prisoner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["match_run.id"], name=op.f("fk_match_proposal_run_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_match_proposal_volunteer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_proposal")),
        info={"supporter": True},
    )
    op.create_index("ix_match_proposal_rank", "match_proposal", ["run_id", "rank"], unique=False)
    op.create_index(
        "uq_match_proposal_pair",
        "match_proposal",
        ["run_id", "prisoner_id", "volunteer_id", "group_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.execute(WITHIN_CAPACITY)
    op.execute(
        "CREATE TRIGGER assignment_within_capacity BEFORE INSERT OR UPDATE OF state, volunteer_id ON assignment"
        " FOR EACH ROW EXECUTE FUNCTION assignment_within_capacity()"
    )
    op.execute(LEAVES_NOBODY)
    op.execute(
        "CREATE TRIGGER volunteer_leaves_nobody BEFORE UPDATE OF state ON volunteer"
        " FOR EACH ROW WHEN (NEW.state = 'left') EXECUTE FUNCTION volunteer_leaves_nobody()"
    )


def downgrade() -> None:
    op.drop_table("match_proposal")
    op.drop_table("group_turn")
    op.drop_table("assignment_event")
    op.drop_table("writer_profile")
    op.drop_table("volunteer_event")
    op.drop_table("reservation")
    op.drop_table("pair_block")
    op.drop_table("group_message")
    op.drop_table("group_member")
    op.drop_table("group_invitation")
    op.drop_table("assignment")
    op.drop_table("volunteer")
    op.drop_table("prisoner_care")
    op.drop_table("match_unplaced")
    op.drop_table("evening")
    op.drop_table("attention_entry")
    op.drop_table("pen_group")
    op.drop_table("match_run")
    op.drop_table("event")
    op.drop_table("attention_setting")
    op.drop_table("attention_day")
    op.execute("DROP FUNCTION assignment_within_capacity")
    op.execute("DROP FUNCTION volunteer_leaves_nobody")
