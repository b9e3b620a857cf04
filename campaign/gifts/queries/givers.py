"""What tells the givers of entries apart, opened in memory alone: to count them, and for nothing else."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import BigInteger, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from campaign.banking.models import BankLine
from campaign.banking.queries.said import read_said
from campaign.funds.models import LedgerAccount, Rail
from campaign.gifts.models import ALIAS, EMAIL, NAME, SCOPE, Donor, Gift, GiftMove
from campaign.kernel.addresses import canonical_of_stored
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session


def words_by_entry(numbers: Collection[int]) -> Mapping[int, frozenset[str]]:
    """By entry: address and name of its donor while they are known, and at a bank whose account it came from.

    A payment service pays out for many, so that its own account tells nobody apart.
    """
    wanted = literal(list(numbers), ARRAY(BigInteger))
    statement = (
        select(GiftMove.entry_number, Gift.donor_id, Gift.line_id, LedgerAccount.rail)
        .join(Gift, Gift.id == GiftMove.gift_id)
        .join(LedgerAccount, LedgerAccount.code == Gift.account)
        .where(GiftMove.entry_number == any_(wanted))
    )
    rows = session.execute(statement).all()
    donors = _donors({donor for _number, donor, _line, _rail in rows if donor is not None})
    lines = _lines({line for _number, _donor, line, rail in rows if line is not None and rail != Rail.SERVICE})
    found: dict[int, set[str]] = defaultdict(set)
    for number, donor, line, _rail in rows:
        if number is not None:
            found[number] |= donors.get(donor, frozenset()) | lines.get(line, frozenset())
    return {number: frozenset(words) for number, words in found.items()}


def _donors(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID | None, frozenset[str]]:
    found: dict[uuid.UUID | None, frozenset[str]] = {}
    for each in session.scalars(select(Donor).where(Donor.id.in_(ids))):
        try:
            address = EMAIL.unseal(SCOPE, each.id, each.email_sealed) if each.email_sealed else ""
            name = NAME.unseal(SCOPE, each.id, each.name_sealed) if each.name_sealed else ""
            alias = ALIAS.unseal(SCOPE, each.id, each.alias_sealed) if each.alias_sealed else ""
        except CryptoError:
            continue
        words = {_word("address", canonical_of_stored(address) if address else ""), _word("name", name)} - {""}
        found[each.id] = frozenset(words or {_word("alias", alias)} - {""})
    return found


def _lines(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID | None, frozenset[str]]:
    found: dict[uuid.UUID | None, frozenset[str]] = {}
    for each in session.scalars(select(BankLine).where(BankLine.id.in_(ids))):
        try:
            said = read_said(each)
        except CryptoError:
            continue
        if said is not None:
            found[each.id] = frozenset({_word("account", said.account), _word("name", said.who)} - {""})
    return found


def _word(kind: str, text: str) -> str:
    plain = "".join(each for each in text.casefold() if each.isalnum() or each in "@.")
    return f"{kind}:{plain}" if plain else ""
