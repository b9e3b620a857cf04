"""Asking many for the same step: seen beforehand, begun, done in parts by a job, stopped and taken back.

Whom an act is about is fixed when it begins; whether each of them may be asked is decided when it comes to them.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Select, String, cast, func, insert, literal, select, text, update

from campaign.kernel import audit, clock, jobs
from campaign.kernel.actors import Actor
from campaign.kernel.db import read_only, session
from campaign.kernel.errors import N_, Conflict, Forbidden, NotFound
from campaign.kernel.registry_ladder import ladder_steps
from campaign.people import policy
from campaign.people.jobs import GoOnWithAsks
from campaign.people.models import (
    Ask,
    AskRound,
    AskRoundPerson,
    AskWay,
    Person,
    RoundState,
    SegmentMember,
)
from campaign.people.queries.ladder import standings
from campaign.people.queries.ladder_rules import read_rules
from campaign.people.queries.segments import members_of, people_of
from campaign.people.service.ladder.answers import UNDO_DAYS, take_back_all
from campaign.people.service.ladder.ask import ask
from campaign.people.service.segments.audience import audience_of
from campaign.people.service.segments.edit import seen_segment
from campaign.people.service.segments.freeze import freeze

PART = 200
MOST_PEOPLE = 5_000
LOOK_SECONDS, BEGIN_SECONDS = 10, 60
THINKING = timedelta(minutes=10)
"""So long no mail of an act leaves after it was approved."""
MORNING = time(6, tzinfo=UTC)
SENDING_LOCK = 0x_41_53_4B_53
"""Two acts that mail at once must not count the same room of the day."""
OPEN = frozenset({RoundState.PROPOSED, RoundState.WAITING, RoundState.RUNNING})


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to ask for what, and how."""

    step: str
    way: AskWay
    most: int
    """So many at most, drawn by chance."""
    segment_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act would come to."""

    stand: int
    """How many stand right below the step, of those who are meant."""
    free: int
    """How many of them may be asked now."""
    asked: int
    """How many would be: no more than were wished for."""
    holds: Sequence[tuple[str, int]]
    """Why the others are left out, and how many."""


def preview(wish: Wish, actor: Actor) -> Preview:
    """What `wish` would come to now. Writes nothing. Raises NotFound, Forbidden, Refused, TooSlow."""
    _check(wish)
    audience = audience_of(actor)
    within = people_of(audience)
    if wish.segment_id is not None:
        within = members_of(seen_segment(wish.segment_id, actor).id, audience)
    stand = standings(within, way=wish.way, rules=read_rules()).subquery()
    statement = select(stand.c.hold, func.count()).where(stand.c.step == wish.step).group_by(stand.c.hold)
    with read_only(LOOK_SECONDS) as connection:
        found: dict[str | None, int] = {row[0]: row[1] for row in connection.execute(statement)}
    free = found.pop(None, 0)
    holds = sorted(((str(hold), amount) for hold, amount in found.items()), key=lambda pair: -pair[1])
    return Preview(free + sum(found.values()), free, min(free, wish.most), holds)


def begin(wish: Wish, *, seen: int, actor: Actor) -> AskRound:
    """Begin to ask. By mail it waits for a second person first. Raises Conflict when there are not as many as were
    `seen`, NotFound, Forbidden, Refused."""
    _check(wish)
    audience, now = audience_of(actor), clock.now()
    within = people_of(audience)
    if wish.segment_id is not None:
        use = freeze(wish.segment_id, f"{wish.step}: {wish.way}", actor=actor)
        within = select(SegmentMember.person_id).where(SegmentMember.freeze_id == use.id)
    is_mail = wish.way is AskWay.MAIL
    row = AskRound(
        id=uuid.uuid4(), step=wish.step, way=wish.way, state=RoundState.PROPOSED if is_mail else RoundState.RUNNING,
        amount=0, made_by=actor.id, audience=audience, made_at=now, starts_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.execute(text(f"SET LOCAL statement_timeout = {BEGIN_SECONDS * 1000}"))
    session.execute(
        insert(AskRoundPerson).from_select(["round_id", "person_id", "is_done", "hold"], _chosen(wish, within, row.id))
    )
    session.execute(text("SET LOCAL statement_timeout = DEFAULT"))
    row.amount = session.scalar(select(func.count()).where(AskRoundPerson.round_id == row.id)) or 0
    if not row.amount or row.amount != seen:
        raise Conflict(N_("Not as many may be asked as when you looked. Look at the number again before you go on."))
    session.flush()
    audit.record("people.ask_many", actor=actor.id, about=f"asks:{row.id}", amount=row.amount, reason=_reason(row))
    if not is_mail:
        jobs.enqueue(GoOnWithAsks(str(row.id)))
    return row


def approve(round_id: uuid.UUID, *, actor: Actor) -> AskRound:
    """Let a mail to many go, as the second person. Raises NotFound, Forbidden, Conflict for whoever asked for it."""
    if not policy.can_see_everybody(actor):
        raise Forbidden
    row = _locked(round_id)
    if row.state != RoundState.PROPOSED:
        raise Conflict(N_("Somebody has decided about this already."))
    if row.made_by == actor.id:
        raise Conflict(N_("A mail to many needs two persons: somebody else approves it."))
    row.approved_by, row.state, row.starts_at = actor.id, RoundState.WAITING, clock.now() + THINKING
    session.flush()
    audit.record("people.ask_many_approved", actor=actor.id, about=f"asks:{row.id}", amount=row.amount)
    jobs.enqueue(GoOnWithAsks(str(row.id)), due_at=row.starts_at)
    return row


def stop(round_id: uuid.UUID, *, actor: uuid.UUID) -> AskRound:
    """Ask nobody more, and take back what can be: noted asks of today and yesterday, and mails that have not left.

    Raises NotFound, Conflict when it is over for long or was stopped already.
    """
    row = _locked(round_id)
    if not can_be_stopped(row):
        raise Conflict(N_("This is over, or was stopped already."))
    row.taken_back = take_back_all(row.id, row.way)
    row.state, row.ended_at = RoundState.STOPPED, clock.now()
    session.flush()
    audit.record("people.ask_many_stopped", actor=actor, about=f"asks:{row.id}", amount=row.taken_back)
    return row


def can_be_stopped(row: AskRound) -> bool:
    """Whether it is not over, or only since yesterday."""
    if row.state == RoundState.DONE and row.ended_at is not None:
        return clock.now() - row.ended_at <= timedelta(days=UNDO_DAYS)
    return row.state in OPEN


def go_on(round_id: uuid.UUID) -> None:
    """Ask the next of them, and ask for the part after it. What is over, stopped or not approved is left alone."""
    try:
        row = _locked(round_id)
    except NotFound:
        return
    if row.state == RoundState.WAITING and clock.now() >= row.starts_at:
        row.state = RoundState.RUNNING
    if row.state != RoundState.RUNNING:
        return
    room = _room(row)
    if room < 1:
        tomorrow = datetime.combine(clock.today() + timedelta(days=1), MORNING)
        jobs.enqueue(GoOnWithAsks(str(row.id)), due_at=tomorrow)
        return
    if _ask_some(row, room):
        jobs.enqueue(GoOnWithAsks(str(row.id)))
        return
    row.state, row.ended_at = RoundState.DONE, clock.now()
    session.flush()
    audit.record("people.ask_many_done", actor=row.made_by, about=f"asks:{row.id}", amount=row.asked)


def _ask_some(row: AskRound, most: int) -> bool:
    """Come to the next people; False when there was nobody left."""
    is_next = (AskRoundPerson.round_id == row.id, AskRoundPerson.is_done.is_(False))
    statement = select(AskRoundPerson.person_id).where(*is_next).order_by(AskRoundPerson.person_id)
    people = session.scalars(statement.limit(most)).all()
    if not people:
        return False
    done = ask(people, row.step, way=AskWay(row.way), actor=row.made_by, round_id=row.id)
    row.asked += len(done.asks)
    mine = update(AskRoundPerson).where(AskRoundPerson.round_id == row.id)
    session.execute(mine.where(AskRoundPerson.person_id.in_(people)).values(is_done=True))
    for hold in {each.hold for each in done.refused.values()}:
        held = [person for person, each in done.refused.items() if each.hold == hold]
        session.execute(mine.where(AskRoundPerson.person_id.in_(held)).values(hold=hold))
    session.flush()
    return True


def _room(row: AskRound) -> int:
    """How many the next part may ask: of mails no more than are left of the day."""
    if row.way != AskWay.MAIL:
        return PART
    session.execute(select(func.pg_advisory_xact_lock(SENDING_LOCK)))
    today = select(func.count()).where(Ask.way == AskWay.MAIL, Ask.asked_on == clock.today())
    return min(PART, read_rules().mails_a_day - (session.scalar(today) or 0))


def _chosen(
    wish: Wish, within: Select[uuid.UUID] | None, round_id: uuid.UUID
) -> Select[uuid.UUID, uuid.UUID, bool, str]:
    stand = standings(within, way=wish.way, rules=read_rules()).subquery()
    free = select(stand.c.id).where(stand.c.step == wish.step, stand.c.hold.is_(None))
    # By a hash with the id of the act: by chance, and another chance in the next act.
    by_chance = func.md5(func.concat(cast(Person.id, String), ":", str(round_id)))
    return (
        select(literal(round_id), Person.id, literal(value=False), literal(""))
        .where(Person.id.in_(free))
        .order_by(by_chance, Person.id)
        .limit(wish.most)
    )


def _check(wish: Wish) -> None:
    if wish.step not in ladder_steps or not 1 <= wish.most <= MOST_PEOPLE:
        raise NotFound


def _reason(row: AskRound) -> str:
    return f"{row.step} {row.way}"


def _locked(round_id: uuid.UUID) -> AskRound:
    row = session.get(AskRound, round_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row
