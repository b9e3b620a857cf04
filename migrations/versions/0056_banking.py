"""Statements of accounts: files, their lines, and what each line stands for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_account_memory",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_account.id"], name=op.f("fk_bank_account_memory_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_bank_account_memory")),
    )
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_index", sa.LargeBinary(), nullable=True),
        sa.Column("number_index", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("opening", sa.BigInteger(), nullable=True),
        sa.Column("closing", sa.BigInteger(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("lines_read", sa.BigInteger(), nullable=False),
        sa.Column("lines_kept", sa.BigInteger(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "(state IN ('keeping', 'kept')) = (kept_at IS NOT NULL)", name=op.f("ck_bank_statement_kept_with_time")
        ),
        sa.CheckConstraint("currency = '' OR currency ~ '^[A-Z]{3}$'", name=op.f("ck_bank_statement_currency_shape")),
        sa.CheckConstraint(
            "format = '' OR format IN ('csv', 'mt940', 'camt', 'ofx')", name=op.f("ck_bank_statement_format_known")
        ),
        sa.CheckConstraint(
            "state IN ('receiving', 'columns', 'reading', 'read', 'keeping', 'kept', 'refused', 'given_up')",
            name=op.f("ck_bank_statement_state_known"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_account.id"], name=op.f("fk_bank_statement_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
    )
    op.create_index("ix_bank_statement_account_id", "bank_statement", ["account_id", "last_on"], unique=False)
    op.create_index("ix_bank_statement_made_at", "bank_statement", ["made_at"], unique=False)
    op.create_index(
        "uq_bank_statement_file_index",
        "bank_statement",
        ["file_index"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('receiving', 'refused', 'given_up')"),
    )
    op.create_table(
        "bank_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("open_amount", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("occurrence", sa.BigInteger(), nullable=False),
        sa.Column("codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("said_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("best_score", sa.SmallInteger(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("(state = 'ignored') = (reason <> '')", name=op.f("ck_bank_line_ignored_with_reason")),
        sa.CheckConstraint(
            "(state IN ('matched', 'own', 'ignored')) = (settled_on IS NOT NULL)",
            name=op.f("ck_bank_line_settled_on_day"),
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_bank_line_currency_shape")),
        sa.CheckConstraint(
            "reason = '' OR reason IN ('twice', 'opening', 'cancelled_out', 'not_ours', 'other')",
            name=op.f("ck_bank_line_reason_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'matched', 'own', 'ignored', 'on_hold')", name=op.f("ck_bank_line_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('matched', 'own') OR open_amount = 0", name=op.f("ck_bank_line_settled_whole")
        ),
        sa.CheckConstraint(
            "amount <> 0 AND sign(amount) * open_amount BETWEEN 0 AND abs(amount)",
            name=op.f("ck_bank_line_open_within"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_account.id"], name=op.f("fk_bank_line_account_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_line_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint(
            "account_id", "fingerprint", "occurrence", name=op.f("uq_bank_line_account_id_fingerprint_occurrence")
        ),
    )
    op.create_index("ix_bank_line_account_id", "bank_line", ["account_id", "day", "amount"], unique=False)
    op.create_index(
        "ix_bank_line_open",
        "bank_line",
        ["day", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'on_hold')"),
    )
    op.create_index("ix_bank_line_statement_id", "bank_line", ["statement_id", "number"], unique=False)
    op.create_index(
        "ix_bank_line_to_erase",
        "bank_line",
        ["settled_on"],
        unique=False,
        postgresql_where=sa.text("said_sealed IS NOT NULL AND settled_on IS NOT NULL"),
    )
    op.create_table(
        "bank_read_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("occurrence", sa.BigInteger(), nullable=False),
        sa.Column("codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("said_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_read_line_statement_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_read_line")),
        sa.UniqueConstraint("statement_id", "number", name=op.f("uq_bank_read_line_statement_id_number")),
    )
    op.create_index(
        "ix_bank_read_line_fingerprint", "bank_read_line", ["statement_id", "fingerprint", "number"], unique=False
    )
    op.create_table(
        "bank_statement_chunk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["bank_statement.id"],
            name=op.f("fk_bank_statement_chunk_statement_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement_chunk")),
        sa.UniqueConstraint("statement_id", "number", name=op.f("uq_bank_statement_chunk_statement_id_number")),
    )
    op.create_table(
        "bank_line_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["bank_line.id"], name=op.f("fk_bank_line_event_line_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line_event")),
    )
    op.create_index("ix_bank_line_event_line_id", "bank_line_event", ["line_id", "id"], unique=False)
    op.create_table(
        "bank_match",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind ~ '^[a-z_]{1,40}$'", name=op.f("ck_bank_match_kind_shape")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_bank_match_amount_not_zero")),
        sa.ForeignKeyConstraint(["line_id"], ["bank_line.id"], name=op.f("fk_bank_match_line_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_match")),
    )
    op.create_index("ix_bank_match_candidate_id", "bank_match", ["candidate_id", "kind"], unique=False)
    op.create_index(
        "uq_bank_match_live",
        "bank_match",
        ["line_id", "kind", "candidate_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "bank_own",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("other_account_id", sa.BigInteger(), nullable=True),
        sa.Column("other_line_id", sa.Uuid(), nullable=True),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("entry_number", sa.BigInteger(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'transfer') = (other_account_id IS NOT NULL)", name=op.f("ck_bank_own_transfer_goes_somewhere")
        ),
        sa.CheckConstraint(
            "kind = 'transfer' OR other_line_id IS NULL", name=op.f("ck_bank_own_two_lines_of_transfers")
        ),
        sa.CheckConstraint("kind IN ('transfer', 'fee', 'interest')", name=op.f("ck_bank_own_kind_known")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_bank_own_amount_not_zero")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_bank_own_fund_id")),
        sa.ForeignKeyConstraint(["line_id"], ["bank_line.id"], name=op.f("fk_bank_own_line_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_account_id"], ["ledger_account.id"], name=op.f("fk_bank_own_other_account_id")),
        sa.ForeignKeyConstraint(
            ["other_line_id"], ["bank_line.id"], name=op.f("fk_bank_own_other_line_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_own")),
    )
    op.create_index(
        "uq_bank_own_line_id", "bank_own", ["line_id"], unique=True, postgresql_where=sa.text("undone_at IS NULL")
    )
    op.create_index(
        "ix_bank_own_waiting",
        "bank_own",
        ["other_account_id", "currency", "amount"],
        unique=False,
        postgresql_where=sa.text("undone_at IS NULL AND kind = 'transfer' AND other_line_id IS NULL"),
    )
    op.create_index(
        "uq_bank_own_other_line_id",
        "bank_own",
        ["other_line_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "bank_suggestion",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_bank_suggestion_score_in_range")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["bank_line.id"], name=op.f("fk_bank_suggestion_line_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("line_id", "kind", "candidate_id", name=op.f("pk_bank_suggestion")),
    )


def downgrade() -> None:
    op.drop_table("bank_suggestion")
    op.drop_table("bank_own")
    op.drop_table("bank_match")
    op.drop_table("bank_line_event")
    op.drop_table("bank_statement_chunk")
    op.drop_table("bank_read_line")
    op.drop_table("bank_line")
    op.drop_table("bank_statement")
    op.drop_table("bank_account_memory")
