"""Donors, pledges with their instalments, gifts and what they are for, files of gifts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

# At the commit: a gift and its allocations are written one after the other.
SUMS = """
CREATE FUNCTION gift_allocations_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which uuid;
    whole gift%ROWTYPE;
    net bigint; fees bigint; back bigint;
BEGIN
    IF TG_TABLE_NAME = 'gift' THEN
        which := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        which := OLD.gift_id;
    ELSE
        which := NEW.gift_id;
    END IF;
    SELECT * INTO whole FROM gift WHERE id = which;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT coalesce(sum(amount), 0), coalesce(sum(fee), 0), coalesce(sum(returned), 0) INTO net, fees, back
    FROM gift_allocation WHERE gift_id = which;
    IF net <> whole.gross - whole.fee OR fees <> whole.fee OR back <> whole.refunded THEN
        RAISE EXCEPTION 'the allocations of gift % do not sum to it', whole.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'gift_allocations_sum';
    END IF;
    RETURN NULL;
END $$
"""

STATES = "IN ('initiated', 'pending', 'settled', 'partly_refunded', 'refunded', 'disputed', 'failed', 'expired')"
WHAT = (
    "what IN ('made', 'confirmed', 'amount', 'came', 'went_back', 'waived', 'rail', 'erased', 'fulfilled', "
    "'cancelled', 'lapsed')"
)


def upgrade() -> None:
    op.create_table(
        "donor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=True),
        sa.Column("alias_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("language IN ('en', 'ru', 'de')", name=op.f("ck_donor_language_known")),
        sa.CheckConstraint(
            "visibility <> 'public' OR alias_sealed IS NOT NULL", name=op.f("ck_donor_public_has_alias")
        ),
        sa.CheckConstraint("visibility IN ('secret', 'private', 'public')", name=op.f("ck_donor_visibility_known")),
        sa.CheckConstraint("email_index IS NULL OR email_sealed IS NOT NULL", name=op.f("ck_donor_index_has_address")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donor")),
    )
    op.create_index(
        "ix_donor_email_index",
        "donor",
        ["email_index"],
        unique=False,
        postgresql_where=sa.text("email_index IS NOT NULL"),
    )
    op.create_index("ix_donor_keep_until", "donor", ["keep_until"], unique=False)
    op.create_table(
        "gift_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("done_rows", sa.BigInteger(), nullable=False),
        sa.Column("imported", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "(state IN ('staged', 'running')) = (content_sealed IS NOT NULL)",
            name=op.f("ck_gift_import_content_while_needed"),
        ),
        sa.CheckConstraint(
            "state IN ('staged', 'running', 'done', 'discarded')", name=op.f("ck_gift_import_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_import")),
    )
    op.create_index(
        "uq_gift_import_digest",
        "gift_import",
        ["digest"],
        unique=True,
        postgresql_where=sa.text("state <> 'discarded'"),
    )
    op.create_table(
        "rail_closing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("new_account", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("account <> new_account", name=op.f("ck_rail_closing_another_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rail_closing")),
    )
    op.create_table(
        "pledge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("donor_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("times", sa.SmallInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("wants_reminders", sa.Boolean(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("closing_id", sa.Uuid(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_pledge_currency_shape")),
        sa.CheckConstraint("reference ~ '^R-[0-9]{9}$'", name=op.f("ck_pledge_reference_shape")),
        sa.CheckConstraint("schedule <> 'once' OR times = 1", name=op.f("ck_pledge_once_is_one")),
        sa.CheckConstraint("schedule IN ('once', 'monthly', 'quarterly')", name=op.f("ck_pledge_schedule_known")),
        sa.CheckConstraint(
            "state IN ('pending', 'active', 'fulfilled', 'cancelled', 'lapsed')", name=op.f("ck_pledge_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('pending', 'active') OR ended_on IS NULL", name=op.f("ck_pledge_ended_on_a_day")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_pledge_amount_positive")),
        sa.CheckConstraint("times BETWEEN 1 AND 60", name=op.f("ck_pledge_times_in_range")),
        sa.ForeignKeyConstraint(["closing_id"], ["rail_closing.id"], name=op.f("fk_pledge_closing_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["donor.id"], name=op.f("fk_pledge_donor_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_pledge_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("reference", name=op.f("uq_pledge_reference")),
    )
    op.create_index(
        "ix_pledge_account", "pledge", ["account"], unique=False, postgresql_where=sa.text("state = 'active'")
    )
    op.create_index("ix_pledge_donor_id", "pledge", ["donor_id"], unique=False)
    op.create_index("ix_pledge_fund_id", "pledge", ["fund_id", "state"], unique=False)
    op.create_index(
        "uq_pledge_live",
        "pledge",
        ["donor_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('pending', 'active') AND donor_id IS NOT NULL"),
    )
    op.create_table(
        "pledge_shown",
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_pledge_shown_amount_not_negative")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_pledge_shown_fund_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("fund_id", name=op.f("pk_pledge_shown")),
    )
    op.create_table(
        "gift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=True),
        sa.Column("donor_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("taken_as", sa.Uuid(), nullable=True),
        sa.Column("entry_number", sa.BigInteger(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("thanked_on", sa.Date(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(settled_on IS NOT NULL) OR state IN ('initiated', 'pending', 'failed', 'expired')",
            name=op.f("ck_gift_settled_on_a_day"),
        ),
        sa.CheckConstraint("(state = 'refunded') <= (refunded = gross)", name=op.f("ck_gift_refunded_whole")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_gift_currency_shape")),
        sa.CheckConstraint(
            "state <> 'partly_refunded' OR (refunded > 0 AND refunded < gross)", name=op.f("ck_gift_refunded_partly")
        ),
        sa.CheckConstraint("state " + STATES, name=op.f("ck_gift_state_known")),
        sa.CheckConstraint(
            "state NOT IN ('initiated', 'pending', 'expired') OR refunded = 0", name=op.f("ck_gift_unsettled_whole")
        ),
        sa.CheckConstraint("gross > 0 AND fee >= 0 AND fee < gross", name=op.f("ck_gift_net_positive")),
        sa.CheckConstraint("length(external_id) BETWEEN 1 AND 100", name=op.f("ck_gift_external_length")),
        sa.CheckConstraint("refunded BETWEEN 0 AND gross", name=op.f("ck_gift_refunded_in_range")),
        sa.ForeignKeyConstraint(["donor_id"], ["donor.id"], name=op.f("fk_gift_donor_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["entry_number"], ["ledger_entry.number"], name=op.f("fk_gift_entry_number")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_gift_pledge_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift")),
        sa.UniqueConstraint("account", "external_id", name=op.f("uq_gift_account_external_id")),
        sa.UniqueConstraint("number", name=op.f("uq_gift_number")),
    )
    op.create_index("ix_gift_donor_id", "gift", ["donor_id"], unique=False)
    op.create_index(
        "ix_gift_expected",
        "gift",
        ["currency", "gross"],
        unique=False,
        postgresql_where=sa.text("state IN ('initiated', 'pending')"),
    )
    op.create_index("ix_gift_pledge_id", "gift", ["pledge_id"], unique=False)
    op.create_index("ix_gift_state", "gift", ["state", "number"], unique=False)
    op.create_index(
        "uq_gift_line", "gift", ["line_id", "taken_as"], unique=True, postgresql_where=sa.text("line_id IS NOT NULL")
    )
    op.create_table(
        "pledge_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("noted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(WHAT, name=op.f("ck_pledge_event_what_known")),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_event_pledge_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_event")),
    )
    op.create_index("ix_pledge_event_pledge_id", "pledge_event", ["pledge_id", "id"], unique=False)
    op.create_table(
        "pledge_instalment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("nudged_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state = 'matched') = (received = amount)", name=op.f("ck_pledge_instalment_matched_is_whole")
        ),
        sa.CheckConstraint(
            "state IN ('due', 'matched', 'missed', 'waived')", name=op.f("ck_pledge_instalment_state_known")
        ),
        sa.CheckConstraint(
            "amount > 0 AND received BETWEEN 0 AND amount", name=op.f("ck_pledge_instalment_received_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_instalment_pledge_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_instalment")),
        sa.UniqueConstraint("pledge_id", "number", name=op.f("uq_pledge_instalment_pledge_id_number")),
    )
    op.create_index(
        "ix_pledge_instalment_due_on",
        "pledge_instalment",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_table(
        "gift_allocation",
        sa.Column("gift_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND fee >= 0 AND returned BETWEEN 0 AND amount + fee",
            name=op.f("ck_gift_allocation_amounts_in_range"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_gift_allocation_fund_id")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_gift_allocation_gift_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("gift_id", "fund_id", name=op.f("pk_gift_allocation")),
    )
    op.create_index("ix_gift_allocation_fund_id", "gift_allocation", ["fund_id"], unique=False)
    op.create_table(
        "gift_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gift_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("entry_number", sa.BigInteger(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("now " + STATES, name=op.f("ck_gift_move_now_known")),
        sa.ForeignKeyConstraint(["entry_number"], ["ledger_entry.number"], name=op.f("fk_gift_move_entry_number")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_gift_move_gift_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_move")),
    )
    op.create_index("ix_gift_move_gift_id", "gift_move", ["gift_id", "at"], unique=False)
    op.create_table(
        "gift_part",
        sa.Column("gift_id", sa.Uuid(), nullable=False),
        sa.Column("instalment_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_gift_part_amount_positive")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_gift_part_gift_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["instalment_id"], ["pledge_instalment.id"], name=op.f("fk_gift_part_instalment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("gift_id", "instalment_id", name=op.f("pk_gift_part")),
    )
    op.create_index("ix_gift_part_instalment_id", "gift_part", ["instalment_id"], unique=False)
    op.execute(SUMS)
    for table in ("gift", "gift_allocation"):
        when = "INSERT OR UPDATE" if table == "gift" else "INSERT OR UPDATE OR DELETE"
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_sums AFTER {when} ON {table} DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION gift_allocations_sum()"
        )


def downgrade() -> None:
    for table in (
        "gift_part", "gift_move", "gift_allocation", "pledge_instalment", "pledge_event",
        "gift", "pledge_shown", "pledge", "rail_closing", "gift_import",
        "donor",
    ):  # fmt: skip
        op.drop_table(table)
    op.execute("DROP FUNCTION gift_allocations_sum()")
