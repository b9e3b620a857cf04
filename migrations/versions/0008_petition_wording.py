"""Changes of a petition's wording after it was opened."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KINDS = "kind IN ('state', 'edited', 'picture', 'update', 'hand_in', 'answer', 'wording', 'undone')"
FORMER_KINDS = "kind IN ('state', 'edited', 'picture', 'update', 'hand_in', 'answer', 'undone')"
KIND_KNOWN = "ck_petition_event_kind_known"


def upgrade() -> None:
    _replace_kinds(KINDS)
    op.create_table(
        "petition_wording_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'refused', 'withdrawn')",
            name=op.f("ck_petition_wording_change_state_known"),
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_petition_wording_change_decided_with_day")
        ),
        sa.CheckConstraint(
            "(state = 'approved') = (published_on IS NOT NULL)",
            name=op.f("ck_petition_wording_change_published_with_day"),
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name=op.f("ck_petition_wording_change_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_wording_change_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_wording_change")),
    )
    op.create_index("ix_petition_wording_change_petition_id", "petition_wording_change", ["petition_id"])
    op.create_index(
        "uq_petition_wording_change_waiting",
        "petition_wording_change",
        ["petition_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "petition_wording_change_text",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("old_title", sa.Text(), nullable=True),
        sa.Column("old_summary", sa.Text(), nullable=True),
        sa.Column("old_addressee", sa.Text(), nullable=True),
        sa.Column("old_body", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "language IN ('en', 'ru', 'de')", name=op.f("ck_petition_wording_change_text_language_known")
        ),
        sa.CheckConstraint(
            "num_nulls(old_title, old_summary, old_addressee, old_body) IN (0, 4)",
            name=op.f("ck_petition_wording_change_text_former_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["petition_wording_change.id"],
            name=op.f("fk_petition_wording_change_text_change_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_wording_change_text")),
        sa.UniqueConstraint("change_id", "language", name=op.f("uq_petition_wording_change_text_change_id_language")),
    )


def downgrade() -> None:
    op.drop_table("petition_wording_change_text")
    op.drop_table("petition_wording_change")
    # The former code knows no such event, and the history of the texts is gone with its tables.
    op.execute("DELETE FROM petition_event WHERE kind = 'wording'")
    _replace_kinds(FORMER_KINDS)


def _replace_kinds(rule: str) -> None:
    """Swap the rule without reading the table under a lock: first unproven, then proven."""
    op.execute(
        f"ALTER TABLE petition_event DROP CONSTRAINT {KIND_KNOWN}, ADD CONSTRAINT {KIND_KNOWN} CHECK ({rule}) NOT VALID"
    )
    op.execute(f"ALTER TABLE petition_event VALIDATE CONSTRAINT {KIND_KNOWN}")
