"""Two records of one person: suggestions, the search for them, and merges that can be undone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("winner_id", sa.Uuid(), nullable=False),
        sa.Column("loser_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("merged_by", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_person_merge_undone_by_somebody")
        ),
        sa.CheckConstraint(
            "undone_at IS NULL OR snapshot_sealed IS NULL", name=op.f("ck_person_merge_undone_keeps_nothing")
        ),
        _to_person("person_merge", "winner_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
    )
    op.create_index(
        "uq_person_merge_loser_id", "person_merge", ["loser_id"], unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )  # fmt: skip
    op.create_index("ix_person_merge_winner_id", "person_merge", ["winner_id"])
    _make_suggestions()


def downgrade() -> None:
    for table in ("doubles_run", "duplicate_suggestion", "person_merge"):
        op.drop_table(table)


def _make_suggestions() -> None:
    op.create_table(
        "duplicate_suggestion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("likeness", sa.LargeBinary(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_duplicate_suggestion_in_order")),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_duplicate_suggestion_score_in_range")),
        sa.CheckConstraint("state IN ('pending', 'dismissed')", name=op.f("ck_duplicate_suggestion_state_known")),
        sa.CheckConstraint(
            "(state = 'dismissed') = (decided_on IS NOT NULL)", name=op.f("ck_duplicate_suggestion_decided_with_day")
        ),
        _to_person("duplicate_suggestion", "one_id"),
        _to_person("duplicate_suggestion", "other_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_suggestion")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_duplicate_suggestion_one_id_other_id")),
    )
    op.create_index("ix_duplicate_suggestion_other_id", "duplicate_suggestion", ["other_id"])
    op.create_index("ix_duplicate_suggestion_state", "duplicate_suggestion", ["state", "score", "id"])
    op.create_table(
        "doubles_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("done >= 0 AND found >= 0", name=op.f("ck_doubles_run_counts_fit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubles_run")),
    )
    op.create_index(
        "uq_doubles_run_open", "doubles_run", [sa.text("(true)")], unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip


def _to_person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["person.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
    )  # fmt: skip
