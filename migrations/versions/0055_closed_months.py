"""Months of the books that are closed: the database itself takes no entry of theirs any more."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

# The shared lock waits for whoever closes a month, who holds the same one alone; those who post through the service
# hold it already. Without it an entry written beside the service could slip into a month that closes at that moment.
# 0x46554E4453 is CHAIN_LOCK of campaign/funds/service/ledger.py.
ENTRIES = """
CREATE FUNCTION ledger_month_takes_no_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_closed date;
    earliest date;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(302078903379);
    SELECT max(starts_on) INTO last_closed FROM ledger_month WHERE state = 'closed';
    SELECT min(happened_on) INTO earliest FROM made;
    IF earliest < last_closed + interval '1 month' THEN
        RAISE EXCEPTION 'the books are closed to the end of %', to_char(last_closed, 'YYYY-MM')
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_month_takes_no_entry';
    END IF;
    RETURN NULL;
END $$
"""
STAYS = """
CREATE FUNCTION ledger_month_stays_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'closed' THEN
        RAISE EXCEPTION 'a closed month is never opened again: what was wrong is put right in an open one'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "ledger_month",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("checks", postgresql.JSONB(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=True),
        sa.Column("last_digest", sa.LargeBinary(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'closed', 'refused', 'withdrawn')", name=op.f("ck_ledger_month_state_known")
        ),
        sa.CheckConstraint("extract(day FROM starts_on) = 1", name=op.f("ck_ledger_month_first_day")),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_ledger_month_decided_with_time")
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (last_digest IS NOT NULL)", name=op.f("ck_ledger_month_closed_with_digest")
        ),
        sa.CheckConstraint(
            "(last_digest IS NULL) = (last_number IS NULL)", name=op.f("ck_ledger_month_digest_of_a_number")
        ),
        sa.CheckConstraint(
            "state NOT IN ('closed', 'refused') OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name=op.f("ck_ledger_month_two_persons"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_month")),
    )
    op.create_index(
        "uq_ledger_month_closed", "ledger_month", ["starts_on"], unique=True,
        postgresql_where=sa.text("state = 'closed'"),
    )  # fmt: skip
    op.create_index(
        "uq_ledger_month_proposed", "ledger_month", ["state"], unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )  # fmt: skip
    for function in (ENTRIES, STAYS):
        op.execute(function)
    op.execute(
        "CREATE TRIGGER ledger_month_takes_no_entry AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS made "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_month_takes_no_entry()"
    )
    op.execute(
        "CREATE TRIGGER ledger_month_stays_closed BEFORE UPDATE OR DELETE ON ledger_month "
        "FOR EACH ROW EXECUTE FUNCTION ledger_month_stays_closed()"
    )
    op.execute(
        "CREATE TRIGGER ledger_month_not_emptied BEFORE TRUNCATE ON ledger_month "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses_emptying()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER ledger_month_takes_no_entry ON ledger_entry")
    op.drop_table("ledger_month")
    for function in ("ledger_month_takes_no_entry", "ledger_month_stays_closed"):
        op.execute(f"DROP FUNCTION {function}()")
