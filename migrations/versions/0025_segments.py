"""Segments of people: steps, counts in the background, and who was in when one was used."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_segment()
    _make_count()
    _make_freeze()
    op.create_table(
        "segment_member",
        sa.Column("freeze_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["freeze_id"], ["segment_freeze.id"], name=op.f("fk_segment_member_freeze_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_segment_member_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("freeze_id", "person_id", name=op.f("pk_segment_member")),
    )
    op.create_index("ix_segment_member_person_id", "segment_member", ["person_id"])


def downgrade() -> None:
    for name in ("segment_member", "segment_freeze", "segment_count", "segment"):
        op.drop_table(name)


def _make_segment() -> None:
    op.create_table(
        "segment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("tree", postgresql.JSONB(), nullable=False),
        sa.Column("previous", postgresql.JSONB(), nullable=True),
        sa.Column("archived_on", sa.Date(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("title <> '' AND length(title) <= 80", name=op.f("ck_segment_title_length")),
        sa.CheckConstraint(
            "jsonb_typeof(tree -> 'steps') = 'array' AND tree ? 'version'", name=op.f("ck_segment_tree_shape")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_segment_owner_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
    )
    op.create_index("ix_segment_title", "segment", [sa.text("lower(title)")])


def _make_count() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "segment_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("tree", postgresql.JSONB(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("counted_at", moment, nullable=True),
        sa.Column("took_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'failed')", name=op.f("ck_segment_count_state_known")),
        sa.CheckConstraint(
            "state <> 'done' OR (total IS NOT NULL AND counted_at IS NOT NULL)",
            name=op.f("ck_segment_count_done_is_counted"),
        ),
        sa.CheckConstraint("(state = 'failed') = (error <> '')", name=op.f("ck_segment_count_failed_with_reason")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_segment_count_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_count")),
        sa.UniqueConstraint("segment_id", "audience", name=op.f("uq_segment_count_segment_id_audience")),
    )


def _make_freeze() -> None:
    op.create_table(
        "segment_freeze",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("tree", postgresql.JSONB(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose <> '' AND length(purpose) <= 120", name=op.f("ck_segment_freeze_purpose_length")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_segment_freeze_segment_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_freeze")),
    )
    op.create_index("ix_segment_freeze_segment_id", "segment_freeze", ["segment_id", "frozen_at"])
    op.create_index("ix_segment_freeze_frozen_at", "segment_freeze", ["frozen_at"])
