"""Figures of small sets of data that can be counted by hand."""

import uuid
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select, update

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.jobs import JobRow
from campaign.kernel.registry_reports import doings
from campaign.people.jobs import CountReport
from campaign.people.models import (
    CountState,
    InteractionKind,
    KeptFor,
    PeopleGone,
    PeopleReport,
    Person,
    PersonGone,
    PersonMerge,
)
from campaign.people.queries.report_counts import OTHERS
from campaign.people.queries.report_reading import (
    Growth,
    Period,
    first_month,
    read_activity,
    read_cohorts,
    read_growth,
    read_split,
)
from campaign.people.service.index import delete_old_traces
from campaign.people.service.reports.count import ask_for_figures, count_all_again, count_now
from tests.people.reports.made import agreed, counted, did, helper, somebody
from tests.support import pens
from workers.run_jobs import run_due_jobs


def trace(came: date | None, gone: date, person: uuid.UUID | None = None) -> uuid.UUID:
    """That a record went."""
    made = person or uuid.uuid4()
    with transaction():
        session.add(PersonGone(person_id=made, changed_tx=1, gone_on=gone, since_on=came))
    return made


def test_growth_by_month_with_news_and_those_who_went(app: Flask) -> None:
    one = somebody(date(2026, 1, 31))
    two = somebody(date(2026, 2, 1), kept=KeptFor.CONSENT)
    somebody(date(2026, 4, 30))
    agreed(one, date(2026, 1, 31), ended=date(2026, 4, 1))
    agreed(two, date(2026, 2, 28))
    trace(date(2026, 1, 2), date(2026, 2, 28))
    trace(date(2026, 4, 2), date(2026, 4, 30))
    figures = counted()
    assert first_month(figures) == "2026-01"
    assert read_growth(figures, Period("2026-01", "2026-04")) == [
        Growth("2026-01", new=2, gone=0, total=2, news=1),
        Growth("2026-02", new=1, gone=1, total=2, news=2),
        Growth("2026-03", new=0, gone=0, total=2, news=2),
        Growth("2026-04", new=2, gone=1, total=3, news=1),
    ]
    # Before and after everything there are months as well.
    assert read_growth(figures, Period("2025-12", "2025-12")) == [Growth("2025-12", 0, 0, 0, 0)]
    assert read_growth(figures, Period("2027-01", "2027-01"))[0].total == 3


def test_who_goes_is_counted_once_and_by_month_alone(app: Flask) -> None:
    """In the transaction that forgets the trace; two records that became one are nobody who went."""
    winner = somebody(date(2026, 1, 1))
    loser = trace(date(2026, 1, 5), date(2026, 3, 3))
    with transaction():
        session.add(
            PersonMerge(
                id=uuid.uuid4(), winner_id=winner, loser_id=loser, snapshot_sealed=b"-", merged_by=uuid.uuid4(),
                merged_at=clock.now(),
            )
        )  # fmt: skip
    trace(date(2026, 1, 5), date(2026, 3, 3))
    trace(date(2026, 1, 6), date(2026, 3, 4))
    trace(None, date(2026, 3, 4))
    before = read_growth(counted(), Period("2026-01", "2026-03"))
    assert [(each.new, each.gone) for each in before] == [(3, 0), (0, 0), (0, 2)]
    with transaction():
        assert delete_old_traces(date(2026, 3, 6)) == 4
    with transaction():
        assert delete_old_traces(date(2026, 3, 6)) == 0
    kept = session.scalars(select(PeopleGone)).all()
    assert [(each.came_in, each.gone_in, each.amount) for each in kept] == [(date(2026, 1, 1), date(2026, 3, 1), 2)]
    assert read_growth(counted(), Period("2026-01", "2026-03")) == before
    trace(date(2026, 1, 9), date(2026, 3, 5))
    with transaction():
        delete_old_traces(date(2026, 3, 20))
    assert session.scalars(select(PeopleGone.amount).execution_options(populate_existing=True)).all() == [3]


def test_a_record_that_is_deleted_leaves_when_it_came(app: Flask) -> None:
    person = somebody(date(2026, 1, 31))
    with transaction():
        session.delete(session.get_one(Person, person))
    assert session.get_one(PersonGone, person).since_on == date(2026, 1, 31)


def test_what_is_fewer_than_five_stands_with_others(app: Flask) -> None:
    for country, amount in (("DE", 6), ("GE", 5), ("LT", 3), (None, 1)):
        for _each in range(amount):
            somebody(date(2026, 5, 20), country=country)
    somebody(date(2026, 4, 20), country="DE")
    figures, period = counted(), Period("2026-05", "2026-05")
    # Three and one are four together, and so Georgia has to go with them.
    shown = [(each.word, each.now, each.before) for each in read_split(figures, "country", period)]
    assert shown == [("DE", 6, 1), (OTHERS, 9, 0)]
    assert [each.word for each in read_split(figures, "country", period, most=1)] == ["DE", OTHERS]
    assert [each.word for each in read_split(figures, "source", period)] == ["a stand"]


