"""Topics, rhythm, language, a pause, never again, erased: behind a link, from an account, and asked for by address."""

import json
import time
import uuid
from datetime import timedelta
from statistics import median

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane, MailRow
from campaign.kernel.mail.suppression import SuppressionReason, suppress, suppressed_among
from campaign.kernel.registry_people import merge_rules, segment_conditions
from campaign.people.models import (
    AskRest,
    AskWay,
    Consent,
    KeptFor,
    MailWish,
    Person,
    Purpose,
    Topic,
)
from campaign.people.queries.ladder import NO_MAIL_NOW
from campaign.people.queries.mail_wishes import may_mail_today
from campaign.people.service.ladder.answers import rest
from campaign.people.service.ladder.ask import MayNotAsk, note_ask
from campaign.people.service.mail_rhythm import note_mailed
from campaign.people.service.merging import merge_people, undo_merge
from tests.people.ladder.steps import ORGANISER, signer
from tests.people.mails.made import agreed, page_of, petition_news, subscriber
from tests.people.pages import ACTOR, come, staff, volunteer
from tests.support.pages import PageClient
from tests.support.smtp import Mailserver


def wish(person_id: uuid.UUID) -> MailWish:
    session.expire_all()
    return session.get_one(MailWish, person_id)


def preferences(person_id: uuid.UUID) -> str:
    return f"{page_of(person_id, Topic.ALL)}/preferences"


def chosen(*topics: str, seen: tuple[str, ...] = ("news", "asks", "events"), **more: str) -> dict[str, object]:
    return {"topic": list(topics), "seen": list(seen), "rhythm": "any", "language": "en", **more}


def test_topics_rhythm_and_language_are_kept(app: Flask, client: PageClient) -> None:
    person = subscriber(Purpose.NEWS, Purpose.CALLS)
    page = preferences(person)
    assert client.get(page).text.count(" checked") == 3  # news, being asked, as it comes
    answer = client.post(page, data=chosen("events", rhythm="monthly", language="ru"))
    assert "Saved." in answer.text
    assert agreed(person) == {"events", "calls"}
    assert session.get_one(AskRest, person).until_on is None
    assert wish(person).rhythm == "monthly"
    assert session.get_one(Person, person).language == "ru"
    client.post(page, data=chosen("events", rhythm="monthly", language="ru"))
    assert len(session.scalars(select(Consent).where(Consent.person_id == person)).all()) == 3
    client.post(page, data=chosen("news", "asks", "events", rhythm="any"))
    assert agreed(person) == {"news", "events", "calls"}
    session.expire_all()
    assert session.get(AskRest, person) is None


@pytest.mark.parametrize("wrong", [{"rhythm": "hourly"}, {"language": "xx"}, {"rhythm": ""}])
def test_a_form_that_was_tampered_with_changes_nothing(app: Flask, client: PageClient, wrong: dict[str, str]) -> None:
    person = subscriber()
    client.post(preferences(person), data={**chosen(), **wrong})
    assert agreed(person) == {"news"}


def test_a_topic_that_the_page_did_not_show_stays(app: Flask, client: PageClient) -> None:
    person, stranger = subscriber(Purpose.NEWS, Purpose.EVENTS), subscriber()
    news, others = petition_news(person), petition_news(stranger)
    client.post(preferences(person), data=chosen("news", seen=("news", str(others.subject))))
    assert agreed(person) == {"news", "events", "petition-updates"}
    assert agreed(stranger) == {"news", "petition-updates"}
    client.post(preferences(person), data=chosen("news", str(others.subject), seen=("news", str(others.subject))))
    assert len(session.scalars(select(Consent).where(Consent.subject == others.subject)).all()) == 1
    client.post(preferences(person), data=chosen(seen=(str(news.subject),)))
    assert agreed(person) == {"news", "events"}
    client.post(preferences(person), data=chosen(str(news.subject), seen=(str(news.subject),)))
    assert agreed(person) == {"news", "events", "petition-updates"}


