"""A report tells of closed months, late, in sums of five at least; two persons publish it and nobody changes it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from campaign.accounting.models import PublicReport, ReportState
from campaign.accounting.queries import reports as queries
from campaign.accounting.service import reports
from campaign.accounting.service.reports import NotPublishable
from campaign.funds.models import Expense, Memo
from campaign.funds.service import ledger, periods
from campaign.funds.service import rates as rates_service
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, Forbidden
from tests.accounting import made as months
from tests.funds import made

pytestmark = pytest.mark.usefixtures("app")
JANUARY, FEBRUARY, MARCH = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)


@pytest.fixture
def fund(app):
    made.bank()
    return made.fund()


def lines(content):
    return [(str(code), minor) for code, minor in content["lines"]]


def test_a_closed_month_is_told_of_by_category(fund):
    months.month(fund, JANUARY, gifts=12, LAWYER=6, PARCELS=5, FEES=5)
    with pytest.raises(NotPublishable, match="closed"):
        reports.next_draft()
    months.close()
    draft = reports.next_draft()
    assert (draft.starts_on, draft.ends_on) == (JANUARY, date(2024, 1, 31))
    content = draft.content
    assert lines(content) == [("expenses:lawyer", 24_000), ("expenses:fees", 20_000), ("expenses:parcels", 20_000)]
    assert (content["received"], content["spent"], content["left"]) == (120_000, 64_000, 56_000)
    assert (content["gifts"], content["helped"], content["corrects"]) == (10, 0, False)


def test_small_categories_and_small_fees_stand_together(fund):
    months.month(fund, JANUARY, LAWYER=6, PARCELS=5, TRAVEL=1, FEES=2)
    months.close()
    assert lines(reports.next_draft().content) == [("expenses:lawyer", 24_000), ("other", 32_000)]


def test_fees_do_not_hide_a_single_payment(fund):
    months.month(fund, JANUARY, LAWYER=1, FEES=6)
    months.close()
    with pytest.raises(NotPublishable, match="Too little"):
        reports.next_draft()


def test_amounts_are_in_full_tens(fund):
    months.month(fund, JANUARY, gifts=5, given=10_331, LAWYER=5)
    months.close()
    content = reports.next_draft().content
    assert (content["received"], content["spent"], content["left"]) == (51_000, 20_000, 31_000)


@pytest.mark.parametrize(("gifts", "payments"), [(4, 6), (6, 3), (1, 0), (0, 2)])
def test_a_month_with_too_little_is_told_of_with_the_next(fund, gifts, payments):
    months.month(fund, JANUARY, gifts=gifts, LAWYER=payments)
    months.month(fund, FEBRUARY, gifts=6, LAWYER=6)
    months.close()
    with pytest.raises(NotPublishable, match="Too little"):
        reports.next_draft()
    months.close()
    draft = reports.next_draft()
    assert (draft.starts_on, draft.ends_on) == (JANUARY, date(2024, 2, 29))
    months.publish()
    assert queries.find_published(JANUARY) is not None
    with pytest.raises(NotPublishable):
        reports.next_draft()


def test_an_empty_month_says_so(fund):
    months.month(fund, JANUARY, LAWYER=5)
    made.gift(fund, 100, day=MARCH)
    months.close()
    months.close()
    months.publish()
    content = reports.next_draft().content
    assert (content["received"], content["spent"], content["gifts"], content["lines"]) == (0, 0, 0, [])
    assert content["left"] == 40_000


def test_it_waits_for_thirty_days(fund):
    last = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    months.month(fund, last, LAWYER=6)
    months.close()
    with pytest.raises(NotPublishable, match="thirty days"):
        reports.next_draft()
    with pytest.raises(DBAPIError, match="late_enough"), transaction():
        session.execute(
            text("""INSERT INTO public_report (starts_on, ends_on, id, state, content, asked_by, asked_at, decided_by,
                decided_at, published_on) VALUES (:first, :last, gen_random_uuid(), 'published', '{}',
                gen_random_uuid(), now(), gen_random_uuid(), now(), :today)"""),
            {"first": last, "last": periods.end_of_month(last), "today": clock.today()},
        )


def test_two_persons_publish_it_and_it_stays_as_it_is(fund):
    months.month(fund, JANUARY, LAWYER=6)
    months.close()
    ends_on = reports.next_draft().ends_on
    with transaction():
        found = reports.propose_report(ends_on, actor=months.FIRST)
    with pytest.raises(Conflict), transaction():
        reports.propose_report(ends_on, actor=months.SECOND)
    with pytest.raises(Forbidden), transaction():
        reports.publish_report(found.id, actor=months.FIRST)
    assert queries.list_published() == []
    with transaction():
        reports.publish_report(found.id, actor=months.SECOND)
    with pytest.raises(Conflict), transaction():
        reports.publish_report(found.id, actor=months.SECOND)
    for statement in (
        "UPDATE public_report SET content = '{}'", "UPDATE public_report SET state = 'withdrawn', published_on = NULL",
        "DELETE FROM public_report", "TRUNCATE public_report",
    ):  # fmt: skip
        with pytest.raises(DBAPIError), transaction():
            session.execute(text(statement))


def test_one_takes_it_down_and_another_puts_it_up_again(fund):
    months.month(fund, JANUARY, LAWYER=6)
    months.close()
    report_id = months.publish()
    with transaction():
        reports.hide_report(report_id, actor=months.FIRST)
    assert queries.find_published(JANUARY) is None
    with pytest.raises(NotPublishable):
        reports.next_draft()
    with pytest.raises(Forbidden), transaction():
        reports.show_again(report_id, actor=months.FIRST)
    with transaction():
        reports.show_again(report_id, actor=months.SECOND)
    assert queries.find_published(JANUARY) is not None


def test_one_that_is_refused_can_be_proposed_anew(fund):
    months.month(fund, JANUARY, LAWYER=6)
    months.close()
    for actor, state in ((months.FIRST, ReportState.WITHDRAWN), (months.SECOND, ReportState.REFUSED)):
        with transaction():
            found = reports.propose_report(date(2024, 1, 31), actor=months.FIRST)
        with transaction():
            assert reports.refuse_report(found.id, actor=actor).state == state
    months.publish()


def test_what_is_put_right_later_is_told_with_the_month_in_which_it_was(fund):
    months.month(fund, JANUARY, gifts=8, LAWYER=6)
    months.close()
    report_id = months.publish()
    before = dict(session.get_one(PublicReport, report_id).content)
    day = periods.book_day(date(2024, 1, 15))
    with transaction():
        ledger.reverse(1, memo=Memo.TWICE, happened_on=day, actor=months.FIRST)
    months.month(fund, FEBRUARY, gifts=9, LAWYER=6)
    months.close()
    months.publish()
    content = queries.find_published(FEBRUARY).content
    assert (content["received"], content["gifts"], content["corrects"]) == (80_000, 5, True)
    session.expire_all()
    assert session.get_one(PublicReport, report_id).content == before


def test_what_was_taken_back_does_not_count_as_one_of_five(fund):
    months.month(fund, JANUARY, gifts=8, LAWYER=5)
    with transaction():
        ledger.reverse(9, memo=Memo.DID_NOT_HAPPEN, happened_on=date(2024, 1, 20), actor=months.FIRST)
    months.close()
    with pytest.raises(NotPublishable, match="Too little"):
        reports.next_draft()


def test_one_giver_of_many_gifts_is_one_of_five(fund):
    months.month(fund, JANUARY, gifts=4, LAWYER=6)
    for _again in range(4):
        made.gift(fund, 1_000, day=date(2024, 1, 20), giver="giver 1")
    months.month(fund, FEBRUARY, gifts=1, LAWYER=6)
    months.close()
    with pytest.raises(NotPublishable, match="Too little"):
        reports.next_draft()
    months.close()
    assert reports.next_draft().ends_on == date(2024, 2, 29)


def test_other_currencies_count_at_about_what_they_were_worth(fund):
    with transaction():
        staged = rates_service.stage_rates(
            b"Date,USD\n2024-01-30,2.0\n", file_name="rates.csv", source="ecb", actor=None
        )  # fmt: skip
    with transaction():
        rates_service.apply_rates(staged.id, actor=None)
    months.month(fund, JANUARY, LAWYER=6)
    made.gift(fund, 20_000, "USD", day=date(2024, 1, 20))
    made.gift(fund, 7_000, "GEL", day=date(2024, 1, 20))
    months.close()
    content = reports.next_draft().content
    assert (content["received"], content["left"]) == (70_000, 46_000)
    assert (content["is_about"], content["is_short"]) == (True, True)
    assert "GEL" not in str(content)


def test_many_payments_for_one_family_are_not_shown_alone(fund, monkeypatch):
    monkeypatch.setattr(
        "campaign.accounting.queries.months.helped_by", lambda numbers: dict.fromkeys(numbers, "one family")
    )  # fmt: skip
    months.month(fund, JANUARY, LAWYER=8)
    months.close()
    with pytest.raises(NotPublishable, match="Too little"):
        reports.next_draft()


def test_each_category_has_a_name(fund):
    from campaign.accounting.forms.words import CATEGORY_WORDS

    assert set(map(str, Expense)) <= set(map(str, CATEGORY_WORDS))
