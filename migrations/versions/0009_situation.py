"""How exactly days of stays, statuses and changes are known; changes that did not happen; notes on petitions."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PRECISION = "IN ('day', 'month', 'year')"
KINDS = (
    "'transferred', 'in_transit', 'whereabouts_unknown', 'released', 'exchanged', 'died', 'sentenced', 'hearing_set'"
)
DAYS = (
    ("custody", "from_precision"),
    ("liberty_status", "since_precision"),
    ("episode", "ended_precision"),
    ("status_change", "happened_precision"),
    ("public_change", "happened_precision"),
)


def upgrade() -> None:
    for table, column in DAYS:
        # A constant default: no row of a live table is rewritten.
        op.add_column(table, sa.Column(column, sa.Text(), server_default="day", nullable=False))
        op.create_check_constraint(op.f(f"ck_{table}_{column}_known"), table, f"{column} {PRECISION}")
    _kinds(f"{KINDS}, 'did_not_happen'")
    op.create_index("uq_public_change_change_id", "public_change", ["change_id"], unique=True)
    op.create_index("ix_status_change_made_at", "status_change", ["made_at"])
    op.create_table(
        "petition_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("happened_precision", sa.Text(), nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=False),
        sa.Column("corrected_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('released', 'exchanged', 'died')", name=op.f("ck_petition_note_kind_known")),
        sa.CheckConstraint(f"happened_precision {PRECISION}", name=op.f("ck_petition_note_precision_known")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_note_petition_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_petition_note_prisoner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["status_change.id"], name=op.f("fk_petition_note_change_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_note")),
        sa.UniqueConstraint("petition_id", "change_id", name=op.f("uq_petition_note_petition_id_change_id")),
    )
    op.create_index(op.f("ix_petition_note_change_id"), "petition_note", ["change_id"])
    op.create_index(op.f("ix_petition_note_prisoner_id"), "petition_note", ["prisoner_id"])


def downgrade() -> None:
    op.drop_table("petition_note")
    op.drop_index("ix_status_change_made_at", table_name="status_change")
    op.drop_index("uq_public_change_change_id", table_name="public_change")
    op.execute("DELETE FROM status_change WHERE kind = 'did_not_happen'")
    _kinds(KINDS)
    for table, column in reversed(DAYS):
        op.drop_constraint(op.f(f"ck_{table}_{column}_known"), table)
        op.drop_column(table, column)


def _kinds(kinds: str) -> None:
    op.drop_constraint(op.f("ck_status_change_kind_known"), "status_change")
    op.create_check_constraint(op.f("ck_status_change_kind_known"), "status_change", f"kind IN ({kinds})")
