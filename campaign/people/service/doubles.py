"""The search for records of one person: in the background, in batches by id, by names that are read in memory alone."""

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Row, delete, func, select, text
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
MOST_A_PERSON = 5
"""Of somebody who is like many, the likest are shown: nobody looks through fifty of one person."""
AT_ONCE = 500
"""Of so many the pairs are held in memory."""
NUMBER_PREFIX, SHORTEST_MAILBOX = 8, 4
NOBODY = uuid.UUID(int=0)
Found = tuple[uuid.UUID, uuid.UUID, int, list[str], bytes]
"""Two ids, the score, the reasons, and the likeness of that day."""
_Judged = tuple[uuid.UUID, int, list[str]]
"""Of one person: another who is like them, the score, the reasons."""


@dataclass(slots=True)
class _Ways:
    """How one person is reached: keyed, and as far as it hints at another record."""

    indexes: list[bytes] = field(default_factory=list)
    mailboxes: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Everybody:
    """All who have a name, by id, and by the words of it."""

    names: Mapping[uuid.UUID, Called]
    countries: Mapping[uuid.UUID, str | None]
    namesakes: Mapping[tuple[str, ...], Sequence[uuid.UUID]]
    blocks: Blocks
    ways: dict[uuid.UUID, _Ways] = field(default_factory=dict)
    """Of those who were like somebody so far: read once."""


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
    everybody, found = _read_everybody(), 0
    for at in range(0, len(batch), AT_ONCE):
        pairs = _pairs(batch[at : at + AT_ONCE], everybody)
        _store(pairs, run.id)
        found += len(pairs)
    run.after_id, run.done, run.found = batch[-1], run.done + len(batch), run.found + found
    session.flush()
    jobs.enqueue(FindDoubles(str(run.id), str(run.after_id)))
    return found


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
    missing = {person for pair in alike for person in pair[:2]} - everybody.ways.keys()
    everybody.ways.update(_read_ways(missing))
    judged: dict[uuid.UUID, list[_Judged]] = defaultdict(list)
    for pair in alike:
        score, reasons = _judge(*pair, everybody)
        if score >= LEAST:
            judged[pair[0]].append((pair[1], score, reasons))
    decided = _dismissed(judged)
    return [
        (one, other, score, reasons, _likeness(one, other, everybody))
        for one, likest in judged.items()
        for other, score, reasons in _kept(likest, decided.get(one, frozenset()))
    ]


def _kept(alike: Sequence[_Judged], decided: Collection[uuid.UUID]) -> list[_Judged]:
    """The likest, and beside them those of whom somebody said already that they are others."""
    likest = sorted(alike, key=lambda each: (-each[1], each[0]))
    open_ones = [each for each in likest if each[0] not in decided]
    return open_ones[:MOST_A_PERSON] + [each for each in likest if each[0] in decided]


def _dismissed(people: Collection[uuid.UUID]) -> Mapping[uuid.UUID, set[uuid.UUID]]:
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    pair = DuplicateSuggestion
    dismissed = select(pair.one_id, pair.other_id).where(
        pair.one_id.in_(people), pair.state == DoubleState.DISMISSED
    )  # fmt: skip
    for one, other in session.execute(dismissed):
        found[one].add(other)
    return found


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
    one: uuid.UUID, other: uuid.UUID, score: int, reasons: list[Reason], everybody: _Everybody
) -> tuple[int, list[str]]:  # fmt: skip
    """What else agrees, or speaks against it."""
    mine, theirs = everybody.ways[one], everybody.ways[other]
    here, there = everybody.countries[one], everybody.countries[other]
    if not set(mine.mailboxes).isdisjoint(theirs.mailboxes):
        score, reasons = score + 16, [*reasons, Reason.MAILBOX]
    if not set(mine.prefixes).isdisjoint(theirs.prefixes):
        score, reasons = score + 8, [*reasons, Reason.NUMBER]
    if here and here == there:
        score, reasons = score + 4, [*reasons, Reason.COUNTRY]
    elif here and there:
        score -= 8
    return max(0, min(score, 100)), [*reasons]


def _likeness(one: uuid.UUID, other: uuid.UUID, everybody: _Everybody) -> bytes:
    """By which is seen later whether either of them changed."""
    reached = sorted(each.hex() for each in everybody.ways[one].indexes + everybody.ways[other].indexes)
    whole = [*everybody.names[one].plain, "|", *everybody.names[other].plain, *reached]
    return blind_index(SCOPE, "double:" + " ".join(whole))


def _read_ways(people: Collection[uuid.UUID]) -> Mapping[uuid.UUID, _Ways]:
    found = {person: _Ways() for person in people}
    for row, person, kind, sealed, index in _identities_of(people):
        ways = found[person]
        ways.indexes.append(index)
        try:
            value = IDENTITY.unseal(SCOPE, row, sealed)
        except CryptoError:
            continue
        if kind == IdentityKind.PHONE:
            ways.prefixes.append("".join(filter(str.isdecimal, value))[:NUMBER_PREFIX])
        box = value.lstrip("@").partition("@")[0].lower()
        if kind != IdentityKind.PHONE and len(box) >= SHORTEST_MAILBOX:
            ways.mailboxes.append(box)
    return found


def _identities_of(people: Collection[uuid.UUID]) -> Iterator[Row[uuid.UUID, uuid.UUID, str, bytes, bytes]]:
    """In parts: one statement takes 65,535 values at most."""
    ids, known = sorted(people), PersonIdentity
    for at in range(0, len(ids), BATCH):
        of_part = known.person_id.in_(ids[at : at + BATCH])
        columns = known.id, known.person_id, known.kind, known.value_sealed, known.value_index
        yield from session.execute(select(*columns).where(of_part))


def _store(found: Sequence[Found], run: uuid.UUID) -> None:
    if found:
        ones, others, scores, reasons, likenesses = (list(column) for column in zip(*found, strict=True))
        session.execute(_STORE, {
            "ids": [uuid.uuid4() for _pair in found], "ones": ones, "others": others, "scores": scores,
            "reasons": [json.dumps(each) for each in reasons], "likenesses": likenesses, "run": run,
        })  # fmt: skip


# A dismissed pair that came with a merge has no likeness yet, and takes this one.
_STORE = text("""
INSERT INTO duplicate_suggestion (id, one_id, other_id, score, reasons, likeness, run_id, state)
SELECT id, one, other, score, CAST(reasons AS jsonb), likeness, :run, 'pending'
FROM unnest(
    CAST(:ids AS uuid[]), CAST(:ones AS uuid[]), CAST(:others AS uuid[]), CAST(:scores AS integer[]),
    CAST(:reasons AS text[]), CAST(:likenesses AS bytea[])
) AS given (id, one, other, score, reasons, likeness)
ON CONFLICT (one_id, other_id) DO UPDATE SET
    score = excluded.score, reasons = excluded.reasons, likeness = excluded.likeness, run_id = excluded.run_id,
    state = CASE WHEN length(duplicate_suggestion.likeness) > 0 AND duplicate_suggestion.likeness <> excluded.likeness
        THEN 'pending' ELSE duplicate_suggestion.state END,
    decided_by = CASE WHEN length(duplicate_suggestion.likeness) > 0
        AND duplicate_suggestion.likeness <> excluded.likeness THEN NULL ELSE duplicate_suggestion.decided_by END,
    decided_on = CASE WHEN length(duplicate_suggestion.likeness) > 0
        AND duplicate_suggestion.likeness <> excluded.likeness THEN NULL ELSE duplicate_suggestion.decided_on END
""")
