"""Needs of prisoners and their families, and slots for parcels."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parcel_quota",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("is_unlimited", sa.Boolean(), nullable=False),
        sa.Column("parcels", sa.BigInteger(), nullable=True),
        sa.Column("packets", sa.BigInteger(), nullable=True),
        sa.Column("kilograms", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_sourced", sa.Boolean(), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.CheckConstraint("NOT is_sourced OR source_title <> ''", name=op.f("ck_parcel_quota_sourced_with_source")),
        sa.CheckConstraint(
            "conditions IN ('ordinary', 'lighter', 'strict')", name=op.f("ck_parcel_quota_conditions_known")
        ),
        sa.CheckConstraint("period IN ('year', 'month')", name=op.f("ck_parcel_quota_period_known")),
        sa.CheckConstraint(
            "regime IN ('remand', 'general', 'strict', 'special', 'prison', 'settlement', 'women', 'juvenile')",
            name=op.f("ck_parcel_quota_regime_known"),
        ),
        sa.CheckConstraint("source_url = '' OR source_url ~ '^https?://'", name=op.f("ck_parcel_quota_source_shape")),
        sa.CheckConstraint(
            "CASE WHEN is_unlimited THEN num_nonnulls(parcels, packets, kilograms) = 0 WHEN kilograms "
            "IS NOT NULL THEN num_nonnulls(parcels, packets) = 0 ELSE num_nonnulls(parcels, packets) = "
            "2 END",
            name=op.f("ck_parcel_quota_one_way_to_count"),
        ),
        sa.CheckConstraint("kilograms BETWEEN 0 AND 1000", name=op.f("ck_parcel_quota_kilograms_in_range")),
        sa.CheckConstraint("packets BETWEEN 0 AND 1000", name=op.f("ck_parcel_quota_packets_in_range")),
        sa.CheckConstraint("parcels BETWEEN 0 AND 1000", name=op.f("ck_parcel_quota_parcels_in_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_quota")),
    )
    op.create_index(
        "uq_parcel_quota_current",
        "parcel_quota",
        ["regime", "conditions"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "need",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("is_in_kind", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("origin_kind", sa.Text(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.Column("payees", postgresql.JSONB(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("first_verified_by", sa.Uuid(), nullable=True),
        sa.Column("second_verified_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(origin_kind = '') = (origin_id IS NULL)", name=op.f("ck_need_origin_whole")),
        sa.CheckConstraint(
            "(state IN ('declined', 'expired', 'fulfilled')) = (ended_on IS NOT NULL)",
            name=op.f("ck_need_ended_on_a_day"),
        ),
        sa.CheckConstraint(
            "NOT (state IN ('approved', 'fulfilled', 'in_fulfilment')) OR approved_by IS NOT NULL",
            name=op.f("ck_need_approved_by_somebody"),
        ),
        sa.CheckConstraint(
            "NOT (state IN ('approved', 'fulfilled', 'in_fulfilment', 'verified')) OR "
            "(first_verified_by IS NOT NULL AND second_verified_by IS NOT NULL)",
            name=op.f("ck_need_verified_by_two"),
        ),
        sa.CheckConstraint(
            "category IN ('lawyer', 'locating', 'parcels', 'prison-shop', 'medicine', 'letters', "
            "'travel', 'fines', 'living', 'evacuation', 'release', 'other')",
            name=op.f("ck_need_category_known"),
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_need_currency_shape")),
        sa.CheckConstraint(
            "prisoner_id IS NOT NULL OR (visibility = 'hidden' AND words_sealed IS NULL)",
            name=op.f("ck_need_nobody_is_shown"),
        ),
        sa.CheckConstraint("source IN ('letter', 'relative', 'lawyer', 'other')", name=op.f("ck_need_source_known")),
        sa.CheckConstraint(
            "state IN ('reported', 'verified', 'approved', 'in_fulfilment', 'fulfilled', 'declined', 'expired')",
            name=op.f("ck_need_state_known"),
        ),
        sa.CheckConstraint("urgency IN ('urgent', 'soon', 'can_wait')", name=op.f("ck_need_urgency_known")),
        sa.CheckConstraint("visibility IN ('hidden', 'category', 'amount')", name=op.f("ck_need_visibility_known")),
        sa.CheckConstraint("(amount IS NULL) = (currency IS NULL)", name=op.f("ck_need_amount_with_currency")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_need_amount_positive")),
        sa.CheckConstraint("approved_by <> author_id", name=op.f("ck_need_author_does_not_approve")),
        sa.CheckConstraint(
            "author_id NOT IN (first_verified_by, second_verified_by)", name=op.f("ck_need_author_does_not_verify")
        ),
        sa.CheckConstraint("first_verified_by <> second_verified_by", name=op.f("ck_need_two_persons")),
        sa.CheckConstraint("is_in_kind OR amount IS NOT NULL", name=op.f("ck_need_amount_or_in_kind")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_need_prisoner_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sa.UniqueConstraint("number", name=op.f("uq_need_number")),
    )
    op.create_index("ix_need_prisoner_id", "need", ["prisoner_id"])
    op.create_index("ix_need_state", "need", ["state", "expires_on"])
    op.create_index(
        "uq_need_origin",
        "need",
        ["origin_kind", "origin_id"],
        unique=True,
        postgresql_where=sa.text("origin_id IS NOT NULL"),
    )
    op.create_table(
        "parcel_standing",
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("regime", sa.Text(), nullable=True),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.Column("noted_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "conditions IN ('ordinary', 'lighter', 'strict')", name=op.f("ck_parcel_standing_conditions_known")
        ),
        sa.CheckConstraint(
            "regime IN ('remand', 'general', 'strict', 'special', 'prison', 'settlement', 'women', 'juvenile')",
            name=op.f("ck_parcel_standing_regime_known"),
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_parcel_standing_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prisoner_id", name=op.f("pk_parcel_standing")),
    )
    op.create_table(
        "need_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "now IN ('reported', 'verified', 'approved', 'in_fulfilment', 'fulfilled', 'declined', 'expired')",
            name=op.f("ck_need_event_now_known"),
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_event_need_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_event")),
        sa.UniqueConstraint("number", name=op.f("uq_need_event_number")),
    )
    op.create_index("ix_need_event_need_id", "need_event", ["need_id", "number"])
    op.create_table(
        "parcel_slot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("kilograms", sa.BigInteger(), nullable=True),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_until", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("reserved_by", sa.Uuid(), nullable=False),
        sa.Column("reserved_on", sa.Date(), nullable=False),
        sa.Column("reserved_until", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'weight') = (kilograms IS NOT NULL)", name=op.f("ck_parcel_slot_weight_in_kilograms")
        ),
        sa.CheckConstraint("(state = 'reserved') = (ended_on IS NULL)", name=op.f("ck_parcel_slot_ended_on_a_day")),
        sa.CheckConstraint("kind IN ('parcel', 'packet', 'weight')", name=op.f("ck_parcel_slot_kind_known")),
        sa.CheckConstraint(
            "state IN ('reserved', 'used', 'released', 'lapsed')", name=op.f("ck_parcel_slot_state_known")
        ),
        sa.CheckConstraint("kilograms > 0", name=op.f("ck_parcel_slot_kilograms_positive")),
        sa.CheckConstraint("period_until >= period_from", name=op.f("ck_parcel_slot_period_in_order")),
        sa.CheckConstraint(
            "reserved_until BETWEEN reserved_on AND period_until", name=op.f("ck_parcel_slot_reserved_within_period")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_parcel_slot_need_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_parcel_slot_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_slot")),
        sa.UniqueConstraint("number", name=op.f("uq_parcel_slot_number")),
    )
    op.create_index("ix_parcel_slot_need_id", "parcel_slot", ["need_id"])
    op.create_index("ix_parcel_slot_prisoner_id", "parcel_slot", ["prisoner_id", "period_from"])
    op.create_index(
        "ix_parcel_slot_reserved", "parcel_slot", ["reserved_until"], postgresql_where=sa.text("state = 'reserved'")
    )
    op.create_table(
        "parcel_unit",
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("out_of", sa.BigInteger(), nullable=True),
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('parcel', 'packet', 'weight')", name=op.f("ck_parcel_unit_kind_known")),
        sa.CheckConstraint("number >= 1 AND number <= out_of", name=op.f("ck_parcel_unit_within_quota")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_parcel_unit_prisoner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["parcel_slot.id"], name=op.f("fk_parcel_unit_slot_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prisoner_id", "kind", "period_from", "number", name=op.f("pk_parcel_unit")),
    )
    op.create_index("ix_parcel_unit_slot_id", "parcel_unit", ["slot_id"])


def downgrade() -> None:
    op.drop_table("parcel_unit")
    op.drop_table("parcel_slot")
    op.drop_table("need_event")
    op.drop_table("parcel_standing")
    op.drop_table("need")
    op.drop_table("parcel_quota")
