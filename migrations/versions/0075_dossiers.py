"""Dossiers for international bodies, and what was released of them."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

# What was released stands, whatever asks: only retention erases both sealed columns, and once.
STANDS = """
CREATE FUNCTION dossier_release_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.dossier_id, NEW.version, NEW.digest, NEW.pages, NEW.asked_by, NEW.released_by, NEW.released_on)
        IS DISTINCT FROM
        (OLD.id, OLD.dossier_id, OLD.version, OLD.digest, OLD.pages, OLD.asked_by, OLD.released_by, OLD.released_on)
        OR (NEW.content_sealed IS NOT NULL AND NEW.content_sealed IS DISTINCT FROM OLD.content_sealed)
        OR (NEW.pdf_sealed IS NOT NULL AND NEW.pdf_sealed IS DISTINCT FROM OLD.pdf_sealed) THEN
        RAISE EXCEPTION 'a release of a dossier stands as it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'dossier_release_stands';
    END IF;
    RETURN NEW;
END $$
"""
TABLES = (
    "dossier_page", "dossier_source", "dossier_release", "dossier_paper", "dossier_event", "dossier_due",
    "dossier_consent", "dossier_answer", "dossier",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "dossier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("prisoner_id", sa.Uuid(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=True),
        sa.Column("has_picture", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_by", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("filing_shown_on", sa.Date(), nullable=True),
        sa.Column("outcome_shown_on", sa.Date(), nullable=True),
        sa.Column("look_change_id", sa.Uuid(), nullable=True),
        sa.Column("look_kind", sa.Text(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(body IN ('eu_sanctions', 'magnitsky')) = (official_id IS NOT NULL)",
            name=op.f("ck_dossier_sanctions_name_official"),
        ),
        sa.CheckConstraint("(state = 'closed') = (ended_on IS NOT NULL)", name=op.f("ck_dossier_closed_on_a_day")),
        sa.CheckConstraint(
            "body IN ('wgad', 'special_procedures', 'eu_sanctions', 'magnitsky', 'parliament')",
            name=op.f("ck_dossier_body_known"),
        ),
        sa.CheckConstraint(
            "filing_shown_on IS NULL OR (sent_on IS NOT NULL AND body IN ('special_procedures', 'wgad'))",
            name=op.f("ck_dossier_filing_is_told"),
        ),
        sa.CheckConstraint(
            "outcome IN ('arbitrary', 'partly_arbitrary', 'not_arbitrary', 'letter_sent', 'listed', 'adopted', "
            "'not_taken', 'other')",
            name=op.f("ck_dossier_outcome_known"),
        ),
        sa.CheckConstraint(
            "sent_by IN ('email', 'online_form', 'post', 'by_hand')", name=op.f("ck_dossier_sent_by_known")
        ),
        sa.CheckConstraint("state <> 'answered' OR outcome IS NOT NULL", name=op.f("ck_dossier_answered_with_outcome")),
        sa.CheckConstraint("state <> 'proposed' OR asked_by IS NOT NULL", name=op.f("ck_dossier_proposed_by_somebody")),
        sa.CheckConstraint(
            "state IN ('draft', 'checked', 'proposed', 'released', 'sent', 'answered', 'closed')",
            name=op.f("ck_dossier_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('released', 'sent', 'answered') OR (asked_by IS NOT NULL AND released_by IS NOT NULL)",
            name=op.f("ck_dossier_released_by_two"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('sent', 'answered') OR sent_on IS NOT NULL", name=op.f("ck_dossier_sent_on_a_day")
        ),
        sa.CheckConstraint("(look_change_id IS NULL) = (look_kind IS NULL)", name=op.f("ck_dossier_look_whole")),
        sa.CheckConstraint("(outcome IS NULL) = (answered_on IS NULL)", name=op.f("ck_dossier_outcome_on_a_day")),
        sa.CheckConstraint("(sent_on IS NULL) = (sent_by IS NULL)", name=op.f("ck_dossier_sent_some_way")),
        sa.CheckConstraint(
            "outcome_shown_on IS NULL OR (outcome IS NOT NULL AND filing_shown_on IS NOT NULL)",
            name=op.f("ck_dossier_outcome_is_told"),
        ),
        sa.CheckConstraint("released_by NOT IN (asked_by, written_by)", name=op.f("ck_dossier_releaser_is_another")),
        sa.ForeignKeyConstraint(
            ["official_id"], ["official.id"], name=op.f("fk_dossier_official_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_dossier_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("number", name=op.f("uq_dossier_number")),
        info={"supporter": True},
    )
    op.create_index("ix_dossier_official_id", "dossier", ["official_id"], unique=False)
    op.create_index("ix_dossier_prisoner_id", "dossier", ["prisoner_id"], unique=False)
    op.create_index("ix_dossier_state", "dossier", ["state", "number"], unique=False)
    op.create_table(
        "dossier_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("filled_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(origin = 'empty') = (text_sealed IS NULL)", name=op.f("ck_dossier_answer_empty_without_text")
        ),
        sa.CheckConstraint("mark IN ('public', 'body', 'never')", name=op.f("ck_dossier_answer_mark_known")),
        sa.CheckConstraint("origin IN ('empty', 'filled', 'written')", name=op.f("ck_dossier_answer_origin_known")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_answer_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_answer")),
        sa.UniqueConstraint("dossier_id", "question", name=op.f("uq_dossier_answer_dossier_id_question")),
        info={"supporter": True},
    )
    op.create_table(
        "dossier_consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "given_by IN ('self', 'relative', 'representative')", name=op.f("ck_dossier_consent_giver_known")
        ),
        sa.CheckConstraint(
            "proof IN ('signed', 'letter', 'message', 'call', 'meeting')", name=op.f("ck_dossier_consent_proof_known")
        ),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR withdrawn_on >= given_on", name=op.f("ck_dossier_consent_withdrawn_after_given")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_consent_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_consent")),
        info={"supporter": True},
    )
    op.create_index(op.f("ix_dossier_consent_dossier_id"), "dossier_consent", ["dossier_id"], unique=False)
    op.create_index(
        "uq_dossier_consent_current",
        "dossier_consent",
        ["dossier_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_on IS NULL"),
    )
    op.create_table(
        "dossier_due",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('answer', 'comments', 'ask_again', 'other')", name=op.f("ck_dossier_due_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_due_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_due")),
        info={"supporter": True},
    )
    op.create_index("ix_dossier_due_dossier_id", "dossier_due", ["dossier_id"], unique=False)
    op.create_index(
        "ix_dossier_due_open", "dossier_due", ["due_on"], unique=False, postgresql_where=sa.text("done_on IS NULL")
    )
    op.create_table(
        "dossier_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "now IN ('draft', 'checked', 'proposed', 'released', 'sent', 'answered', 'closed')",
            name=op.f("ck_dossier_event_now_known"),
        ),
        sa.CheckConstraint(
            "step IN ('begun', 'changed', 'checked', 'proposed', 'sent_back', 'released', 'sent', 'answered', "
            "'closed', 'consent_recorded', 'consent_withdrawn', 'looked_again', 'filing_shown', 'outcome_shown', "
            "'hidden')",
            name=op.f("ck_dossier_event_step_known"),
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_event_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_event")),
        sa.UniqueConstraint("number", name=op.f("uq_dossier_event_number")),
        info={"supporter": True},
    )
    op.create_index("ix_dossier_event_dossier_id", "dossier_event", ["dossier_id", "number"], unique=False)
    op.create_table(
        "dossier_paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("pages", sa.SmallInteger(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('consent', 'court', 'medical', 'evidence', 'reply', 'other')",
            name=op.f("ck_dossier_paper_kind_known"),
        ),
        sa.CheckConstraint("mark IN ('body', 'never')", name=op.f("ck_dossier_paper_mark_known")),
        sa.CheckConstraint("pages > 0", name=op.f("ck_dossier_paper_pages_positive")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_paper_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_paper")),
        sa.UniqueConstraint("number", name=op.f("uq_dossier_paper_number")),
        info={"supporter": True},
    )
    op.create_index("ix_dossier_paper_dossier_id", "dossier_paper", ["dossier_id", "number"], unique=False)
    op.create_table(
        "dossier_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("pages", sa.SmallInteger(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("pdf_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_dossier_release_digest_shape")),
        sa.CheckConstraint(
            "(content_sealed IS NULL) = (pdf_sealed IS NULL)", name=op.f("ck_dossier_release_erased_whole")
        ),
        sa.CheckConstraint("asked_by <> released_by", name=op.f("ck_dossier_release_two_persons")),
        sa.CheckConstraint("pages > 0", name=op.f("ck_dossier_release_pages_positive")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_release_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_release")),
        sa.UniqueConstraint("dossier_id", "version", name=op.f("uq_dossier_release_dossier_id_version")),
        info={"supporter": True},
    )
    op.create_table(
        "dossier_source",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("retrieved_on", sa.Date(), nullable=False),
        sa.Column("is_from_case", sa.Boolean(), nullable=False),
        sa.CheckConstraint("title <> ''", name=op.f("ck_dossier_source_has_title")),
        sa.CheckConstraint("url ~ '^https?://'", name=op.f("ck_dossier_source_url_shape")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_source_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_source")),
        sa.UniqueConstraint("dossier_id", "url", name=op.f("uq_dossier_source_dossier_id_url")),
        sa.UniqueConstraint("number", name=op.f("uq_dossier_source_number")),
        info={"supporter": True},
    )
    op.create_table(
        "dossier_page",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("height", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["dossier_paper.id"], name=op.f("fk_dossier_page_paper_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_page")),
        sa.UniqueConstraint("paper_id", "place", name=op.f("uq_dossier_page_paper_id_place")),
        info={"supporter": True},
    )
    op.execute(STANDS)
    op.execute(
        "CREATE TRIGGER dossier_release_stands BEFORE UPDATE ON dossier_release "
        "FOR EACH ROW EXECUTE FUNCTION dossier_release_stands()"
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION dossier_release_stands()")
