"""Sites that may show a petition in a frame."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "petition_frame_site",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "origin ~ '^https?://[a-z0-9.-]+(:[0-9]{1,5})?$' AND length(origin) <= 200",
            name=op.f("ck_petition_frame_site_origin_shape"),
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_frame_site_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("petition_id", "origin", name=op.f("pk_petition_frame_site")),
    )


def downgrade() -> None:
    op.drop_table("petition_frame_site")
