"""On which rung everybody stands, and why somebody may be asked for the next step or may not: one SELECT for all uses.

It is the one place in which the rules are. A page, a count, a segment and the asking itself put it into their own.
"""

import uuid
from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Select,
    String,
    Subquery,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.registry_ladder import LadderStep, ask_holds, list_steps
from campaign.people.models import (
    Ask,
    AskRest,
    AskState,
    AskWay,
    Consent,
    IdentityKind,
    Interaction,
    InteractionKind,
    Person,
    PersonIdentity,
    Purpose,
    Volunteer,
    VolunteerState,
)
from campaign.people.queries.ladder_rules import Rules, read_rules

AWAY = (VolunteerState.PAUSED, VolunteerState.INACTIVE)
Among = Collection[uuid.UUID] | Select[uuid.UUID] | None
"""People by their ids, those whom a SELECT gives, or everybody."""


class Hold(StrEnum):
    """Why somebody is not asked for the next step; features above add words of their own (AskHold)."""

    TOP = "top"
    """There is no step above."""
    NEVER = "never"
    """They do not want to be asked for this step."""
    RESTING = "resting"
    """They want to be asked for nothing for a while."""
    AWAY = "away"
    """As a volunteer they pause, or have not been seen for long."""
    NO_CONSENT = "no_consent"
    """They agreed to nothing and do not help."""
    NO_MAIL = "no_mail"
    """Of mail alone: no consent to news, or no address."""
    ASKED_THIS = "asked_this"
    """They were asked for this step not long ago."""
    ASKED = "asked"
    """They were asked for something a few days ago."""
    EARLY = "early"
    """They took the last step only a few days ago."""


# Of one person alone, where the step is given (service/ladder/ask.py).
DID_IT, NOT_NEXT, UNREACHABLE, NO_MAIL_NOW = "did_it", "not_next", "unreachable", "no_mail_now"


def standings(among: Among, *, way: AskWay = AskWay.IN_PERSON, rules: Rules | None = None) -> Select[Any]:
    """A row a person: id, rung (0: heard of us), since, step (the next one, or NULL), hold (NULL: may be asked), until.

    `until`: the last day on which nothing may be asked, where time alone stands in the way; NULL otherwise. It may
    stand beside a hold that time does not lift.
    """
    steps, rules, today = list_steps(), rules or read_rules(), clock.today()
    stand = _stand(steps, among)
    said, asked = _said(), _last_asked()
    until = {
        Hold.RESTING: AskRest.until_on,
        Hold.ASKED_THIS: said.c.asked_on + rules.again_days,
        Hold.ASKED: asked.c.asked_on + rules.rest_days,
        Hold.EARLY: stand.c.since + _waits(steps, rules, stand.c.step),
    }
    latest = func.greatest(*until.values())
    whens: list[tuple[ColumnElement[bool], Any]] = [
        (stand.c.step.is_(None), literal(Hold.TOP.value)),
        (said.c.is_never, literal(Hold.NEVER.value)),
        (and_(AskRest.person_id.is_not(None), or_(AskRest.until_on.is_(None), AskRest.until_on >= today)),
         literal(Hold.RESTING.value)),
        (_among(stand, _away()), literal(Hold.AWAY.value)),
        *((_among(stand, hold.people()), literal(hold.name)) for hold in ask_holds),
        (~_has_consent(stand, way), literal((Hold.NO_MAIL if way is AskWay.MAIL else Hold.NO_CONSENT).value)),
        *((day >= today, literal(hold.value)) for hold, day in until.items() if hold is not Hold.RESTING),
    ]  # fmt: skip
    return (
        select(
            stand.c.id, stand.c.rung, stand.c.since, stand.c.step, case(*whens, else_=cast(null(), Text)).label("hold"),
            case((latest >= today, latest), else_=cast(null(), Date)).label("until"),
        )
        .select_from(stand)
        .outerjoin(said, and_(said.c.person_id == stand.c.id, said.c.step == stand.c.step))
        .outerjoin(asked, asked.c.person_id == stand.c.id)
        .outerjoin(AskRest, AskRest.person_id == stand.c.id)
    )  # fmt: skip


def people_on(rung: int) -> Select[uuid.UUID]:
    """Who stands on a rung: the highest that they have reached."""
    stand = _stand(list_steps(), None)
    return select(stand.c.id).where(stand.c.rung == rung)


def people_held(step: str, hold: str, *, way: AskWay = AskWay.IN_PERSON) -> Select[uuid.UUID]:
    """Who stands right below a step and is not asked for it because of `hold`; empty: who may be asked now."""
    found = standings(None, way=way).subquery()
    held = found.c.hold == hold if hold else found.c.hold.is_(None)
    return select(found.c.id).where(found.c.step == step, held)


RUNG, FREE, HELD = "rung", "free", "held"


def people_at(place: str) -> Select[uuid.UUID]:
    """Who stands at a place of the ladder, as addresses and segments name it: "rung:2", "free:lead" (may be asked for
    it now), "held:lead:asked" (next, but for this reason not now)."""
    kind, _colon, rest = place.partition(":")
    if kind == RUNG:
        return people_on(int(rest))
    step, _colon, hold = rest.partition(":")
    return people_held(step, hold)