def test_a_pause_of_three_months_and_its_end(app: Flask, client: PageClient) -> None:
    person = subscriber()
    page = preferences(person)
    assert "We send you nothing until" in client.post(f"{page}/pause").text
    until = wish(person).paused_until
    assert until == clock.today() + timedelta(days=91)
    assert may_mail_today([person], Topic.NEWS) == set()
    with time_machine.travel(clock.now() + timedelta(days=92)):
        assert may_mail_today([person], Topic.NEWS) == {person}
        assert "Pause for three months" in client.get(page).text
    assert "The pause is over." in client.post(f"{page}/resume").text
    assert client.post(f"{page}/resume").status_code == 200
    assert may_mail_today([person], Topic.NEWS) == {person}


def test_the_rhythm_leaves_a_mail_a_week_or_a_month(app: Flask, client: PageClient) -> None:
    weekly, monthly, free = subscriber(), subscriber(), subscriber()
    everybody = [weekly, monthly, free]
    client.post(preferences(weekly), data=chosen("news", "asks", rhythm="weekly"))
    client.post(preferences(monthly), data=chosen("news", "asks", rhythm="monthly"))
    assert may_mail_today(everybody, Topic.NEWS) == set(everybody)
    with transaction():
        note_mailed(everybody)
    assert session.get(MailWish, free) is None
    assert may_mail_today(everybody, Topic.NEWS) == {free}
    for days, expected in ((6, {free}), (7, {free, weekly}), (29, {free, weekly}), (30, set(everybody))):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            assert may_mail_today(everybody, Topic.NEWS) == expected, days
    client.post(preferences(weekly), data=chosen("news", "asks", rhythm="any"))
    assert wish(weekly).mailed_on is None


def test_who_may_be_mailed_agrees_to_the_very_thing(app: Flask) -> None:
    news, events = subscriber(), subscriber(Purpose.EVENTS)
    subject = petition_news(news).subject
    both = [news, events]
    assert may_mail_today(both, Topic.NEWS) == may_mail_today(both, Topic.ASKS) == {news}
    assert may_mail_today(both, Topic.EVENTS) == {events}
    assert may_mail_today(both, Topic.PETITION, subject) == {news}
    assert may_mail_today(both, Topic.PETITION, uuid.uuid4()) == set()
    with transaction():
        rest(news, 3, actor=None)
    assert may_mail_today(both, Topic.ASKS) == set()
    assert may_mail_today(both, Topic.NEWS) == {news}
    assert may_mail_today([], Topic.NEWS) == set()


def test_asking_for_help_by_mail_obeys_the_pause_and_the_rhythm(app: Flask, mailserver: Mailserver, client) -> None:
    person = signer(60, news=True, email="vera@people.example")
    client.post(f"{preferences(person)}/pause")

    def ask() -> None:
        with transaction():
            note_ask(person, "write_one_letter", way=AskWay.MAIL, actor=ORGANISER)

    with pytest.raises(MayNotAsk) as refused:
        ask()
    assert refused.value.refusal.hold == NO_MAIL_NOW
    client.post(f"{preferences(person)}/resume")
    client.post(preferences(person), data=chosen("news", "asks", rhythm="weekly"))
    ask()
    assert wish(person).mailed_on == clock.today()
    client.post(f"{preferences(person)}/pause")  # said between owing the mail and its leaving
    deliver_lane(Lane.BULK, in_context=app.app_context, threads=1)
    assert mailserver.mails == []


def test_never_again_is_never_and_can_be_taken_back(app: Flask, client: PageClient) -> None:
    person = subscriber(Purpose.NEWS, Purpose.CALLS, email="never@example.org", kept_for=KeptFor.STAFF)
    page = preferences(person)
    for _ in range(2):
        assert "We write to you never again" in client.post(f"{page}/never").text
    assert agreed(person) == {"calls"}
    assert suppressed_among(["never@example.org"]) == {"never@example.org"}
    assert session.scalars(select(Consent.ended_how).where(Consent.purpose == "news")).one() == "never"
    assert "send them again" not in client.get(page_of(person)).text
    for _ in range(2):
        assert "We may write to you again" in client.post(f"{page}/write-again").text
    assert suppressed_among(["never@example.org"]) == set()
    assert agreed(person) == {"calls"}
    with transaction():
        suppress("never@example.org", SuppressionReason.BOUNCED)
    client.post(f"{page}/write-again")
    assert suppressed_among(["never@example.org"]) == {"never@example.org"}


