"""Mailings: what they say, to whom they go, who said yes, how far they are; and texts that are used again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mailing_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("archived_on", sa.Date(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("title <> '' AND length(title) <= 120", name=op.f("ck_mailing_template_title_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_template")),
    )
    op.create_index("ix_mailing_template_title", "mailing_template", [sa.literal_column("lower(title)")], unique=False)
    op.create_table(
        "mailing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=True),
        sa.Column("petition_id", sa.Uuid(), nullable=True),
        sa.Column("freeze_id", sa.Uuid(), nullable=True),
        sa.Column("quiet_days", sa.SmallInteger(), nullable=False),
        sa.Column(
            "excluded",
            postgresql.JSONB(),
            nullable=True,
        ),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_local_time", sa.Boolean(), nullable=False),
        sa.Column("ab_share", sa.SmallInteger(), nullable=False),
        sa.Column("ab_hours", sa.SmallInteger(), nullable=False),
        sa.Column("winner", sa.Text(), nullable=True),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("paused_reason", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "summary",
            postgresql.JSONB(),
            nullable=True,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(audience = 'signers') = (topic = 'petition-updates')", name=op.f("ck_mailing_topic_of_signers")
        ),
        sa.CheckConstraint("audience = 'segment' OR segment_id IS NULL", name=op.f("ck_mailing_segment_of_segment")),
        sa.CheckConstraint("audience = 'signers' OR petition_id IS NULL", name=op.f("ck_mailing_petition_of_signers")),
        sa.CheckConstraint("audience IN ('segment', 'signers')", name=op.f("ck_mailing_audience_known")),
        sa.CheckConstraint(
            "state IN ('draft', 'proposed', 'approved', 'sending', 'paused', 'sent', 'stopped')",
            name=op.f("ck_mailing_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'sending', 'paused', 'sent') OR"
            " (approved_by IS NOT NULL AND approved_by <> proposed_by AND send_at IS NOT NULL)",
            name=op.f("ck_mailing_two_persons"),
        ),
        sa.CheckConstraint("title <> '' AND length(title) <= 120", name=op.f("ck_mailing_title_length")),
        sa.CheckConstraint("winner IS NULL OR winner IN ('a', 'b')", name=op.f("ck_mailing_winner_known")),
        sa.CheckConstraint("ab_hours BETWEEN 1 AND 72", name=op.f("ck_mailing_hours_in_range")),
        sa.CheckConstraint("ab_share BETWEEN 0 AND 50", name=op.f("ck_mailing_share_in_range")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_mailing_petition_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
        sa.UniqueConstraint("code", name=op.f("uq_mailing_code")),
    )
    op.create_index("ix_mailing_petition_id", "mailing", ["petition_id"], unique=False)
    op.create_index("ix_mailing_state", "mailing", ["state", "send_at"], unique=False)
    op.create_table(
        "mailing_action",
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("variant IN ('a', 'b')", name=op.f("ck_mailing_action_variant_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_mailing_action_amount_positive")),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_action_mailing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mailing_id", "variant", "kind", "day", name=op.f("pk_mailing_action")),
    )
    op.create_table(
        "mailing_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "now IN ('draft', 'proposed', 'approved', 'sending', 'paused', 'sent', 'stopped')",
            name=op.f("ck_mailing_event_now_known"),
        ),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_event_mailing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_event")),
    )
    op.create_index("ix_mailing_event_mailing_id", "mailing_event", ["mailing_id", "id"], unique=False)
    op.create_table(
        "mailing_recipient",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("owed_on", sa.Date(), nullable=False),
        sa.CheckConstraint("variant IN ('a', 'b')", name=op.f("ck_mailing_recipient_variant_known")),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_recipient_mailing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mailing_recipient_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_recipient")),
        sa.UniqueConstraint("mailing_id", "person_id", name=op.f("uq_mailing_recipient_mailing_id_person_id")),
    )
    op.create_index("ix_mailing_recipient_person_id", "mailing_recipient", ["person_id"], unique=False)
    op.create_table(
        "mailing_text",
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_b", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "length(body) <= 20000 AND length(plain) <= 20000", name=op.f("ck_mailing_text_body_length")
        ),
        sa.CheckConstraint(
            "length(subject) <= 150 AND length(subject_b) <= 150", name=op.f("ck_mailing_text_subject_length")
        ),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_text_mailing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mailing_id", "language", name=op.f("pk_mailing_text")),
    )


def downgrade() -> None:
    for name in (
        "mailing_template", "mailing_action", "mailing_event", "mailing_recipient", "mailing_text", "mailing",
    ):  # fmt: skip
        op.drop_table(name)
