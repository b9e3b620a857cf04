"""People by country, languages, skills and time, and ways to reach them by kind: what lists are narrowed to most."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None
WORDS = ("spoken", "skills", "availability")


def upgrade() -> None:
    op.create_index("ix_person_country", "person", ["country", "id"])
    op.create_index("ix_person_identity_kind", "person_identity", ["kind", "person_id"])
    for column in WORDS:
        op.create_index(
            f"ix_person_{column}", "person", [column], postgresql_using="gin",
            postgresql_ops={column: "jsonb_path_ops"},
        )  # fmt: skip


def downgrade() -> None:
    for column in reversed(WORDS):
        op.drop_index(f"ix_person_{column}", table_name="person")
    op.drop_index("ix_person_identity_kind", table_name="person_identity")
    op.drop_index("ix_person_country", table_name="person")
