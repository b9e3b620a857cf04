"""Organisations and the labels a state puts on them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("descriptions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name=op.f("ck_organisation_slug_shape")
        ),
        sa.CheckConstraint("names ? 'en' AND descriptions ? 'en'", name=op.f("ck_organisation_has_english")),
        sa.CheckConstraint("url ~ '^https://'", name=op.f("ck_organisation_url_https")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_table(
        "designation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("since_precision", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("act", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('foreign_agent', 'undesirable', 'extremist', 'terrorist')", name=op.f("ck_designation_kind_known")
        ),
        sa.CheckConstraint("since_precision IN ('day', 'month', 'year')", name=op.f("ck_designation_precision_known")),
        sa.CheckConstraint("act ? 'en'", name=op.f("ck_designation_has_english")),
        sa.CheckConstraint("source_url ~ '^https://' AND source_name <> ''", name=op.f("ck_designation_has_source")),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= since_on", name=op.f("ck_designation_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_designation_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_designation")),
        sa.UniqueConstraint("slug", name=op.f("uq_designation_slug")),
    )
    op.create_index(op.f("ix_designation_organisation_id"), "designation", ["organisation_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_designation_organisation_id"), table_name="designation")
    op.drop_table("designation")
    op.drop_table("organisation")
