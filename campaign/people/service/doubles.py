"""The search for records of one person: in the background, in batches by id, by names that are read in memory alone."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import case, delete, func, null, select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import audit, clock, jobs
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.people.jobs import FindDoubles
from campaign.people.models import (
    IDENTITY,
    NAME,
    SCOPE,
    DoublesRun,
    DoubleState,
    DuplicateSuggestion,
    IdentityKind,
    Person,
    PersonIdentity,
)
from campaign.people.queries.likeness import Blocks, Called, Reason, called, compare

BATCH = 10_000
LEAST = 78
"""What scores less is not shown."""
MOST_NAMESAKES = 200
"""Of a name that more people bear nobody can say anything."""
COMMON = 20
"""From so many namesakes on the name alone says nothing: a mailbox or a number must agree as well."""
NUMBER_PREFIX, SHORTEST_MAILBOX = 8, 4
NOBODY = uuid.UUID(int=0)
Found = tuple[uuid.UUID, uuid.UUID, int, list[str], bytes]
"""Two ids, the score, the reasons, and the likeness of that day."""


@dataclass(slots=True)
class _Ways:
    """How one person is reached: keyed, and as far as it hints at another record."""

    indexes: list[str] = field(default_factory=list)
    mailboxes: set[str] = field(default_factory=set)
    prefixes: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Everybody:
    """All who have a name, by id, and by the words of it."""

    names: Mapping[uuid.UUID, Called]
    countries: Mapping[uuid.UUID, str | None]
    namesakes: Mapping[tuple[str, ...], Sequence[uuid.UUID]]
    blocks: Blocks


def start(actor: uuid.UUID | None) -> DoublesRun:
    """Begin a search; one that is under way is the same again."""
    total = session.scalar(select(func.count()).select_from(Person)) or 0
    row = {
        "id": uuid.uuid4(), "started_by": actor, "started_at": clock.now(), "total": total, "done": 0, "found": 0,
        "after_id": NOBODY,
    }  # fmt: skip
    begun = session.scalar(insert(DoublesRun).values(row).on_conflict_do_nothing().returning(DoublesRun.id))
    run = session.scalars(select(DoublesRun).where(DoublesRun.ended_at.is_(None))).one()
    if begun is not None and actor is not None:
        audit.record("people.doubles", actor=actor, about=f"doubles-run:{run.id}")
    jobs.enqueue(FindDoubles(str(run.id), str(run.after_id)))
    return run


def start_by_itself() -> None:
    """Begin the search of the night, where there is anybody to compare."""
    if session.scalar(select(Person.id).limit(1)) is not None:
        start(None)


def find_some(run_id: uuid.UUID) -> int:
    """Compare the next people with everybody, and ask for those after them; gives how many pairs were found."""
    run = session.get(DoublesRun, run_id, with_for_update=True, populate_existing=True)
    if run is None or run.ended_at is not None:
        return 0
    batch = session.scalars(select(Person.id).where(Person.id > run.after_id).order_by(Person.id).limit(BATCH)).all()
    if not batch:
        _end(run)
        return 0
    found = _pairs(batch, _read_everybody())
    _store(found, run.id)
    run.after_id, run.done, run.found = batch[-1], run.done + len(batch), run.found + len(found)
    session.flush()
    jobs.enqueue(FindDoubles(str(run.id), str(run.after_id)))
    return len(found)


def decide(pair_id: uuid.UUID, state: DoubleState, *, actor: uuid.UUID) -> bool:
    """Say that two are not one person, or take that back; False when it is said already. Raises NotFound."""
    pair = session.get(DuplicateSuggestion, pair_id, with_for_update=True, populate_existing=True)
    if pair is None:
        raise NotFound
    if pair.state == state:
        return False
    is_over = state is DoubleState.DISMISSED
    pair.state, pair.decided_by = state, actor if is_over else None
    pair.decided_on = clock.today() if is_over else None
    session.flush()
    audit.record("people.double", actor=actor, about=f"double:{pair.id}", reason=state)
    return True


def _end(run: DoublesRun) -> None:
    run.ended_at = clock.now()
    pending = DuplicateSuggestion.state == DoubleState.PENDING, DuplicateSuggestion.run_id != run.id
    session.execute(delete(DuplicateSuggestion).where(*pending))
    session.execute(delete(DoublesRun).where(DoublesRun.ended_at.is_not(None), DoublesRun.id != run.id))
    session.flush()


def _read_everybody() -> _Everybody:
    names, countries = {}, {}
    namesakes: dict[tuple[str, ...], list[uuid.UUID]] = defaultdict(list)
    rows = select(Person.id, Person.name_sealed, Person.country).where(Person.name_sealed.is_not(None))
    for person, sealed, country in session.execute(rows.execution_options(yield_per=1_000)):
        try:
            name = called(NAME.unseal(SCOPE, person, sealed or b""))
        except CryptoError:
            # One damaged row, or a key that went meanwhile, says nothing about others.
            continue
        names[person], countries[person] = name, country
        namesakes[tuple(sorted(name.folded))].append(person)
    few = {words: people for words, people in namesakes.items() if words and len(people) <= MOST_NAMESAKES}
    return _Everybody(names, countries, few, Blocks(few))


def _pairs(batch: Collection[uuid.UUID], everybody: _Everybody) -> list[Found]:
    """Each pair once: where the one with the smaller id is in the batch."""
    alike = [(one, *each) for one in batch for each in _near(one, everybody)]
    ways = _read_ways({person for pair in alike for person in pair[:2]})
    judged = [_judge(*each, everybody, ways) for each in alike]
    return [each for each in judged if each[2] >= LEAST]


def _near(one: uuid.UUID, everybody: _Everybody) -> Iterator[tuple[uuid.UUID, int, list[Reason]]]:
    """Whose name is like that of `one`, among those with a greater id; what many are called weighs less."""
    name = everybody.names.get(one)
    own = () if name is None else tuple(sorted(name.folded))
    if name is None or own not in everybody.namesakes:
        return
    for words in everybody.blocks.near(own):
        many = min(len(everybody.namesakes[words]), len(everybody.namesakes[own]))
        less = min(20, 2 * (many - 1)) + (10 if many > COMMON else 0)
        for other in everybody.namesakes[words]:
            if other <= one:
                continue
            likeness = compare(name, everybody.names[other])
            if likeness is None:
                break
            yield other, likeness[0] - less, likeness[1]


def _judge(
    one: uuid.UUID, other: uuid.UUID, score: int, reasons: list[Reason], everybody: _Everybody,
    ways: Mapping[uuid.UUID, _Ways],
) -> Found:  # fmt: skip
    """What else agrees, or speaks against it."""
    mine, theirs = ways[one], ways[other]
    here, there = everybody.countries[one], everybody.countries[other]
    if mine.mailboxes & theirs.mailboxes:
        score, reasons = score + 16, [*reasons, Reason.MAILBOX]
    if mine.prefixes & theirs.prefixes:
        score, reasons = score + 8, [*reasons, Reason.NUMBER]
    if here and here == there:
        score, reasons = score + 4, [*reasons, Reason.COUNTRY]
    elif here and there:
        score -= 8
    whole = [*everybody.names[one].plain, "|", *everybody.names[other].plain, *sorted(mine.indexes + theirs.indexes)]
    return one, other, max(0, min(score, 100)), [*reasons], blind_index(SCOPE, "double:" + " ".join(whole))


def _read_ways(people: Collection[uuid.UUID]) -> Mapping[uuid.UUID, _Ways]:
    found: dict[uuid.UUID, _Ways] = defaultdict(_Ways)
    for row in _identities_of(people):
        ways = found[row.person_id]
        ways.indexes.append(row.value_index.hex())
        try:
            value = IDENTITY.unseal(SCOPE, row.id, row.value_sealed)
        except CryptoError:
            continue
        if row.kind == IdentityKind.PHONE:
            ways.prefixes.add("".join(filter(str.isdecimal, value))[:NUMBER_PREFIX])
        box = value.lstrip("@").partition("@")[0].lower()
        if row.kind != IdentityKind.PHONE and len(box) >= SHORTEST_MAILBOX:
            ways.mailboxes.add(box)
    return found


def _identities_of(people: Collection[uuid.UUID]) -> Iterator[PersonIdentity]:
    """In parts: one statement takes 65,535 values at most."""
    ids = sorted(people)
    for at in range(0, len(ids), BATCH):
        of_part = PersonIdentity.person_id.in_(ids[at : at + BATCH])
        yield from session.scalars(select(PersonIdentity).where(of_part))


def _store(found: Sequence[Found], run: uuid.UUID) -> None:
    for at in range(0, len(found), 1_000):
        rows = [
            {"id": uuid.uuid4(), "one_id": one, "other_id": other, "score": score, "reasons": reasons,
             "likeness": likeness, "run_id": run, "state": DoubleState.PENDING}
            for one, other, score, reasons, likeness in found[at : at + 1_000]
        ]  # fmt: skip
        statement = insert(DuplicateSuggestion).values(rows)
        new, known = statement.excluded, DuplicateSuggestion
        # A dismissed pair that came with a merge has no likeness yet, and takes this one.
        is_other = (known.likeness != new.likeness) & (func.length(known.likeness) > 0)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["one_id", "other_id"],
                set_={
                    "score": new.score, "reasons": new.reasons, "likeness": new.likeness, "run_id": new.run_id,
                    "state": case((is_other, DoubleState.PENDING), else_=known.state),
                    "decided_by": case((is_other, null()), else_=known.decided_by),
                    "decided_on": case((is_other, null()), else_=known.decided_on),
                },
            )
        )  # fmt: skip
