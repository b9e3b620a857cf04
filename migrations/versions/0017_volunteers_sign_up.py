"""Volunteers who signed up by themselves: how their role came about, and when they were last here."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ORIGINS = "'two_persons', 'invitation', 'command', 'demo'"


def upgrade() -> None:
    _replace_origins(f"{ORIGINS}, 'sign_up'")
    op.add_column("volunteer", sa.Column("seen_on", sa.Date()))
    op.add_column("volunteer", sa.Column("warned_on", sa.Date()))


def downgrade() -> None:
    op.drop_column("volunteer", "warned_on")
    op.drop_column("volunteer", "seen_on")
    op.execute("UPDATE role_grant SET origin = 'invitation' WHERE origin = 'sign_up'")
    _replace_origins(ORIGINS)


def _replace_origins(words: str) -> None:
    name = op.f("ck_role_grant_origin_known")
    op.drop_constraint(name, "role_grant", type_="check")
    op.create_check_constraint(name, "role_grant", f"origin IN ({words})")
