"""What workers know of the relays, for pages and monitoring."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_relay",
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("place BETWEEN 1 AND 2", name=op.f("ck_mail_relay_place_known")),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_mail_relay")),
    )


def downgrade() -> None:
    op.drop_table("mail_relay")
