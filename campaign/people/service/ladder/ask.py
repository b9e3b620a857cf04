"""Asking somebody for the next step of the ladder: the one place where cool-downs are checked and asks are written.

Whoever asks, by hand, by mail, for many, or by a rule that runs by itself, goes through `ask` or `note_ask`. The rules
themselves stand in queries/ladder.standings.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import insert, select, update

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.kernel.mail.suppression import suppressed_among
from campaign.kernel.registry_ladder import ladder_steps
from campaign.people.models import (
    IDENTITY,
    SCOPE,
    Ask,
    AskState,
    AskWay,
    IdentityKind,
    InteractionKind,
    Person,
    PersonIdentity,
    SegmentFreeze,
)
from campaign.people.queries.ladder import DID_IT, NO_MAIL_NOW, NOT_NEXT, UNREACHABLE, standings
from campaign.people.queries.mail_wishes import held_among
from campaign.people.queries.segments import list_members
from campaign.people.service.details import record_interactions
from campaign.people.service.mail_rhythm import note_mailed

PART = 500
MAIL = "ask.step"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody is not asked now."""

    hold: str
    """A word of queries/ladder.Hold, the name of an AskHold, DID_IT, NOT_NEXT, UNREACHABLE or NO_MAIL_NOW;
    forms/ladder_words.py says it in words."""
    until: date | None = None
    """The last day on which it is so, where time alone stands in the way."""


class MayNotAsk(Conflict):
    """Somebody is not to be asked for this now."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(N_("This person is not to be asked for that now; their page says why, and until when."))
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking several."""

    asks: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    """The ask of each who was asked, by the person."""
    refused: Mapping[uuid.UUID, Refusal] = field(default_factory=dict)


def may_ask(
    person_ids: Collection[uuid.UUID], step: str, *, way: AskWay = AskWay.IN_PERSON
) -> Mapping[uuid.UUID, Refusal | None]:
    """Whether each of these may be asked for `step` today: None where they may, else why not. Writes and locks nothing.

    `step` is the name of a LadderStep ("sign", "write_one_letter", "join_group", "lead"); a person may be asked only
    for the step right above the rung on which they stand. With `way` MAIL also whether a mail may be written to them.
    Who is gone is missing from the answer. A page or a dry run asks this; asking itself checks again under a lock,
    so that nothing has to be asked before `ask` or `note_ask`. Raises NotFound for an unknown step.
    """
    rank = _rank(step)
    answer: dict[uuid.UUID, Refusal | None] = {}
    for ids in _parts(person_ids):
        for row in session.execute(standings(ids, way=way)):
            answer[row.id] = _refusal(row, step, rank)
        if way is AskWay.MAIL:
            free = [each for each in ids if each in answer and answer[each] is None]
            answer.update(dict.fromkeys(held_among(free), Refusal(NO_MAIL_NOW)))
            answer.update(dict.fromkeys(_unreachable(free), Refusal(UNREACHABLE)))
    return answer


def ask(
    people: Collection[uuid.UUID] | SegmentFreeze, step: str, *, way: AskWay, actor: uuid.UUID | None,
    automation: uuid.UUID | None = None, round_id: uuid.UUID | None = None,
) -> Asked:  # fmt: skip
    """Ask each of these for `step`, but for those who may not be asked now; gives who was asked, and why others not.

    In the open transaction. Two who ask the same people at once do not both ask them: the second waits for the first,
    and is then told that they were asked already. IN_PERSON is written down alone; MAIL owes the mail as well. For more
    than some hundreds, begin a round (service/ladder/rounds.py). `automation` is the id of the rule that asks, whose
    `actor` is None. Raises NotFound for an unknown step.
    """
    rank = _rank(step)
    asks: dict[uuid.UUID, uuid.UUID] = {}
    refused: dict[uuid.UUID, Refusal] = {}
    ids = _members(people) if isinstance(people, SegmentFreeze) else people
    # In the order of ids everywhere: two acts on the same people never wait for each other.
    for part in _parts(ids):
        locked = select(Person.id).where(Person.id.in_(part)).order_by(Person.id).with_for_update(key_share=True)
        there = list(session.scalars(locked))
        verdicts = may_ask(there, step, way=way) if there else {}
        refused |= {each: verdict for each, verdict in verdicts.items() if verdict is not None}
        free = [each for each in there if verdicts.get(each, Refusal("")) is None]
        asks |= _write(free, step, way, actor, automation, round_id)
    if asks:
        about = f"person:{next(iter(asks))}" if len(asks) == 1 else f"step:{step}"
        if round_id is None:
            audit.record("person.ask", actor=actor, about=about, amount=len(asks), reason=f"{rank} {step} {way}")
    return Asked(asks, refused)


