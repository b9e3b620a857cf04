"""What somebody got stands on their timeline without contents, and segments find who got what."""

import uuid
from datetime import timedelta

from flask import Flask
from sqlalchemy import select, text

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.retention import delete_old_rows
from campaign.kernel.mail.returns.classes import ReturnKind
from campaign.kernel.mail.returns.follow import Returned
from campaign.kernel.mail.rows import MailRow
from campaign.kernel.registry_people import segment_conditions
from campaign.mailings.models import MailingRecipient, MailingTally
from campaign.mailings.queries.got import list_got
from campaign.mailings.service.tallies import keep_endings, note_returned
from tests.mailings.running import mailing, owe, person


def tallies(of) -> dict[tuple[str, str, str], int]:
    session.rollback()
    found: dict[tuple[str, str, str], int] = {}
    for each in session.scalars(select(MailingTally).where(MailingTally.mailing_id == of.id)):
        key = (each.outcome, each.variant, each.provider)
        found[key] = found.get(key, 0) + each.amount
    return found


def fits(name: str, **values: object) -> set[uuid.UUID]:
    session.rollback()
    return set(session.scalars(segment_conditions[name].select(values)))


def forget(days: int = 9) -> None:
    with transaction():
        delete_old_rows(clock.today() + timedelta(days=days))


def test_endings_stay_as_numbers_when_the_rows_go(app: Flask) -> None:
    sent = mailing(ab_share=20)
    owe(sent, *(person() for _ in range(3)))
    owe(sent, person(), person(), variant="b", provider="mailru", language="ru")
    owe(sent, person(), state="failed", error="550")
    owe(sent, person(), state="suppressed")
    owe(sent, person(), state="suppressed", error="stopped")
    [waits] = owe(sent, person(), state="pending")
    [unknown] = owe(sent, person(), state="unknown")
    forget()
    assert tallies(sent) == {
        ("sent", "a", "gmail"): 3, ("sent", "b", "mailru"): 2, ("failed", "a", "gmail"): 1,
        ("suppressed", "a", "gmail"): 1, ("stopped", "a", "gmail"): 1,
    }  # fmt: skip
    assert set(session.scalars(select(MailRow.id))) == {waits, unknown}
    outcomes = session.scalars(select(MailingRecipient.outcome)).all()
    assert sorted(str(each) for each in outcomes) == [
        "None", "None", "failed", "sent", "sent", "sent", "sent", "sent", "stopped", "suppressed"
    ]  # fmt: skip
    forget()
    owe(sent, person())
    forget()
    assert tallies(sent)["sent", "a", "gmail"] == 4


def test_two_runs_at_once_count_once(app: Flask) -> None:
    sent = mailing()
    owe(sent, person())
    before = clock.now() + timedelta(days=1)
    with transaction():
        keep_endings(before)
        session.execute(text("DELETE FROM mail"))
    with transaction():
        keep_endings(before)
    assert tallies(sent) == {("sent", "a", "gmail"): 1}


def test_what_comes_back_is_counted_for_its_mailing(app: Flask) -> None:
    sent = mailing()
    mails = owe(sent, person(), person(), provider="yandex")
    with transaction():
        for mail, kind in zip(mails, (ReturnKind.HARD, ReturnKind.DELAY), strict=True):
            note_returned(Returned(mail, kind, "5.1.1", "mailing", uuid.uuid4(), None))
        note_returned(Returned(uuid.uuid4(), ReturnKind.HARD, "", "", None, None))
    assert tallies(sent) == {("hard", "a", "yandex"): 1}


def test_the_timeline_says_what_somebody_got_and_how_it_ended(app: Flask, sign_in) -> None:
    somebody, client = person(), sign_in(Role.ORGANISER)
    sent, waiting, failed, unknown = mailing(), mailing(), mailing(), mailing()
    owe(sent, somebody)
    owe(waiting, somebody, state="pending")
    owe(failed, somebody, state="failed")
    owe(unknown, somebody, state="unknown")
    assert sorted(each.state for each in list_got(somebody, most=10)) == ["failed", "sent", "unknown", "waiting"]
    page = client.get(f"/staff/people/{somebody}").text
    assert "Got the mailing “Что случилось этой осенью”" in page
    assert "Is to get the mailing" in page
    assert "Did not get the mailing" in page
    assert "May have got the mailing" in page
    assert f"/staff/mailings/{sent.id}" in page
    forget()
    assert sorted(each.state for each in list_got(somebody, most=10)) == ["failed", "sent", "unknown", "waiting"]


def test_somebody_who_may_not_see_mailings_gets_no_link_to_them(app: Flask, sign_in) -> None:
    somebody, sent = person(), mailing()
    owe(sent, somebody, variant="b")
    page = sign_in(Role.COORDINATOR).get(f"/staff/people/{somebody}").text
    assert "Got the mailing “Что случилось этой осенью?”" in page
    assert f"/staff/mailings/{sent.id}" not in page


def test_segments_find_who_got_a_mailing(app: Flask) -> None:
    first, second, third, other = person(), person(), person(), person()
    sent, older = mailing(), mailing()
    owe(sent, first)
    owe(sent, second, state="failed")
    owe(sent, third, state="pending")
    owe(older, other, at=clock.now() - timedelta(days=40))
    assert fits("got-mailing", mailing=str(sent.id)) == {first}
    assert fits("got-any-mailing", days=None) == {first, other}
    assert fits("got-any-mailing", days=30) == {first}
    forget()
    assert fits("got-mailing", mailing=str(sent.id)) == {first}
    assert fits("got-any-mailing", days=None) == {first, other}
    assert fits("got-mailing", mailing=str(uuid.uuid4())) == set()


def test_a_segment_says_which_mailing_it_means(app: Flask, sign_in) -> None:
    sent = mailing(title="For the end of the year")
    with app.test_request_context():
        assert (str(sent.id), "For the end of the year") in segment_conditions["got-mailing"].fields[0].options()
        told = segment_conditions["got-mailing"].describe({"mailing": str(sent.id)})
        gone = segment_conditions["got-mailing"].describe_not({"mailing": str(uuid.uuid4())})
    assert told == "got the mailing “For the end of the year”"
    assert "one that is gone" in gone
