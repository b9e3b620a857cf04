"""What a bank or a service calls a gift: sealed, with a blind index instead of the number in clear."""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.crypto.sealed import seal, unseal

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None
SCOPE, FORGOTTEN, ROWS_AT_ONCE = "donors", "index:", 500


def upgrade() -> None:
    op.add_column("gift", sa.Column("external_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("gift", sa.Column("external_index", sa.LargeBinary(), nullable=True))
    for row in _rows("external_id"):
        op.get_bind().execute(
            sa.text("UPDATE gift SET external_sealed = :sealed, external_index = :index WHERE id = :id"),
            {"id": row.id, **_sealed(row)},
        )
    # What a gift's deferred trigger has to say of the rows above is said first: it would hold up the changes below.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.drop_constraint(op.f("uq_gift_account_external_id"), "gift")
    op.drop_constraint(op.f("ck_gift_external_length"), "gift")
    op.drop_column("gift", "external_id")
    op.create_unique_constraint(op.f("uq_gift_account_external_index"), "gift", ["account", "external_index"])
    op.create_check_constraint(
        op.f("ck_gift_number_has_index"), "gift", "external_sealed IS NULL OR external_index IS NOT NULL"
    )


def downgrade() -> None:
    op.add_column("gift", sa.Column("external_id", sa.Text(), nullable=True))
    for row in _rows("external_index"):
        op.get_bind().execute(
            sa.text("UPDATE gift SET external_id = :number WHERE id = :id"), {"id": row.id, "number": _opened(row)}
        )
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.drop_constraint(op.f("ck_gift_number_has_index"), "gift")
    op.drop_constraint(op.f("uq_gift_account_external_index"), "gift")
    op.drop_column("gift", "external_index")
    op.drop_column("gift", "external_sealed")
    op.create_check_constraint(op.f("ck_gift_external_length"), "gift", "length(external_id) BETWEEN 1 AND 100")
    op.create_unique_constraint(op.f("uq_gift_account_external_id"), "gift", ["account", "external_id"])


def _rows(column: str) -> Iterator[sa.Row[Any]]:
    """Every gift that has one, some at a time by their numbers."""
    last = -1
    while True:
        part = op.get_bind().execute(
            sa.text(f"SELECT * FROM gift WHERE {column} IS NOT NULL AND number > :last ORDER BY number LIMIT :most"),  # noqa: S608
            {"last": last, "most": ROWS_AT_ONCE},
        ).all()  # fmt: skip
        yield from part
        if len(part) < ROWS_AT_ONCE:
            return
        last = part[-1].number


def _sealed(row: sa.Row[Any]) -> dict[str, bytes | None]:
    number = str(row.external_id)
    if re.fullmatch(f"{FORGOTTEN}[0-9a-f]{{64}}", number):
        return {"sealed": None, "index": bytes.fromhex(number.removeprefix(FORGOTTEN))}
    try:
        keyring.ensure(SCOPE)
        sealed = seal(number, scope=SCOPE, table="gift", column="external_sealed", row=row.id)
        return {"sealed": sealed, "index": blind_index(SCOPE, f"gift-number:{number}")}
    except CryptoError:
        # After an emergency wipe there are no keys any more, and nothing of a giver is to be kept.
        return {"sealed": None, "index": None}


def _opened(row: sa.Row[Any]) -> str:
    """The number; of one that is erased its index, so that it is known again all the same."""
    if row.external_sealed is not None:
        try:
            return unseal(row.external_sealed, scope=SCOPE, table="gift", column="external_sealed", row=row.id)
        except CryptoError:
            pass
    return FORGOTTEN + bytes(row.external_index).hex()
