"""Lists of people leave: asked for by one, approved by another."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_people_export_reason_given")),
        sa.CheckConstraint("asked_by <> decided_by", name=op.f("ck_people_export_two_persons")),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_people_export_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "NOT is_approved OR decided_by IS NOT NULL", name=op.f("ck_people_export_approved_by_somebody")
        ),
        sa.CheckConstraint("parts BETWEEN 1 AND 256", name=op.f("ck_people_export_parts_in_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_export")),
    )
    op.create_index("ix_people_export_asked_at", "people_export", ["asked_at"])
    op.create_table(
        "people_export_item",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["people_export.id"], name=op.f("fk_people_export_item_export_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("export_id", "place", name=op.f("pk_people_export_item")),
    )


def downgrade() -> None:
    op.drop_table("people_export_item")
    op.drop_table("people_export")
