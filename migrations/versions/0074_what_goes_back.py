"""What goes back: gifts take two persons, and lines of statements say that a gift went back or a payment came back."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

# As in 0058, but that a payment stands again where it stood where the line that said it came back is taken back.
KEEPS_WAY = """
CREATE OR REPLACE FUNCTION payment_keeps_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most bigint;
    former text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state ELSE '' END;
BEGIN
    IF NEW.state = former THEN
        IF former <> 'draft' AND (NEW.fund_id, NEW.payee_id, NEW.category, NEW.amount, NEW.currency, NEW.descriptor)
            IS DISTINCT FROM (OLD.fund_id, OLD.payee_id, OLD.category, OLD.amount, OLD.currency, OLD.descriptor) THEN
            RAISE EXCEPTION 'payment % is changed as a draft alone', NEW.number
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_keeps_its_way';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT (former, NEW.state) IN (
        ('', 'draft'), ('draft', 'submitted'), ('submitted', 'reviewed'), ('reviewed', 'approved'),
        ('reviewed', 'scheduled'), ('approved', 'scheduled'), ('scheduled', 'sent'), ('sent', 'confirmed'),
        ('confirmed', 'reconciled'), ('reconciled', 'confirmed'), ('sent', 'failed'), ('sent', 'returned'),
        ('confirmed', 'returned'), ('reconciled', 'returned'), ('returned', 'sent'), ('returned', 'confirmed'),
        ('returned', 'reconciled')
    ) AND NOT (NEW.state IN ('draft', 'cancelled') AND former IN ('draft', 'submitted', 'reviewed', 'approved',
        'scheduled')) THEN
        RAISE EXCEPTION 'payment % does not go from % to %', NEW.number, former, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_keeps_its_way';
    END IF;
    IF former NOT IN ('', 'draft') AND NEW.state <> 'draft'
        AND (NEW.fund_id, NEW.payee_id, NEW.category, NEW.amount, NEW.currency)
        IS DISTINCT FROM (OLD.fund_id, OLD.payee_id, OLD.category, OLD.amount, OLD.currency) THEN
        RAISE EXCEPTION 'payment % is changed as a draft alone', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_keeps_its_way';
    END IF;
    IF NEW.state = 'scheduled' AND NOT NEW.needs_third THEN
        SELECT amount INTO most FROM payment_limit WHERE currency = NEW.currency AND state = 'current';
        IF most IS NULL OR NEW.amount > most THEN
            RAISE EXCEPTION 'payment % takes a third person', NEW.number
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_keeps_its_way';
        END IF;
    END IF;
    RETURN NEW;
END $$
"""
AS_BEFORE = KEEPS_WAY.replace(
    """, ('returned', 'sent'), ('returned', 'confirmed'),
        ('returned', 'reconciled')""", ""
)  # fmt: skip


def upgrade() -> None:
    op.execute(KEEPS_WAY)
    op.add_column("payment_banked", sa.Column("is_back", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("payment_banked", sa.Column("was", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_payment_banked_was_of_what_came_back"), "payment_banked",
        "was IS NULL OR (is_back AND was IN ('sent', 'confirmed', 'reconciled'))",
    )  # fmt: skip
    op.create_index(
        "uq_payment_banked_back", "payment_banked", ["payment_id"], unique=True, postgresql_where=sa.text("is_back")
    )
    _make_gifts()


def downgrade() -> None:
    op.drop_table("gift_banked")
    op.drop_table("gift_return")
    op.execute("DELETE FROM payment_banked WHERE is_back")
    op.drop_index("uq_payment_banked_back", "payment_banked")
    op.drop_constraint(op.f("ck_payment_banked_was_of_what_came_back"), "payment_banked")
    op.drop_column("payment_banked", "was")
    op.drop_column("payment_banked", "is_back")
    op.execute(AS_BEFORE)


def _make_gifts() -> None:
    op.create_table(
        "gift_return",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gift_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("memo", sa.Text(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("what IN ('refund', 'dispute', 'fail', 'wrong')", name=op.f("ck_gift_return_what_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'refused', 'withdrawn')", name=op.f("ck_gift_return_state_known")
        ),
        sa.CheckConstraint(
            "(what = 'refund') = (amount IS NOT NULL) AND amount IS DISTINCT FROM 0",
            name=op.f("ck_gift_return_amount_of_a_refund"),
        ),
        sa.CheckConstraint("(what = 'wrong') = (memo IS NOT NULL)", name=op.f("ck_gift_return_memo_of_a_mistake")),
        sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_gift_return_decided_with_time")),
        sa.CheckConstraint(
            "state NOT IN ('done', 'refused') OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name=op.f("ck_gift_return_two_persons"),
        ),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_gift_return_gift_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_return")),
    )
    op.create_index("ix_gift_return_gift_id", "gift_return", ["gift_id", "asked_at"])
    op.create_index(
        "uq_gift_return_waiting", "gift_return", ["gift_id"], unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )  # fmt: skip
    op.create_table(
        "gift_banked",
        sa.Column("move_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_gift_banked_amount_not_zero")),
        sa.ForeignKeyConstraint(["move_id"], ["gift_move.id"], name=op.f("fk_gift_banked_move_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("move_id", "line_id", name=op.f("pk_gift_banked")),
    )
