"""Funds, the ledger that only grows, and what currencies were worth."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

MEMOS = (
    "memo IN ('gift', 'grant', 'gift_returned', 'payment', 'payment_returned', 'fee', 'interest', 'transfer', "
    "'exchange', 'assigned', 'opening', 'left_over', 'wrong_amount', 'wrong_fund', 'wrong_account', 'wrong_day', "
    "'twice', 'did_not_happen')"
)
REVERSALS = (
    "(reverses IS NOT NULL) = (memo IN ('did_not_happen', 'twice', 'wrong_account', 'wrong_amount', 'wrong_day', "
    "'wrong_fund'))"
)
INSERT_ONLY = """
CREATE FUNCTION ledger_refuses_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger only grows: an entry is reversed, never changed' USING ERRCODE = 'restrict_violation';
END $$
"""
# Emptying is for an installation that is given up, and for tests; whoever does it has to say so in that transaction.
NO_TRUNCATE = """
CREATE FUNCTION ledger_refuses_emptying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('unforgotten.emptying', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'the ledger only grows: it is not emptied' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""
# Once an entry, at the commit: by then all its lines are there. None can follow later, since each line has a number
# within those the entry was written with, and all of them are taken.
BALANCES = """
CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM ledger_posting WHERE entry_number = NEW.number) <> NEW.lines THEN
        RAISE EXCEPTION 'entry % lacks postings', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balances';
    END IF;
    IF EXISTS (
        SELECT FROM ledger_posting WHERE entry_number = NEW.number GROUP BY fund_id, currency HAVING sum(amount) <> 0
    ) THEN
        RAISE EXCEPTION 'entry % does not sum to zero in each fund and currency', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balances';
    END IF;
    IF NEW.reverses IS NOT NULL AND (
        EXISTS (SELECT FROM ledger_entry WHERE number = NEW.reverses AND reverses IS NOT NULL)
        OR EXISTS (
            SELECT FROM (SELECT * FROM ledger_posting WHERE entry_number = NEW.number) AS back
            FULL JOIN (SELECT * FROM ledger_posting WHERE entry_number = NEW.reverses) AS first USING (line)
            WHERE (back.account_id, back.fund_id, back.currency, back.amount)
                IS DISTINCT FROM (first.account_id, first.fund_id, first.currency, -first.amount)
        )
    ) THEN
        RAISE EXCEPTION 'entry % is not the opposite of entry %', NEW.number, NEW.reverses
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balances';
    END IF;
    RETURN NULL;
END $$
"""
# In one order, whatever the order of the lines. Those who post stand in a row already (the lock of the chain).
TOTALS = """
CREATE FUNCTION ledger_posting_totals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_total (span, starts_on, fund_id, account_id, currency, amount)
    SELECT span, date_trunc(span, happened_on::timestamp)::date, fund_id, account_id, currency, sum(amount)
    FROM made, (VALUES ('year'), ('month')) AS spans (span)
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (span, starts_on, fund_id, account_id, currency)
    DO UPDATE SET amount = ledger_total.amount + excluded.amount;
    RETURN NULL;
END $$
"""
ONLY_BY_TRIGGER = """
CREATE FUNCTION ledger_total_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'sums of the ledger follow from its postings' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    _make_accounts()
    _make_funds()
    _make_entries()
    _make_rates()
    for function in (INSERT_ONLY, NO_TRUNCATE, BALANCES, TOTALS, ONLY_BY_TRIGGER):
        op.execute(function)
    for table in ("ledger_entry", "ledger_posting"):
        op.execute(
            f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ledger_refuses_change()"
        )
    for table in ("ledger_entry", "ledger_posting", "ledger_total"):
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses_emptying()"
        )
    op.execute(
        "CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances()"
    )
    op.execute(
        "CREATE TRIGGER ledger_posting_totals AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS made "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_posting_totals()"
    )
    op.execute(
        "CREATE TRIGGER ledger_total_is_kept BEFORE INSERT OR UPDATE OR DELETE ON ledger_total "
        "FOR EACH ROW EXECUTE FUNCTION ledger_total_is_kept()"
    )


def downgrade() -> None:
    for table in (
        "ledger_posting", "ledger_proposal", "ledger_total", "ledger_entry", "ledger_account", "fund_giving",
        "fund_event", "fund", "exchange_rate", "rate_import",
    ):  # fmt: skip
        op.drop_table(table)
    for function in (
        "ledger_refuses_change", "ledger_refuses_emptying", "ledger_entry_balances", "ledger_posting_totals",
        "ledger_total_is_kept",
    ):  # fmt: skip
        op.execute(f"DROP FUNCTION {function}()")


def _make_accounts() -> None:
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("is_open", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'assets') = (rail IS NOT NULL) AND rail IN ('bank', 'service', 'cash', 'crypto')",
            name=op.f("ck_ledger_account_rail_of_assets"),
        ),
        sa.CheckConstraint(
            "code ~ '^(assets|liabilities|equity|income|expenses):[a-z0-9]+(-[a-z0-9]+)*$' AND length(code) <= 60",
            name=op.f("ck_ledger_account_code_shape"),
        ),
        sa.CheckConstraint(
            "currency IS NULL OR currency ~ '^[A-Z]{3}$'", name=op.f("ck_ledger_account_currency_shape")
        ),
        sa.CheckConstraint("split_part(code, ':', 1) = kind", name=op.f("ck_ledger_account_code_says_kind")),
        sa.CheckConstraint("length(title) <= 80", name=op.f("ck_ledger_account_title_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("code", name=op.f("uq_ledger_account_code")),
    )


def _make_funds() -> None:
    op.create_table(
        "fund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("public_level", sa.Text(), nullable=False),
        sa.Column("titles", postgresql.JSONB(), nullable=False),
        sa.Column("summaries", postgresql.JSONB(), nullable=False),
        sa.Column("abouts", postgresql.JSONB(), nullable=False),
        sa.Column("goal", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=True),
        sa.Column("residual", sa.Text(), nullable=True),
        sa.Column("residual_fund_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(residual = 'fund') = (residual_fund_id IS NOT NULL)", name=op.f("ck_fund_residual_fund")),
        sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_fund_closed_on_a_day")),
        sa.CheckConstraint(
            "(state = 'review') <= (submitted_by IS NOT NULL)", name=op.f("ck_fund_review_asked_by_somebody")
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_fund_currency_shape")),
        sa.CheckConstraint(
            "kind IN ('general', 'prisoner', 'family', 'cause', 'emergency')", name=op.f("ck_fund_kind_known")
        ),
        sa.CheckConstraint(
            "prisoner_id IS NULL OR (public_level <> 'hidden' AND kind IN ('prisoner', 'family'))",
            name=op.f("ck_fund_prisoner_only_in_public"),
        ),
        sa.CheckConstraint("public_level IN ('hidden', 'words', 'figures')", name=op.f("ck_fund_level_known")),
        sa.CheckConstraint(
            "residual IN ('general', 'fund') AND residual_fund_id <> id", name=op.f("ck_fund_residual_known")
        ),
        sa.CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name=op.f("ck_fund_slug_shape")),
        sa.CheckConstraint(
            "state IN ('draft', 'review', 'open', 'paused', 'closing', 'closed')", name=op.f("ck_fund_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('closing', 'closed') OR residual IS NOT NULL", name=op.f("ck_fund_closes_by_rule")
        ),
        sa.CheckConstraint("titles ? 'en'", name=op.f("ck_fund_has_english")),
        sa.CheckConstraint("goal > 0", name=op.f("ck_fund_goal_positive")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_fund_prisoner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["residual_fund_id"], ["fund.id"], name=op.f("fk_fund_residual_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("number", name=op.f("uq_fund_number")),
        sa.UniqueConstraint("slug", name=op.f("uq_fund_slug")),
    )
    op.create_index("ix_fund_prisoner_id", "fund", ["prisoner_id"], unique=False)
    op.create_index("ix_fund_state", "fund", ["state", "number"], unique=False)
    op.create_index(
        "uq_fund_general",
        "fund",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("kind = 'general' AND state <> 'closed'"),
    )
    op.create_table(
        "fund_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "now IN ('draft', 'review', 'open', 'paused', 'closing', 'closed')", name=op.f("ck_fund_event_now_known")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_event_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_event")),
    )
    op.create_index("ix_fund_event_fund_id", "fund_event", ["fund_id", "id"], unique=False)
    op.create_table(
        "fund_giving",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (decided_on IS NULL)", name=op.f("ck_fund_giving_decided_on_a_day")),
        sa.CheckConstraint(
            "state IN ('waiting', 'released', 'replaced', 'refused', 'withdrawn')",
            name=op.f("ck_fund_giving_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('released', 'replaced', 'refused') OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name=op.f("ck_fund_giving_two_persons"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_giving_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_giving")),
    )
    op.create_index("ix_fund_giving_fund_id", "fund_giving", ["fund_id", "asked_at"], unique=False)
    op.create_index(
        "uq_fund_giving_released",
        "fund_giving",
        ["fund_id"],
        unique=True,
        postgresql_where=sa.text("state = 'released'"),
    )
    op.create_index(
        "uq_fund_giving_waiting", "fund_giving", ["fund_id"], unique=True, postgresql_where=sa.text("state = 'waiting'")
    )


def _make_entries() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.Column("posted_by", sa.Uuid(), nullable=True),
        sa.Column("lines", sa.SmallInteger(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(REVERSALS, name=op.f("ck_ledger_entry_reversal_says_why")),
        sa.CheckConstraint(MEMOS, name=op.f("ck_ledger_entry_memo_known")),
        sa.CheckConstraint(
            "reference = '' OR reference ~ '^[A-Z]{1,3}-?[0-9][0-9A-F-]{0,30}$'",
            name=op.f("ck_ledger_entry_reference_shape"),
        ),
        sa.CheckConstraint("source_kind ~ '^[a-z_]{1,40}$'", name=op.f("ck_ledger_entry_source_shape")),
        sa.CheckConstraint("(source_kind IS NULL) = (source_id IS NULL)", name=op.f("ck_ledger_entry_source_whole")),
        sa.CheckConstraint("length(digest) = 32 AND length(previous) = 32", name=op.f("ck_ledger_entry_digest_length")),
        sa.CheckConstraint("lines BETWEEN 2 AND 100", name=op.f("ck_ledger_entry_lines_in_range")),
        sa.CheckConstraint("reverses < number", name=op.f("ck_ledger_entry_reverses_earlier")),
        sa.ForeignKeyConstraint(["reverses"], ["ledger_entry.number"], name=op.f("fk_ledger_entry_reverses")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("digest", name=op.f("uq_ledger_entry_digest")),
        sa.UniqueConstraint("number", "lines", "happened_on", name=op.f("uq_ledger_entry_number_lines_happened_on")),
        sa.UniqueConstraint("reverses", name=op.f("uq_ledger_entry_reverses")),
        sa.UniqueConstraint("source_kind", "source_id", name=op.f("uq_ledger_entry_source_kind_source_id")),
    )
    op.create_index("ix_ledger_entry_happened_on", "ledger_entry", ["happened_on", "number"], unique=False)
    op.create_table(
        "ledger_posting",
        sa.Column("entry_number", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("lines", sa.SmallInteger(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_ledger_posting_currency_shape")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_posting_amount_not_zero")),
        sa.CheckConstraint("line BETWEEN 1 AND lines", name=op.f("ck_ledger_posting_line_in_range")),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_account.id"], name=op.f("fk_ledger_posting_account_id")),
        sa.ForeignKeyConstraint(
            ["entry_number", "lines", "happened_on"],
            ["ledger_entry.number", "ledger_entry.lines", "ledger_entry.happened_on"],
            name=op.f("fk_ledger_posting_entry_number_lines_happened_on"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_ledger_posting_fund_id")),
        sa.PrimaryKeyConstraint("entry_number", "line", name=op.f("pk_ledger_posting")),
    )
    op.create_index("ix_ledger_posting_account_id", "ledger_posting", ["account_id", "happened_on"], unique=False)
    op.create_index(
        "ix_ledger_posting_fund_id", "ledger_posting", ["fund_id", "happened_on", "entry_number", "line"], unique=False
    )
    op.create_index(
        "ix_ledger_posting_happened_on",
        "ledger_posting",
        ["happened_on"],
        unique=False,
        postgresql_include=["fund_id", "account_id", "currency", "amount"],
    )
    op.create_table(
        "ledger_total",
        sa.Column("span", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("span IN ('year', 'month')", name=op.f("ck_ledger_total_span_known")),
        sa.PrimaryKeyConstraint("span", "starts_on", "fund_id", "account_id", "currency", name=op.f("pk_ledger_total")),
    )
    op.create_index("ix_ledger_total_fund_id", "ledger_total", ["fund_id", "span", "starts_on"], unique=False)
    op.create_table(
        "ledger_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_number", sa.BigInteger(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(REVERSALS, name=op.f("ck_ledger_proposal_reversal_says_why")),
        sa.CheckConstraint(
            "(state = 'posted') = (entry_number IS NOT NULL)", name=op.f("ck_ledger_proposal_posted_with_entry")
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_ledger_proposal_decided_with_time")
        ),
        sa.CheckConstraint(MEMOS, name=op.f("ck_ledger_proposal_memo_known")),
        sa.CheckConstraint(
            "reference = '' OR reference ~ '^[A-Z]{1,3}-?[0-9][0-9A-F-]{0,30}$'",
            name=op.f("ck_ledger_proposal_reference_shape"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'posted', 'refused', 'withdrawn')", name=op.f("ck_ledger_proposal_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('posted', 'refused') OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name=op.f("ck_ledger_proposal_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_number"], ["ledger_entry.number"], name=op.f("fk_ledger_proposal_entry_number")
        ),
        sa.ForeignKeyConstraint(["reverses"], ["ledger_entry.number"], name=op.f("fk_ledger_proposal_reverses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_proposal")),
        sa.UniqueConstraint("entry_number", name=op.f("uq_ledger_proposal_entry_number")),
    )
    op.create_index("ix_ledger_proposal_state", "ledger_proposal", ["state", "asked_at"], unique=False)
    op.create_index(
        "uq_ledger_proposal_reverses",
        "ledger_proposal",
        ["reverses"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _make_rates() -> None:
    op.create_table(
        "rate_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("problems", postgresql.JSONB(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'staged') = (content IS NOT NULL)", name=op.f("ck_rate_import_content_while_staged")
        ),
        sa.CheckConstraint("source ~ '^[a-z][a-z0-9-]{1,19}$'", name=op.f("ck_rate_import_source_shape")),
        sa.CheckConstraint("state IN ('staged', 'applied', 'discarded')", name=op.f("ck_rate_import_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_import")),
    )
    op.create_index(
        "uq_rate_import_digest",
        "rate_import",
        ["digest"],
        unique=True,
        postgresql_where=sa.text("state <> 'discarded'"),
    )
    op.create_table(
        "exchange_rate",
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("per_euro", sa.Numeric(precision=20, scale=8), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_exchange_rate_currency_shape")),
        sa.CheckConstraint("per_euro > 0", name=op.f("ck_exchange_rate_rate_positive")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["rate_import.id"], name=op.f("fk_exchange_rate_import_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("currency", "on_date", "source", name=op.f("pk_exchange_rate")),
    )
