"""The figures of the reports: one statement each, sums by month and nobody's id.

They are written as JSON: {"version", "growth": {split: {word: {month: new}}, "news": {"given", "ended"}, "gone":
{month they came: {month they went: amount}}}, "activity": {doing: {month: amount}}, "retention": {month they began:
{"size", "active": {months after: volunteers}}}}.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    and_,
    cast,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from campaign.kernel.months import month_in_sql
from campaign.kernel.registry_reports import Doing, Rows, doings
from campaign.people.models import Consent, PeopleGone, Person, PersonGone, PersonMerge, Purpose, Volunteer
from campaign.people.queries.segment_query import Within

VERSION = 1
SPLITS: Mapping[str, InstrumentedAttribute[Any]] = {
    "kept_for": Person.kept_for, "source": Person.source, "country": Person.country, "language": Person.language,
}  # fmt: skip
MOST_WORDS = 60
"""So many sources are kept apart; those with fewest people become one."""
OTHERS = "*"
"""The word of whatever was put together."""


def count_figures(connection: Connection, within: Within) -> dict[str, Any]:
    """All of it for some people, or for everybody where `within` is None."""
    return {
        "version": VERSION, "growth": _growth(connection, within), "activity": _activity(connection, within),
        "retention": _retention(connection, within),
    }  # fmt: skip


def first_of_month(day: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The first day of a column's month."""
    return cast(func.date_trunc(literal_column("'month'"), day), Date)


def was_counted() -> ColumnElement[bool]:
    """Of a trace: that somebody went who had been counted. Of two records that became one nobody went."""
    merged = select(PersonMerge.loser_id).where(PersonMerge.undone_at.is_(None))
    return and_(PersonGone.since_on.is_not(None), PersonGone.person_id.not_in(merged))


def _growth(connection: Connection, within: Within) -> dict[str, Any]:
    month = month_in_sql(Person.since_on.expression)
    found: dict[str, Any] = {}
    for name, column in SPLITS.items():
        word = func.coalesce(column, "")
        statement = select(word, month, func.count()).where(*_of(Person.id, within)).group_by(word, month)
        found[name] = _keep_most(_nested(connection, statement))
    found["news"] = {
        name: _by_month(connection, _consents(column, within))
        for name, column in (("given", Consent.given_on), ("ended", Consent.ended_on))
    }
    # Nobody who is gone belongs to a group.
    found["gone"] = _gone(connection) if within is None else {}
    return found


def _consents(day: InstrumentedAttribute[Any], within: Within) -> Rows:
    month = month_in_sql(day.expression)
    mine = (Consent.purpose == Purpose.NEWS, day.is_not(None), *_of(Consent.person_id, within))
    return select(month, func.count()).where(*mine).group_by(month)


def _gone(connection: Connection) -> dict[str, dict[str, int]]:
    """What was counted when traces were forgotten, and the traces that are still there."""
    came, gone = first_of_month(PersonGone.since_on), first_of_month(PersonGone.gone_on)
    fresh = select(func.least(came, gone), gone, func.count()).where(was_counted()).group_by(came, gone)
    kept = select(PeopleGone.came_in, PeopleGone.gone_in, PeopleGone.amount)
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for came_in, gone_in, amount in connection.execute(union_all(kept, fresh)):
        found[came_in.isoformat()[:7]][gone_in.isoformat()[:7]] += amount
    return found


def _activity(connection: Connection, within: Within) -> dict[str, dict[str, int]]:
    found = {}
    for name, doing in doings.items():
        if within is not None and not doing.names_people:
            continue
        rows = _rows(doing)
        month = month_in_sql(rows.c.day)
        statement = select(month, func.sum(rows.c.amount)).where(*_of(rows.c.person, within)).group_by(month)
        found[name] = _by_month(connection, statement)
    return found


def _retention(connection: Connection, within: Within) -> dict[str, Any]:
    """Of the volunteers who began in a month, how many did something so many months after."""
    began = month_in_sql(Volunteer.applied_on.expression)
    sizes = select(began, func.count()).where(*_of(Volunteer.person_id, within)).group_by(began)
    found: dict[str, Any] = {
        month: {"size": size, "active": {}} for month, size in connection.execute(sizes) if month is not None
    }
    done = _done()
    if done is None:
        return found
    after = cast(
        12 * (func.extract("year", done.c.day) - func.extract("year", Volunteer.applied_on))
        + func.extract("month", done.c.day) - func.extract("month", Volunteer.applied_on),
        Integer,
    ).label("after")  # fmt: skip
    pairs = (
        select(began.label("began"), after, Volunteer.id)
        .join(done, done.c.person == Volunteer.person_id)
        .where(done.c.day >= Volunteer.applied_on, *_of(Volunteer.person_id, within))
        .distinct()
        .subquery()
    )
    statement = select(pairs.c.began, pairs.c.after, func.count()).group_by(pairs.c.began, pairs.c.after)
    for month, number, amount in connection.execute(statement):
        found[month]["active"][str(number)] = amount
    return found


def _done() -> Any:
    """Who did something on which day, of all that is theirs; None where nothing is."""
    parts = [_rows(each) for each in doings if each.is_theirs and each.names_people]
    if not parts:
        return None
    named = [select(each.c.person, each.c.day).where(each.c.person.is_not(None)) for each in parts]
    return union_all(*named).subquery() if len(named) > 1 else named[0].subquery()


def _rows(doing: Doing) -> Any:
    """Its rows with their columns under names of ours."""
    rows = doing.select().subquery()
    person, day, amount = rows.c
    return select(person.label("person"), day.label("day"), amount.label("amount")).subquery()


def _of(person: Any, within: Within) -> tuple[ColumnElement[bool], ...]:
    return () if within is None else (person.in_(within),)


def _by_month(connection: Connection, statement: Rows) -> dict[str, int]:
    return {month: int(amount) for month, amount in connection.execute(statement) if month is not None}


def _nested(connection: Connection, statement: Rows) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for word, month, amount in connection.execute(statement):
        found[word][month] = amount
    return found


def _keep_most(found: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """The words with most people; the rest as one."""
    ranked = sorted(found, key=lambda word: (-sum(found[word].values()), word))
    kept = {word: found[word] for word in ranked[:MOST_WORDS]}
    for word in ranked[MOST_WORDS:]:
        rest = kept.setdefault(OTHERS, {})
        for month, amount in found[word].items():
            rest[month] = rest.get(month, 0) + amount
    return kept
