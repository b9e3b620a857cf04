"""Payees, sealed to the vault, and payments that take their persons."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

# Whatever asks it: a payment is scheduled after its review (and, above the limit, its approval) alone, is sent after it
# was scheduled alone, and what it says does not change on that way.
KEEPS_WAY = """
CREATE FUNCTION payment_keeps_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most bigint;
    former text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state ELSE '' END;
BEGIN
    IF NEW.state = former THEN
        IF former <> 'draft' AND (NEW.fund_id, NEW.payee_id, NEW.category, NEW.amount, NEW.currency, NEW.descriptor)
            IS DISTINCT FROM (OLD.fund_id, OLD.payee_id, OLD.category, OLD.amount, OLD.currency, OLD.descriptor) THEN
            RAISE EXCEPTION 'payment % is changed as a draft alone', NEW.number
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_keeps_its_way';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT (former, NEW.state) IN (
        ('', 'draft'), ('draft', 'submitted'), ('submitted', 'reviewed'), ('reviewed', 'approved'),
        ('reviewed', 'scheduled'), ('approved', 'scheduled'), ('scheduled', 'sent'), ('sent', 'confirmed'),
        ('confirmed', 'reconciled'), ('reconciled', 'confirmed'), ('sent', 'failed'), ('sent', 'returned'),
        ('confirmed', 'returned'), ('reconciled', 'returned')
    ) AND NOT (NEW.state IN ('draft', 'cancelled') AND former IN ('draft', 'submitted', 'reviewed', 'approved',
        'scheduled')) THEN
        RAISE EXCEPTION 'payment % does not go from % to %', NEW.number, former, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_keeps_its_way';
    END IF;
    IF former NOT IN ('', 'draft') AND NEW.state <> 'draft'
        AND (NEW.fund_id, NEW.payee_id, NEW.category, NEW.amount, NEW.currency)
        IS DISTINCT FROM (OLD.fund_id, OLD.payee_id, OLD.category, OLD.amount, OLD.currency) THEN
        RAISE EXCEPTION 'payment % is changed as a draft alone', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_keeps_its_way';
    END IF;
    IF NEW.state = 'scheduled' AND NOT NEW.needs_third THEN
        SELECT amount INTO most FROM payment_limit WHERE currency = NEW.currency AND state = 'current';
        IF most IS NULL OR NEW.amount > most THEN
            RAISE EXCEPTION 'payment % takes a third person', NEW.number
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_keeps_its_way';
        END IF;
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    _make_payees()
    _make_payments()
    _make_papers()
    op.execute(KEEPS_WAY)
    op.execute(
        "CREATE TRIGGER payment_keeps_its_way BEFORE INSERT OR UPDATE ON payment "
        "FOR EACH ROW EXECUTE FUNCTION payment_keeps_its_way()"
    )


def downgrade() -> None:
    for table in (
        "payment_banked", "payment_file", "payment_check", "payment_event", "payment", "payment_order",
        "payment_limit", "payee",
    ):  # fmt: skip
        op.drop_table(table)
    op.execute("DROP FUNCTION payment_keeps_its_way()")


