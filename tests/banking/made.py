"""Made-up statements, lines, and something that takes them."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from unittest.mock import patch

from flask import url_for
from sqlalchemy import select

from campaign.banking.models import BankLine, BankStatement, StatementState
from campaign.funds.models import Income, LedgerAccount, Memo
from campaign.funds.service import ledger
from campaign.funds.service.ledger import Line, Source
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.money import Money
from campaign.kernel.registry_money import BankFacts, Candidate, line_takers
from tests.funds import made

_numbers = count(1)
TREASURER = made.TREASURER
DAY = date(2026, 10, 5)


def account(title: str = "Bank", currency: str | None = None) -> str:
    """The account of ours of that title, opened when there is none."""
    code = f"assets:{title.lower()}"
    if session.scalar(select(LedgerAccount.id).where(LedgerAccount.code == code)) is None:
        made.bank(title, currency=currency)
    return code


def account_id(code: str) -> int:
    """Its number."""
    return session.scalars(select(LedgerAccount.id).where(LedgerAccount.code == code)).one()


def line(
    minor: int, currency: str = "EUR", *, day: date = DAY, codes: Sequence[str] = (), code: str = "", said: bytes = b"",
) -> uuid.UUID:  # fmt: skip
    """A committed line of a statement that was kept."""
    number, where = next(_numbers), account_id(code or account())
    with transaction():
        statement = BankStatement(
            id=uuid.uuid4(), account_id=where, state=StatementState.KEPT, made_at=clock.now(), kept_at=clock.now()
        )
        session.add(statement)
        session.flush()
        kept = BankLine(
            id=uuid.uuid4(), account_id=where, statement_id=statement.id, number=1, day=day, amount=minor,
            currency=currency, open_amount=minor, fingerprint=number.to_bytes(32), codes=list(codes),
            said_sealed=said or None,
        )  # fmt: skip
        session.add(kept)
    session.expunge_all()
    return kept.id


@dataclass
class Gifts:
    """Stands for the room of gifts: what is expected, and what of it has come, posted into the ledger."""

    label: str = "Gift"
    fund_id: uuid.UUID | None = None
    expected: dict[uuid.UUID, Candidate] = field(default_factory=dict)
    taken: dict[tuple[uuid.UUID, uuid.UUID], int] = field(default_factory=dict)
    refuses: bool = False
    has_address: bool = False

    def expect(self, reference: str, minor: int, currency: str = "EUR", due_on: date | None = DAY) -> uuid.UUID:
        """Something that is to come, or to go out."""
        one = Candidate(uuid.uuid4(), reference, Money(minor, currency), due_on, f"Pledge {reference}")
        self.expected[one.id] = one
        return one.id

    def candidates(self, lines: Sequence[BankFacts]) -> Mapping[uuid.UUID, Sequence[Candidate]]:
        """By reference, and by amount."""
        live = [each for each in self.expected.values() if each.amount.minor]
        where = url_for("banking_staff.list_lines") if self.has_address else ""
        return {
            line.line_id: [
                replace(each, url=where)
                for each in live
                if each.amount.currency == line.amount.currency
                and (each.reference in line.references or each.amount == line.amount)
            ]
            for line in lines
        }

    def find(self, ids: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, Candidate]:
        """Given ones."""
        return {each: self.expected[each] for each in ids if each in self.expected}

    def take(self, candidate_id: uuid.UUID, amount: Money, line: BankFacts, *, actor: uuid.UUID | None) -> None:
        """Post it."""
        if self.refuses:
            raise Conflict("This gift waits for somebody.")
        assert self.fund_id is not None
        lines = [
            Line(line.account, self.fund_id, amount), Line(Income.GIFTS, self.fund_id, -amount)
        ]  # fmt: skip
        entry = ledger.post(
            lines, memo=Memo.GIFT, happened_on=line.day, actor=actor, source=Source("made_up", uuid.uuid4())
        )
        self.taken[candidate_id, line.line_id] = entry.number

    def give_back(self, candidate_id: uuid.UUID, line_id: uuid.UUID, *, actor: uuid.UUID) -> None:
        """Reverse it."""
        number = self.taken.pop((candidate_id, line_id))
        ledger.reverse(number, memo=Memo.DID_NOT_HAPPEN, happened_on=clock.today(), actor=actor)

    def __hash__(self) -> int:
        return id(self)


@contextmanager
def gifts() -> Iterator[Gifts]:
    """With a room of gifts, and no other taker."""
    taker = Gifts(fund_id=made.fund())
    with patch.dict(line_takers._items, {"gift": taker}, clear=True):
        yield taker
