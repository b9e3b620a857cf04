"""What came of a mailing, as numbers: how its mails ended, what came back, what readers did. Nobody's name."""

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal_column, select, text

from campaign.kernel.arrivals import action_kinds, done_kinds
from campaign.kernel.db import session
from campaign.kernel.mail.batches import STOPPED
from campaign.kernel.mail.rows import FINAL, MailRow, MailState
from campaign.mailings.models import (
    Mailing,
    MailingAction,
    MailingEvent,
    MailingRecipient,
    MailingState,
    MailingTally,
    Outcome,
    Variant,
)
from campaign.signatures.models import Signature, SignatureState

FEWEST = 5
"""Fewer who acted are not told (SAFETY.md 18)."""
WAITING, UNKNOWN = "waiting", "unknown"
MOST_HOURS = 72
"""After more hours than these the picture shows days."""
SHOWN_UNKNOWN = 25
_STATES = ", ".join(f"'{each}'" for each in sorted(FINAL | {MailState.UNKNOWN}))
_LIVE = f"""
SELECT mail.batch, CASE WHEN mail.state = 'suppressed' AND mail.error = '{STOPPED}' THEN 'stopped'
    WHEN mail.state IN ({_STATES}) THEN mail.state ELSE 'waiting' END AS outcome,
    coalesce(mailing_recipient.variant, 'a'), mail.language, mail.provider,
    CASE WHEN mail.state = 'sent' THEN date_trunc('hour', mail.finished_at) END AS hour, count(*)
FROM mail LEFT JOIN mailing_recipient ON mailing_recipient.id = mail.ref
WHERE mail.batch = ANY(:mailings)
GROUP BY 1, 2, 3, 4, 5, 6
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Cell:
    """So many mails of one mailing that have all of this in common."""

    mailing_id: uuid.UUID
    outcome: str
    """An Outcome, WAITING or UNKNOWN."""
    variant: str
    language: str
    provider: str
    hour: datetime | None
    """Of mails that were handed over or came back."""
    amount: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """How mails ended."""

    by_outcome: Mapping[str, int]

    def of(self, *outcomes: str) -> int:
        """How many have one of these outcomes."""
        return sum(self.by_outcome.get(each, 0) for each in outcomes)

    @property
    def created(self) -> int:
        """All that were owed."""
        return self.of(
            Outcome.SENT, Outcome.FAILED, Outcome.SUPPRESSED, Outcome.STOPPED, Outcome.EXPIRED, WAITING, UNKNOWN
        )

    @property
    def handed(self) -> int:
        """Taken by a relay."""
        return self.of(Outcome.SENT)

    @property
    def hard(self) -> int:
        """There is no such mailbox."""
        return self.of(Outcome.HARD)

    @property
    def soft(self) -> int:
        """Not delivered for a reason that may pass, or the mailbox was full."""
        return self.of(Outcome.SOFT, Outcome.FULL)

    @property
    def bounced(self) -> int:
        """Came back after it had been handed over, in any way but a complaint."""
        return self.of(Outcome.HARD, Outcome.SOFT, Outcome.FULL, Outcome.POLICY)

    @property
    def unsent(self) -> int:
        """Did not leave: refused by the relay, left out, stopped, too late."""
        return self.of(Outcome.FAILED, Outcome.SUPPRESSED, Outcome.STOPPED, Outcome.EXPIRED)


@dataclass(frozen=True, slots=True)
class Acts:
    """What readers did."""

    by_kind: Mapping[str, int]
    """By kinds that are done to their end, in their order; only those of which there are any."""
    by_variant: Mapping[str, int]
    begun: int
    """Signatures that were given and not confirmed: those that wait and those that lapsed."""

    @property
    def total(self) -> int:
        """All that was done to its end."""
        return sum(self.by_kind.values())


@dataclass(frozen=True, slots=True)
class Summed:
    """One mailing among others."""

    mailing: Mailing
    numbers: Numbers
    acted: int

    @property
    def bounced_share(self) -> float:
        """Of what was handed over."""
        return self.numbers.bounced / self.numbers.handed if self.numbers.handed else 0.0

    @property
    def acted_share(self) -> float:
        """Of what was handed over; nought where so few acted that it is not told."""
        return self.acted / self.numbers.handed if self.numbers.handed and self.acted >= FEWEST else 0.0


def cells_of(mailings: Collection[uuid.UUID]) -> list[Cell]:
    """Everything that is known of their mails: from the mails' own rows, and what was kept when these went."""
    rows = session.execute(text(_LIVE), {"mailings": list(mailings)})
    kept = session.scalars(select(MailingTally).where(MailingTally.mailing_id.in_(mailings)))
    return [Cell(*row) for row in rows] + [
        Cell(each.mailing_id, each.outcome, each.variant, each.language, each.provider, each.hour, each.amount)
        for each in kept
    ]


