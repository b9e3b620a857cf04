"""Who writes to whom in the demo, and what came of it: half of those who can be written to get nothing through us.

Drawn from a fixed seed, with ninety days of how attention was spread, reckoned from the same letters.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.penpals.models import (
    Assignment,
    AssignmentEvent,
    AssignmentState,
    AttentionDay,
    AttentionEntry,
    AttentionSource,
    Counted,
    EndReason,
    GroupTurn,
    Health,
    PrisonerCare,
)
from campaign.penpals.queries.addressees import Addressee, list_addressees
from campaign.penpals.queries.attention import DEFAULT_FLOOR, HISTORY_DAYS, WEIGHTS, WINDOW, spread_of
from campaign.penpals.service import attention
from campaign.prisoners.models import Prisoner
from campaign.prisoners.queries.reach import Reach
from campaign.site.demo_writers import Writers, make_writers

WRITTEN_TO = 30
"""Half of the sixty who are made up."""
FAMOUS = "Ветрова"
AMOUNTS = (48, 30, 21, 15, 11, 8, 6, 5, 4, 4, 3, 3, 2, 2, 1, 1, 1)
"""Letters in ninety days to those who can be written to, the best known first."""
WERE_REACHED = frozenset({Reach.STALE, Reach.IN_TRANSIT, Reach.UNKNOWN, Reach.FREE})
UNDER_WAY_DAYS = 14
MOST_DAYS = 180


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter of the demo."""

    prisoner_id: uuid.UUID
    on: date
    counted: Counted

    def weight_on(self, day: date) -> int:
        """What it counted on a day: nothing before it went, half while it was under way, nothing when too old."""
        if not self.on <= day <= self.on + WINDOW:
            return 0
        is_under_way = self.counted != Counted.BROADCAST and (day - self.on).days < UNDER_WAY_DAYS
        return WEIGHTS[Counted.UNDER_WAY] if is_under_way else WEIGHTS[self.counted]


def load_penpals() -> None:
    """Make writers, groups, letters and assignments for the made-up people, in the open transaction."""
    chance = random.Random(16_02_2024)  # noqa: S311 - the same demo every time is the point
    writers = make_writers(chance)
    made_up = _made_up()
    written = _written(made_up)
    letters = _letters(chance, written)
    _count(letters)
    _care(made_up)
    _Assignments(chance, writers, letters).make(
        [each for each in written if _may_have_anybody(each)],
        [each for each in made_up if _may_have_anybody(each) and each not in written],
    )
    attention.rebuild()
    _remember(letters)
    attention.note_day()


def _may_have_anybody(person: Addressee) -> bool:
    return person.can_be_written_to and not person.is_minor


def _made_up() -> list[Addressee]:
    """The made-up people with a page, the best known first and the others by name."""
    mine = select(Prisoner.id, Prisoner.last_ru).where(Prisoner.is_demo, ~Prisoner.is_public_figure)
    names = {row.id: row.last_ru for row in session.execute(mine)}
    found = [each for each in list_addressees(clock.today()) if each.id in names]
    return sorted(found, key=lambda each: (names[each.id] != FAMOUS, each.slug))


def _written(made_up: Sequence[Addressee]) -> list[Addressee]:
    """Every second of those who can be written to, and some who could be until lately."""
    reached = [each for each in made_up if each.can_be_written_to][::2]
    before = [each for each in made_up if each.reach in WERE_REACHED]
    return [*reached, *before][:WRITTEN_TO]


