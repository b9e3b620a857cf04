"""Staff's work on signatures: setting aside with exact undo, exports with canaries, allowances and alarms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ADDRESS_ERASED = "ck_signature_address_erased"
SET_ASIDE = "state = 'invalidated' AND email_sealed IS NOT NULL"
QUARANTINED = "state = 'pending' AND is_quarantined"


def upgrade() -> None:
    _replace_check("state IN ('pending', 'invalidated') OR email_sealed IS NULL")
    op.create_index("ix_signature_set_aside", "signature", ["signed_on"], postgresql_where=sa.text(SET_ASIDE))
    op.create_index("ix_signature_quarantined", "signature", ["petition_id"], postgresql_where=sa.text(QUARANTINED))
    op.create_table(
        "alarm",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("times > 0", name=op.f("ck_alarm_times_positive")),
        sa.PrimaryKeyConstraint("kind", "about", name=op.f("pk_alarm")),
    )
    op.create_table(
        "allowance_use",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("period_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used > 0", name=op.f("ck_allowance_use_used_positive")),
        sa.PrimaryKeyConstraint("account_id", "name", "period_from", name=op.f("pk_allowance_use")),
    )
    op.create_table(
        "canary",
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.CheckConstraint("length(address_index) = 32", name=op.f("ck_canary_index_length")),
        sa.PrimaryKeyConstraint("address_index", name=op.f("pk_canary")),
    )
    _create_invalidations()
    _create_exports()


def _create_invalidations() -> None:
    op.create_table(
        "signature_invalidation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("criteria", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("restored", sa.BigInteger(), nullable=False),
        sa.Column("left_alone", sa.BigInteger(), nullable=False),
        sa.Column("cursor_bucket", sa.SmallInteger(), nullable=True),
        sa.Column("cursor_index", sa.LargeBinary(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'running', 'done', 'cancelled', 'undoing', 'undone')",
            name=op.f("ck_signature_invalidation_state_known"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_signature_invalidation_reason_given")),
        sa.CheckConstraint(
            "restored + left_alone <= changed", name=op.f("ck_signature_invalidation_undone_at_most_what_was_done")
        ),
        sa.CheckConstraint(
            "(cursor_bucket IS NULL) = (cursor_index IS NULL)", name=op.f("ck_signature_invalidation_cursor_whole")
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_signature_invalidation_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_invalidation")),
    )
    op.create_index(op.f("ix_signature_invalidation_petition_id"), "signature_invalidation", ["petition_id"])
    op.create_table(
        "signature_invalidation_item",
        sa.Column("invalidation_id", sa.Uuid(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("former_state", sa.Text(), nullable=False),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "former_state IN ('pending', 'confirmed')", name=op.f("ck_signature_invalidation_item_former_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["invalidation_id"],
            ["signature_invalidation.id"],
            name=op.f("fk_signature_invalidation_item_invalidation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("invalidation_id", "signature_id", name=op.f("pk_signature_invalidation_item")),
    )
    op.create_index(
        "ix_signature_invalidation_item_open",
        "signature_invalidation_item",
        ["invalidation_id", "bucket", "signature_id"],
        postgresql_where=sa.text("NOT is_settled"),
    )


def _create_exports() -> None:
    op.create_table(
        "signature_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('signatures', 'updates')", name=op.f("ck_signature_export_kind_known")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_signature_export_reason_given")),
        sa.CheckConstraint("asked_by <> decided_by", name=op.f("ck_signature_export_two_persons")),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_signature_export_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "NOT is_approved OR decided_by IS NOT NULL", name=op.f("ck_signature_export_approved_by_somebody")
        ),
        sa.CheckConstraint("parts BETWEEN 1 AND 256", name=op.f("ck_signature_export_parts_in_range")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_signature_export_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_export")),
    )
    op.create_index(op.f("ix_signature_export_petition_id"), "signature_export", ["petition_id"])


def downgrade() -> None:
    op.drop_table("signature_export")
    op.drop_table("signature_invalidation_item")
    op.drop_table("signature_invalidation")
    op.drop_table("canary")
    op.drop_table("allowance_use")
    op.drop_table("alarm")
    op.drop_index("ix_signature_quarantined", table_name="signature")
    op.drop_index("ix_signature_set_aside", table_name="signature")
    # The narrower rule holds for no signature that was set aside unconfirmed; its address goes, as the rule says.
    op.execute("UPDATE signature SET email_sealed = NULL WHERE state = 'invalidated' AND email_sealed IS NOT NULL")
    _replace_check("state = 'pending' OR email_sealed IS NULL")


def _replace_check(rule: str) -> None:
    """Swap the rule without reading the table under a lock that stops signing: first unproven, then proven."""
    op.execute(
        f"ALTER TABLE signature DROP CONSTRAINT {ADDRESS_ERASED}, "
        f"ADD CONSTRAINT {ADDRESS_ERASED} CHECK ({rule}) NOT VALID"
    )
    op.execute(f"ALTER TABLE signature VALIDATE CONSTRAINT {ADDRESS_ERASED}")
