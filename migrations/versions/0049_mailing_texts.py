"""Mailings: opaque links, the language for whom there is no text, and for which text a plain one was written."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "short_link",
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("alias ~ '^[a-z]{8}$'", name=op.f("ck_short_link_alias_shape")),
        sa.PrimaryKeyConstraint("alias", name=op.f("pk_short_link")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_short_link_kind_subject_id")),
    )
    op.add_column("mailing", sa.Column("fallback", sa.Text(), server_default="en", nullable=False))
    op.create_check_constraint(op.f("ck_mailing_fallback_known"), "mailing", "fallback IN ('en', 'ru', 'de')")
    op.add_column("mailing_text", sa.Column("plain_for", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("mailing_text", "plain_for")
    op.drop_constraint(op.f("ck_mailing_fallback_known"), "mailing", type_="check")
    op.drop_column("mailing", "fallback")
    op.drop_table("short_link")