def sum_up(cells: Iterable[Cell]) -> Numbers:
    """All of them together."""
    counted: Counter[str] = Counter()
    for each in cells:
        counted[each.outcome] += each.amount
    return Numbers(counted)


def sum_by(cells: Iterable[Cell], key: Callable[[Cell], str]) -> list[tuple[str, Numbers]]:
    """Together by something they have in common, the largest first."""
    found: dict[str, list[Cell]] = {}
    for each in cells:
        found.setdefault(key(each), []).append(each)
    summed = [(name, sum_up(group)) for name, group in found.items()]
    return sorted(summed, key=lambda pair: (-pair[1].created, pair[0]))


def over_time(cells: Iterable[Cell]) -> tuple[list[tuple[datetime, int]], bool]:
    """How many were handed over in each hour, or in each day where it took long, none left out; and whether by day."""
    counted: Counter[datetime] = Counter()
    for each in cells:
        if each.outcome == Outcome.SENT and each.hour is not None:
            counted[each.hour] += each.amount
    if not counted:
        return [], False
    by_day = (max(counted) - min(counted)) >= timedelta(hours=MOST_HOURS)
    step = timedelta(days=1) if by_day else timedelta(hours=1)
    if by_day:
        days: Counter[datetime] = Counter()
        for hour, amount in counted.items():
            days[hour.replace(hour=0)] += amount
        counted = days
    first, last = min(counted), max(counted)
    return [(first + step * at, counted[first + step * at]) for at in range((last - first) // step + 1)], by_day


def acts_of(mailing: Mailing) -> Acts:
    """What was done so far by whoever came by its links."""
    rows = session.execute(
        select(MailingAction.kind, MailingAction.variant, func.sum(MailingAction.amount))
        .where(MailingAction.mailing_id == mailing.id)
        .group_by(MailingAction.kind, MailingAction.variant)
    ).all()
    kinds = done_kinds()
    by_kind = {name: sum(int(row[2]) for row in rows if row[0] == name) for name in kinds}
    by_variant = {
        each.value: sum(int(row[2]) for row in rows if row[1] == each and row[0] in kinds) for each in Variant
    }
    lapsed = sum(int(row[2]) for row in rows if row[0] not in kinds and row[0] in action_kinds)
    return Acts({name: amount for name, amount in by_kind.items() if amount}, by_variant, lapsed + _waiting(mailing))


def winner_by(mailing_id: uuid.UUID) -> MailingEvent | None:
    """The step in which one of two subjects was chosen; by nobody: it did better, or no worse."""
    return session.scalar(
        select(MailingEvent)
        .where(MailingEvent.mailing_id == mailing_id, MailingEvent.reason.in_(("winner_a", "winner_b")))
        .order_by(MailingEvent.id.desc())
        .limit(1)
    )


def list_unknown(mailing_id: uuid.UUID) -> Sequence[tuple[uuid.UUID | None, str, datetime]]:
    """The first mails whose fate nobody knows: the person, the host, and when it was due."""
    statement = (
        select(MailingRecipient.person_id, MailRow.provider, MailRow.due_at)
        .outerjoin(MailingRecipient, MailingRecipient.id == MailRow.ref)
        .where(MailRow.batch == mailing_id, MailRow.state == MailState.UNKNOWN)
        .order_by(MailRow.due_at, MailRow.id)
        .limit(SHOWN_UNKNOWN)
    )
    return [(person, provider or "", due_at) for person, provider, due_at in session.execute(statement)]


def list_summed(since: datetime, *, topic: str = "", search: str = "") -> list[Summed]:
    """All mailings that began since, as far as they fit, the newest first."""
    statement = select(Mailing).where(Mailing.started_at >= since)
    if topic:
        statement = statement.where(Mailing.topic == topic)
    if search:
        statement = statement.where(func.lower(Mailing.title).contains(search.lower(), autoescape=True))
    found = session.scalars(statement.order_by(Mailing.started_at.desc(), Mailing.id)).all()
    ids = [each.id for each in found]
    cells: dict[uuid.UUID, list[Cell]] = {}
    for cell in _totals_of(ids):
        cells.setdefault(cell.mailing_id, []).append(cell)
    acted = {
        row[0]: int(row[1])
        for row in session.execute(
            select(MailingAction.mailing_id, func.sum(MailingAction.amount))
            .where(MailingAction.mailing_id.in_(ids), MailingAction.kind.in_(done_kinds()))
            .group_by(MailingAction.mailing_id)
        )
    }
    return [Summed(each, sum_up(cells.get(each.id, [])), acted.get(each.id, 0)) for each in found]


def count_running() -> Sequence[tuple[uuid.UUID, str, int]]:
    """Of mailings that are leaving or paused: how many of their mails stand in each state."""
    running = select(Mailing.id).where(Mailing.state.in_((MailingState.SENDING, MailingState.PAUSED)))
    statement = select(MailRow.batch, MailRow.state, func.count()).where(MailRow.batch.in_(running))
    rows = session.execute(statement.group_by(MailRow.batch, MailRow.state))
    return [(batch, state, amount) for batch, state, amount in rows if batch is not None]


def told(parts: Sequence[int]) -> list[int | None]:
    """Parts of a number that is told as well, each as far as it may be: None for one below FEWEST.

    Where one alone is that small, the next smallest is kept back too, or it could be reckoned from the others.
    """
    small = [at for at, part in enumerate(parts) if 0 < part < FEWEST]
    if len(small) == 1:
        others = sorted((part, at) for at, part in enumerate(parts) if part >= FEWEST)
        small += [others[0][1]] if others else []
    return [None if at in small else part for at, part in enumerate(parts)]


def _totals_of(mailings: Collection[uuid.UUID]) -> list[Cell]:
    """Like cells_of, by outcome alone: for many mailings at once."""
    is_stopped = MailRow.error == literal_column(f"'{STOPPED}'")
    live = (
        select(MailRow.batch, MailRow.state, is_stopped, func.count())
        .where(MailRow.batch.in_(mailings))
        .group_by(MailRow.batch, MailRow.state, is_stopped)
    )
    kept = (
        select(MailingTally.mailing_id, MailingTally.outcome, func.sum(MailingTally.amount))
        .where(MailingTally.mailing_id.in_(mailings))
        .group_by(MailingTally.mailing_id, MailingTally.outcome)
    )
    cells = []
    for mailing_id, state, was_stopped, amount in session.execute(live):
        outcome = state if state in FINAL | {MailState.UNKNOWN} else WAITING
        if state == MailState.SUPPRESSED and was_stopped:
            outcome = Outcome.STOPPED
        if mailing_id is not None:
            cells.append(Cell(mailing_id, outcome, "", "", "", None, amount))
    return cells + [Cell(row[0], row[1], "", "", "", None, int(row[2])) for row in session.execute(kept)]


def _waiting(mailing: Mailing) -> int:
    """Signatures that were given by its links and wait for their button."""
    statement = select(func.count()).where(
        Signature.arrived_by.in_((mailing.code, f"{mailing.code}b")),
        Signature.state == SignatureState.PENDING,
        Signature.is_quarantined.is_(False),
    )
    return session.scalar(statement) or 0
