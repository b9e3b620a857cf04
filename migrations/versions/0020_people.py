"""People as organisers know them: names, skills, tags, fields, notes, timeline; and how an index in memory follows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

EMPTY = sa.text("'[]'")
TABLES = (
    "interaction", "person_note", "person_field_value", "person_field", "person_tag", "tag", "person_gone",
)  # fmt: skip


def upgrade() -> None:
    _widen_person()
    _follow_changes()
    _make_details()
    _make_timeline()
    _write_down_volunteers()


def downgrade() -> None:
    op.execute("DROP TRIGGER person_is_gone ON person")
    op.execute("DROP TRIGGER person_was_changed ON person")
    op.execute("DROP FUNCTION person_is_gone()")
    op.execute("DROP FUNCTION person_was_changed()")
    for table in TABLES:
        op.drop_table(table)
    op.execute("UPDATE volunteer SET person_id = NULL")
    op.execute("DELETE FROM person WHERE kept_for <> 'consent'")
    op.drop_index("ix_person_since_on", table_name="person")
    op.drop_index("ix_person_changed_tx", table_name="person")
    for column in (
        "name_sealed", "spoken", "skills", "availability", "tasks_a_week", "kept_for", "source", "is_demo",
        "changed_tx", "version",
    ):  # fmt: skip
        op.drop_column("person", column)


def _widen_person() -> None:
    op.add_column("person", sa.Column("name_sealed", sa.LargeBinary(), nullable=True))
    for name in ("spoken", "skills", "availability"):
        op.add_column("person", sa.Column(name, postgresql.JSONB(), nullable=False, server_default=EMPTY))
    op.add_column("person", sa.Column("tasks_a_week", sa.BigInteger(), nullable=True))
    op.add_column("person", sa.Column("kept_for", sa.Text(), nullable=False, server_default="consent"))
    op.add_column("person", sa.Column("source", sa.Text(), nullable=False, server_default=""))
    op.add_column("person", sa.Column("is_demo", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("person", sa.Column("changed_tx", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("person", sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"))
    op.create_check_constraint(
        op.f("ck_person_kept_for_known"), "person", "kept_for IN ('consent', 'volunteer', 'staff')"
    )
    op.create_check_constraint(op.f("ck_person_tasks_in_range"), "person", "tasks_a_week BETWEEN 0 AND 20")
    op.create_index("ix_person_changed_tx", "person", ["changed_tx"])
    op.create_index("ix_person_since_on", "person", ["since_on", "id"])


def _follow_changes() -> None:
    """A sequence would give numbers in another order than commits; the transaction's own number, read against the
    oldest that still runs, misses none."""
    op.create_table(
        "person_gone",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("changed_tx", sa.BigInteger(), nullable=False),
        sa.Column("gone_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_gone")),
    )
    op.create_index("ix_person_gone_changed_tx", "person_gone", ["changed_tx"])
    op.execute(
        "CREATE FUNCTION person_was_changed() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN NEW.changed_tx := pg_current_xact_id()::text::bigint; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE FUNCTION person_is_gone() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN INSERT INTO person_gone (person_id, changed_tx, gone_on)"
        " SELECT id, pg_current_xact_id()::text::bigint, current_date FROM gone"
        " ON CONFLICT (person_id) DO UPDATE SET changed_tx = EXCLUDED.changed_tx, gone_on = EXCLUDED.gone_on;"
        " RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER person_was_changed BEFORE INSERT OR UPDATE ON person"
        " FOR EACH ROW EXECUTE FUNCTION person_was_changed()"
    )
    op.execute(
        "CREATE TRIGGER person_is_gone AFTER DELETE ON person REFERENCING OLD TABLE AS gone"
        " FOR EACH STATEMENT EXECUTE FUNCTION person_is_gone()"
    )


def _make_details() -> None:
    op.create_table(
        "tag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.CheckConstraint("name <> '' AND length(name) <= 40", name=op.f("ck_tag_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
    )
    op.create_index("uq_tag_name", "tag", [sa.text("lower(name)")], unique=True)
    op.create_table(
        "person_tag",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        _to_person("person_tag"),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_person_tag_tag_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "tag_id", name=op.f("pk_person_tag")),
    )
    op.create_index("ix_person_tag_tag_id", "person_tag", ["tag_id"])
    op.create_table(
        "person_field",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("labels", postgresql.JSONB(), nullable=False),
        sa.Column("options", postgresql.JSONB(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("put_away_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('text', 'number', 'date', 'choice', 'yes_no')", name=op.f("ck_person_field_kind_known")
        ),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 40", name=op.f("ck_person_field_slug_shape")
        ),
        sa.CheckConstraint("labels ? 'en' OR labels ? 'ru'", name=op.f("ck_person_field_has_label")),
        sa.CheckConstraint(
            "(kind = 'choice') = (jsonb_array_length(options) > 0)", name=op.f("ck_person_field_choices_have_options")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_field")),
        sa.UniqueConstraint("slug", name=op.f("uq_person_field_slug")),
    )
    op.create_table(
        "person_field_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number", sa.Numeric(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("word", sa.Text(), nullable=True),
        sa.Column("flag", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(text_sealed, number, day, word, flag) = 1", name=op.f("ck_person_field_value_one_value")
        ),
        _to_person("person_field_value"),
        sa.ForeignKeyConstraint(
            ["field_id"], ["person_field.id"], name=op.f("fk_person_field_value_field_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_field_value")),
        sa.UniqueConstraint("person_id", "field_id", name=op.f("uq_person_field_value_person_id_field_id")),
    )
    for name in ("number", "day", "word"):
        op.create_index(
            f"ix_person_field_value_{name}", "person_field_value", ["field_id", name],
            postgresql_where=sa.text(f"{name} IS NOT NULL"),
        )  # fmt: skip
    op.create_table(
        "person_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_on", sa.Date(), nullable=False),
        _to_person("person_note"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_note")),
    )
    op.create_index("ix_person_note_person_id", "person_note", ["person_id", "written_on"])


def _make_timeline() -> None:
    op.create_table(
        "interaction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('called', 'met', 'messaged', 'gave_time', 'came', 'wrote', 'shared', 'asked')",
            name=op.f("ck_interaction_kind_known"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_interaction_amount_positive")),
        _to_person("interaction"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction")),
    )
    op.create_index("ix_interaction_person_id", "interaction", ["person_id", "happened_on"])
    op.create_index("ix_interaction_kind", "interaction", ["kind", "happened_on", "person_id"])


def _write_down_volunteers() -> None:
    """Each volunteer who has not left gets a record of their own."""
    op.execute(
        "WITH made AS ("
        "  INSERT INTO person (id, language, since_on, kept_for, source, is_demo)"
        "  SELECT volunteer.id, account.language, volunteer.applied_on, 'volunteer', 'volunteer', volunteer.is_demo"
        "  FROM volunteer JOIN account ON account.id = volunteer.account_id WHERE volunteer.person_id IS NULL"
        "  RETURNING id"
        ") UPDATE volunteer SET person_id = made.id FROM made WHERE volunteer.id = made.id"
    )


def _to_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id"), ondelete="CASCADE")
