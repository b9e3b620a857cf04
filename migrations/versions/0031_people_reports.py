"""Reports of people: figures counted in the background, and how many records went in which month."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

GONE = (
    "CREATE OR REPLACE FUNCTION person_is_gone() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN INSERT INTO person_gone (person_id, changed_tx, gone_on{columns})"
    " SELECT id, pg_current_xact_id()::text::bigint, current_date{values} FROM gone"
    " ON CONFLICT (person_id) DO UPDATE SET changed_tx = EXCLUDED.changed_tx, gone_on = EXCLUDED.gone_on{update};"
    " RETURN NULL; END $$"
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "people_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("counted_at", moment, nullable=True),
        sa.Column("took_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'failed')", name=op.f("ck_people_report_state_known")),
        sa.CheckConstraint("(figures IS NULL) = (counted_at IS NULL)", name=op.f("ck_people_report_counted_at_a_time")),
        sa.CheckConstraint("state <> 'done' OR figures IS NOT NULL", name=op.f("ck_people_report_done_is_counted")),
        sa.CheckConstraint("(state = 'failed') = (error <> '')", name=op.f("ck_people_report_failed_with_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_report")),
        sa.UniqueConstraint("audience", name=op.f("uq_people_report_audience")),
    )
    op.create_table(
        "people_gone",
        sa.Column("came_in", sa.Date(), nullable=False),
        sa.Column("gone_in", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_people_gone_amount_positive")),
        sa.CheckConstraint("gone_in >= came_in", name=op.f("ck_people_gone_goes_after_coming")),
        sa.PrimaryKeyConstraint("came_in", "gone_in", name=op.f("pk_people_gone")),
    )
    op.add_column("person_gone", sa.Column("since_on", sa.Date(), nullable=True))
    op.execute(GONE.format(columns=", since_on", values=", since_on", update=", since_on = EXCLUDED.since_on"))


def downgrade() -> None:
    op.execute(GONE.format(columns="", values="", update=""))
    op.drop_column("person_gone", "since_on")
    op.drop_table("people_gone")
    op.drop_table("people_report")
