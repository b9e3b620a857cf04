"""Partner organisations of petitions, opt-ins sealed to them, and their exports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("signature", sa.Column("optins_sealed", sa.LargeBinary(), nullable=True))
    op.create_check_constraint(
        op.f("ck_signature_optins_passed_on"), "signature",
        "state IN ('pending', 'invalidated') OR optins_sealed IS NULL",
    )  # fmt: skip
    op.create_table(
        "partner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("position BETWEEN 1 AND 99", name=op.f("ck_partner_position_in_range")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_partner_petition_id_petition"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_partner_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
    )  # fmt: skip
    op.create_index(
        "uq_partner_standing", "partner", ["petition_id", "organisation_id"], unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )  # fmt: skip
    op.create_index("ix_partner_petition_id", "partner", ["petition_id"])
    op.create_index(op.f("ix_partner_organisation_id"), "partner", ["organisation_id"])
    op.create_table(
        "partner_terms",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("sentences", postgresql.JSONB(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'current', 'past', 'refused', 'withdrawn')",
            name=op.f("ck_partner_terms_state_known"),
        ),
        sa.CheckConstraint("number BETWEEN 1 AND 999", name=op.f("ck_partner_terms_number_in_range")),
        sa.CheckConstraint("sentences ? 'en'", name=op.f("ck_partner_terms_has_english")),
        sa.CheckConstraint(
            "recipient ~ '^age1[02-9ac-hj-np-z]{58}$'", name=op.f("ck_partner_terms_recipient_shape")
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_partner_terms_decided_with_time")
        ),
        sa.CheckConstraint(
            "state NOT IN ('current', 'past') OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name=op.f("ck_partner_terms_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_partner_terms_partner_id_partner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("partner_id", "number", name=op.f("pk_partner_terms")),
    )  # fmt: skip
    op.create_index(
        "uq_partner_terms_current", "partner_terms", ["partner_id"], unique=True,
        postgresql_where=sa.text("state = 'current'"),
    )  # fmt: skip
    op.create_index(
        "uq_partner_terms_waiting", "partner_terms", ["partner_id"], unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )  # fmt: skip
    op.create_table(
        "partner_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.BigInteger(), nullable=False),
        sa.Column("downloaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_on", sa.Date(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_partner_export_reason_given")),
        sa.CheckConstraint("asked_by <> decided_by", name=op.f("ck_partner_export_two_persons")),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_partner_export_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "NOT is_approved OR decided_by IS NOT NULL", name=op.f("ck_partner_export_approved_by_somebody")
        ),
        sa.CheckConstraint(
            "downloaded_at IS NULL OR is_approved", name=op.f("ck_partner_export_downloaded_when_approved")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_partner_export_partner_id_partner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_export")),
    )
    op.create_index(op.f("ix_partner_export_partner_id"), "partner_export", ["partner_id"])
    op.create_table(
        "partner_optin",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("text_number", sa.SmallInteger(), nullable=False),
        sa.Column("key_number", sa.SmallInteger(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("export_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("told_in", sa.Uuid(), nullable=True),
        sa.CheckConstraint("length(mark) = 32", name=op.f("ck_partner_optin_mark_length")),
        sa.CheckConstraint(
            "sealed IS NOT NULL OR export_id IS NOT NULL", name=op.f("ck_partner_optin_sealed_until_exported")
        ),
        sa.CheckConstraint("withdrawn_on IS NULL OR sealed IS NULL", name=op.f("ck_partner_optin_withdrawn_is_erased")),
        sa.CheckConstraint(
            "told_in IS NULL OR withdrawn_on IS NOT NULL", name=op.f("ck_partner_optin_told_what_was_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_partner_optin_partner_id_partner"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["export_id"], ["partner_export.id"], name=op.f("fk_partner_optin_export_id_partner_export")
        ),
        sa.ForeignKeyConstraint(
            ["told_in"], ["partner_export.id"], name=op.f("fk_partner_optin_told_in_partner_export")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_optin")),
        sa.UniqueConstraint("mark", name=op.f("uq_partner_optin_mark")),
    )
    op.create_index(op.f("ix_partner_optin_partner_id"), "partner_optin", ["partner_id"])
    op.create_index(op.f("ix_partner_optin_export_id"), "partner_optin", ["export_id"])
    op.create_index(op.f("ix_partner_optin_told_in"), "partner_optin", ["told_in"])
    op.create_index(
        "ix_partner_optin_waiting", "partner_optin", ["partner_id", "id"],
        postgresql_where=sa.text("export_id IS NULL AND sealed IS NOT NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_partner_optin_untold", "partner_optin", ["partner_id"],
        postgresql_where=sa.text("withdrawn_on IS NOT NULL AND told_in IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    for name in ("partner_optin", "partner_export", "partner_terms", "partner"):
        op.drop_table(name)
    op.drop_constraint(op.f("ck_signature_optins_passed_on"), "signature")
    op.drop_column("signature", "optins_sealed")
