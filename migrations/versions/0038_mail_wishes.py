"""How often, and until which day not, somebody wants to be mailed; how a consent ended."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consent", sa.Column("ended_how", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_consent_ended_how_known"), "consent", "ended_how IN ('', 'unsubscribed', 'never')"
    )
    op.create_table(
        "mail_wish",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("rhythm", sa.Text(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("mailed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("rhythm IN ('any', 'weekly', 'monthly')", name=op.f("ck_mail_wish_rhythm_known")),
        sa.CheckConstraint(
            "mailed_on IS NULL OR rhythm <> 'any'", name=op.f("ck_mail_wish_mailed_on_for_rhythm_alone")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mail_wish_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_wish")),
    )


def downgrade() -> None:
    op.drop_table("mail_wish")
    op.drop_constraint(op.f("ck_consent_ended_how_known"), "consent")
    op.drop_column("consent", "ended_how")
