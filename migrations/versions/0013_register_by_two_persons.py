"""The register: media, further spellings and domains, and changes that one person asks for and another approves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WORDS = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    # Constant defaults: no row of a live table is rewritten.
    op.add_column("organisation", sa.Column("kind", sa.Text(), server_default="organisation", nullable=False))
    op.add_column("organisation", sa.Column("aliases", WORDS, server_default="[]", nullable=False))
    op.add_column("organisation", sa.Column("domains", WORDS, server_default="[]", nullable=False))
    op.add_column("organisation", sa.Column("is_listed", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("organisation", sa.Column("staff_edited_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_organisation_kind_known"), "organisation", "kind IN ('organisation', 'media')"
    )  # fmt: skip
    op.add_column("designation", sa.Column("checked_by", sa.Uuid(), nullable=True))
    op.add_column("designation", sa.Column("staff_edited_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "designation_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("designation_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("before", WORDS, nullable=False),
        sa.Column("after", WORDS, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'refused', 'withdrawn')",
            name=op.f("ck_designation_proposal_state_known"),
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_designation_proposal_decided_with_time")
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name=op.f("ck_designation_proposal_two_persons"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_designation_proposal_has_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_designation_proposal")),
    )
    op.create_index(
        "uq_designation_proposal_waiting", "designation_proposal", ["organisation_id"], unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )  # fmt: skip
    op.create_index(
        "ix_designation_proposal_organisation_id", "designation_proposal", ["organisation_id", "asked_at"]
    )  # fmt: skip
    op.create_table(
        "register_state",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_register_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_state")),
    )


def downgrade() -> None:
    op.drop_table("register_state")
    op.drop_table("designation_proposal")
    op.drop_column("designation", "staff_edited_at")
    op.drop_column("designation", "checked_by")
    for column in ("staff_edited_at", "is_listed", "domains", "aliases", "kind"):
        op.drop_column("organisation", column)