def note_ask(
    person_id: uuid.UUID, step: str, *, way: AskWay, actor: uuid.UUID | None, automation: uuid.UUID | None = None
) -> Ask:
    """Ask one person, or write down that they were asked. Raises MayNotAsk with the reason, NotFound."""
    done = ask([person_id], step, way=way, actor=actor, automation=automation)
    if person_id in done.refused:
        raise MayNotAsk(done.refused[person_id])
    if person_id not in done.asks:
        raise NotFound
    return session.get_one(Ask, done.asks[person_id])


def _write(
    people: Sequence[uuid.UUID], step: str, way: AskWay, actor: uuid.UUID | None, automation: uuid.UUID | None,
    round_id: uuid.UUID | None,
) -> dict[uuid.UUID, uuid.UUID]:  # fmt: skip
    """One ask, one line of the timeline and, of a mail, one that is owed, for each; the caller holds their locks."""
    if not people:
        return {}
    today = clock.today()
    # An old question without an answer gives way to the new one.
    old = update(Ask).where(Ask.person_id.in_(people), Ask.step == step, Ask.state == AskState.ASKED)
    session.execute(old.values(state=AskState.LAPSED, ended_on=today))
    ids = {person: uuid.uuid4() for person in people}
    common = {"step": step, "way": way, "state": AskState.ASKED, "asked_on": today, "asked_by": actor}
    more = {"automation_id": automation, "round_id": round_id, "ended_on": None}
    session.execute(insert(Ask), [{"id": ids[each], "person_id": each, **common, **more} for each in people])
    line = {"kind": InteractionKind.ASKED, "happened_on": today, "word": step, "amount": 0, "actor_id": actor}
    record_interactions([{"person_id": each, "subject_id": ids[each], **line} for each in people])
    if way is AskWay.MAIL:
        _owe_mails(ids)
    return ids


def _owe_mails(asks: Mapping[uuid.UUID, uuid.UUID]) -> None:
    note_mailed(list(asks))
    languages = select(Person.id, Person.language).where(Person.id.in_(asks))
    for person, language in session.execute(languages):
        key = dedupe_key(SCOPE, MAIL, asks[person].bytes)
        queue_mail(MAIL, lane=Lane.BULK, language=language, ref=asks[person], dedupe=key)


def addresses_of(people: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Where to write to each of these: one address, always the same."""
    statement = select(PersonIdentity).where(
        PersonIdentity.person_id.in_(people), PersonIdentity.kind == IdentityKind.EMAIL
    )
    found = session.scalars(statement.order_by(PersonIdentity.id.desc()))
    return {each.person_id: IDENTITY.unseal(SCOPE, each.id, each.value_sealed) for each in found}


def _unreachable(people: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Those whose address is never mailed: it is compared in memory, since nothing joins the two in the database."""
    addresses = addresses_of(people)
    suppressed = suppressed_among(addresses.values())
    return [person for person, address in addresses.items() if address in suppressed]


def _refusal(row: object, step: str, rank: int) -> Refusal | None:
    rung, hold, until = row.rung, row.hold, row.until  # type: ignore[attr-defined]
    if rung >= rank:
        return Refusal(DID_IT)
    if rung < rank - 1:
        return Refusal(NOT_NEXT)
    return None if hold is None else Refusal(hold, until)


def _rank(step: str) -> int:
    if step not in ladder_steps:
        raise NotFound
    return ladder_steps[step].rank


def _parts(people: Collection[uuid.UUID]) -> list[list[uuid.UUID]]:
    ids = sorted(set(people))
    return [ids[start : start + PART] for start in range(0, len(ids), PART)]


def _members(use: SegmentFreeze) -> list[uuid.UUID]:
    found: list[uuid.UUID] = []
    while part := list_members(use.id, after=found[-1] if found else None):
        found += part
    return found
