"""Lists of people: the day somebody was last active, views that were saved, acts on many with their undo."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _follow_activity()
    op.create_table(
        "people_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("query", postgresql.JSONB(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.CheckConstraint("title <> '' AND length(title) <= 60", name=op.f("ck_people_view_title_length")),
        sa.CheckConstraint("NOT query ? 'q'", name=op.f("ck_people_view_without_search")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_people_view_owner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_view")),
    )
    op.create_index("uq_people_view_title", "people_view", ["owner_id", sa.text("lower(title)")], unique=True)
    op.create_index(
        "uq_people_view_default", "people_view", ["owner_id"], unique=True, postgresql_where=sa.text("is_default")
    )
    _make_bulk_acts()


def downgrade() -> None:
    op.drop_table("bulk_act_person")
    op.drop_table("bulk_act")
    op.drop_table("people_view")
    for event in ("added", "moved"):
        op.execute(f"DROP TRIGGER person_was_active_{event} ON interaction")
    op.execute("DROP FUNCTION person_was_active()")
    op.drop_index("ix_person_active_on", table_name="person")
    op.drop_column("person", "active_on")


def _follow_activity() -> None:
    """Kept beside the person: to find it in the timelines of everybody would take each list seconds."""
    op.add_column("person", sa.Column("active_on", sa.Date(), nullable=True))
    op.execute(
        "UPDATE person SET active_on = lines.newest FROM"
        " (SELECT person_id, max(happened_on) AS newest FROM interaction GROUP BY person_id) AS lines"
        " WHERE person.id = lines.person_id"
    )
    op.create_index("ix_person_active_on", "person", ["active_on", "id"])
    # People are locked in the order of their ids, so that two who write many lines at once do not wait for each other.
    op.execute(
        "CREATE FUNCTION person_was_active() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN"
        "  UPDATE person SET active_on = due.day FROM ("
        "   SELECT person.id, newest.day FROM person JOIN"
        "    (SELECT person_id, max(happened_on) AS day FROM lines GROUP BY person_id) AS newest"
        "    ON newest.person_id = person.id"
        "   WHERE person.active_on IS NULL OR person.active_on < newest.day"
        "   ORDER BY person.id FOR NO KEY UPDATE OF person"
        "  ) AS due WHERE person.id = due.id;"
        "  RETURN NULL;"
        " END $$"
    )
    for name, event in (("added", "INSERT"), ("moved", "UPDATE")):
        op.execute(
            f"CREATE TRIGGER person_was_active_{name} AFTER {event} ON interaction"
            " REFERENCING NEW TABLE AS lines FOR EACH STATEMENT EXECUTE FUNCTION person_was_active()"
        )


def _make_bulk_acts() -> None:
    op.create_table(
        "bulk_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("restored", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('add_tag', 'take_tag', 'set_field', 'end_consent')", name=op.f("ck_bulk_act_kind_known")
        ),
        sa.CheckConstraint("state IN ('running', 'done', 'undoing', 'undone')", name=op.f("ck_bulk_act_state_known")),
        sa.CheckConstraint(
            "changed BETWEEN 0 AND amount AND restored BETWEEN 0 AND changed", name=op.f("ck_bulk_act_counts_fit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_act")),
    )
    op.create_index("ix_bulk_act_made_at", "bulk_act", ["made_at"])
    op.create_table(
        "bulk_act_person",
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("was", postgresql.JSONB(), nullable=True),
        sa.ForeignKeyConstraint(
            ["act_id"], ["bulk_act.id"], name=op.f("fk_bulk_act_person_act_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_bulk_act_person_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("act_id", "person_id", name=op.f("pk_bulk_act_person")),
    )
    op.create_index("ix_bulk_act_person_person_id", "bulk_act_person", ["person_id"])
