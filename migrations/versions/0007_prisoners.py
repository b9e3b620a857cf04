"""Prisoners: people, cases, custody, facilities, facts, changes, imports and reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A range of uuids is what lets a plain GiST index compare people for equality (models/custody.py).
    op.execute("CREATE TYPE uuidrange AS RANGE (subtype = uuid)")
    op.create_table(
        "facility",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("name_ru", sa.Text(), nullable=False),
        sa.Column("name_latin", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("letters_note", sa.Text(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('ivs', 'sizo', 'fsb_sizo', 'pfrsi', 'transit_point', 'colony_settlement', "
            "'ik_general', 'ik_strict', 'ik_special', 'women_ik', 'juvenile_vk', 'prison_t', "
            "'medical', 'tb_hospital', 'psych_hospital', 'forced_labour', 'special_reception', "
            "'unknown')",
            name=op.f("ck_facility_kind_known"),
        ),
        sa.CheckConstraint("name_ru <> ''", name=op.f("ck_facility_has_name")),
        sa.CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_facility_slug_shape")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility")),
        sa.UniqueConstraint("slug", name=op.f("uq_facility_slug")),
    )
    op.create_index("ix_facility_code", "facility", ["code_key"], unique=False)
    op.create_table(
        "interest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("labels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("labels ? 'en' AND labels ? 'ru'", name=op.f("ck_interest_bilingual")),
        sa.CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_interest_slug_shape")),
        sa.CheckConstraint(
            "merged_into_id IS NULL OR merged_into_id <> id", name=op.f("ck_interest_merged_into_another")
        ),
        sa.ForeignKeyConstraint(["merged_into_id"], ["interest.id"], name=op.f("fk_interest_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        sa.UniqueConstraint("slug", name=op.f("uq_interest_slug")),
    )
    op.create_table(
        "official",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_latin", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("sanctioned_by", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_official_has_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official")),
    )
    op.create_table(
        "prisoner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("last_ru", sa.Text(), nullable=False),
        sa.Column("first_ru", sa.Text(), nullable=False),
        sa.Column("patronymic_ru", sa.Text(), nullable=False),
        sa.Column("has_no_patronymic", sa.Boolean(), nullable=False),
        sa.Column("dative_ru", sa.Text(), nullable=False),
        sa.Column("is_dative_confirmed", sa.Boolean(), nullable=False),
        sa.Column("last_latin", sa.Text(), nullable=False),
        sa.Column("first_latin", sa.Text(), nullable=False),
        sa.Column("aliases", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("born_precision", sa.Text(), nullable=True),
        sa.Column("gender", sa.Text(), nullable=False),
        sa.Column("citizenships", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("home_region", sa.Text(), nullable=True),
        sa.Column("languages_read", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("letters_policy", sa.Text(), nullable=False),
        sa.Column("reply_means", sa.Text(), nullable=False),
        sa.Column("publicity", sa.Text(), nullable=False),
        sa.Column("is_public_figure", sa.Boolean(), nullable=False),
        sa.Column("public_figure_reason", sa.Text(), nullable=False),
        sa.Column("publicity_consent_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "born_precision IS NULL OR born_precision IN ('day', 'month', 'year')",
            name=op.f("ck_prisoner_precision_known"),
        ),
        sa.CheckConstraint("gender IN ('female', 'male', 'unknown')", name=op.f("ck_prisoner_gender_known")),
        sa.CheckConstraint("last_ru <> '' OR last_latin <> ''", name=op.f("ck_prisoner_has_name")),
        sa.CheckConstraint(
            "letters_policy IN ('open', 'family_only', 'none', 'unknown')",
            name=op.f("ck_prisoner_letters_policy_known"),
        ),
        sa.CheckConstraint("publicity IN ('private', 'limited', 'public')", name=op.f("ck_prisoner_publicity_known")),
        sa.CheckConstraint(
            "reply_means IN ('paper_and_stamps', 'reply_form', 'none', 'unknown')",
            name=op.f("ck_prisoner_reply_means_known"),
        ),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name=op.f("ck_prisoner_slug_shape")
        ),
        sa.CheckConstraint(
            "state <> 'published' OR (publicity <> 'private' AND (is_public_figure OR "
            "publicity_consent_id IS NOT NULL))",
            name=op.f("ck_prisoner_public_with_consent"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'review', 'published', 'hidden', 'archived')", name=op.f("ck_prisoner_state_known")
        ),
        sa.CheckConstraint("(born_on IS NULL) = (born_precision IS NULL)", name=op.f("ck_prisoner_born_has_precision")),
        sa.CheckConstraint(
            "author_id IS NULL OR publisher_id IS NULL OR author_id <> publisher_id",
            name=op.f("ck_prisoner_two_persons"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prisoner")),
        sa.UniqueConstraint("number", name=op.f("uq_prisoner_number")),
        sa.UniqueConstraint("slug", name=op.f("uq_prisoner_slug")),
    )
    op.create_index("ix_prisoner_changed", "prisoner", ["changed_on"], unique=False)
    op.create_index(
        "ix_prisoner_published",
        "prisoner",
        ["last_latin", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "prisoner_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("rows_total", sa.BigInteger(), nullable=False),
        sa.Column("rows_staged", sa.BigInteger(), nullable=False),
        sa.Column("rows_applied", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reverted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("file_digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_prisoner_import_digest_shape")),
        sa.CheckConstraint(
            "state IN ('uploaded', 'mapped', 'staging', 'staged', 'applying', 'applied', 'reverted', 'failed')",
            name=op.f("ck_prisoner_import_state_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prisoner_import")),
    )
    op.create_table(
        "episode",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("arrested_on", sa.Date(), nullable=False),
        sa.Column("arrested_precision", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("death_kind", sa.Text(), nullable=True),
        sa.CheckConstraint("(end_reason = 'death') = (death_kind IS NOT NULL)", name=op.f("ck_episode_death_has_kind")),
        sa.CheckConstraint("arrested_precision IN ('day', 'month', 'year')", name=op.f("ck_episode_precision_known")),
        sa.CheckConstraint(
            "death_kind IS NULL OR death_kind IN ('in_custody', 'under_investigation', "
            "'during_detention', 'after_release_consequence')",
            name=op.f("ck_episode_death_kind_known"),
        ),
        sa.CheckConstraint(
            "end_reason IS NULL OR end_reason IN ('term_served', 'parole', 'replaced_lighter', "
            "'quashed', 'pardoned', 'exchange', 'amnesty', 'after_treatment', 'time_served', "
            "'measure_changed', 'charges_dropped', 'death', 'other')",
            name=op.f("ck_episode_reason_known"),
        ),
        sa.CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name=op.f("ck_episode_end_has_reason")),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= arrested_on", name=op.f("ck_episode_ends_after_arrest")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_episode_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode")),
    )
    op.create_index("ix_episode_prisoner_id", "episode", ["prisoner_id"], unique=False)
    op.create_index(
        "uq_episode_open", "episode", ["prisoner_id"], unique=True, postgresql_where=sa.text("ended_on IS NULL")
    )
    op.create_table(
        "facility_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("postal_index", sa.Text(), nullable=False),
        sa.Column("region_line", sa.Text(), nullable=False),
        sa.Column("locality", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("retrieved_on", sa.Date(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("postal_index ~ '^[0-9]{6}$'", name=op.f("ck_facility_address_index_shape")),
        sa.CheckConstraint("region_line <> '' OR locality <> ''", name=op.f("ck_facility_address_has_place")),
        sa.CheckConstraint(
            "source_url = '' OR source_url ~ '^https?://'", name=op.f("ck_facility_address_source_shape")
        ),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_facility_address_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_facility_address_facility_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_address")),
    )
    op.create_index("ix_facility_address_facility_id", "facility_address", ["facility_id"], unique=False)
    op.create_index(
        "uq_facility_address_current",
        "facility_address",
        ["facility_id"],
        unique=True,
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "facility_channel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("characters_a_page", sa.BigInteger(), nullable=True),
        sa.Column("most_pages", sa.BigInteger(), nullable=True),
        sa.Column("price_page", sa.BigInteger(), nullable=True),
        sa.Column("price_picture", sa.BigInteger(), nullable=True),
        sa.Column("price_reply", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("languages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("has_reply_form", sa.Boolean(), nullable=False),
        sa.Column("needs_sender_identity", sa.Boolean(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=True),
        sa.Column("strangers", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('post', 'f_pismo', 'zt', 'shop_online', 'parcels')",
            name=op.f("ck_facility_channel_channel_known"),
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_facility_channel_currency_shape")),
        sa.CheckConstraint(
            "strangers IN ('accepted', 'refused', 'unknown')", name=op.f("ck_facility_channel_strangers_known")
        ),
        sa.CheckConstraint(
            "characters_a_page IS NULL OR characters_a_page BETWEEN 100 AND 100000",
            name=op.f("ck_facility_channel_page_in_range"),
        ),
        sa.CheckConstraint(
            "coalesce(price_page, 0) >= 0 AND coalesce(price_picture, 0) >= 0 AND coalesce(price_reply, 0) >= 0",
            name=op.f("ck_facility_channel_prices_not_negative"),
        ),
        sa.CheckConstraint("days IS NULL OR days BETWEEN 0 AND 365", name=op.f("ck_facility_channel_days_in_range")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_facility_channel_facility_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_channel")),
    )
    op.create_index("uq_facility_channel", "facility_channel", ["facility_id", "channel"], unique=True)
    op.create_table(
        "facility_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("texts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.CheckConstraint("severity IN ('warn', 'block')", name=op.f("ck_facility_rule_severity_known")),
        sa.CheckConstraint("texts ? 'en'", name=op.f("ck_facility_rule_has_english")),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_facility_rule_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_facility_rule_facility_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_rule")),
    )
    op.create_index("ix_facility_rule_facility_id", "facility_rule", ["facility_id"], unique=False)
    op.create_table(
        "fact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=True),
        sa.Column("facility_id", sa.Uuid(), nullable=True),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("now", sa.Text(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("retrieved_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.CheckConstraint("source_url = '' OR source_url ~ '^https?://'", name=op.f("ck_fact_source_shape")),
        sa.CheckConstraint("subject_kind <> '' AND field <> ''", name=op.f("ck_fact_about_something")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_fact_facility_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["prisoner_id"], ["prisoner.id"], name=op.f("fk_fact_prisoner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    op.create_index("ix_fact_prisoner", "fact", ["prisoner_id", "id"], unique=False)
    op.create_index("ix_fact_subject", "fact", ["subject_id", "field", "id"], unique=False)
    op.create_table(
        "petition_prisoner",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_prisoner_petition_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_petition_prisoner_prisoner_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("petition_id", "prisoner_id", name=op.f("pk_petition_prisoner")),
    )
    op.create_index(op.f("ix_petition_prisoner_prisoner_id"), "petition_prisoner", ["prisoner_id"], unique=False)
    op.create_table(
        "prisoner_attention",
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("quarters", sa.BigInteger(), nullable=False),
        sa.Column("last_letter_on", sa.Date(), nullable=True),
        sa.Column("waiting_since_on", sa.Date(), nullable=True),
        sa.CheckConstraint("quarters >= 0", name=op.f("ck_prisoner_attention_not_negative")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_prisoner_attention_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prisoner_id", name=op.f("pk_prisoner_attention")),
    )
    op.create_table(
        "prisoner_consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "evidence IN ('letter', 'call', 'message', 'meeting', 'public_statement')",
            name=op.f("ck_prisoner_consent_evidence_known"),
        ),
        sa.CheckConstraint("given_by IN ('self', 'relative', 'lawyer')", name=op.f("ck_prisoner_consent_giver_known")),
        sa.CheckConstraint(
            "kind IN ('publicity', 'letters', 'appeals', 'fund', 'picture')",
            name=op.f("ck_prisoner_consent_kind_known"),
        ),
        sa.CheckConstraint(
            "revoked_on IS NULL OR revoked_on >= given_on", name=op.f("ck_prisoner_consent_revoked_after_given")
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_prisoner_consent_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prisoner_consent")),
    )
    op.create_index(
        "uq_prisoner_consent_current",
        "prisoner_consent",
        ["prisoner_id", "kind"],
        unique=True,
        postgresql_where=sa.text("revoked_on IS NULL"),
    )
    op.create_foreign_key(
        op.f("fk_prisoner_publicity_consent_id"),
        "prisoner",
        "prisoner_consent",
        ["publicity_consent_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_table(
        "prisoner_import_row",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("parsed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("candidates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('new', 'update', 'unsure', 'duplicate', 'invalid', 'skip')",
            name=op.f("ck_prisoner_import_row_verdict_known"),
        ),
        sa.CheckConstraint("row_number >= 2", name=op.f("ck_prisoner_import_row_after_header")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["prisoner_import.id"], name=op.f("fk_prisoner_import_row_import_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_prisoner_import_row_prisoner_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prisoner_import_row")),
        sa.UniqueConstraint("import_id", "row_number", name=op.f("uq_prisoner_import_row_import_id_row_number")),
    )
    op.create_index(
        "ix_prisoner_import_row_applied",
        "prisoner_import_row",
        ["prisoner_id"],
        unique=False,
        postgresql_where=sa.text("applied_at IS NOT NULL"),
    )
    op.create_index(
        "ix_prisoner_import_row_verdict", "prisoner_import_row", ["import_id", "verdict", "row_number"], unique=False
    )
    op.create_table(
        "prisoner_interest",
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("interest_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["interest_id"], ["interest.id"], name=op.f("fk_prisoner_interest_interest_id")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_prisoner_interest_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prisoner_id", "interest_id", name=op.f("pk_prisoner_interest")),
    )
    op.create_index(op.f("ix_prisoner_interest_interest_id"), "prisoner_interest", ["interest_id"], unique=False)
    op.create_table(
        "prisoner_listing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source IN ('memorial', 'memorial_religious', 'memorial_probable', 'ovd_info', "
            "'amnesty_poc', 'crimean_solidarity', 'jw_org', 'regional_group', 'other')",
            name=op.f("ck_prisoner_listing_source_known"),
        ),
        sa.CheckConstraint(
            "status IN ('recognised', 'candidate', 'withdrawn')", name=op.f("ck_prisoner_listing_status_known")
        ),
        sa.CheckConstraint("url = '' OR url ~ '^https?://'", name=op.f("ck_prisoner_listing_url_shape")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_prisoner_listing_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prisoner_listing")),
    )
    op.create_index("uq_prisoner_listing", "prisoner_listing", ["prisoner_id", "source"], unique=True)
    op.create_table(
        "prisoner_picture",
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("licence <> '' AND credit <> ''", name=op.f("ck_prisoner_picture_licence_and_credit")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_prisoner_picture_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prisoner_id", name=op.f("pk_prisoner_picture")),
    )
    op.create_table(
        "prisoner_relative",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("is_contactable", sa.Boolean(), nullable=False),
        sa.Column("safe_channel", sa.Text(), nullable=False),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "relation IN ('parent', 'partner', 'child', 'sibling', 'friend', 'lawyer', 'other')",
            name=op.f("ck_prisoner_relative_relation_known"),
        ),
        sa.CheckConstraint(
            "safe_channel IN ('none', 'email', 'phone', 'messenger', 'post', 'through_lawyer')",
            name=op.f("ck_prisoner_relative_channel_known"),
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_prisoner_relative_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prisoner_relative")),
    )
    op.create_index(op.f("ix_prisoner_relative_prisoner_id"), "prisoner_relative", ["prisoner_id"], unique=False)
    op.create_table(
        "prisoner_search",
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_prisoner_search_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prisoner_id", name=op.f("pk_prisoner_search")),
    )
    op.create_index("ix_prisoner_search_grams", "prisoner_search", ["grams"], unique=False, postgresql_using="gin")
    op.create_table(
        "prisoner_state_watch",
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("listed", sa.Text(), nullable=False),
        sa.Column("is_terrorist_mark", sa.Boolean(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=True),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.CheckConstraint("listed IN ('yes', 'no', 'unknown')", name=op.f("ck_prisoner_state_watch_listed_known")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_prisoner_state_watch_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prisoner_id", name=op.f("pk_prisoner_state_watch")),
    )
    op.create_table(
        "prisoner_text",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.CheckConstraint("language IN ('en', 'ru', 'de')", name=op.f("ck_prisoner_text_language_known")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_prisoner_text_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prisoner_text")),
        sa.UniqueConstraint("prisoner_id", "language", name=op.f("uq_prisoner_text_prisoner_id_language")),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('case', 'correction', 'family_help')", name=op.f("ck_report_kind_known")),
        sa.CheckConstraint(
            "state IN ('received', 'in_triage', 'accepted', 'declined', 'closed')", name=op.f("ck_report_state_known")
        ),
        sa.CheckConstraint("length(code_hash) = 32", name=op.f("ck_report_code_length")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_report_prisoner_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_report_code_hash")),
        info={"supporter": True},
    )
    op.create_index(op.f("ix_report_prisoner_id"), "report", ["prisoner_id"], unique=False)
    op.create_index("ix_report_state", "report", ["state", "received_on"], unique=False)
    op.create_table(
        "status_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('transferred', 'in_transit', 'whereabouts_unknown', 'released', "
            "'exchanged', 'died', 'sentenced', 'hearing_set')",
            name=op.f("ck_status_change_kind_known"),
        ),
        sa.CheckConstraint("source_title <> '' OR source_url <> ''", name=op.f("ck_status_change_has_source")),
        sa.CheckConstraint("undone_at IS NULL OR undone_at >= made_at", name=op.f("ck_status_change_undone_after")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["status_change.id"], name=op.f("fk_status_change_corrects_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_status_change_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_change")),
    )
    op.create_index("ix_status_change_prisoner_id", "status_change", ["prisoner_id", "made_at"], unique=False)
    op.create_table(
        "custody",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=True),
        sa.Column("facility_id", sa.Uuid(), nullable=True),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=False),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.text("uuidrange(prisoner_id, prisoner_id, '[]')"), "&&"),
            (sa.text("daterange(from_on, until_on, '[)')"), "&&"),
            where=sa.text("certainty = 'confirmed'"),
            using="gist",
            name="ex_custody_confirmed_overlap",
        ),
        sa.CheckConstraint(
            "(facility_id IS NULL) = (certainty IN ('in_transit', 'unknown'))",
            name=op.f("ck_custody_located_has_place"),
        ),
        sa.CheckConstraint(
            "certainty <> 'confirmed' OR evidence IS NOT NULL", name=op.f("ck_custody_confirmed_by_something")
        ),
        sa.CheckConstraint(
            "certainty IN ('confirmed', 'probable', 'in_transit', 'unknown')", name=op.f("ck_custody_certainty_known")
        ),
        sa.CheckConstraint(
            "evidence IS NULL OR evidence IN ('letter_reply', 'lawyer', 'family', 'court', 'media', 'fsin_reply')",
            name=op.f("ck_custody_evidence_known"),
        ),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_custody_ends_after_start")),
        sa.ForeignKeyConstraint(["episode_id"], ["episode.id"], name=op.f("fk_custody_episode_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_custody_facility_id")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_custody_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody")),
    )
    op.create_index(
        "ix_custody_facility_id", "custody", ["facility_id"], unique=False, postgresql_where=sa.text("until_on IS NULL")
    )
    op.create_index("ix_custody_prisoner_id", "custody", ["prisoner_id", "from_on"], unique=False)
    op.create_index(
        "uq_custody_current", "custody", ["prisoner_id"], unique=True, postgresql_where=sa.text("until_on IS NULL")
    )
    op.create_table(
        "liberty_status",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "status IN ('detained_48h', 'pretrial_custody', 'house_arrest', 'ban_of_actions', "
            "'recognisance', 'bail', 'serving_colony', 'serving_prison', 'serving_settlement', "
            "'forced_labour_centre', 'prison_hospital', 'psychiatric_expertise', "
            "'psychiatric_hospital', 'in_transit', 'whereabouts_unknown', 'released', "
            "'exchanged', 'abroad_wanted', 'at_liberty_sentenced', 'died')",
            name=op.f("ck_liberty_status_status_known"),
        ),
        sa.CheckConstraint("until_on IS NULL OR until_on >= since_on", name=op.f("ck_liberty_status_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_liberty_status_episode_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_liberty_status_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liberty_status")),
    )
    op.create_index("ix_liberty_status_prisoner_id", "liberty_status", ["prisoner_id", "since_on"], unique=False)
    op.create_index(
        "uq_liberty_status_current",
        "liberty_status",
        ["prisoner_id"],
        unique=True,
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "prisoner_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=True),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("themes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("court", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("names ? 'en' OR names ? 'ru'", name=op.f("ck_prisoner_case_has_name")),
        sa.CheckConstraint(
            "stage IN ('pre_investigation', 'under_investigation', 'in_court', "
            "'sentenced_not_final', 'sentence_in_force', 'appeal', 'cassation', "
            "'compulsory_treatment', 'terminated', 'acquitted', 'in_absentia')",
            name=op.f("ck_prisoner_case_stage_known"),
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_prisoner_case_episode_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_prisoner_case_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prisoner_case")),
    )
    op.create_index(op.f("ix_prisoner_case_prisoner_id"), "prisoner_case", ["prisoner_id"], unique=False)
    op.create_table(
        "prisoner_picture_description",
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "language IN ('en', 'ru', 'de')", name=op.f("ck_prisoner_picture_description_language_known")
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"],
            ["prisoner_picture.prisoner_id"],
            name=op.f("fk_prisoner_picture_description_prisoner_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("prisoner_id", "language", name=op.f("pk_prisoner_picture_description")),
    )
    op.create_table(
        "prisoner_picture_rendition",
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("name IN ('small', 'large')", name=op.f("ck_prisoner_picture_rendition_name_known")),
        sa.CheckConstraint("length(content) <= 307200", name=op.f("ck_prisoner_picture_rendition_content_small")),
        sa.CheckConstraint("length(digest) = 16", name=op.f("ck_prisoner_picture_rendition_digest_length")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"],
            ["prisoner_picture.prisoner_id"],
            name=op.f("fk_prisoner_picture_rendition_prisoner_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("prisoner_id", "name", name=op.f("pk_prisoner_picture_rendition")),
    )
    op.create_table(
        "public_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("shown_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"], ["status_change.id"], name=op.f("fk_public_change_change_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_public_change_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_change")),
    )
    op.create_index(op.f("ix_public_change_prisoner_id"), "public_change", ["prisoner_id"], unique=False)
    op.create_index("ix_public_change_shown", "public_change", ["shown_from"], unique=False)
    op.create_table(
        "report_attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(content_sealed) <= 4000000", name=op.f("ck_report_attachment_content_small")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_attachment_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_attachment")),
        info={"supporter": True},
    )
    op.create_index(op.f("ix_report_attachment_report_id"), "report_attachment", ["report_id"], unique=False)
    op.create_table(
        "report_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("from_staff", sa.Boolean(), nullable=False),
        sa.Column("vault_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "NOT from_staff OR answer_sealed IS NOT NULL", name=op.f("ck_report_message_answer_readable")
        ),
        sa.CheckConstraint("from_staff OR vault_sealed IS NOT NULL", name=op.f("ck_report_message_sender_to_vault")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_message_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_message")),
        info={"supporter": True},
    )
    op.create_index(op.f("ix_report_message_report_id"), "report_message", ["report_id"], unique=False)
    op.create_table(
        "status_consequence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("is_immediate", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("memory", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'undone', 'corrected')", name=op.f("ck_status_consequence_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["status_change.id"], name=op.f("fk_status_consequence_change_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_consequence")),
    )
    op.create_index(
        "ix_status_consequence_waiting",
        "status_consequence",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("uq_status_consequence", "status_consequence", ["change_id", "name"], unique=True)
    op.create_table(
        "charge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("superseded_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("article ~ '^[0-9]{1,3}(\\.[0-9]{1,2})?$'", name=op.f("ck_charge_article_shape")),
        sa.CheckConstraint("code IN ('UK', 'KoAP')", name=op.f("ck_charge_code_known")),
        sa.CheckConstraint("part ~ '^([0-9]{1,2}(\\.[0-9])?)?$'", name=op.f("ck_charge_part_shape")),
        sa.CheckConstraint(
            "until_on IS NULL OR from_on IS NULL OR until_on >= from_on", name=op.f("ck_charge_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["prisoner_case.id"], name=op.f("fk_charge_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["superseded_by_id"], ["charge.id"], name=op.f("fk_charge_superseded_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
    )
    op.create_index("ix_charge_article", "charge", ["article"], unique=False)
    op.create_index(op.f("ix_charge_case_id"), "charge", ["case_id"], unique=False)
    op.create_table(
        "hearing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Text(), nullable=False),
        sa.Column("court", sa.Text(), nullable=False),
        sa.Column("openness", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint("openness IN ('open', 'closed', 'unknown')", name=op.f("ck_hearing_openness_known")),
        sa.CheckConstraint(
            "starts_at = '' OR starts_at ~ '^[0-2][0-9]:[0-5][0-9]$'", name=op.f("ck_hearing_time_shape")
        ),
        sa.CheckConstraint("state IN ('set', 'held', 'moved', 'cancelled')", name=op.f("ck_hearing_state_known")),
        sa.ForeignKeyConstraint(["case_id"], ["prisoner_case.id"], name=op.f("fk_hearing_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing")),
    )
    op.create_index(op.f("ix_hearing_case_id"), "hearing", ["case_id"], unique=False)
    op.create_index("ix_hearing_held_on", "hearing", ["held_on"], unique=False)
    op.create_table(
        "official_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("acted_on", sa.Date(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("retrieved_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "office IN ('judge', 'prosecutor', 'investigator', 'facility_head', 'expert', 'other')",
            name=op.f("ck_official_act_office_known"),
        ),
        sa.CheckConstraint("source_url ~ '^https?://'", name=op.f("ck_official_act_source_shape")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["prisoner_case.id"], name=op.f("fk_official_act_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["official_id"], ["official.id"], name=op.f("fk_official_act_official_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_act")),
    )
    op.create_index(op.f("ix_official_act_case_id"), "official_act", ["case_id"], unique=False)
    op.create_index(op.f("ix_official_act_official_id"), "official_act", ["official_id"], unique=False)
    op.create_table(
        "sentence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("court", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("punishment", sa.Text(), nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("term_months", sa.SmallInteger(), nullable=True),
        sa.Column("in_absentia", sa.Boolean(), nullable=False),
        sa.Column("expected_release_on", sa.Date(), nullable=True),
        sa.Column("release_basis", sa.Text(), nullable=False),
        sa.Column("in_force_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "instance IN ('first', 'appeal', 'cassation', 'supervision')", name=op.f("ck_sentence_instance_known")
        ),
        sa.CheckConstraint(
            "punishment IN ('imprisonment', 'settlement_colony', 'forced_labour', 'suspended', "
            "'fine', 'restriction', 'corrective', 'community', 'compulsory_psychiatric', "
            "'ban_on_activity', 'none')",
            name=op.f("ck_sentence_punishment_known"),
        ),
        sa.CheckConstraint(
            "regime IN ('settlement', 'general', 'strict', 'special', 'prison_part', 'unknown')",
            name=op.f("ck_sentence_regime_known"),
        ),
        sa.CheckConstraint(
            "term_months IS NULL OR term_months BETWEEN 1 AND 1200", name=op.f("ck_sentence_term_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["prisoner_case.id"], name=op.f("fk_sentence_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sentence")),
    )
    op.create_index(op.f("ix_sentence_case_id"), "sentence", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_constraint(op.f("fk_prisoner_publicity_consent_id"), "prisoner")
    op.drop_table("sentence")
    op.drop_table("official_act")
    op.drop_table("hearing")
    op.drop_table("charge")
    op.drop_table("status_consequence")
    op.drop_table("report_message")
    op.drop_table("report_attachment")
    op.drop_table("public_change")
    op.drop_table("prisoner_picture_rendition")
    op.drop_table("prisoner_picture_description")
    op.drop_table("prisoner_case")
    op.drop_table("liberty_status")
    op.drop_table("custody")
    op.drop_table("status_change")
    op.drop_table("report")
    op.drop_table("prisoner_text")
    op.drop_table("prisoner_state_watch")
    op.drop_table("prisoner_search")
    op.drop_table("prisoner_relative")
    op.drop_table("prisoner_picture")
    op.drop_table("prisoner_listing")
    op.drop_table("prisoner_interest")
    op.drop_table("prisoner_import_row")
    op.drop_table("prisoner_consent")
    op.drop_table("prisoner_attention")
    op.drop_table("petition_prisoner")
    op.drop_table("fact")
    op.drop_table("facility_rule")
    op.drop_table("facility_channel")
    op.drop_table("facility_address")
    op.drop_table("episode")
    op.drop_table("prisoner_import")
    op.drop_table("prisoner")
    op.drop_table("official")
    op.drop_table("interest")
    op.drop_table("facility")
    op.execute("DROP TYPE uuidrange")
