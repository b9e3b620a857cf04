"""Petitions: updates, picture, hand-ins, answers and delivery packs."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = "kind IN ('state', 'edited', 'picture', 'update', 'hand_in', 'answer', 'undone')"
LANGUAGES = "language IN ('en', 'ru', 'de')"


def upgrade() -> None:
    # Nullable, so that adding it rewrites no row of a live table.
    op.add_column("petition", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("petition", sa.Column("submitter_id", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_petition_submitter_waits"),
        "petition",
        "submitter_id IS NULL OR publisher_id IS NULL OR submitter_id <> publisher_id",
    )
    op.add_column("petition_event", sa.Column("kind", sa.Text(), server_default="state", nullable=False))
    op.create_check_constraint(op.f("ck_petition_event_kind_known"), "petition_event", KINDS)
    op.create_table(
        "petition_update",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_update_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_update")),
    )
    op.create_index(op.f("ix_petition_update_petition_id"), "petition_update", ["petition_id"])
    op.create_table(
        "petition_update_text",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint(LANGUAGES, name=op.f("ck_petition_update_text_language_known")),
        sa.ForeignKeyConstraint(
            ["update_id"], ["petition_update.id"], name=op.f("fk_petition_update_text_update_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_update_text")),
        sa.UniqueConstraint("update_id", "language", name=op.f("uq_petition_update_text_update_id_language")),
    )
    op.create_table(
        "petition_picture",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("licence <> '' AND credit <> ''", name=op.f("ck_petition_picture_licence_and_credit")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_picture_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_petition_picture")),
    )
    op.create_table(
        "petition_picture_rendition",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("name IN ('small', 'wide')", name=op.f("ck_petition_picture_rendition_name_known")),
        sa.CheckConstraint("length(content) <= 307200", name=op.f("ck_petition_picture_rendition_content_small")),
        sa.CheckConstraint("length(digest) = 16", name=op.f("ck_petition_picture_rendition_digest_length")),
        sa.ForeignKeyConstraint(
            ["petition_id"],
            ["petition_picture.petition_id"],
            name=op.f("fk_petition_picture_rendition_petition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("petition_id", "name", name=op.f("pk_petition_picture_rendition")),
    )
    op.create_table(
        "petition_picture_description",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.CheckConstraint(LANGUAGES, name=op.f("ck_petition_picture_description_language_known")),
        sa.ForeignKeyConstraint(
            ["petition_id"],
            ["petition_picture.petition_id"],
            name=op.f("fk_petition_picture_description_petition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("petition_id", "language", name=op.f("pk_petition_picture_description")),
    )
    op.create_table(
        "petition_hand_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("handed_by", sa.Text(), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("receipt_picture", sa.LargeBinary(), nullable=True),
        sa.Column("has_receipt_picture", sa.Boolean(), nullable=False),
        sa.Column("signatures", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("signatures >= 0", name=op.f("ck_petition_hand_in_signatures_not_negative")),
        sa.CheckConstraint(
            "receipt_picture IS NULL OR length(receipt_picture) <= 307200",
            name=op.f("ck_petition_hand_in_receipt_small"),
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_hand_in_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_hand_in")),
    )
    op.create_index(op.f("ix_petition_hand_in_petition_id"), "petition_hand_in", ["petition_id"])
    op.create_table(
        "petition_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_answer_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_answer")),
    )
    op.create_index(op.f("ix_petition_answer_petition_id"), "petition_answer", ["petition_id"])
    op.create_table(
        "petition_answer_text",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint(LANGUAGES, name=op.f("ck_petition_answer_text_language_known")),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["petition_answer.id"], name=op.f("fk_petition_answer_text_answer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_answer_text")),
        sa.UniqueConstraint("answer_id", "language", name=op.f("uq_petition_answer_text_answer_id_language")),
    )
    op.create_table(
        "delivery_pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("file_format", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'ready')", name=op.f("ck_delivery_pack_state_known")),
        sa.CheckConstraint("file_format IN ('pdf', 'csv', 'xlsx')", name=op.f("ck_delivery_pack_format_known")),
        sa.CheckConstraint(LANGUAGES, name=op.f("ck_delivery_pack_language_known")),
        sa.CheckConstraint(
            "(state = 'ready') = (content IS NOT NULL)", name=op.f("ck_delivery_pack_ready_has_content")
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_delivery_pack_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_pack")),
    )
    op.create_index(op.f("ix_delivery_pack_petition_id"), "delivery_pack", ["petition_id"])


def downgrade() -> None:
    op.drop_table("delivery_pack")
    op.drop_table("petition_answer_text")
    op.drop_table("petition_answer")
    op.drop_table("petition_hand_in")
    op.drop_table("petition_picture_description")
    op.drop_table("petition_picture_rendition")
    op.drop_table("petition_picture")
    op.drop_table("petition_update_text")
    op.drop_table("petition_update")
    op.drop_column("petition_event", "kind")
    op.drop_constraint(op.f("ck_petition_submitter_waits"), "petition")
    op.drop_column("petition", "submitter_id")
    op.drop_column("petition", "edited_at")
