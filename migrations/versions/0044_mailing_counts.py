"""Of a mailing how many its audience is, counted by a job beforehand; and when the trial of two subjects was owed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mailing", sa.Column("trial_owed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "mailing_count",
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asks", sa.Text(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("free", sa.BigInteger(), nullable=True),
        sa.Column("holds", postgresql.JSONB(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'failed')", name=op.f("ck_mailing_count_state_known")),
        sa.CheckConstraint(
            "state <> 'done' OR (free IS NOT NULL AND counted_at IS NOT NULL)",
            name=op.f("ck_mailing_count_done_is_counted"),
        ),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_count_mailing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mailing_id", name=op.f("pk_mailing_count")),
    )


def downgrade() -> None:
    op.drop_table("mailing_count")
    op.drop_column("mailing", "trial_owed_at")