def people_asked(step: str, days: int | None) -> Select[uuid.UUID]:
    """Who was asked for a step, or for any, in so many days or ever."""
    statement = select(Ask.person_id)
    if step:
        statement = statement.where(Ask.step == step)
    return statement if days is None else statement.where(Ask.asked_on >= clock.today() - timedelta(days=days))


def people_who_said_no(step: str) -> Select[uuid.UUID]:
    """Who said not now, or never, to a step or to any."""
    statement = select(Ask.person_id).where(Ask.state.in_((AskState.NOT_NOW, AskState.NEVER)))
    return statement.where(Ask.step == step) if step else statement


def _stand(steps: list[LadderStep], among: Among) -> CTE:
    """Everybody with the highest rung they have reached, since when, and the name of the step above it."""
    done = [_done(step, among) for step in steps]
    high = list(zip(steps, done, strict=True))[::-1]
    rung = case(*((each.c.day.is_not(None), step.rank) for step, each in high), else_=0) if high else literal(0)
    since = func.coalesce(*(each.c.day for _step, each in high), Person.since_on)
    above = {step.rank - 1: step.name for step in steps}
    step = case(above, value=rung, else_=cast(null(), String)) if above else cast(null(), String)
    statement = select(Person.id, rung.label("rung"), since.label("since"), step.label("step"))
    joined: Any = Person
    for each in done:
        joined = joined.__table__ if joined is Person else joined
        joined = joined.outerjoin(each, each.c.id == Person.id)
    statement = statement.select_from(joined)
    if among is not None:
        statement = statement.where(Person.id.in_(among))
    return statement.cte("stand")


def _done(step: LadderStep, among: Among) -> Subquery:
    found = step.done().subquery()
    person, day = found.c[0], found.c[1]
    first = select(person.label("id"), func.min(day).label("day")).group_by(person)
    if among is not None and not isinstance(among, Select):
        # Few: each is looked up by its key instead of putting everybody together first.
        first = first.where(person.in_(among))
    return first.subquery(f"did_{step.rank}")


def _waits(steps: list[LadderStep], rules: Rules, step: ColumnElement[Any]) -> ColumnElement[int]:
    return case({each.name: rules.wait_days[each.name] for each in steps}, value=step, else_=0)


def _said() -> Subquery:
    """By person and step: the last day they were asked on, and whether they want to hear of it no more."""
    return (
        select(
            Ask.person_id, Ask.step, func.max(Ask.asked_on).label("asked_on"),
            func.bool_or(Ask.state == AskState.NEVER).label("is_never"),
        )
        .group_by(Ask.person_id, Ask.step)
        .subquery("said")
    )  # fmt: skip


def _last_asked() -> Subquery:
    """The last day on which somebody was asked for anything, of the ladder or not."""
    return (
        select(Interaction.person_id, func.max(Interaction.happened_on).label("asked_on"))
        .where(Interaction.kind == InteractionKind.ASKED)
        .group_by(Interaction.person_id)
        .subquery("asked")
    )


def _away() -> Select[Any]:
    return select(Volunteer.person_id).where(Volunteer.state.in_(AWAY), Volunteer.person_id.is_not(None))


def _among(stand: CTE, people: Select[uuid.UUID]) -> ColumnElement[bool]:
    found = people.subquery()
    return exists(select(literal(1)).select_from(found).where(found.c[0] == stand.c.id).correlate(stand))


def _has_consent(stand: CTE, way: AskWay) -> ColumnElement[bool]:
    consent = select(literal(1)).where(Consent.person_id == stand.c.id, Consent.ended_on.is_(None)).correlate(stand)
    if way is AskWay.MAIL:
        address = select(literal(1)).where(
            PersonIdentity.person_id == stand.c.id, PersonIdentity.kind == IdentityKind.EMAIL
        )
        return and_(exists(consent.where(Consent.purpose == Purpose.NEWS)), exists(address.correlate(stand)))
    helping = select(literal(1)).where(Volunteer.person_id == stand.c.id, Volunteer.state != VolunteerState.LEFT)
    return or_(exists(consent), exists(helping.correlate(stand)))


class Standing(NamedTuple):
    """Where one person stands, as `standings` gives it."""

    id: uuid.UUID
    rung: int
    since: date
    step: str | None
    hold: str | None
    until: date | None


def find_standing(person_id: uuid.UUID, *, way: AskWay = AskWay.IN_PERSON) -> Standing | None:
    """Where somebody stands; None for whoever is gone."""
    row = session.execute(standings([person_id], way=way)).one_or_none()
    return None if row is None else Standing(*row)


def list_done(person_id: uuid.UUID) -> dict[str, date]:
    """The steps that somebody took, by name, each with its first day."""
    found = [_done(step, [person_id]) for step in list_steps()]
    each = [select(literal(step.name), did.c.day) for step, did in zip(list_steps(), found, strict=True)]
    return {row[0]: row[1] for row in session.execute(union_all(*each))} if each else {}


def list_asks(person_id: uuid.UUID, *, limit: int = 200) -> list[Ask]:
    """What somebody was asked for, the newest first."""
    statement = select(Ask).where(Ask.person_id == person_id).order_by(Ask.asked_on.desc(), Ask.id)
    return list(session.scalars(statement.limit(limit)))
