"""Codes of campaigns, and what was done by those who came by them."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "share_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("code ~ '^[a-z]{8}$'", name=op.f("ck_share_code_code_shape")),
        sa.CheckConstraint("name <> '' AND length(name) <= 80", name=op.f("ck_share_code_name_given")),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= made_on", name=op.f("ck_share_code_ends_after_begin")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_code")),
        sa.UniqueConstraint("code", name=op.f("uq_share_code_code")),
    )
    op.create_table(
        "share_act",
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_share_act_amount_positive")),
        sa.ForeignKeyConstraint(["code_id"], ["share_code.id"], name=op.f("fk_share_act_code_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code_id", "kind", "day", name=op.f("pk_share_act")),
    )


def downgrade() -> None:
    op.drop_table("share_act")
    op.drop_table("share_code")
