"""How fast mails of batches may leave: caps of hosts with what is counted, and the plan of a new sender."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0042"
branch_labels = None
depends_on = None

PROVIDERS = (
    "provider IN ('gmail', 'outlook', 'yahoo', 'icloud', 'proton', 'tuta', 'gmx', 'tonline', 'mailru', 'yandex', "
    "'rambler', 'ukrnet', 'seznam', 'other')"
)


def upgrade() -> None:
    op.create_table(
        "mail_pace",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=True),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_hour", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("in_day", sa.BigInteger(), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(PROVIDERS, name=op.f("ck_mail_pace_provider_known")),
        sa.CheckConstraint("cap BETWEEN 0 AND 1000000", name=op.f("ck_mail_pace_cap_in_range")),
        sa.CheckConstraint("in_hour >= 0 AND in_day >= 0", name=op.f("ck_mail_pace_counts_positive")),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_mail_pace")),
    )
    op.create_table(
        "mail_warm_up",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("totals", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_mail_warm_up_only_one")),
        sa.CheckConstraint("cardinality(totals) BETWEEN 1 AND 60", name=op.f("ck_mail_warm_up_some_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_warm_up")),
    )
    # Batches that are open already are counted from now on as well.
    op.execute(
        "INSERT INTO mail_pace (provider, cap, hour, in_hour, day, in_day) "
        "SELECT provider, cap, date_trunc('hour', now()), 0, current_date, 0 FROM (VALUES "
        "('gmail', 5000), ('outlook', 3000), ('yahoo', 2000), ('icloud', 2000), ('proton', 1000), ('tuta', 500), "
        "('gmx', 2000), ('tonline', 1000), ('mailru', 1500), ('yandex', 1500), ('rambler', 500), ('ukrnet', 500), "
        "('seznam', 1000), ('other', NULL)) AS made (provider, cap)"
    )


def downgrade() -> None:
    op.drop_table("mail_warm_up")
    op.drop_table("mail_pace")
