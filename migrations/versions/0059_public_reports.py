"""Reports for the public, kept by the database as they were published."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

STAYS = """
CREATE FUNCTION public_report_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('published', 'hidden') AND (
        TG_OP = 'DELETE' OR NEW.state NOT IN ('published', 'hidden')
        OR (NEW.id, NEW.starts_on, NEW.ends_on, NEW.content, NEW.asked_by, NEW.decided_by, NEW.published_on)
            IS DISTINCT FROM
            (OLD.id, OLD.starts_on, OLD.ends_on, OLD.content, OLD.asked_by, OLD.decided_by, OLD.published_on)
    ) THEN
        RAISE EXCEPTION 'a published report stays as it is; what was wrong is told in a later one'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "public_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("hidden_by", sa.Uuid(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'published', 'refused', 'withdrawn', 'hidden')",
            name=op.f("ck_public_report_state_known"),
        ),
        sa.CheckConstraint(
            "extract(day FROM starts_on) = 1 AND starts_on < ends_on", name=op.f("ck_public_report_whole_months")
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_by IS NULL)", name=op.f("ck_public_report_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "(state IN ('published', 'hidden')) = (published_on IS NOT NULL)",
            name=op.f("ck_public_report_published_on_a_day"),
        ),
        sa.CheckConstraint("published_on >= ends_on + 30", name=op.f("ck_public_report_late_enough")),
        sa.CheckConstraint(
            "state NOT IN ('published', 'hidden', 'refused') OR decided_by <> asked_by",
            name=op.f("ck_public_report_two_persons"),
        ),
        sa.CheckConstraint(
            "(state = 'hidden') <= (hidden_by IS NOT NULL)", name=op.f("ck_public_report_hidden_by_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_report")),
    )
    op.create_index(
        "uq_public_report_waiting", "public_report", ["state"], unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )  # fmt: skip
    op.create_index(
        "uq_public_report_ends_on", "public_report", ["ends_on"], unique=True,
        postgresql_where=sa.text("state IN ('published', 'hidden')"),
    )  # fmt: skip
    op.execute(STAYS)
    op.execute(
        "CREATE TRIGGER public_report_stays BEFORE UPDATE OR DELETE ON public_report "
        "FOR EACH ROW EXECUTE FUNCTION public_report_stays()"
    )
    op.execute(
        "CREATE TRIGGER public_report_not_emptied BEFORE TRUNCATE ON public_report "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses_emptying()"
    )


def downgrade() -> None:
    op.drop_table("public_report")
    op.execute("DROP FUNCTION public_report_stays()")
