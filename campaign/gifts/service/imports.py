"""Gifts out of a file: looked through first (preflight), then taken in parts, each gift once.

Columns are found by their headers, in any order: date, amount, and perhaps currency, fee, fund, reference, id, name,
email, alias. What names a donor stays sealed until the row is taken, and goes with the file.
"""

import csv
import io
import unicodedata
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter

from sqlalchemy import select

from campaign.funds.models import POSTABLE, Fund
from campaign.funds.queries.funds import find_general
from campaign.gifts.jobs import ImportGifts
from campaign.gifts.models import (
    CONTENT,
    EXPECTED,
    LONGEST_NUMBER,
    SCOPE,
    Donor,
    Gift,
    GiftAllocation,
    GiftImport,
    ImportState,
    Pledge,
    PledgeState,
)
from campaign.gifts.models.codes import BadCode, read_code
from campaign.gifts.service import gifts, numbers
from campaign.gifts.service.donors import DonorDraft
from campaign.gifts.service.gifts import GiftDraft
from campaign.kernel import audit, clock, jobs
from campaign.kernel.addresses import BadAddress, Mailbox, read_address
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.money import Money
from campaign.kernel.text import one_line

MOST_BYTES, MOST_ROWS, MOST_PROBLEMS = 2_000_000, 5_000, 50
ROWS_AT_ONCE = 100
KEPT_DAYS = 7
HEADERS: Mapping[str, frozenset[str]] = {
    "date": frozenset({"date", "day", "received", "дата", "datum"}),
    "amount": frozenset({"amount", "gross", "sum", "сумма", "betrag"}),
    "currency": frozenset({"currency", "валюта", "währung"}),
    "fee": frozenset({"fee", "комиссия", "gebühr"}),
    "fund": frozenset({"fund", "фонд", "fonds"}),
    "reference": frozenset({"reference", "code", "код", "referenz"}),
    "id": frozenset({"id", "transaction id", "external id", "номер", "transaktion"}),
    "name": frozenset({"name", "donor", "имя", "spender"}),
    "email": frozenset({"email", "e-mail", "mail", "почта"}),
    "alias": frozenset({"alias", "pseudonym", "псевдоним"}),
}
NEEDED = ("date", "amount")
_S = ImportState


class BadFile(DomainError):
    """The file is none that can be read."""


@dataclass(frozen=True, slots=True)
class Row:
    """One gift of a file, as far as it can be taken. `number` is a spreadsheet's: the header is row 1."""

    number: int
    day: date
    gross: Money
    fee: int
    fund_id: uuid.UUID
    pledge_id: uuid.UUID | None
    external_id: str
    index: bytes
    """Of its number, by which it is known again."""
    donor: DonorDraft


@dataclass(slots=True)
class Read:
    """What a file says."""

    rows: list[Row] = field(default_factory=list)
    problems: list[tuple[int, DomainError]] = field(default_factory=list)


def stage(
    content: bytes, *, file_name: str, account: str, currency: str, actor: uuid.UUID | None, is_demo: bool = False
) -> GiftImport:
    """Look a file through and keep it, sealed, until somebody has looked at the figures. Raises BadFile, BadGift, and
    Conflict for a file that is here already."""
    if len(content) > MOST_BYTES:
        raise BadFile(N_("This file is too large. Cut it into smaller ones."))
    gifts.check_account(account, currency)
    keyring.ensure(SCOPE)
    digest = keyring.digest(SCOPE, "import", account.encode() + b"\0" + content)
    same = select(GiftImport.id).where(GiftImport.digest == digest, GiftImport.state != _S.DISCARDED)
    if session.scalar(same) is not None:
        raise Conflict(N_("This very file is here already. Nothing was taken twice."))
    text = f"{currency}\n{_decoded(content)}"
    found = read(text)
    made = GiftImport(
        id=uuid.uuid4(), state=_S.STAGED, account=account, file_name=one_line(file_name, 120), digest=digest,
        figures=_figures(found, account), problems=[], made_by=actor, made_at=clock.now(), done_rows=0, imported=0,
        is_demo=is_demo,
    )  # fmt: skip
    made.problems = [f"{number}: {problem.message}" for number, problem in found.problems[:MOST_PROBLEMS]]
    made.content_sealed = CONTENT.seal_bytes(SCOPE, made.id, text.encode())
    session.add(made)
    session.flush()
    audit.record("gift-import.stage", actor=actor, about=f"gift-import:{made.id}", amount=len(found.rows))
    return made


