"""Reads of automations: rules, whom they would meet, what they did."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, Subquery, exists, false, func, or_, select, true, tuple_

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.registry_automations import AutomationTrigger
from campaign.people.models import (
    Automation,
    AutomationDeed,
    AutomationDryLine,
    AutomationDryRun,
    AutomationState,
    AutomationStep,
    DeedState,
    DryRunState,
    HistoryKind,
    Outcome,
)

Members = Select[uuid.UUID] | None
MOST_STEPS_SHOWN = 100


class Due(NamedTuple):
    """Somebody whose turn it is, by the day of the occasion."""

    occasion_on: date
    person_id: uuid.UUID


def get_automation(automation_id: uuid.UUID) -> Automation:
    """One rule. Raises NotFound, also for one that was deleted."""
    rule = session.get(Automation, automation_id, populate_existing=True)
    if rule is None or rule.deleted_on is not None:
        raise NotFound
    return rule


def list_automations() -> Sequence[Automation]:
    """Every rule: those that are on first, then by title."""
    is_on = Automation.state == AutomationState.ON
    statement = select(Automation).where(Automation.deleted_on.is_(None))
    return session.scalars(statement.order_by(is_on.desc(), func.lower(Automation.title), Automation.id)).all()


def list_using(segment_id: uuid.UUID) -> Sequence[Automation]:
    """The rules whose condition is this segment, by title."""
    mine = (Automation.segment_id == segment_id, Automation.deleted_on.is_(None))
    return session.scalars(select(Automation).where(*mine).order_by(func.lower(Automation.title))).all()


def select_occasions(
    trigger: AutomationTrigger, values: Mapping[str, Any], since: date, until: date
) -> Select[uuid.UUID, date]:
    """Each person with each day of such an occasion, once."""
    found = trigger.select(values, since).subquery()
    person, day = found.c[0].label("person_id"), found.c[1].label("occasion_on")
    return select(person, day).where(found.c[1] >= since, found.c[1] <= until).distinct()


def select_due(
    automation_id: uuid.UUID, occasions: Subquery, members: Members, *, round_: int, after: Due | None, most: int
) -> Select[date, uuid.UUID]:
    """Whose turn it is in this round, the longest waiting first, from behind `after`: one occasion of each.

    Left out are those whom this rule has met on that day, and those whom any rule has met in this round.
    """
    person, day = occasions.c.person_id, occasions.c.occasion_on
    deed = AutomationDeed
    was_met = exists().where(deed.automation_id == automation_id, deed.person_id == person, deed.occasion_on == day)
    in_round = exists().where(
        deed.round == round_, deed.person_id == person,
        or_(deed.automation_id == automation_id, deed.state == DeedState.DONE),
    )  # fmt: skip
    first = func.min(day)
    statement = select(first, person).where(~was_met, ~in_round).group_by(person).order_by(first, person).limit(most)
    if members is not None:
        statement = statement.where(person.in_(members))
    return statement if after is None else statement.having(tuple_(first, person) > tuple_(*after))


def select_weighed(occasions: Subquery, members: Members, so: Members, *, most: int) -> Select[Any]:
    """Each occasion with whether somebody is in the segment, and whether it is so already; the oldest first."""
    person, day = occasions.c.person_id, occasions.c.occasion_on
    statement = select(person, day).order_by(day, person).limit(most)
    for found, otherwise in ((members, true()), (so, false())):
        if found is None:
            statement = statement.add_columns(otherwise)
        else:
            each = found.subquery()
            ids = select(each.c[0].label("id")).distinct().subquery()
            statement = statement.outerjoin(ids, ids.c.id == person).add_columns(ids.c.id.is_not(None))
    return statement


def count_acted(automation_id: uuid.UUID, on: date) -> int:
    """How many people it has met on a day, as the daily limit counts them: not those of whom it was so already."""
    mine = (AutomationDeed.automation_id == automation_id, AutomationDeed.acted_on == on)
    counted = select(func.count()).where(*mine, AutomationDeed.state != DeedState.UNCHANGED)
    return session.scalar(counted) or 0


def count_done(rules: Sequence[uuid.UUID], days: int) -> dict[uuid.UUID, int]:
    """How many times each did something in the last days."""
    since = clock.today() - timedelta(days=days - 1)
    statement = (
        select(AutomationDeed.automation_id, func.count())
        .where(
            AutomationDeed.automation_id.in_(rules), AutomationDeed.acted_on >= since,
            AutomationDeed.state.in_((DeedState.DONE, DeedState.UNDONE)),
        )
        .group_by(AutomationDeed.automation_id)
    )  # fmt: skip
    return {row[0]: row[1] for row in session.execute(statement)}


def count_by_day(automation_id: uuid.UUID, days: int) -> list[tuple[date, int]]:
    """How many times it did something on each of the last days, the oldest first."""
    today = clock.today()
    every = [today - timedelta(days=days - 1 - at) for at in range(days)]
    done = (DeedState.DONE, DeedState.UNDONE)
    statement = select(AutomationDeed.acted_on, func.count()).where(
        AutomationDeed.automation_id == automation_id, AutomationDeed.acted_on >= every[0],
        AutomationDeed.state.in_(done),
    )  # fmt: skip
    counts = {row[0]: row[1] for row in session.execute(statement.group_by(AutomationDeed.acted_on))}
    return [(day, counts.get(day, 0)) for day in every]


def count_states(automation_id: uuid.UUID) -> dict[str, int]:
    """How many lines of the log stand in each state."""
    mine = AutomationDeed.automation_id == automation_id
    rows = session.execute(select(AutomationDeed.state, func.count()).where(mine).group_by(AutomationDeed.state))
    return {row[0]: row[1] for row in rows}


def select_log(
    automation_id: uuid.UUID, *, state: str = "", day: date | None = None, above: int | None = None
) -> Select[AutomationDeed]:  # fmt: skip
    """The lines of the log, the newest first, narrowed to a state, a day, and those above a number."""
    statement = select(AutomationDeed).where(AutomationDeed.automation_id == automation_id)
    if state:
        statement = statement.where(AutomationDeed.state == state)
    if day is not None:
        statement = statement.where(AutomationDeed.acted_on == day)
    if above is not None:
        statement = statement.where(AutomationDeed.id > above)
    return statement.order_by(AutomationDeed.acted_on.desc(), AutomationDeed.id.desc())


def find_newest(automation_id: uuid.UUID) -> int:
    """The number of the newest line of the log; 0 for none."""
    return session.scalar(select(func.max(AutomationDeed.id)).where(AutomationDeed.automation_id == automation_id)) or 0


def list_days(automation_id: uuid.UUID) -> Sequence[tuple[date, int]]:
    """The days on which it did something that stands, with how often, the newest first."""
    mine = (AutomationDeed.automation_id == automation_id, AutomationDeed.state == DeedState.DONE)
    statement = select(AutomationDeed.acted_on, func.count()).where(*mine).group_by(AutomationDeed.acted_on)
    return [(day, count) for day, count in session.execute(statement.order_by(AutomationDeed.acted_on.desc()))]


def list_steps(automation_id: uuid.UUID) -> Sequence[AutomationStep]:
    """A rule's own history, the newest first."""
    mine = select(AutomationStep).where(AutomationStep.automation_id == automation_id)
    return session.scalars(mine.order_by(AutomationStep.id.desc()).limit(MOST_STEPS_SHOWN)).all()


