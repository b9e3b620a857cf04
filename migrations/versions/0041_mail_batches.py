"""Mails owed by the thousand: their batch, the host of each mailbox, and indexes of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

PROVIDERS = (
    "provider IN ('gmail', 'outlook', 'yahoo', 'icloud', 'proton', 'tuta', 'gmx', 'tonline', 'mailru', 'yandex', "
    "'rambler', 'ukrnet', 'seznam', 'other')"
)
WAITING = "state IN ('pending', 'retry')"


def upgrade() -> None:
    op.create_table(
        "mail_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_batch")),
    )
    op.add_column("mail", sa.Column("batch", sa.Uuid(), nullable=True))
    op.add_column("mail", sa.Column("provider", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_mail_batch_mail_batch"), "mail", "mail_batch", ["batch"], ["id"])
    op.create_check_constraint(op.f("ck_mail_provider_known"), "mail", PROVIDERS)
    op.create_check_constraint(op.f("ck_mail_batch_has_provider"), "mail", "(batch IS NULL) = (provider IS NULL)")
    op.create_check_constraint(op.f("ck_mail_batch_is_bulk"), "mail", "batch IS NULL OR lane = 'bulk'")
    op.drop_index("ix_mail_due", table_name="mail")
    op.create_index("ix_mail_due", "mail", ["lane", "due_at"], postgresql_where=sa.text(f"{WAITING} AND batch IS NULL"))
    op.create_index(
        "ix_mail_batch_due", "mail", ["batch", "provider", "due_at"],
        postgresql_where=sa.text(f"{WAITING} AND batch IS NOT NULL"),
    )  # fmt: skip
    op.create_index("ix_mail_batch", "mail", ["batch"], postgresql_where=sa.text("batch IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_mail_batch", table_name="mail")
    op.drop_index("ix_mail_batch_due", table_name="mail")
    op.drop_index("ix_mail_due", table_name="mail")
    # What waits of batches, the older release would send all at once and held ones with them.
    op.execute(
        "UPDATE mail SET state = 'unknown', lease_until = NULL "
        "WHERE state IN ('pending', 'retry') AND batch IS NOT NULL"
    )
    op.drop_constraint(op.f("ck_mail_batch_is_bulk"), "mail")
    op.drop_constraint(op.f("ck_mail_batch_has_provider"), "mail")
    op.drop_constraint(op.f("ck_mail_provider_known"), "mail")
    op.drop_column("mail", "provider")
    op.drop_column("mail", "batch")
    op.drop_table("mail_batch")
    op.create_index("ix_mail_due", "mail", ["lane", "due_at"], postgresql_where=sa.text(WAITING))
