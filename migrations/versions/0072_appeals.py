"""Appeals to officials, to whom, for whom, and what was answered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("submitter_id", sa.Uuid(), nullable=True),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_appeal_closed_on_a_day")),
        sa.CheckConstraint("audience IN ('anywhere', 'outside_russia')", name=op.f("ck_appeal_audience_known")),
        sa.CheckConstraint("kind <> 'urgent' OR deadline_at IS NOT NULL", name=op.f("ck_appeal_urgent_has_deadline")),
        sa.CheckConstraint(
            "kind IN ('urgent', 'mp_letter', 'mep_letter', 'godparent', 'embassy', 'prison', 'ombudsman', 'un')",
            name=op.f("ck_appeal_kind_known"),
        ),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name=op.f("ck_appeal_slug_shape")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'review', 'published', 'paused', 'closed')", name=op.f("ck_appeal_state_known")
        ),
        sa.CheckConstraint(
            "author_id IS NULL OR publisher_id IS NULL OR author_id <> publisher_id", name=op.f("ck_appeal_two_persons")
        ),
        sa.CheckConstraint(
            "submitter_id IS NULL OR publisher_id IS NULL OR submitter_id <> publisher_id",
            name=op.f("ck_appeal_submitter_waits"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("slug", name=op.f("uq_appeal_slug")),
    )
    op.create_index(
        "ix_appeal_deadline",
        "appeal",
        ["deadline_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('published', 'paused')"),
    )
    op.create_table(
        "appeal_spent_stamp",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.CheckConstraint("length(digest) = 16", name=op.f("ck_appeal_spent_stamp_digest_length")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_appeal_spent_stamp")),
    )
    op.create_table(
        "appeal_target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("constituency", sa.Text(), nullable=False),
        sa.Column("languages", postgresql.JSONB(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("postal", sa.Text(), nullable=False),
        sa.Column("salutations", postgresql.JSONB(), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_by", sa.Uuid(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("country ~ '^([A-Z]{2})?$'", name=op.f("ck_appeal_target_country_shape")),
        sa.CheckConstraint("email <> '' OR postal <> ''", name=op.f("ck_appeal_target_has_address")),
        sa.CheckConstraint(
            "kind IN ('mp', 'mep', 'government', 'embassy', 'prison', 'ombudsman', 'un', 'other')",
            name=op.f("ck_appeal_target_kind_known"),
        ),
        sa.CheckConstraint("name <> '' OR office <> ''", name=op.f("ck_appeal_target_has_name")),
        sa.CheckConstraint("source_title <> '' OR source_url <> ''", name=op.f("ck_appeal_target_has_source")),
        sa.CheckConstraint("source_url = '' OR source_url ~ '^https?://'", name=op.f("ck_appeal_target_source_shape")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_target")),
        sa.UniqueConstraint("key", name=op.f("uq_appeal_target_key")),
    )
    op.create_index("ix_appeal_target_country", "appeal_target", ["country", "constituency"], unique=False)
    op.create_table(
        "appeal_target_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("rows", postgresql.JSONB(), nullable=False),
        sa.Column("problems", postgresql.JSONB(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('staged', 'taken', 'discarded')", name=op.f("ck_appeal_target_import_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_target_import")),
    )
    op.create_table(
        "appeal_addressee",
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_addressee_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["appeal_target.id"], name=op.f("fk_appeal_addressee_target_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("appeal_id", "target_id", name=op.f("pk_appeal_addressee")),
    )
    op.create_index("ix_appeal_addressee_target_id", "appeal_addressee", ["target_id"], unique=False)
    op.create_table(
        "appeal_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("summaries", postgresql.JSONB(), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("paper_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("has_paper", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'published') = (published_on IS NOT NULL)", name=op.f("ck_appeal_answer_published_on_a_day")
        ),
        sa.CheckConstraint("source_url = '' OR source_url ~ '^https?://'", name=op.f("ck_appeal_answer_source_shape")),
        sa.CheckConstraint(
            "state <> 'published' OR published_by IS DISTINCT FROM recorded_by OR is_demo",
            name=op.f("ck_appeal_answer_two_persons"),
        ),
        sa.CheckConstraint("state IN ('recorded', 'published')", name=op.f("ck_appeal_answer_state_known")),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_answer_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["appeal_target.id"], name=op.f("fk_appeal_answer_target_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_answer")),
    )
    op.create_index("ix_appeal_answer_appeal_id", "appeal_answer", ["appeal_id"], unique=False)
    op.create_index("ix_appeal_answer_target_id", "appeal_answer", ["target_id"], unique=False)
    op.create_table(
        "appeal_delta",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_delta_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["appeal_target.id"], name=op.f("fk_appeal_delta_target_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_delta")),
    )
    op.create_index("ix_appeal_delta_appeal_id", "appeal_delta", ["appeal_id"], unique=False)
    op.create_table(
        "appeal_event",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('state', 'edited', 'answer', 'outcome', 'undone')", name=op.f("ck_appeal_event_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_event_appeal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_event")),
    )
    op.create_index("ix_appeal_event_appeal_id", "appeal_event", ["appeal_id"], unique=False)
    op.create_table(
        "appeal_godparent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("source_url ~ '^https?://'", name=op.f("ck_appeal_godparent_source_shape")),
        sa.CheckConstraint("ended_on >= since_on", name=op.f("ck_appeal_godparent_ends_after_beginning")),
        sa.CheckConstraint(
            "published_on IS NULL OR published_by IS DISTINCT FROM recorded_by OR is_demo",
            name=op.f("ck_appeal_godparent_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_appeal_godparent_prisoner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["appeal_target.id"], name=op.f("fk_appeal_godparent_target_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_godparent")),
    )
    op.create_index("ix_appeal_godparent_prisoner_id", "appeal_godparent", ["prisoner_id"], unique=False)
    op.create_index("ix_appeal_godparent_target_id", "appeal_godparent", ["target_id"], unique=False)
    op.create_index(
        "uq_appeal_godparent_standing",
        "appeal_godparent",
        ["target_id", "prisoner_id"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "appeal_prisoner",
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_prisoner_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_appeal_prisoner_prisoner_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("appeal_id", "prisoner_id", name=op.f("pk_appeal_prisoner")),
    )
    op.create_index("ix_appeal_prisoner_prisoner_id", "appeal_prisoner", ["prisoner_id"], unique=False)
    op.create_table(
        "appeal_sent",
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_appeal_sent_count_not_negative")),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_sent_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["appeal_target.id"], name=op.f("fk_appeal_sent_target_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("appeal_id", "target_id", "day", name=op.f("pk_appeal_sent")),
    )
    op.create_index("ix_appeal_sent_target_id", "appeal_sent", ["target_id"], unique=False)
    op.create_table(
        "appeal_text",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("opening", sa.Text(), nullable=False),
        sa.Column("points", postgresql.JSONB(), nullable=False),
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint("language IN ('en', 'ru', 'de')", name=op.f("ck_appeal_text_language_known")),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_text_appeal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_text")),
        sa.UniqueConstraint("appeal_id", "language", name=op.f("uq_appeal_text_appeal_id_language")),
    )


def downgrade() -> None:
    op.drop_table("appeal_text")
    op.drop_index("ix_appeal_sent_target_id", table_name="appeal_sent")
    op.drop_table("appeal_sent")
    op.drop_index("ix_appeal_prisoner_prisoner_id", table_name="appeal_prisoner")
    op.drop_table("appeal_prisoner")
    op.drop_index("uq_appeal_godparent_standing", table_name="appeal_godparent")
    op.drop_index("ix_appeal_godparent_target_id", table_name="appeal_godparent")
    op.drop_index("ix_appeal_godparent_prisoner_id", table_name="appeal_godparent")
    op.drop_table("appeal_godparent")
    op.drop_index("ix_appeal_event_appeal_id", table_name="appeal_event")
    op.drop_table("appeal_event")
    op.drop_index("ix_appeal_delta_appeal_id", table_name="appeal_delta")
    op.drop_table("appeal_delta")
    op.drop_index("ix_appeal_answer_target_id", table_name="appeal_answer")
    op.drop_index("ix_appeal_answer_appeal_id", table_name="appeal_answer")
    op.drop_table("appeal_answer")
    op.drop_index("ix_appeal_addressee_target_id", table_name="appeal_addressee")
    op.drop_table("appeal_addressee")
    op.drop_table("appeal_target_import")
    op.drop_index("ix_appeal_target_country", table_name="appeal_target")
    op.drop_table("appeal_target")
    op.drop_table("appeal_spent_stamp")
    op.drop_index("ix_appeal_deadline", table_name="appeal")
    op.drop_table("appeal")