def find_author(automation_id: uuid.UUID) -> uuid.UUID | None:
    """Who saved the version that stands."""
    saved = (AutomationStep.automation_id == automation_id, AutomationStep.kind == HistoryKind.SAVED)
    newest = select(AutomationStep.actor_id).where(*saved).order_by(AutomationStep.id.desc()).limit(1)
    return session.scalar(newest)


def find_dry_run(automation_id: uuid.UUID, *, by: uuid.UUID | None = None) -> AutomationDryRun | None:
    """The last dry run, or the last that somebody asked for."""
    statement = select(AutomationDryRun).where(AutomationDryRun.automation_id == automation_id)
    if by is not None:
        statement = statement.where(AutomationDryRun.made_by == by)
    newest = statement.order_by(AutomationDryRun.asked_at.desc()).limit(1)
    return session.scalar(newest.execution_options(populate_existing=True))


def find_valid_dry_run(rule: Automation, by: uuid.UUID) -> AutomationDryRun | None:
    """The dry run of this very version that somebody looked at, where it came to an end."""
    found = find_dry_run(rule.id, by=by)
    is_valid = found is not None and found.version == rule.version and found.state == DryRunState.DONE
    return found if is_valid else None


def select_dry_lines(dry_run_id: uuid.UUID, outcome: str = "") -> Select[AutomationDryLine]:
    """Whom a dry run looked at: those of one outcome, those it would meet now, or all."""
    statement = select(AutomationDryLine).where(AutomationDryLine.dry_run_id == dry_run_id)
    if outcome == NOW:
        statement = statement.where(AutomationDryLine.is_now, AutomationDryLine.outcome == Outcome.MET)
    elif outcome:
        statement = statement.where(AutomationDryLine.outcome == outcome)
    return statement.order_by(AutomationDryLine.due_on.desc(), AutomationDryLine.id)


NOW = "now"


def list_deeds_of(person_id: uuid.UUID, *, limit: int = 200) -> Sequence[tuple[AutomationDeed, Automation]]:
    """What automations did to somebody and stands, the newest first."""
    statement = (
        select(AutomationDeed, Automation)
        .join(Automation, Automation.id == AutomationDeed.automation_id)
        .where(AutomationDeed.person_id == person_id, AutomationDeed.state.in_((DeedState.DONE, DeedState.UNDONE)))
    )
    rows = session.execute(statement.order_by(AutomationDeed.id.desc()).limit(limit))
    return [(deed, rule) for deed, rule in rows]


def met_by(automation_id: uuid.UUID, since: date | None) -> Select[uuid.UUID]:
    """To whom a rule did something that stands, since a day or ever."""
    found = select(AutomationDeed.person_id).where(
        AutomationDeed.automation_id == automation_id, AutomationDeed.state == DeedState.DONE
    )
    return found if since is None else found.where(AutomationDeed.acted_on >= since)


def list_told() -> Sequence[tuple[Automation, int]]:
    """Rules that tell staff of people at whom nobody has looked yet, with how many."""
    statement = (
        select(Automation, func.count(AutomationDeed.id))
        .join(AutomationDeed, AutomationDeed.automation_id == Automation.id)
        .where(
            AutomationDeed.act == TELL, AutomationDeed.state == DeedState.DONE,
            AutomationDeed.id > Automation.seen_deed_id, Automation.deleted_on.is_(None),
        )
        .group_by(Automation.id)
    )  # fmt: skip
    return [(rule, count) for rule, count in session.execute(statement)]


def count_told(rule: Automation) -> int:
    """The same for one rule."""
    return next((count for each, count in list_told() if each.id == rule.id), 0)


def list_fallen() -> Sequence[Automation]:
    """Rules that went off by themselves and that nobody has touched since."""
    gone_off = (Automation.state == AutomationState.OFF, Automation.off_by.is_(None), Automation.off_reason != "")
    return session.scalars(select(Automation).where(*gone_off, Automation.deleted_on.is_(None))).all()


TELL = "tell"
"""The act that only tells staff."""
