"""Lists of people come in: files in sealed pieces, their rows, and what undoing needs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STATES = (
    "receiving", "uploaded", "checking", "checked", "applying", "applied", "reverting", "reverted", "cancelled",
    "failed",
)  # fmt: skip
VERDICTS = ("new", "update", "unchanged", "duplicate", "conflict", "invalid")
OUTCOMES = ("", "made", "changed", "refused", "undone", "left")


def upgrade() -> None:
    _make_import()
    _make_rows()
    op.create_table(
        "people_import_chunk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        _to_import("people_import_chunk"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_import_chunk")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_people_import_chunk_import_id_number")),
    )
    op.create_table(
        "people_import_key",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        _to_import("people_import_key"),
        sa.PrimaryKeyConstraint("import_id", "key", name=op.f("pk_people_import_key")),
    )
    op.create_table(
        "people_import_mapping",
        sa.Column("headings_key", sa.LargeBinary(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("headings_key", name=op.f("pk_people_import_mapping")),
    )


def downgrade() -> None:
    for name in ("mapping", "key", "chunk", "row"):
        op.drop_table(f"people_import_{name}")
    op.drop_table("people_import")


def _make_import() -> None:
    text, number, flag = sa.Text(), sa.BigInteger(), sa.Boolean()
    op.create_table(
        "people_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("file_name", text, nullable=False),
        sa.Column("file_index", sa.LargeBinary(), nullable=True),
        sa.Column("size", number, nullable=False),
        sa.Column("headers", postgresql.JSONB(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), nullable=False),
        sa.Column("has_merged", flag, nullable=False),
        sa.Column("source", text, nullable=False),
        sa.Column("basis", text, nullable=False),
        sa.Column("basis_on", sa.Date(), nullable=True),
        sa.Column("basis_words", text, nullable=False),
        sa.Column("language", text, nullable=False),
        sa.Column("country", text, nullable=False),
        sa.Column("overwrites", flag, nullable=False),
        sa.Column("rows_total", number, nullable=False),
        sa.Column("rows_read", number, nullable=False),
        sa.Column("rows_applied", number, nullable=False),
        sa.Column("new_tags", postgresql.JSONB(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("error", text, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_by", sa.Uuid(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reverted_by", sa.Uuid(), nullable=True),
        sa.Column("reverted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", flag, nullable=False),
        sa.CheckConstraint(_one_of("state", STATES), name=op.f("ck_people_import_state_known")),
        sa.CheckConstraint(
            _one_of("basis", ("asked", "member", "none")), name=op.f("ck_people_import_basis_known")
        ),
        sa.CheckConstraint("basis = 'none' OR basis_on IS NOT NULL", name=op.f("ck_people_import_basis_has_day")),
        sa.CheckConstraint("basis <> 'asked' OR basis_words <> ''", name=op.f("ck_people_import_asked_in_words")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_import")),
    )  # fmt: skip
    op.create_index("ix_people_import_made_at", "people_import", ["made_at"])
    op.create_index("ix_people_import_file_index", "people_import", ["file_index"])


def _make_rows() -> None:
    op.create_table(
        "people_import_row",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("cells_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reading_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("problems", postgresql.JSONB(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("is_suppressed", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("memory_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(_one_of("verdict", VERDICTS), name=op.f("ck_people_import_row_verdict_known")),
        sa.CheckConstraint(_one_of("outcome", OUTCOMES), name=op.f("ck_people_import_row_outcome_known")),
        sa.CheckConstraint("row_number >= 2", name=op.f("ck_people_import_row_after_header")),
        _to_import("people_import_row"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_import_row")),
        sa.UniqueConstraint("import_id", "row_number", name=op.f("uq_people_import_row_import_id_row_number")),
    )
    op.create_index("ix_people_import_row_verdict", "people_import_row", ["import_id", "verdict", "row_number"])
    op.create_index("ix_people_import_row_outcome", "people_import_row", ["import_id", "outcome", "row_number"])
    op.create_index(
        "ix_people_import_row_waiting", "people_import_row", ["import_id", "row_number"],
        postgresql_where=sa.text("outcome = '' AND verdict IN ('new', 'update')"),
    )  # fmt: skip


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _to_import(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["import_id"], ["people_import.id"], name=op.f(f"fk_{table}_import_id"), ondelete="CASCADE"
    )