def test_erasing_asks_once_more_and_leaves_nothing(app: Flask, client: PageClient) -> None:
    person = subscriber(email="erase@example.org")
    page = page_of(person, Topic.ALL)
    client.post(f"{page}/preferences/pause")
    assert "Erase me for good" in client.get(f"{page}/erase").text
    session.expire_all()
    assert session.get(Person, person) is not None
    assert "You are erased" in client.post(f"{page}/erase").text
    session.expire_all()
    assert session.get(Person, person) is None
    assert session.get(MailWish, person) is None
    for path in (page, f"{page}/preferences", f"{page}/erase"):
        assert client.get(path).status_code == client.post(path).status_code == 404
    assert client.post(f"{page}/preferences/pause").status_code == 404


def test_whoever_has_an_account_is_led_there_and_finds_the_preferences_there(app: Flask, client: PageClient) -> None:
    own, who = volunteer()
    assert who.person_id is not None
    page = page_of(who.person_id, Topic.ALL)
    for path in (f"{page}/preferences", f"{page}/erase"):
        assert "/account/data/erase" in client.get(path).text
    assert "Sign in there" in client.post(f"{page}/erase").text
    session.expire_all()
    assert session.get(Person, who.person_id) is not None
    mine = come(app, own)
    assert "/account/data/preferences" in mine.get("/account/data").text
    answer = mine.get("/account/data/preferences")
    assert answer.status_code == 303
    mine.post(f"{answer.headers['Location']}/pause")
    exported = json.loads(mine.get("/account/data/export").text)
    assert exported["mail-wishes"]["paused_until"] == (clock.today() + timedelta(days=91)).isoformat()
    assert "How often you want to be mailed" in mine.get("/account/data").text


def test_staff_see_rhythm_pause_and_how_a_consent_ended(app: Flask, client: PageClient) -> None:
    person = subscriber(Purpose.NEWS, Purpose.EVENTS, kept_for=KeptFor.STAFF)
    client.post(f"{preferences(person)}/pause")
    client.post(preferences(person), data=chosen("events", rhythm="monthly"))
    shown = staff(app, Role.ORGANISER).get(f"/staff/people/{person}").text
    assert "at most one a month" in shown
    assert "No mails until" in shown
    assert shown.count("(by the link of a mail)") == 2  # beside the consent, and on the timeline


def test_segments_find_who_paused_and_who_wants_few(app: Flask, client: PageClient) -> None:
    paused, monthly, _other = subscriber(), subscriber(), subscriber()
    client.post(f"{preferences(paused)}/pause")
    client.post(preferences(monthly), data=chosen("news", "asks", rhythm="monthly"))

    def found(name: str) -> set[uuid.UUID]:
        return set(session.scalars(segment_conditions[name].select({})))

    assert found("mails-paused") == {paused}
    assert found("mails-monthly") == {monthly}
    assert found("mails-weekly") == set()


def test_of_two_wishes_the_quieter_is_kept_and_undoing_brings_both_back(app: Flask, client: PageClient) -> None:
    winner, loser = subscriber(kept_for=KeptFor.STAFF), subscriber(kept_for=KeptFor.STAFF)
    client.post(preferences(winner), data=chosen("news", "asks", rhythm="weekly"))
    client.post(preferences(loser), data=chosen("news", "asks", rhythm="monthly"))
    client.post(f"{preferences(loser)}/pause")
    assert "mail-wishes" in merge_rules
    with transaction():
        merged = merge_people(winner, loser, actor=ACTOR).id
    kept = wish(winner)
    assert (kept.rhythm, kept.paused_until) == ("monthly", clock.today() + timedelta(days=91))
    with transaction():
        undo_merge(merged, actor=ACTOR)
    assert (wish(winner).rhythm, wish(winner).paused_until) == ("weekly", None)
    assert wish(loser).rhythm == "monthly"


