"""Letters both ways: threads, letters, batches, answers, incidents, reported needs; tasks for volunteers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

CONSENTS = "'publicity', 'letters', 'appeals', 'fund', 'picture'"


def upgrade() -> None:
    _replace_consents(f"{CONSENTS}, 'words'")
    op.create_table(
        "letter_deadline",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("becomes", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.CheckConstraint("becomes IN ('presumed', 'lost')", name=op.f("ck_letter_deadline_becomes_known")),
        sa.CheckConstraint("days BETWEEN 1 AND 365", name=op.f("ck_letter_deadline_days_in_range")),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_letter_deadline")),
    )
    op.create_table(
        "letter_fingerprint",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_letter_fingerprint_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", "prisoner_id", name=op.f("pk_letter_fingerprint")),
    )
    op.create_index("ix_letter_fingerprint_seen_on", "letter_fingerprint", ["seen_on"], unique=False)
    op.create_table(
        "letter_rule_adjustment",
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("becomes", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "becomes IN ('block', 'warn', 'info', 'off')", name=op.f("ck_letter_rule_adjustment_becomes_known")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_letter_rule_adjustment_has_reason")),
        sa.CheckConstraint("rule ~ '^L[0-9]{2}$'", name=op.f("ck_letter_rule_adjustment_rule_shape")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_letter_rule_adjustment_facility_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("facility_id", "rule", name=op.f("pk_letter_rule_adjustment")),
    )
    op.create_table(
        "letter_stat",
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("reported", sa.BigInteger(), nullable=False),
        sa.Column("presumed", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("censored", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        sa.Column("replies", sa.BigInteger(), nullable=False),
        sa.Column("median_days", sa.BigInteger(), nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_letter_stat_facility_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("facility_id", "channel", name=op.f("pk_letter_stat")),
    )
    op.create_table(
        "relay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_relay_has_name")),
        sa.ForeignKeyConstraint(["group_id"], ["pen_group.id"], name=op.f("fk_relay_group_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay")),
    )
    op.create_index(op.f("ix_relay_group_id"), "relay", ["group_id"], unique=False)
    op.create_index("uq_relay_default", "relay", ["is_default"], unique=True, postgresql_where=sa.text("is_default"))
    op.create_table(
        "letter_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("relay_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("letters", sa.BigInteger(), nullable=False),
        sa.Column("rendered", sa.BigInteger(), nullable=False),
        sa.Column("documents_version", sa.BigInteger(), nullable=False),
        sa.Column("locked_by", sa.Uuid(), nullable=True),
        sa.Column("locked_on", sa.Date(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("reconciled_on", sa.Date(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'reconciled') = (reconciled_on IS NOT NULL)", name=op.f("ck_letter_batch_reconciled_on_a_day")
        ),
        sa.CheckConstraint(
            "(state IN ('posted', 'reconciled')) = (posted_on IS NOT NULL)",
            name=op.f("ck_letter_batch_posted_on_a_day"),
        ),
        sa.CheckConstraint(
            "state IN ('locked', 'rendered', 'printed', 'posted', 'reconciled', 'cancelled')",
            name=op.f("ck_letter_batch_state_known"),
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_letter_batch_facility_id")),
        sa.ForeignKeyConstraint(["relay_id"], ["relay.id"], name=op.f("fk_letter_batch_relay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
        sa.UniqueConstraint("number", name=op.f("uq_letter_batch_number")),
    )
    op.create_index(
        "ix_letter_batch_open",
        "letter_batch",
        ["facility_id"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('reconciled', 'cancelled')"),
    )
    op.create_table(
        "letter_thread",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["pen_group.id"], name=op.f("fk_letter_thread_group_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_letter_thread_prisoner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_letter_thread_volunteer_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_thread")),
    )
    op.create_index(op.f("ix_letter_thread_group_id"), "letter_thread", ["group_id"], unique=False)
    op.create_index("ix_letter_thread_volunteer_id", "letter_thread", ["volunteer_id"], unique=False)
    op.create_index(
        "uq_letter_thread_writer",
        "letter_thread",
        ["prisoner_id", "volunteer_id"],
        unique=True,
        postgresql_where=sa.text("volunteer_id IS NOT NULL"),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("from_language", sa.Text(), nullable=False),
        sa.Column("to_language", sa.Text(), nullable=False),
        sa.Column("trust", sa.BigInteger(), nullable=False),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_until", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'claimed') = (claimed_until IS NOT NULL)", name=op.f("ck_task_claimed_until_a_day")
        ),
        sa.CheckConstraint(
            "kind IN ('translate_letter', 'transcribe_reply', 'translate_reply')", name=op.f("ck_task_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'claimed', 'submitted', 'returned', 'done', 'cancelled')",
            name=op.f("ck_task_state_known"),
        ),
        sa.CheckConstraint("trust BETWEEN 0 AND 2", name=op.f("ck_task_trust_in_range")),
        sa.ForeignKeyConstraint(["claimed_by"], ["volunteer.id"], name=op.f("fk_task_claimed_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_claimed_by", "task", ["claimed_by"], unique=False)
    op.create_index(
        "ix_task_open", "task", ["kind", "created_on"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index(
        "uq_task_open",
        "task",
        ["kind", "subject_id", "to_language"],
        unique=True,
        postgresql_where=sa.text("state IN ('open', 'claimed', 'submitted', 'returned')"),
    )
    op.create_table(
        "batch_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("documents_version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("letters", sa.BigInteger(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('letters', 'envelopes_c6', 'envelopes_dl', 'labels', 'posting_list')",
            name=op.f("ck_batch_document_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["letter_batch.id"], name=op.f("fk_batch_document_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_document")),
        sa.UniqueConstraint(
            "batch_id",
            "documents_version",
            "kind",
            "part",
            name=op.f("uq_batch_document_batch_id_documents_version_kind_part"),
        ),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("reservation_id", sa.Uuid(), nullable=True),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("original_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("original_language", sa.Text(), nullable=False),
        sa.Column("text_version", sa.BigInteger(), nullable=False),
        sa.Column("characters", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("wants_translator", sa.Boolean(), nullable=False),
        sa.Column("wants_reply_form", sa.Boolean(), nullable=False),
        sa.Column("keeps_text", sa.Boolean(), nullable=False),
        sa.Column("body_erased_on", sa.Date(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=False),
        sa.Column("held_by", sa.Uuid(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("contact_index", sa.LargeBinary(), nullable=True),
        sa.Column("contact_language", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("facility_id", sa.Uuid(), nullable=True),
        sa.Column("address", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("external_number", sa.Text(), nullable=False),
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("edited_on", sa.Date(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("is_partly", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'held') = (held_reason IS NOT NULL)", name=op.f("ck_letter_held_with_reason")),
        sa.CheckConstraint(
            "(state IN ('batched', 'printed', 'handed_to_service') OR state IN ('dispatched', 'reported', "
            "'presumed', 'returned', 'censored', 'lost')) = (batch_id IS NOT NULL)",
            name=op.f("ck_letter_in_one_place"),
        ),
        sa.CheckConstraint(
            "(state IN ('dispatched', 'reported', 'presumed', 'returned', 'censored', "
            "'lost')) = (dispatched_on IS NOT NULL)",
            name=op.f("ck_letter_gone_out_on_a_day"),
        ),
        sa.CheckConstraint(
            "body_erased_on IS NULL OR state IN ('rejected', 'withdrawn', "
            "'given_up') OR state IN ('dispatched', 'reported', 'presumed', 'returned', 'censored', 'lost')",
            name=op.f("ck_letter_erased_when_over"),
        ),
        sa.CheckConstraint(
            "held_reason IS NULL OR held_reason IN ('in_transit', 'unreachable', 'facility_stop', "
            "'rule_change', 'gone', 'by_staff')",
            name=op.f("ck_letter_held_reason_known"),
        ),
        sa.CheckConstraint("kind IN ('personal', 'card', 'digest')", name=op.f("ck_letter_kind_known")),
        sa.CheckConstraint(
            "state <> 'waiting' OR contact_sealed IS NOT NULL", name=op.f("ck_letter_waits_for_somebody")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'draft', 'submitted', 'in_translation', 'checking', 'in_moderation', "
            "'changes_requested', 'rejected', 'approved', 'queued', 'held', 'batched', 'printed', "
            "'handed_to_service', 'dispatched', 'reported', 'presumed', 'returned', 'censored', 'lost', "
            "'withdrawn', 'given_up')",
            name=op.f("ck_letter_state_known"),
        ),
        sa.CheckConstraint("batch_id IS NULL OR address IS NOT NULL", name=op.f("ck_letter_addressed_in_batch")),
        sa.CheckConstraint(
            "body_erased_on IS NULL OR (text_sealed IS NULL AND original_sealed IS NULL)",
            name=op.f("ck_letter_erased_is_gone"),
        ),
        sa.CheckConstraint("characters >= 0 AND pages >= 0", name=op.f("ck_letter_counted")),
        sa.CheckConstraint("held_by IS NULL OR held_until IS NOT NULL", name=op.f("ck_letter_held_until_then")),
        sa.CheckConstraint(
            "text_sealed IS NOT NULL OR body_erased_on IS NOT NULL", name=op.f("ck_letter_text_until_erased")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_letter_assignment_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["letter_batch.id"], name=op.f("fk_letter_batch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["follows_id"], ["letter.id"], name=op.f("fk_letter_follows_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_letter_facility_id")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_letter_prisoner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservation.id"], name=op.f("fk_letter_reservation_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["letter_thread.id"], name=op.f("fk_letter_thread_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("code", name=op.f("uq_letter_code")),
        sa.UniqueConstraint("number", name=op.f("uq_letter_number")),
    )
    op.create_index("ix_letter_batch_id", "letter", ["batch_id"], unique=False)
    op.create_index(
        "ix_letter_due",
        "letter",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("state IN ('dispatched', 'presumed')"),
    )
    op.create_index("ix_letter_facility_id", "letter", ["facility_id"], unique=False)
    op.create_index(
        "ix_letter_moderation",
        "letter",
        ["submitted_on", "number"],
        unique=False,
        postgresql_where=sa.text("state = 'in_moderation'"),
    )
    op.create_index("ix_letter_prisoner_id", "letter", ["prisoner_id"], unique=False)
    op.create_index(
        "ix_letter_queue",
        "letter",
        ["channel", "prisoner_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'held')"),
    )
    op.create_index("ix_letter_thread_id", "letter", ["thread_id"], unique=False)
    op.create_table(
        "letter_batch_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "now IN ('locked', 'rendered', 'printed', 'posted', 'reconciled', 'cancelled')",
            name=op.f("ck_letter_batch_event_now_known"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["letter_batch.id"], name=op.f("fk_letter_batch_event_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch_event")),
    )
    op.create_index("ix_letter_batch_event_batch_id", "letter_batch_event", ["batch_id", "id"], unique=False)
    op.create_table(
        "letter_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "now IN ('waiting', 'draft', 'submitted', 'in_translation', 'checking', 'in_moderation', "
            "'changes_requested', 'rejected', 'approved', 'queued', 'held', 'batched', 'printed', "
            "'handed_to_service', 'dispatched', 'reported', 'presumed', 'returned', 'censored', 'lost', "
            "'withdrawn', 'given_up')",
            name=op.f("ck_letter_event_now_known"),
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_letter_event_letter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_event")),
    )
    op.create_index("ix_letter_event_letter_id", "letter_event", ["letter_id", "id"], unique=False)
    op.create_table(
        "letter_finding",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("is_overridden", sa.Boolean(), nullable=False),
        sa.CheckConstraint("rule ~ '^L[0-9]{2}$'", name=op.f("ck_letter_finding_rule_shape")),
        sa.CheckConstraint("severity IN ('block', 'warn', 'info')", name=op.f("ck_letter_finding_severity_known")),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_letter_finding_letter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("letter_id", "rule", name=op.f("pk_letter_finding")),
    )
    op.create_index("ix_letter_finding_rule", "letter_finding", ["rule"], unique=False)
    op.create_table(
        "letter_picture",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("is_grey", sa.Boolean(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_letter_picture_has_size")),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_letter_picture_letter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_picture")),
    )
    op.create_index("ix_letter_picture_letter_id", "letter_picture", ["letter_id"], unique=False)
    op.create_table(
        "reply",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("thread_id", sa.Uuid(), nullable=True),
        sa.Column("prisoner_id", sa.Uuid(), nullable=True),
        sa.Column("written_on", sa.Date(), nullable=True),
        sa.Column("logged_on", sa.Date(), nullable=False),
        sa.Column("logged_by", sa.Uuid(), nullable=True),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=True),
        sa.Column("screened_by", sa.Uuid(), nullable=True),
        sa.Column("screened_on", sa.Date(), nullable=True),
        sa.Column("forwarded_on", sa.Date(), nullable=True),
        sa.Column("read_on", sa.Date(), nullable=True),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("published_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("published_text", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("body_erased_on", sa.Date(), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'forwarded') <= (forwarded_on IS NOT NULL)", name=op.f("ck_reply_forwarded_on_a_day")
        ),
        sa.CheckConstraint(
            "original IS NULL OR original IN ('stored', 'sent_on', 'destroyed')", name=op.f("ck_reply_original_known")
        ),
        sa.CheckConstraint(
            "publication IN ('none', 'asked', 'approved', 'published', 'withdrawn')",
            name=op.f("ck_reply_publication_known"),
        ),
        sa.CheckConstraint(
            "publication NOT IN ('approved', 'published') OR consent_id IS NOT NULL",
            name=op.f("ck_reply_published_with_consent"),
        ),
        sa.CheckConstraint(
            "state IN ('logged', 'scanned', 'unmatched', 'matched', 'screened', 'forwarded', 'closed')",
            name=op.f("ck_reply_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('matched', 'screened', 'forwarded') OR prisoner_id IS NOT NULL",
            name=op.f("ck_reply_matched_to_somebody"),
        ),
        sa.ForeignKeyConstraint(["consent_id"], ["prisoner_consent.id"], name=op.f("fk_reply_consent_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_reply_letter_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_reply_prisoner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["letter_thread.id"], name=op.f("fk_reply_thread_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint("number", name=op.f("uq_reply_number")),
    )
    op.create_index("ix_reply_letter_id", "reply", ["letter_id"], unique=False)
    op.create_index(
        "ix_reply_open",
        "reply",
        ["logged_on", "number"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('forwarded', 'closed')"),
    )
    op.create_index("ix_reply_prisoner_id", "reply", ["prisoner_id"], unique=False)
    op.create_index("ix_reply_thread_id", "reply", ["thread_id"], unique=False)
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("reply_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_incident_closed_on_a_day")),
        sa.CheckConstraint(
            "kind IN ('ill_treatment', 'threat', 'self_harm', 'coercion', 'money_request')",
            name=op.f("ck_incident_kind_known"),
        ),
        sa.CheckConstraint("state IN ('open', 'triage', 'escalated', 'closed')", name=op.f("ck_incident_state_known")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_incident_prisoner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name=op.f("fk_incident_reply_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("number", name=op.f("uq_incident_number")),
    )
    op.create_index("ix_incident_prisoner_id", "incident", ["prisoner_id"], unique=False)
    op.create_table(
        "reply_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("reply_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "now IN ('logged', 'scanned', 'unmatched', 'matched', 'screened', 'forwarded', 'closed')",
            name=op.f("ck_reply_event_now_known"),
        ),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name=op.f("fk_reply_event_reply_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_event")),
    )
    op.create_index("ix_reply_event_reply_id", "reply_event", ["reply_id", "id"], unique=False)
    op.create_table(
        "reply_page",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reply_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("is_withheld", sa.Boolean(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_reply_page_has_size")),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name=op.f("fk_reply_page_reply_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_page")),
        sa.UniqueConstraint("reply_id", "position", name=op.f("uq_reply_page_reply_id_position")),
    )
    op.create_table(
        "reply_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reply_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('transcription', 'translation')", name=op.f("ck_reply_text_kind_known")),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name=op.f("fk_reply_text_reply_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_text")),
        sa.UniqueConstraint(
            "reply_id", "kind", "language", "revision", name=op.f("uq_reply_text_reply_id_kind_language_revision")
        ),
    )
    op.create_table(
        "reported_need",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("reply_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reported_by", sa.Uuid(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('parcel', 'medicine', 'lawyer', 'money', 'books', 'visit', 'letters', 'other')",
            name=op.f("ck_reported_need_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('reported', 'dismissed', 'taken_over')", name=op.f("ck_reported_need_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_reported_need_prisoner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["reply.id"], name=op.f("fk_reported_need_reply_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reported_need")),
    )
    op.create_index("ix_reported_need_prisoner_id", "reported_need", ["prisoner_id"], unique=False)
    op.create_table(
        "incident_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "now IN ('open', 'triage', 'escalated', 'closed')", name=op.f("ck_incident_event_now_known")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_event_incident_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_event")),
    )
    op.create_index("ix_incident_event_incident_id", "incident_event", ["incident_id", "created_at"], unique=False)


def downgrade() -> None:
    op.drop_table("incident_event")
    op.drop_table("reported_need")
    op.drop_table("reply_text")
    op.drop_table("reply_page")
    op.drop_table("reply_event")
    op.drop_table("incident")
    op.drop_table("reply")
    op.drop_table("letter_picture")
    op.drop_table("letter_finding")
    op.drop_table("letter_event")
    op.drop_table("letter_batch_event")
    op.drop_table("letter")
    op.drop_table("batch_document")
    op.drop_table("task")
    op.drop_table("letter_thread")
    op.drop_table("letter_batch")
    op.drop_table("relay")
    op.drop_table("letter_stat")
    op.drop_table("letter_rule_adjustment")
    op.drop_table("letter_fingerprint")
    op.drop_table("letter_deadline")
    op.execute("DELETE FROM prisoner_consent WHERE kind = 'words'")
    _replace_consents(CONSENTS)


def _replace_consents(words: str) -> None:
    name = op.f("ck_prisoner_consent_kind_known")
    op.drop_constraint(name, "prisoner_consent", type_="check")
    op.create_check_constraint(name, "prisoner_consent", f"kind IN ({words})")
