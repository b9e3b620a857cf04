"""The ground floor: mail, jobs, audit, switches, people, petitions, signatures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PARTITIONS = 16
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

# In place of a foreign key, whose check would lock the petition's row for each signature.
KEEPS_SIGNATURES = """
CREATE FUNCTION refuse_to_orphan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM signature WHERE petition_id = OLD.id) THEN
        RAISE EXCEPTION 'a petition with signatures is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_audit_entry_amount_not_negative")),
        sa.CheckConstraint("length(digest) = 32 AND length(previous) = 32", name=op.f("ck_audit_entry_digest_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("digest", name=op.f("uq_audit_entry_digest")),
    )
    op.create_index(op.f("ix_audit_entry_action"), "audit_entry", ["action"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("payload_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'claimed') = (lease_until IS NOT NULL)", name=op.f("ck_job_claimed_has_lease")),
        sa.CheckConstraint("state IN ('pending', 'claimed', 'failed')", name=op.f("ck_job_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_due", "job", ["due_at"], unique=False, postgresql_where=sa.text("state <> 'failed'"))
    op.create_index(
        "uq_job_waiting", "job", ["kind", "payload_key"], unique=True, postgresql_where=sa.text("state = 'pending'")
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("ref", sa.Uuid(), nullable=True),
        sa.Column("dedupe_key", sa.LargeBinary(), nullable=False),
        sa.Column("recipient_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recipient_scope", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("lane IN ('fast', 'letters', 'bulk')", name=op.f("ck_mail_lane_known")),
        sa.CheckConstraint(
            "recipient_sealed IS NULL OR state NOT IN ('sent', 'failed', 'suppressed', 'expired')",
            name=op.f("ck_mail_recipient_erased_when_final"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'claimed', 'handoff', 'sent', 'retry', 'failed', 'suppressed', 'unknown', 'expired')",
            name=op.f("ck_mail_state_known"),
        ),
        sa.CheckConstraint(
            "(recipient_sealed IS NULL) OR (recipient_scope IS NOT NULL)", name=op.f("ck_mail_sealed_has_scope")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_mail_dedupe_key")),
    )
    op.create_index(
        "ix_mail_due",
        "mail",
        ["lane", "due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('pending', 'retry')"),
    )
    op.create_index(
        "ix_mail_leased",
        "mail",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state IN ('claimed', 'handoff')"),
    )
    op.create_table(
        "mail_quota",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used BETWEEN 1 AND 3", name=op.f("ck_mail_quota_used_in_range")),
        sa.PrimaryKeyConstraint("day", "address_index", name=op.f("pk_mail_quota")),
    )
    op.create_table(
        "periodic_run",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_periodic_run")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.CheckConstraint("language IN ('en', 'ru', 'de')", name=op.f("ck_person_language_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "petition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("goal", sa.BigInteger(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("keys_days", sa.BigInteger(), nullable=False),
        sa.Column("keys_destroyed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("audience IN ('anywhere', 'outside_russia')", name=op.f("ck_petition_audience_known")),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name=op.f("ck_petition_slug_shape")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'review', 'open', 'paused', 'closed', 'delivered', 'archived')",
            name=op.f("ck_petition_state_known"),
        ),
        sa.CheckConstraint(
            "author_id IS NULL OR publisher_id IS NULL OR author_id <> publisher_id",
            name=op.f("ck_petition_two_persons"),
        ),
        sa.CheckConstraint("goal BETWEEN 1 AND 100000000", name=op.f("ck_petition_goal_in_range")),
        sa.CheckConstraint("keys_days BETWEEN 1 AND 365", name=op.f("ck_petition_keys_days_in_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition")),
        sa.UniqueConstraint("alias", name=op.f("uq_petition_alias")),
        sa.UniqueConstraint("slug", name=op.f("uq_petition_slug")),
    )
    op.create_table(
        "signature_delta",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.SmallInteger(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount IN (-1, 1)", name=op.f("ck_signature_delta_amount_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_delta")),
    )
    op.create_index(op.f("ix_signature_delta_petition_id"), "signature_delta", ["petition_id"], unique=False)
    op.create_table(
        "suppression",
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint("reason IN ('asked', 'complained', 'bounced')", name=op.f("ck_suppression_reason_known")),
        sa.CheckConstraint("length(address_index) = 32", name=op.f("ck_suppression_index_length")),
        sa.PrimaryKeyConstraint("address_index", name=op.f("pk_suppression")),
    )
    op.create_table(
        "switch",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switch")),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= given_on", name=op.f("ck_consent_ends_after_start")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_subject"), "consent", ["subject"], unique=False)
    op.create_index(
        "uq_consent_current",
        "consent",
        ["person_id", "purpose", "subject"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "person_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("value_index", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('email', 'phone', 'messenger')", name=op.f("ck_person_identity_kind_known")),
        sa.CheckConstraint("length(value_index) = 32", name=op.f("ck_person_identity_index_length")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_identity_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_identity")),
        sa.UniqueConstraint("kind", "value_index", name=op.f("uq_person_identity_kind_value_index")),
    )
    op.create_index(op.f("ix_person_identity_person_id"), "person_identity", ["person_id"], unique=False)
    op.create_table(
        "petition_event",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_event_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_event")),
    )
    op.create_index(op.f("ix_petition_event_petition_id"), "petition_event", ["petition_id"], unique=False)
    op.create_table(
        "petition_text",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.CheckConstraint("language IN ('en', 'ru', 'de')", name=op.f("ck_petition_text_language_known")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_text_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_text")),
        sa.UniqueConstraint("petition_id", "language", name=op.f("uq_petition_text_petition_id_language")),
    )
    op.create_table(
        "public_name",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_public_name_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_name")),
    )
    op.create_index(op.f("ix_public_name_petition_id"), "public_name", ["petition_id"], unique=False)
    op.create_table(
        "signature",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_quarantined", sa.Boolean(), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("mail_domain", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("wants_updates", sa.Boolean(), nullable=False),
        sa.Column("consent_version", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("token_version", sa.SmallInteger(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.CheckConstraint("country IS NULL OR country ~ '^[A-Z]{2}$'", name=op.f("ck_signature_country_shape")),
        sa.CheckConstraint("state = 'pending' OR email_sealed IS NULL", name=op.f("ck_signature_address_erased")),
        sa.CheckConstraint(
            "state = 'pending' OR visibility <> 'count' OR name_sealed IS NULL", name=op.f("ck_signature_name_erased")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'confirmed', 'withdrawn', 'invalidated')", name=op.f("ck_signature_state_known")
        ),
        sa.CheckConstraint("visibility IN ('count', 'initials', 'name')", name=op.f("ck_signature_visibility_known")),
        sa.CheckConstraint("length(address_index) = 32", name=op.f("ck_signature_index_length")),
        sa.PrimaryKeyConstraint("id", "bucket", name=op.f("pk_signature")),
        sa.UniqueConstraint(
            "bucket", "petition_id", "address_index", name=op.f("uq_signature_bucket_petition_id_address_index")
        ),
        postgresql_partition_by="HASH (bucket)",
    )
    op.create_index(
        "ix_signature_pending", "signature", ["signed_on"], unique=False, postgresql_where=sa.text("state = 'pending'")
    )
    op.create_index(
        "ix_signature_shown",
        "signature",
        ["petition_id", "bucket", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'confirmed' AND visibility <> 'count'"),
    )
    for part in range(PARTITIONS):
        op.execute(
            f"CREATE TABLE signature_p{part:02d} PARTITION OF signature "
            f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {part})"
        )
    op.create_table(
        "signature_block",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_signature_block_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("petition_id", "address_index", name=op.f("pk_signature_block")),
    )
    op.create_table(
        "signature_day",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_signature_day_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("petition_id", "day", "country", name=op.f("pk_signature_day")),
    )
    op.create_table(
        "signature_total",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_signature_total_count_not_negative")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_signature_total_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_signature_total")),
    )
    op.execute(KEEPS_SIGNATURES)
    op.execute(
        "CREATE TRIGGER petition_keeps_signatures BEFORE DELETE ON petition "
        "FOR EACH ROW EXECUTE FUNCTION refuse_to_orphan()"
    )
    op.execute(APPEND_ONLY)
    op.execute(
        "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("signature_total")
    op.drop_table("signature_day")
    op.drop_table("signature_block")
    op.drop_index(
        "ix_signature_shown",
        table_name="signature",
        postgresql_where=sa.text("state = 'confirmed' AND visibility <> 'count'"),
    )
    op.drop_index("ix_signature_pending", table_name="signature", postgresql_where=sa.text("state = 'pending'"))
    op.drop_table("signature")
    op.drop_index(op.f("ix_public_name_petition_id"), table_name="public_name")
    op.drop_table("public_name")
    op.drop_table("petition_text")
    op.drop_index(op.f("ix_petition_event_petition_id"), table_name="petition_event")
    op.drop_table("petition_event")
    op.drop_index(op.f("ix_person_identity_person_id"), table_name="person_identity")
    op.drop_table("person_identity")
    op.drop_index(
        "uq_consent_current",
        table_name="consent",
        postgresql_where=sa.text("ended_on IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.drop_index(op.f("ix_consent_subject"), table_name="consent")
    op.drop_table("consent")
    op.drop_table("switch")
    op.drop_table("suppression")
    op.drop_index(op.f("ix_signature_delta_petition_id"), table_name="signature_delta")
    op.drop_table("signature_delta")
    op.drop_table("petition")
    op.drop_table("person")
    op.drop_table("periodic_run")
    op.drop_table("mail_quota")
    op.drop_index("ix_mail_leased", table_name="mail", postgresql_where=sa.text("state IN ('claimed', 'handoff')"))
    op.drop_index("ix_mail_due", table_name="mail", postgresql_where=sa.text("state IN ('pending', 'retry')"))
    op.drop_table("mail")
    op.drop_index("uq_job_waiting", table_name="job", postgresql_where=sa.text("state = 'pending'"))
    op.drop_index("ix_job_due", table_name="job", postgresql_where=sa.text("state <> 'failed'"))
    op.drop_table("job")
    op.drop_index(op.f("ix_audit_entry_action"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.execute("DROP FUNCTION refuse_to_orphan()")
    op.execute("DROP FUNCTION refuse_change()")
