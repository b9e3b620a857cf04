"""Texts of automatic mails that staff changed; how many mails one address gets a day; how many went out of a kind."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_mail_text_version_counts")),
        sa.CheckConstraint("(subject IS NULL) = (body IS NULL)", name=op.f("ck_mail_text_whole_or_shipped")),
        sa.CheckConstraint("subject !~ '[[:cntrl:]]'", name=op.f("ck_mail_text_subject_one_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_text")),
        sa.UniqueConstraint("message", "language", "version", name=op.f("uq_mail_text_version")),
    )
    op.create_table(
        "mail_share",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("marks", sa.ARRAY(sa.LargeBinary()), nullable=False),
        sa.CheckConstraint("cardinality(marks) BETWEEN 1 AND 5", name=op.f("ck_mail_share_marks_in_range")),
        sa.PrimaryKeyConstraint("day", "address_index", name=op.f("pk_mail_share")),
    )
    op.create_table(
        "mail_day",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "day", name=op.f("pk_mail_day")),
    )


def downgrade() -> None:
    op.drop_table("mail_day")
    op.drop_table("mail_share")
    op.drop_table("mail_text")
