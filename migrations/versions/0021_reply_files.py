"""Files of an answer wait, sealed, for a job that draws their pages."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reply_scan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("reply_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'failed')", name=op.f("ck_reply_scan_state_known")),
        sa.CheckConstraint(
            "(state = 'waiting') = (content_sealed IS NOT NULL)", name=op.f("ck_reply_scan_kept_while_waiting")
        ),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name=op.f("fk_reply_scan_reply_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_scan")),
        sa.UniqueConstraint("number", name=op.f("uq_reply_scan_number")),
    )
    op.create_index("ix_reply_scan_reply_id", "reply_scan", ["reply_id", "number"], unique=False)


def downgrade() -> None:
    op.drop_table("reply_scan")
