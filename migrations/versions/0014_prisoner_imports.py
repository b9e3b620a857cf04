"""What reviewing, applying and undoing an import need to remember; exports of people by two persons."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATE_KNOWN = "ck_prisoner_import_state_known"
VERDICT_KNOWN = "ck_prisoner_import_row_verdict_known"
STATES = [
    "uploaded",
    "mapped",
    "staging",
    "staged",
    "applying",
    "applied",
    "reverting",
    "cancelled",
    "reverted",
    "failed",
]
FORMER_STATES = ["uploaded", "mapped", "staging", "staged", "applying", "applied", "reverted", "failed"]
VERDICTS = ["new", "update", "unchanged", "unsure", "duplicate", "invalid", "skip"]
FORMER_VERDICTS = ["new", "update", "unsure", "duplicate", "invalid", "skip"]


def upgrade() -> None:
    _replace("prisoner_import", STATE_KNOWN, "state", STATES)
    _replace("prisoner_import_row", VERDICT_KNOWN, "verdict", VERDICTS)
    op.add_column("prisoner_import", sa.Column("applied_by", sa.Uuid(), nullable=True))
    op.add_column("prisoner_import", sa.Column("reverted_by", sa.Uuid(), nullable=True))
    op.create_index("ix_prisoner_import_made_at", "prisoner_import", ["made_at"])
    op.create_index("ix_prisoner_import_file_digest", "prisoner_import", ["file_digest"])
    for name, kind, start in (
        ("edited", postgresql.JSONB(), "{}"),
        ("confirmed", postgresql.JSONB(), "[]"),
        ("changes", postgresql.JSONB(), "[]"),
        ("match_key", sa.Text(), ""),
        ("outcome", sa.Text(), ""),
    ):
        op.add_column("prisoner_import_row", sa.Column(name, kind, nullable=False, server_default=start))
        op.alter_column("prisoner_import_row", name, server_default=None)
    op.add_column("prisoner_import_row", sa.Column("decided_by", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_prisoner_import_row_outcome_known"),
        "prisoner_import_row",
        "outcome IN ('', 'made', 'changed', 'waits', 'refused', 'undone', 'left')",
    )
    op.create_index("ix_prisoner_import_row_match_key", "prisoner_import_row", ["import_id", "match_key"])
    op.create_index("ix_prisoner_import_row_outcome", "prisoner_import_row", ["import_id", "outcome", "row_number"])
    op.execute("ALTER INDEX ix_prisoner_search_grams SET (fastupdate = off)")
    op.execute("SELECT gin_clean_pending_list('ix_prisoner_search_grams')")
    op.create_table(
        "prisoner_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_prisoner_export_reason_given")),
        sa.CheckConstraint("asked_by <> decided_by", name=op.f("ck_prisoner_export_two_persons")),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_prisoner_export_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "NOT is_approved OR decided_by IS NOT NULL", name=op.f("ck_prisoner_export_approved_by_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prisoner_export")),
    )
    op.create_index("ix_prisoner_export_asked_at", "prisoner_export", ["asked_at"])


def downgrade() -> None:
    op.drop_table("prisoner_export")
    op.execute("ALTER INDEX ix_prisoner_search_grams RESET (fastupdate)")
    op.drop_index("ix_prisoner_import_row_outcome", "prisoner_import_row")
    op.drop_index("ix_prisoner_import_row_match_key", "prisoner_import_row")
    op.drop_constraint(op.f("ck_prisoner_import_row_outcome_known"), "prisoner_import_row")
    for name in ("decided_by", "outcome", "match_key", "changes", "confirmed", "edited"):
        op.drop_column("prisoner_import_row", name)
    op.drop_index("ix_prisoner_import_file_digest", "prisoner_import")
    op.drop_index("ix_prisoner_import_made_at", "prisoner_import")
    op.drop_column("prisoner_import", "reverted_by")
    op.drop_column("prisoner_import", "applied_by")
    op.execute("UPDATE prisoner_import_row SET verdict = 'skip' WHERE verdict = 'unchanged'")
    op.execute("UPDATE prisoner_import SET state = 'failed' WHERE state IN ('reverting', 'cancelled')")
    _replace("prisoner_import_row", VERDICT_KNOWN, "verdict", FORMER_VERDICTS)
    _replace("prisoner_import", STATE_KNOWN, "state", FORMER_STATES)


def _replace(table: str, name: str, column: str, values: list[str]) -> None:
    op.drop_constraint(op.f(name), table)
    op.create_check_constraint(op.f(name), table, f"{column} IN ({', '.join(map(repr, values))})")