def test_a_link_comes_to_whoever_we_write_to_and_to_nobody_else(
    app: Flask, client: PageClient, mailserver: Mailserver
) -> None:
    person = subscriber(email="known@example.org")
    answers = [client.post("/preferences", data={"email": f"{each}@example.org"}) for each in ("known", "unknown")]
    assert {each.status_code for each in answers} == {303}
    assert len({each.headers["Location"] for each in answers}) == 1
    assert "If we write to that address" in client.get("/preferences/sent").text
    deliver_lane(Lane.FAST, in_context=app.app_context, threads=1)
    [mail] = mailserver.mails
    assert mail.recipients == ["known@example.org"]
    assert mail.message["Subject"] == "Your link"
    assert "List-Unsubscribe" not in mail.message
    page = mail.link("/unsubscribe/")
    assert "What we write to you about" in client.get(page).text
    client.post(f"{page}/pause")
    assert wish(person).paused_until is not None
    states = session.execute(select(MailRow.state, MailRow.recipient_sealed)).all()
    assert sorted(states) == [("sent", None), ("suppressed", None)]


def test_at_most_three_mails_a_day_and_as_many_rows_for_everybody(
    app: Flask, client: PageClient, mailserver: Mailserver
) -> None:
    subscriber(email="known@example.org")
    for number in range(5):
        for name in ("known", "unknown"):
            assert client.post("/preferences", data={"email": f"{name}@example.org"}).status_code == 303, number
    assert session.scalar(select(func.count()).select_from(MailRow)) == 10
    deliver_lane(Lane.FAST, in_context=app.app_context, threads=1)
    assert len(mailserver.mails) == 3


def test_asking_takes_as_long_for_a_known_as_for_an_unknown_address(app: Flask, client: PageClient) -> None:
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(25):
        subscriber(email=f"known-{number}@example.org")
    client.post("/preferences", data={"email": "warm@example.org"})
    for number in range(25):
        for name, times in took.items():
            start = time.perf_counter()
            client.post("/preferences", data={"email": f"{name}-{number}@example.org"})
            times.append(time.perf_counter() - start)
    known, unknown = median(took["known"]), median(took["unknown"])
    assert abs(known - unknown) < 0.4 * max(known, unknown), (known, unknown)


def test_bad_addresses_programs_and_other_sites(app: Flask, client: PageClient) -> None:
    for email in ("", "nobody", "a@b", "x" * 300 + "@example.org", "a b\x00@example.org"):
        answer = client.post("/preferences", data={"email": email})
        assert answer.status_code == 422
        assert "Enter your e-mail address" in answer.text
    trapped = client.post("/preferences", data={"email": "a@example.org", "website": "x"})
    assert trapped.status_code == 303
    foreign = client.post("/preferences", data={"email": "a@example.org"}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code in {400, 403}
    assert session.scalar(select(func.count()).select_from(MailRow)) == 0


def test_a_suppressed_address_gets_no_link(app: Flask, client: PageClient, mailserver: Mailserver) -> None:
    subscriber(email="known@example.org")
    with transaction():
        suppress("known@example.org", SuppressionReason.ASKED)
    assert client.post("/preferences", data={"email": "known@example.org"}).status_code == 303
    deliver_lane(Lane.FAST, in_context=app.app_context, threads=1)
    assert mailserver.mails == []


def test_in_each_language_and_from_the_footer_and_the_privacy_page(app: Flask, client: PageClient) -> None:
    assert 'href="/preferences"' in client.get("/").text
    assert client.get("/privacy").text.count('href="/preferences"') == 2
    assert "О чём мы вам пишем" in client.get("/ru" + preferences(subscriber())).text
    assert "Unsere Mails an Sie" in client.get("/de/preferences").text