def start(import_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """Take it, by a job, in parts. Raises NotFound, Conflict when it was decided on."""
    found = _lock(import_id, _S.STAGED)
    found.state = _S.RUNNING
    session.flush()
    jobs.enqueue(ImportGifts(str(import_id)))
    audit.record("gift-import.take", actor=actor, about=f"gift-import:{import_id}")


def discard(import_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """Throw the file away. Raises NotFound, Conflict."""
    found = _lock(import_id, _S.STAGED)
    found.state, found.content_sealed = _S.DISCARDED, None
    session.flush()
    audit.record("gift-import.discard", actor=actor, about=f"gift-import:{import_id}")


def go_on(import_id: uuid.UUID) -> None:
    """The next rows of it, settled and posted; asks for those after them. What cannot be posted is told by its row, and
    stops no other. Raises NotFound."""
    found = session.get(GiftImport, import_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.state != _S.RUNNING or found.content_sealed is None:
        return
    rows = read(CONTENT.unseal_bytes(SCOPE, found.id, found.content_sealed).decode()).rows
    part = [row for row in rows if row.number > found.done_rows][:ROWS_AT_ONCE]
    problems = list(found.problems)
    _hold(part, found.account)
    for row in part:
        try:
            with session.begin_nested():
                _take(found, row)
            found.imported += 1
        except gifts.Twice:
            pass
        except DomainError as problem:
            told = f"{row.number}: {problem.message}"
            if told not in problems and len(problems) < MOST_PROBLEMS:
                problems.append(told)
        found.done_rows = row.number
    found.problems = problems
    if len(part) < ROWS_AT_ONCE:
        found.state, found.content_sealed = _S.DONE, None
    else:
        jobs.enqueue(ImportGifts(str(import_id)))
    session.flush()


def _hold(part: Sequence[Row], account: str) -> None:
    """Take what the rows need before the first of them is posted: whoever holds the chain waits for nobody."""
    same = select(Gift).where(Gift.account == account, Gift.external_index.in_({row.index for row in part}))
    known = session.scalars(same.order_by(Gift.id).with_for_update().execution_options(populate_existing=True)).all()
    pledges = {row.pledge_id for row in part if row.pledge_id is not None}
    pledges |= {gift.pledge_id for gift in known if gift.pledge_id is not None}
    held = session.scalars(select(Pledge).where(Pledge.id.in_(pledges)).order_by(Pledge.id).with_for_update()).all()
    whose = {each.donor_id for each in held if each.donor_id is not None}
    whose |= {gift.donor_id for gift in known if gift.donor_id is not None}
    session.scalars(select(Donor.id).where(Donor.id.in_(whose)).order_by(Donor.id).with_for_update()).all()
    theirs = select(GiftAllocation.fund_id).where(GiftAllocation.gift_id.in_({each.id for each in known}))
    wanted = {row.fund_id for row in part} | set(session.scalars(theirs))
    funds = select(Fund.id).where(Fund.id.in_(wanted)).order_by(Fund.id)
    session.scalars(funds.with_for_update(read=True)).all()


def _take(found: GiftImport, row: Row) -> None:
    known = session.scalar(select(Gift).where(Gift.account == found.account, Gift.external_index == row.index))
    if known is not None and known.state in EXPECTED:
        gifts.settle(known.id, happened_on=row.day, gross=row.gross, fee=row.fee, actor=found.made_by)
        return
    made = gifts.write_down(
        GiftDraft(
            account=found.account, gross=row.gross, fee=row.fee, allocations={row.fund_id: 0}, expected_on=row.day,
            external_id=row.external_id, pledge_id=row.pledge_id, donor=row.donor,
        ),
        actor=found.made_by, is_demo=found.is_demo,
    )  # fmt: skip
    gifts.settle(made.id, happened_on=row.day, actor=found.made_by)


def read(text: str) -> Read:
    """Every gift of a file, and what of it cannot be taken. The first line of `text` is the currency where a row names
    none. Raises BadFile for what is no table of gifts."""
    currency, _, table = text.partition("\n")
    lines = csv.reader(io.StringIO(table), _dialect(table))
    try:
        head = _head(next(lines, []))
        cells = list(enumerate(lines, 2))
    except csv.Error:
        raise BadFile(N_("This is no table that can be read. Save it as CSV.")) from None
    if len(cells) > MOST_ROWS:
        raise BadFile(N_("This file is too large. Cut it into smaller ones."))
    found, seen = Read(), Counter[bytes]()
    known = _Known()
    for number, row in cells:
        if not any(cell.strip() for cell in row):
            continue
        named = {name: row[at].strip() for name, at in head.items() if at < len(row)}
        try:
            found.rows.append(_row(number, named, currency, known, seen))
        except DomainError as problem:
            found.problems.append((number, problem))
    if not found.rows and not found.problems:
        raise BadFile(N_("There is no gift in this file."))
    return found


class _Known:
    """Funds and pledges by what a file calls them."""

    def __init__(self) -> None:
        funds = session.scalars(select(Fund).where(Fund.state.in_(POSTABLE))).all()
        self.funds = {each.code.casefold(): each.id for each in funds} | {each.slug: each.id for each in funds}
        general = find_general()
        self.general = general.id if general is not None and general.state in POSTABLE else None

    def fund(self, typed: str, pledge: Pledge | None) -> uuid.UUID:
        """Which is meant: the one that is named, else that of the pledge, else the general one."""
        if typed:
            found = self.funds.get(typed.casefold())
            if found is None:
                raise BadFile(N_("No open fund is called so. Write its number, as in F12."))
            return found
        found = pledge.fund_id if pledge is not None else self.general
        if found is None:
            raise BadFile(N_("No fund is named, and there is no open general fund."))
        return found


def _row(number: int, named: Mapping[str, str], currency: str, known: _Known, seen: Counter[bytes]) -> Row:
    code = (named.get("currency") or currency).upper()
    gross = Money.parse(named.get("amount", ""), code)
    fee = Money.parse(named["fee"], code).minor if named.get("fee") else 0
    gifts.check_amounts(gross, fee)
    day = _day(named.get("date", ""))
    pledge = _pledge(named.get("reference", ""))
    donor = DonorDraft(
        name=named.get("name", ""), mailbox=_mailbox(named.get("email", "")), alias=named.get("alias", "")
    )
    mark = keyring.digest(SCOPE, "import-row", "\x1f".join(f"{key}={named[key]}" for key in sorted(named)).encode())
    seen[mark] += 1
    # Two lines that are the same are two gifts; the same line of another file is the same gift.
    external_id = one_line(named.get("id", ""), LONGEST_NUMBER) or f"row:{mark.hex()[:40]}:{seen[mark]}"
    return Row(
        number, day, gross, fee, known.fund(named.get("fund", ""), pledge), pledge.id if pledge else None, external_id,
        numbers.index_of(external_id), donor,
    )  # fmt: skip


def _head(row: Sequence[str]) -> dict[str, int]:
    titles = [unicodedata.normalize("NFKC", cell).strip().casefold() for cell in row]
    head = {name: at for at, title in enumerate(titles) for name, words in HEADERS.items() if title in words}
    if any(name not in head for name in NEEDED):
        raise BadFile(N_("The first line must name at least the columns “date” and “amount”."))
    return head


def _day(cell: str) -> date:
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            day = datetime.strptime(cell, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        gifts.check_arrived(day)
        return day
    raise BadFile(N_("Write the day as 2026-11-23 or 23.11.2026."))


def _pledge(typed: str) -> Pledge | None:
    if not typed:
        return None
    try:
        code = read_code(typed)
    except BadCode as problem:
        raise BadFile(problem.message) from problem
    found = session.scalar(select(Pledge).where(Pledge.reference == code, Pledge.state != PledgeState.PENDING))
    if found is None:
        raise BadFile(N_("No pledge has this code."))
    return found


def _mailbox(typed: str) -> Mailbox | None:
    if not typed:
        return None
    try:
        return read_address(typed)
    except BadAddress as problem:
        raise BadFile(problem.message) from problem


def _dialect(table: str) -> type[csv.Dialect]:
    head = table.partition("\n")[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=head.count)

    return Found


def _decoded(content: bytes) -> str:
    for code in ("utf-8-sig", "cp1251"):
        try:
            text = content.decode(code)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise BadFile(N_("This is no text file. Save it as CSV."))


def _figures(found: Read, account: str) -> dict[str, object]:
    same = select(Gift).where(Gift.account == account, Gift.external_index.in_([row.index for row in found.rows]))
    known = {each.external_index: each for each in session.scalars(same)}
    announced = {number: each for number, each in known.items() if each.state in EXPECTED}
    for row in [row for row in found.rows if row.index in announced]:
        if row.gross.currency != announced[row.index].currency:
            found.rows.remove(row)
            found.problems.append((row.number, gifts.BadGift(gifts.OTHER_CURRENCY)))
    found.problems.sort(key=itemgetter(0))
    fresh = [row for row in found.rows if row.index not in known or row.index in announced]
    awaited = sum(row.index in announced for row in fresh)
    sums: Counter[str] = Counter()
    for row in fresh:
        sums[row.gross.currency] += row.gross.minor
    days = [row.day for row in fresh]
    return {
        "rows": len(found.rows) + len(found.problems), "new": len(fresh) - awaited, "announced": awaited,
        "known": len(found.rows) - len(fresh),
        "invalid": len(found.problems), "with_pledge": sum(row.pledge_id is not None for row in fresh),
        "sums": dict(sums), "first_on": min(days).isoformat() if days else "",
        "last_on": max(days).isoformat() if days else "",
    }  # fmt: skip


def _lock(import_id: uuid.UUID, state: ImportState) -> GiftImport:
    found = session.get(GiftImport, import_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.state != state:
        raise Conflict(N_("Somebody else has decided on this a moment ago. Nothing was done twice."))
    return found


def forget_files(today: date) -> int:
    """Throw away what was staged and not decided on for a week; gives how many."""
    due = [
        each for each in session.scalars(
            select(GiftImport).where(GiftImport.state == _S.STAGED).with_for_update(skip_locked=True)
        ) if (today - each.made_at.date()).days >= KEPT_DAYS
    ]  # fmt: skip
    for each in due:
        each.state, each.content_sealed = _S.DISCARDED, None
    session.flush()
    return len(due)