def _make_payees() -> None:
    op.create_table(
        "payee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("takes_sepa", sa.Boolean(), nullable=False),
        sa.Column("payability", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("ok_until", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(payability = 'ok') = (ok_until IS NOT NULL)", name=op.f("ck_payee_ok_until_a_day")),
        sa.CheckConstraint(
            "(payability = 'unchecked') = (checked_by IS NULL) AND (checked_by IS NULL) = (checked_on IS NULL)",
            name=op.f("ck_payee_checked_by_a_person"),
        ),
        sa.CheckConstraint("alias ~ '^[A-Z][a-z]{2,20}$'", name=op.f("ck_payee_alias_is_drawn")),
        sa.CheckConstraint(
            "kind IN ('relative', 'lawyer', 'facility_account', 'vendor', 'crypto')", name=op.f("ck_payee_kind_known")
        ),
        sa.CheckConstraint(
            "payability IN ('unchecked', 'ok', 'blocked_list', 'sanctions_hit', 'unsafe')",
            name=op.f("ck_payee_payability_known"),
        ),
        sa.CheckConstraint("details_sealed IS NOT NULL OR NOT is_active", name=op.f("ck_payee_details_while_active")),
        sa.CheckConstraint("is_active = (retired_on IS NULL)", name=op.f("ck_payee_retired_on_a_day")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee")),
        sa.UniqueConstraint("number", name=op.f("uq_payee_number")),
    )
    op.create_index("ix_payee_payability", "payee", ["payability", "ok_until"], unique=False)
    op.create_table(
        "payment_limit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_payment_limit_decided_with_time")
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_payment_limit_currency_shape")),
        sa.CheckConstraint(
            "state IN ('waiting', 'current', 'replaced', 'refused')", name=op.f("ck_payment_limit_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('current', 'replaced') OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name=op.f("ck_payment_limit_two_persons"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_payment_limit_amount_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_limit")),
    )
    op.create_index(
        "uq_payment_limit_current",
        "payment_limit",
        ["currency"],
        unique=True,
        postgresql_where=sa.text("state = 'current'"),
    )
    op.create_index(
        "uq_payment_limit_waiting",
        "payment_limit",
        ["currency"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "payment_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pay_on", sa.Date(), nullable=False),
        sa.Column("payments", sa.SmallInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_by", sa.Uuid(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(voided_by IS NULL) = (voided_at IS NULL)", name=op.f("ck_payment_order_voided_whole")),
        sa.CheckConstraint("voided_by <> made_by", name=op.f("ck_payment_order_voided_by_another")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_order_number")),
    )


def _make_payments() -> None:
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("payee_id", sa.Uuid(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("descriptor", sa.Text(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("source_kind", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("needs_third", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("pay_on", sa.Date(), nullable=True),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("fee", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("entry_number", sa.BigInteger(), nullable=True),
        sa.Column("back_number", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_how", sa.Text(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('failed', 'returned')) = (back_number IS NOT NULL)", name=op.f("ck_payment_back_is_posted")
        ),
        sa.CheckConstraint(
            "(state IN ('sent', 'confirmed', 'reconciled', 'failed', 'returned')) = (entry_number IS NOT NULL) AND "
            "(entry_number IS NULL) = (sent_on IS NULL) AND (entry_number IS NULL) = (account IS NULL)",
            name=op.f("ck_payment_sent_is_posted"),
        ),
        sa.CheckConstraint(
            "category IN ('expenses:lawyer', 'expenses:locating', 'expenses:parcels', 'expenses:prison-shop', "
            "'expenses:medicine', 'expenses:letters', 'expenses:travel', 'expenses:fines', 'expenses:living', "
            "'expenses:evacuation', 'expenses:release', 'expenses:other', 'expenses:fees') AND category <> "
            "'expenses:fees'",
            name=op.f("ck_payment_category_known"),
        ),
        sa.CheckConstraint(
            "confirmed_how IN ('receipt', 'relative', 'lawyer')", name=op.f("ck_payment_confirmed_how_known")
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_payment_currency_shape")),
        sa.CheckConstraint(
            "descriptor IN ('reference', 'invoice', 'order', 'services')", name=op.f("ck_payment_descriptor_known")
        ),
        sa.CheckConstraint("source_kind ~ '^[a-z_]{1,40}$'", name=op.f("ck_payment_source_shape")),
        sa.CheckConstraint(
            "state <> 'approved' OR approved_by IS NOT NULL", name=op.f("ck_payment_approved_by_somebody")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'cancelled') OR (asked_by IS NOT NULL AND payee_id IS NOT NULL)",
            name=op.f("ck_payment_submitted_by_somebody"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'reviewed', 'approved', 'scheduled', 'sent', 'confirmed', 'reconciled', "
            "'failed', 'returned', 'cancelled')",
            name=op.f("ck_payment_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'reconciled') OR confirmed_how IS NOT NULL",
            name=op.f("ck_payment_confirmed_how"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('reviewed', 'approved') OR reviewed_by IS NOT NULL",
            name=op.f("ck_payment_reviewed_by_somebody"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('scheduled', 'sent', 'confirmed', 'reconciled', 'failed', 'returned') OR (reviewed_by IS "
            "NOT NULL AND (approved_by IS NOT NULL OR NOT needs_third))",
            name=op.f("ck_payment_has_its_persons"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('scheduled', 'sent', 'confirmed', 'reconciled', 'failed', 'returned') OR pay_on IS NOT NULL",
            name=op.f("ck_payment_scheduled_for_a_day"),
        ),
        sa.CheckConstraint("(source_kind IS NULL) = (source_id IS NULL)", name=op.f("ck_payment_source_whole")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount_positive")),
        sa.CheckConstraint(
            "approved_by IS NULL OR reviewed_by IS NOT NULL", name=op.f("ck_payment_approved_after_review")
        ),
        sa.CheckConstraint(
            "approved_by NOT IN (asked_by, written_by, reviewed_by)", name=op.f("ck_payment_approver_is_a_third")
        ),
        sa.CheckConstraint("fee >= 0", name=op.f("ck_payment_fee_not_negative")),
        sa.CheckConstraint("reviewed_by NOT IN (asked_by, written_by)", name=op.f("ck_payment_reviewer_is_another")),
        sa.ForeignKeyConstraint(["back_number"], ["ledger_entry.number"], name=op.f("fk_payment_back_number")),
        sa.ForeignKeyConstraint(["entry_number"], ["ledger_entry.number"], name=op.f("fk_payment_entry_number")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_payment_fund_id")),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name=op.f("fk_payment_order_id")),
        sa.ForeignKeyConstraint(["payee_id"], ["payee.id"], name=op.f("fk_payment_payee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("back_number", name=op.f("uq_payment_back_number")),
        sa.UniqueConstraint("entry_number", name=op.f("uq_payment_entry_number")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_number")),
        sa.UniqueConstraint("source_kind", "source_id", name=op.f("uq_payment_source_kind_source_id")),
    )
    op.create_index("ix_payment_fund_id", "payment", ["fund_id", "number"], unique=False)
    op.create_index("ix_payment_order_id", "payment", ["order_id"], unique=False)
    op.create_index("ix_payment_payee_id", "payment", ["payee_id", "state"], unique=False)
    op.create_index("ix_payment_state", "payment", ["state", "number"], unique=False)
    op.create_index(
        "uq_payment_need_id",
        "payment",
        ["need_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('draft', 'failed', 'returned', 'cancelled')"),
    )
    op.create_table(
        "payment_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "now IN ('draft', 'submitted', 'reviewed', 'approved', 'scheduled', 'sent', 'confirmed', 'reconciled', "
            "'failed', 'returned', 'cancelled')",
            name=op.f("ck_payment_event_now_known"),
        ),
        sa.CheckConstraint(
            "reason IS NULL OR reason IN ('changed', 'payee_changed', 'taken_back', 'amount', 'payee', 'fund', "
            "'evidence', 'check', 'not_needed', 'not_safe', 'bank_refused', 'came_back', 'other')",
            name=op.f("ck_payment_event_reason_known"),
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_event_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_event")),
    )
    op.create_index("ix_payment_event_payment_id", "payment_event", ["payment_id", "id"], unique=False)


def _make_papers() -> None:
    op.create_table(
        "payment_banked",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_banked_amount_positive")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_banked_payment_id")),
        sa.PrimaryKeyConstraint("payment_id", "line_id", name=op.f("pk_payment_banked")),
    )
    op.create_table(
        "payment_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "answer IS NULL OR answer IN ('expected', 'evidence', 'asked', 'stop')",
            name=op.f("ck_payment_check_answer_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('same_payee', 'month_sum', 'round_number', 'new_payee', 'fund_short')",
            name=op.f("ck_payment_check_kind_known"),
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_by IS NULL) AND (answer IS NULL) = (answered_at IS NULL)",
            name=op.f("ck_payment_check_answered_by_a_person"),
        ),
        sa.CheckConstraint("answered_by <> asked_by", name=op.f("ck_payment_check_answered_by_another")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_check_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_check")),
        sa.UniqueConstraint("payment_id", "round", "kind", name=op.f("uq_payment_check_payment_id_round_kind")),
    )
    op.create_table(
        "payment_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("height", sa.SmallInteger(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('bill', 'request', 'receipt', 'other')", name=op.f("ck_payment_file_kind_known")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_file_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_file")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_file_number")),
    )
    op.create_index("ix_payment_file_payment_id", "payment_file", ["payment_id", "number"], unique=False)
