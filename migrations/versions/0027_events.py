"""Events of all kinds: times, texts, shifts with places, and who signed up with the waiting list."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KINDS = "kind IN ('letter_evening', 'hearing', 'vigil', 'training')"
STATES = "('pending', 'confirmed', 'queued', 'offered', 'lapsed', 'cancelled')"
LANGUAGES = "language IN ('en', 'ru', 'de')"
ENDS = "(starts_at IS NULL) = (ends_at IS NULL) AND starts_at <= ends_at"


def upgrade() -> None:
    for column in (
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("timezone", sa.Text(), server_default="Europe/Berlin", nullable=False),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("about", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("venue_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("is_venue_public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
    ):
        op.add_column("event", column)
    _known(KINDS)
    op.create_check_constraint(op.f("ck_event_language_known"), "event", LANGUAGES)
    op.create_check_constraint(op.f("ck_event_ends_after_start"), "event", ENDS)
    op.create_index(op.f("ix_event_group_id"), "event", ["group_id"])
    op.execute(
        "UPDATE event SET group_id = evening.group_id, language = evening.language FROM evening"
        " WHERE evening.event_id = event.id"
    )
    op.create_table(
        "event_shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("capacity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("capacity BETWEEN 1 AND 2000", name=op.f("ck_event_shift_capacity_in_range")),
        sa.CheckConstraint(ENDS, name=op.f("ck_event_shift_ends_after_start")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_shift_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_shift")),
    )
    op.create_index(op.f("ix_event_shift_event_id"), "event_shift", ["event_id"])
    op.execute(
        "INSERT INTO event_shift (id, event_id, title, capacity) SELECT gen_random_uuid(), id, '', 30 FROM event"
    )
    _make_signups()


def downgrade() -> None:
    op.drop_table("event_signup_step")
    op.drop_table("event_signup")
    op.drop_table("event_shift")
    # The former code knows letter evenings alone.
    op.execute("DELETE FROM event WHERE kind <> 'letter_evening'")
    _known("kind IN ('letter_evening')")
    op.drop_index(op.f("ix_event_group_id"), table_name="event")
    for name in ("ck_event_ends_after_start", "ck_event_language_known"):
        op.drop_constraint(op.f(name), "event")
    for column in (
        "group_id", "is_public", "is_venue_public", "venue_sealed", "about", "language", "timezone", "ends_at",
        "starts_at",
    ):  # fmt: skip
        op.drop_column("event", column)


def _known(kinds: str) -> None:
    op.drop_constraint(op.f("ck_event_kind_known"), "event")
    op.create_check_constraint(op.f("ck_event_kind_known"), "event", kinds)


def _make_signups() -> None:
    op.create_table(
        "event_signup",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("volunteer_id", sa.Uuid(), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("attendance", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_event_signup_state_known")),
        sa.CheckConstraint("attendance IN ('', 'came', 'missed')", name=op.f("ck_event_signup_attendance_known")),
        sa.CheckConstraint(
            "(state = 'offered') = (offer_until IS NOT NULL)", name=op.f("ck_event_signup_offered_until")
        ),
        sa.CheckConstraint(LANGUAGES, name=op.f("ck_event_signup_language_known")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_signup_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["event_shift.id"], name=op.f("fk_event_signup_shift_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_event_signup_volunteer_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_signup")),
        sa.UniqueConstraint("event_id", "email_index", name=op.f("uq_event_signup_event_id_email_index")),
        sa.UniqueConstraint("event_id", "volunteer_id", name=op.f("uq_event_signup_event_id_volunteer_id")),
    )
    op.create_index("ix_event_signup_shift_id", "event_signup", ["shift_id", "position"])
    op.create_index("ix_event_signup_volunteer_id", "event_signup", ["volunteer_id"])
    op.create_index(
        "ix_event_signup_offer_until", "event_signup", ["offer_until"], postgresql_where=sa.text("state = 'offered'")
    )
    op.create_table(
        "event_signup_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("signup_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.CheckConstraint(f"now IN {STATES}", name=op.f("ck_event_signup_step_now_known")),
        sa.ForeignKeyConstraint(
            ["signup_id"], ["event_signup.id"], name=op.f("fk_event_signup_step_signup_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_signup_step")),
    )
    op.create_index("ix_event_signup_step_signup_id", "event_signup_step", ["signup_id", "id"])