def test_activity_by_month_in_one_statement_each(app: Flask) -> None:
    person = somebody(date(2026, 1, 1))
    did(person, date(2026, 2, 28)), did(person, date(2026, 2, 1)), did(person, date(2026, 3, 1))
    did(person, date(2026, 3, 31), InteractionKind.GAVE_TIME, 90)
    did(person, date(2026, 3, 1), InteractionKind.GAVE_TIME, 45)
    did(person, date(2026, 3, 1), InteractionKind.CALLED)
    figures = counted()
    found = read_activity(figures, Period("2026-01", "2026-03"))
    assert set(found) == {name for name, _each in doings.items()}
    assert (found["wrote"], found["hours"], found["called"]) == ([0, 2, 1], [0, 0, 135], [0, 0, 1])
    assert found["signed"] == found["letters"] == found["tasks"] == [0, 0, 0]


def test_who_stays_by_month_and_by_quarter(app: Flask) -> None:
    """Each counts once a month, whatever they did; what was done to them or before they began counts nothing."""
    one, two, three = helper(date(2026, 1, 31)), helper(date(2026, 1, 2)), helper(date(2026, 3, 31))
    for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 4, 1)):
        did(one.person_id, day)
    did(two.person_id, date(2026, 2, 10), InteractionKind.CALLED)
    did(two.person_id, date(2026, 1, 1))
    did(three.person_id, date(2026, 4, 1), InteractionKind.CAME)
    helper(date(2026, 1, 5), with_record=False)
    figures = counted()
    period = Period("2026-01", "2026-05")
    months = read_cohorts(figures, period, running="2026-05", by_quarter=False, most_after=4)
    assert [(each.began, each.size, each.active) for each in months] == [
        ("2026-01", 3, (1, 1, 0, 1, None)), ("2026-03", 1, (0, 1, None, None, None)),
    ]  # fmt: skip
    # A quarter reaches as far as its youngest month, and is never cut by the period.
    quarters = read_cohorts(figures, Period("2026-03", "2026-03"), running="2026-05", by_quarter=True, most_after=4)
    assert [(each.began, each.size, each.active) for each in quarters] == [
        ("2026-01", 4, (1, 2, None, None, None)),
    ]  # fmt: skip


def test_a_group_counts_its_own_people_alone(app: Flask) -> None:
    mine, inside = pens.group(), helper(date(2026, 1, 10))
    pens.member(mine, inside)
    outside = helper(date(2026, 1, 11))
    did(inside.person_id, date(2026, 2, 1)), did(outside.person_id, date(2026, 2, 1))
    trace(date(2026, 1, 5), date(2026, 2, 3))
    figures, period = counted(str(mine.id)), Period("2026-01", "2026-02")
    assert [(each.new, each.gone, each.total) for each in read_growth(figures, period)] == [(1, 0, 1), (0, 0, 1)]
    assert read_activity(figures, period)["wrote"] == [0, 1]
    assert "signed" not in read_activity(figures, period)
    assert [each.size for each in read_cohorts(figures, period, running="2026-03", by_quarter=False)] == [1]


def test_an_empty_place_has_figures_of_nothing(app: Flask) -> None:
    figures = counted()
    assert first_month(figures) is None
    assert read_growth(figures, Period("2026-01", "2026-01")) == [Growth("2026-01", 0, 0, 0, 0)]
    assert read_split(figures, "country", Period("2026-01", "2026-01")) == []
    assert read_cohorts(figures, Period("2026-01", "2026-01"), running="2026-05", by_quarter=True) == []


def test_counting_twice_does_nothing_twice(app: Flask) -> None:
    with transaction():
        ask_for_figures("")
        ask_for_figures("")
    assert len(session.scalars(select(JobRow).where(JobRow.kind == CountReport.kind)).all()) == 1
    run_due_jobs()
    row = session.scalars(select(PeopleReport)).one()
    at = row.counted_at
    with transaction():
        count_now(row.id)
        count_now(uuid.uuid4())
    assert session.scalars(select(PeopleReport)).one().counted_at == at


def test_every_night_everybody_is_counted_and_groups_as_long_as_somebody_asks(app: Flask) -> None:
    group, other = str(uuid.uuid4()), str(uuid.uuid4())
    counted(group), counted(other)
    with transaction():
        long_ago = clock.now() - timedelta(days=31)
        session.execute(update(PeopleReport).where(PeopleReport.audience == other).values(asked_at=long_ago))
    with transaction():
        count_all_again()
    session.expire_all()
    waiting = {row.audience: row.state for row in session.scalars(select(PeopleReport))}
    assert waiting == {"": CountState.WAITING, group: CountState.WAITING}
    run_due_jobs()
    session.expire_all()
    assert {row.state for row in session.scalars(select(PeopleReport))} == {CountState.DONE}