def _letters(chance: random.Random, written: Sequence[Addressee]) -> list[Letter]:
    """Uneven, as it comes when everybody chooses for themselves; lately more people get some."""
    found, rank = [], 0
    for person in written:
        if person.can_be_written_to:
            amount = AMOUNTS[min(rank, len(AMOUNTS) - 1)]
            span = MOST_DAYS if amount > 10 else int(WINDOW.days * (0.3 + 0.7 * amount / 10))
            found += [_letter(chance, person, span, 1) for _ in range(amount * max(span // WINDOW.days, 1))]
            rank += 1
        else:
            found += [_letter(chance, person, WINDOW.days - 5, 30) for _ in range(chance.randrange(1, 4))]
    day = clock.today() - timedelta(days=40)
    return [*found, *(Letter(each.id, day, Counted.BROADCAST) for each in written[2:12])]


def _letter(chance: random.Random, person: Addressee, span: int, newest: int) -> Letter:
    age = chance.randrange(newest, max(span, newest + 1))
    fate = chance.choices(
        (Counted.REPORTED, Counted.PRESUMED, Counted.RETURNED, Counted.CENSORED), (55, 40, 3, 2)
    )[0]  # fmt: skip
    if age < UNDER_WAY_DAYS:
        fate = Counted.UNDER_WAY
    elif not person.can_be_written_to:
        fate = Counted.PRESUMED
    return Letter(person.id, clock.today() - timedelta(days=age), fate)


def _count(letters: Sequence[Letter]) -> None:
    broadcast = uuid.uuid4()
    session.execute(insert(AttentionEntry), [
        {"prisoner_id": each.prisoner_id, "counted": each.counted, "counted_on": each.on, "live_until": None,
         "source": AttentionSource.BROADCAST if each.counted == Counted.BROADCAST else AttentionSource.LETTER,
         "source_id": broadcast if each.counted == Counted.BROADCAST else uuid.uuid4()}
        for each in letters
    ])  # fmt: skip


def _remember(letters: Sequence[Letter]) -> None:
    """How attention was spread on each of the days before today, over those who can be written to now."""
    today = clock.today()
    people = [each.id for each in list_addressees(today) if each.can_be_written_to]
    rows = []
    for day in (today - timedelta(days=ago) for ago in range(HISTORY_DAYS - 1, 0, -1)):
        sums = dict.fromkeys(people, 0)
        for letter in letters:
            if letter.prisoner_id in sums:
                sums[letter.prisoner_id] += letter.weight_on(day)
        quarters = list(sums.values())
        spread = spread_of(quarters)
        rows.append({
            "day": day, "prisoners": len(quarters), "below_floor": sum(each < DEFAULT_FLOOR for each in quarters),
            "with_none": quarters.count(0), "quarters": sum(quarters), "gini": spread.gini,
            "deciles": list(spread.deciles),
        })  # fmt: skip
    session.execute(insert(AttentionDay), rows)


def _care(made_up: Sequence[Addressee]) -> None:
    """Of three people there is something to know before somebody writes to them."""
    reachable = [each for each in made_up if each.can_be_written_to]
    today = clock.today()
    for person, trust, is_risky, most in zip(reachable[3:6], (2, 1, 0), (False, True, True), (2, 5, 3), strict=True):
        session.add(PrisonerCare(
            prisoner_id=person.id, trust_needed=trust, is_risky_in_russia=is_risky, most_writers=most, changed_on=today,
        ))  # fmt: skip
    session.flush()


class _Assignments:
    """Groups and writers with somebody, in every state that staff and writers may meet."""

    def __init__(self, chance: random.Random, writers: Writers, letters: Sequence[Letter]) -> None:
        self.chance, self.writers, self.today = chance, writers, clock.today()
        self.last: dict[uuid.UUID, date] = {}
        for each in sorted(letters, key=lambda letter: letter.on):
            self.last[each.prisoner_id] = each.on
        self.room = {identity: int(profile["capacity"]) for identity, profile in writers.profiles.items()}

    def make(self, written: Sequence[Addressee], unwritten: Sequence[Addressee]) -> None:
        """Most of `written` stand with a group and some of its writers; three writers are asked about `unwritten`."""
        groups = list(self.writers.members)
        for number, person in enumerate(written[1:15]):
            self._group(groups[number % len(groups)], person, number)
        signed_in = self.writers.signed_in
        if signed_in is None or not written:
            return
        self._write(signed_in, written[0], None, number=0)
        alone = [each for each in self._able(written[0]) if self.room[each]]
        for number, volunteer in enumerate(alone[:3], 1):
            self._write(volunteer, written[0], None, number=number)
        for volunteer, person in zip((signed_in, *alone[3:5]), unwritten, strict=False):
            self._offer(volunteer, person)

    def _able(self, person: Addressee) -> list[uuid.UUID]:
        """Who writes on their own, in a language that the person reads."""
        grouped = {each for members in self.writers.members.values() for each in members}
        return [
            each for each, profile in self.writers.profiles.items()
            if each not in grouped and self._fits(profile, person)
        ]  # fmt: skip

    def _fits(self, profile: Any, person: Addressee) -> bool:
        is_far = profile["lives"] == "outside" or not person.is_risky_in_russia
        return bool(is_far and set(profile["languages"]) & set(person.languages_read) and not profile["avoids"])

    def _group(self, group: uuid.UUID, person: Addressee, number: int) -> None:
        members = [
            each for each in self.writers.members[group]
            if self.room[each] and self._fits(self.writers.profiles[each], person)
        ]  # fmt: skip
        whole = self._add(person, AssignmentState.ACTIVE, group_id=group)
        for volunteer in members[: self.chance.randrange(1, 3)]:
            self._write(volunteer, person, group, number=number + 4)
        if members:
            session.add(GroupTurn(
                id=uuid.uuid4(), assignment_id=whole.id, volunteer_id=members[0],
                due_on=self.today + timedelta(days=self.chance.randrange(-4, 20)),
            ))  # fmt: skip
            session.flush()

    def _write(self, volunteer: uuid.UUID, person: Addressee, group: uuid.UUID | None, *, number: int) -> None:
        """A writer's own assignment; every seventh is paused, at risk, lapsed or over."""
        promise = int(self.writers.profiles[volunteer]["promise_days"])
        last = min(self.last.get(person.id, self.today), self.today - timedelta(days=2))
        values: dict[str, Any] = {"promise_days": promise, "last_letter_on": last}
        state, kind = AssignmentState.ACTIVE, number % 8
        late = {5: (Health.AT_RISK, 1.6), 6: (Health.LAPSED, 2.6)}
        if kind in late:
            values["health"], times = late[kind]
            values["last_letter_on"] = last = self.today - timedelta(days=int(promise * times))
        elif kind == 7:
            state, values["paused_until"] = AssignmentState.PAUSED, self.today + timedelta(days=20)
        elif kind == 4:
            state, values["ended_on"] = AssignmentState.ENDED, self.today - timedelta(days=6)
            values["end_reason"] = EndReason.CAPACITY
        if state is AssignmentState.ACTIVE:
            due = last + timedelta(days=promise)
            values["next_letter_on"] = due if kind in late else max(due, self.today + timedelta(days=3))
        self._add(person, state, volunteer_id=volunteer, group_id=group, **values)
        self.room[volunteer] -= state is not AssignmentState.ENDED

    def _offer(self, volunteer: uuid.UUID, person: Addressee) -> None:
        self._add(
            person, AssignmentState.OFFERED, volunteer_id=volunteer, offered_on=self.today - timedelta(days=3),
            answer_by=self.today + timedelta(days=11),
            promise_days=int(self.writers.profiles[volunteer]["promise_days"]),
        )  # fmt: skip

    def _add(self, person: Addressee, state: AssignmentState, **values: Any) -> Assignment:
        days = 3 if state is AssignmentState.OFFERED else self.chance.randrange(60, 160)
        since = self.today - timedelta(days=days)
        if state is not AssignmentState.OFFERED:
            values["accepted_on"] = since
        made = Assignment(id=uuid.uuid4(), prisoner_id=person.id, state=state, created_on=since, **values)
        session.add(made)
        session.flush()
        session.add(AssignmentEvent(assignment_id=made.id, was="", now=state, happened_on=since))
        session.flush()
        return made
