"""Grant rounds, their applications and scores."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grant_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("scorers", sa.SmallInteger(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column(
            "proposal",
            postgresql.JSONB(
                none_as_null=True,
            ),
            nullable=True,
        ),
        sa.Column("available", sa.BigInteger(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("granted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('decided', 'paid', 'reported')) = (decided_by IS NOT NULL) AND (decided_by IS "
            "NULL) = (decided_on IS NULL)",
            name=op.f("ck_grant_round_decided_by_somebody"),
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_grant_round_currency_shape")),
        sa.CheckConstraint("rule IS NULL OR rule IN ('neediest', 'equal')", name=op.f("ck_grant_round_rule_known")),
        sa.CheckConstraint(
            "state IN ('planned', 'open', 'verification', 'scoring', 'decided', 'paid', 'reported', 'called_off')",
            name=op.f("ck_grant_round_state_known"),
        ),
        sa.CheckConstraint("budget > 0", name=op.f("ck_grant_round_budget_positive")),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_grant_round_days_in_order")),
        sa.CheckConstraint("decided_by <> proposed_by", name=op.f("ck_grant_round_two_persons")),
        sa.CheckConstraint(
            "decided_by IS NULL OR proposed_by IS NOT NULL", name=op.f("ck_grant_round_decided_on_a_proposal")
        ),
        sa.CheckConstraint(
            "granted >= 0 AND granted <= available AND granted <= budget",
            name=op.f("ck_grant_round_no_more_than_there_is"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(rule, proposal, proposed_by, proposed_on, available) IN (0, 5)",
            name=op.f("ck_grant_round_proposal_whole"),
        ),
        sa.CheckConstraint("scorers BETWEEN 2 AND 9", name=op.f("ck_grant_round_scorers_in_range")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_grant_round_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_round")),
        sa.UniqueConstraint("number", name=op.f("uq_grant_round_number")),
    )
    op.create_index("ix_grant_round_state", "grant_round", ["state", "closes_on"])
    op.create_table(
        "grant_application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("prisoner_id", sa.Uuid(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("granted", sa.BigInteger(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "category IN ('lawyer', 'locating', 'parcels', 'prison-shop', 'medicine', 'letters', "
            "'travel', 'fines', 'living', 'evacuation', 'release', 'other')",
            name=op.f("ck_grant_application_category_known"),
        ),
        sa.CheckConstraint(
            "granted IS NULL OR state = 'eligible'", name=op.f("ck_grant_application_granted_to_eligible")
        ),
        sa.CheckConstraint(
            "state IN ('received', 'eligible', 'ineligible', 'withdrawn')",
            name=op.f("ck_grant_application_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('eligible', 'ineligible') OR verified_by IS NOT NULL",
            name=op.f("ck_grant_application_verified_by_somebody"),
        ),
        sa.CheckConstraint("asked > 0", name=op.f("ck_grant_application_asked_positive")),
        sa.CheckConstraint("granted BETWEEN 0 AND asked", name=op.f("ck_grant_application_granted_within_asked")),
        sa.CheckConstraint(
            "payment_id IS NULL OR granted > 0", name=op.f("ck_grant_application_paid_what_was_granted")
        ),
        sa.CheckConstraint("verified_by <> entered_by", name=op.f("ck_grant_application_two_persons")),
        sa.ForeignKeyConstraint(
            ["need_id"], ["need.id"], name=op.f("fk_grant_application_need_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_grant_application_prisoner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["grant_round.id"], name=op.f("fk_grant_application_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_application")),
        sa.UniqueConstraint("number", name=op.f("uq_grant_application_number")),
        sa.UniqueConstraint("round_id", "need_id", name=op.f("uq_grant_application_round_id_need_id")),
    )
    op.create_index("ix_grant_application_prisoner_id", "grant_application", ["prisoner_id"])
    op.create_index("ix_grant_application_round_id", "grant_application", ["round_id", "number"])
    op.create_table(
        "grant_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "now IN ('planned', 'open', 'verification', 'scoring', 'decided', 'paid', 'reported', 'called_off')",
            name=op.f("ck_grant_event_now_known"),
        ),
        sa.ForeignKeyConstraint(["round_id"], ["grant_round.id"], name=op.f("fk_grant_event_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_event")),
    )
    op.create_index("ix_grant_event_round_id", "grant_event", ["round_id", "id"])
    op.create_table(
        "grant_score",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("scorer_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("scored_on", sa.Date(), nullable=False),
        sa.CheckConstraint("points BETWEEN 1 AND 5", name=op.f("ck_grant_score_points_in_range")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["grant_application.id"], name=op.f("fk_grant_score_application_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_score")),
        sa.UniqueConstraint("application_id", "scorer_id", name=op.f("uq_grant_score_application_id_scorer_id")),
    )


def downgrade() -> None:
    op.drop_table("grant_score")
    op.drop_table("grant_event")
    op.drop_table("grant_application")
    op.drop_table("grant_round")
