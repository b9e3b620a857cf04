"""The pages of sending: choosing, proposing, saying yes, following, pausing, and who may do what."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.rows import MailRow, MailState
from campaign.mailings.models import Mailing, MailingState
from campaign.mailings.queries.audience import Hold
from campaign.mailings.service import keeping, states, watching
from campaign.mailings.service.counting import find_count
from tests.mailings import made
from tests.mailings.made import Schedule, stored
from tests.people.mails.made import agreed, petition_news
from tests.people.pages import come, staff
from tests.support import accounts, make
from tests.support.pages import PageClient, field_values
from tests.support.smtp import Mailserver
from workers.drain import run_due_jobs

HOME = "/staff/mailings"


def post(client: PageClient, path: str, **values: str) -> TestResponse:
    """A form that was sent."""
    token = field_values(client.get("/account").text, "/account/sign-out")["csrf_token"]
    answer = client.post(path, data={"csrf_token": token, **values})
    session.expire_all()
    return answer


def page(mailing: Mailing) -> str:
    return f"{HOME}/{mailing.id}"


def test_an_organiser_chooses_whom_and_when_and_proposes_and_another_says_yes(app: Flask) -> None:
    made.people(3)
    writer, second = staff(app, Role.ORGANISER), staff(app, Role.ORGANISER)
    segment = made.all_of()
    mailing = made.draft()
    answer = post(
        writer, f"{page(mailing)}/audience", version=str(mailing.version), kind="segment", segment=str(segment.id),
        petition="", quiet_days="0",
    )  # fmt: skip
    assert answer.status_code == 303
    assert "It is being counted who would get it" in writer.get(page(mailing)).text
    run_due_jobs()
    mailing = stored(mailing)
    day = (clock.today() + timedelta(days=30)).isoformat()
    answer = post(
        writer, f"{page(mailing)}/schedule", version=str(mailing.version), when="at", day=day, hour="18:30",
        zone="Europe/Berlin", ab_share="10", ab_hours="4",
    )  # fmt: skip
    assert answer.status_code == 303
    assert stored(mailing).send_at is not None
    answer = post(
        writer, f"{page(mailing)}/schedule", version=str(stored(mailing).version), when="now", day="", hour="",
        zone="Europe/Berlin", ab_share="10", ab_hours="4",
    )  # fmt: skip
    assert answer.status_code == 303
    run_due_jobs()
    shown = writer.get(page(mailing)).text
    assert "<strong>3</strong> people would get it" in shown
    assert post(writer, f"{page(mailing)}/propose", version=str(stored(mailing).version)).status_code == 303
    assert stored(mailing).state == MailingState.PROPOSED
    assert "Yes, send it" not in writer.get(f"{page(mailing)}/approve").text
    looked = second.get(f"{page(mailing)}/approve").text
    assert "What happened in November" in looked
    assert "Yes, send it" in looked
    answer = post(second, f"{page(mailing)}/approve", version=str(stored(mailing).version))
    assert answer.status_code == 303
    again = post(second, f"{page(mailing)}/approve", version=str(stored(mailing).version))
    assert again.status_code == 409
    assert "somebody else was quicker" in again.text
    run_due_jobs()
    assert stored(mailing).state == MailingState.SENDING


def test_signers_of_a_petition_can_be_chosen(app: Flask) -> None:
    petition, client, mailing = make.petition(), staff(app, Role.ORGANISER), made.draft()
    petition_news(made.people(1)[0], petition.id)
    answer = post(
        client, f"{page(mailing)}/audience", version=str(mailing.version), kind="signers", segment="",
        petition=str(petition.id), quiet_days="3",
    )  # fmt: skip
    assert answer.status_code == 303
    run_due_jobs()
    assert "Open the windows" in client.get(page(mailing)).text


@pytest.mark.parametrize(
    ("kind", "quiet", "said"),
    [("segment", "3", "Choose either"), ("segment", "300", "whole number"), ("neither", "3", "Not a valid")],
)
def test_what_does_not_fit_is_told_on_the_form(app: Flask, kind: str, quiet: str, said: str) -> None:
    client, mailing = staff(app, Role.ORGANISER), made.draft()
    answer = post(
        client, f"{page(mailing)}/audience", version=str(mailing.version), kind=kind, segment="", petition="",
        quiet_days=quiet,
    )  # fmt: skip
    assert answer.status_code == 422
    assert said in answer.text


def test_a_schedule_without_its_hour_or_in_the_past_is_told(app: Flask) -> None:
    client, mailing = staff(app, Role.ORGANISER), made.draft()
    values = {"version": str(mailing.version), "zone": "UTC", "ab_share": "10", "ab_hours": "4"}
    path = f"{page(mailing)}/schedule"
    assert "Say the day and the time" in post(client, path, when="at", day="", hour="", **values).text
    assert "between now and a year" in post(client, path, when="at", day="2020-01-01", hour="10:00", **values).text
    assert "Enter a date" in post(client, path, when="at", day="soon", hour="10:00", **values).text


def test_the_page_follows_what_is_leaving_and_pauses_it(app: Flask, mailserver: Mailserver) -> None:
    made.people(4)
    mailing, admin = made.begun(), staff(app, Role.ADMIN)
    shown = admin.get(page(mailing))
    assert "data-follow" in shown.text
    assert "Those we mean" not in shown.text, "an admin is not told to whom"
    followed = admin.get(f"{page(mailing)}/sending").text
    assert '<noscript><meta http-equiv="refresh"' in followed
    assert admin.get(f"{page(mailing)}/progress").json == {"done": 0, "is_at_work": True}
    assert post(admin, f"{page(mailing)}/pause").status_code == 303
    assert "Somebody paused it" in admin.get(page(mailing)).text
    assert post(admin, f"{page(mailing)}/pause").status_code == 409
    assert post(admin, f"{page(mailing)}/go-on").status_code == 303
    made.deliver(app)
    with transaction():
        watching.watch(mailing.id)
    assert admin.get(f"{page(mailing)}/progress").json == {"done": 4, "is_at_work": False}
    assert "has left" in admin.get(page(mailing)).text


def test_after_a_restored_backup_the_page_says_so_and_offers_only_to_stop(app: Flask) -> None:
    made.people(2)
    asked, leaving, client = made.proposed(), made.begun(), staff(app, Role.ORGANISER)
    with transaction():
        keeping.stand_still()
    shown = client.get(page(leaving)).text
    assert "so it cannot go on" in shown
    assert "Let it go on" not in shown
    assert "Stop it for good" in shown
    refused = post(client, f"{page(leaving)}/go-on")
    assert refused.status_code == 409
    assert "can only be stopped" in refused.text
    assert "may have left since that backup" in client.get(page(asked)).text


def test_what_nobody_knows_and_what_paused_by_itself_is_said(app: Flask) -> None:
    made.people(2)
    mailing, client = made.begun(), staff(app, Role.ORGANISER)
    with transaction():
        session.execute(update(MailRow).values(state=MailState.UNKNOWN))
    assert "Nobody knows whether these arrived: 2" in client.get(page(mailing)).text
    with transaction():
        states.hold_back(states.lock_mailing(mailing.id), "bounces", actor=None)
    assert "5 in 100 of its addresses do not exist" in client.get(page(mailing)).text


def test_a_trial_shows_both_subjects_and_can_be_ended(app: Flask) -> None:
    made.people(20)
    mailing, client = made.begun(made.draft(schedule=Schedule(ab_share=20), text=made.B)), staff(app, Role.ORGANISER)
    assert "Send this one to the rest now" in client.get(page(mailing)).text
    assert post(client, f"{page(mailing)}/winner", variant="c").status_code == 404
    assert post(client, f"{page(mailing)}/winner", variant="b").status_code == 303
    assert stored(mailing).winner == "b"
    assert post(client, f"{page(mailing)}/winner", variant="a").status_code == 409


WRITERS = ("audience", "schedule", "approve")
ACTS = ("count", "propose", "approve", "withdraw", "winner")
WATCHERS = ("sending", "progress")


@pytest.mark.parametrize("role", [each for each in Role if each != Role.ORGANISER])
def test_who_may_do_what(app: Flask, role: Role) -> None:
    mailing, client = made.draft(), staff(app, role)
    for path in WRITERS:
        assert client.get(f"{page(mailing)}/{path}").status_code == 403, path
    for act in ACTS:
        assert post(client, f"{page(mailing)}/{act}", variant="a").status_code == 403, act
    may = role is Role.ADMIN
    for path in WATCHERS:
        assert (client.get(f"{page(mailing)}/{path}").status_code == 403) is not may, path
    for act in ("pause", "go-on", "stop"):
        assert (post(client, f"{page(mailing)}/{act}").status_code == 403) is not may, act


def test_the_dashboard_says_what_waits_for_a_second_person_and_what_paused(app: Flask) -> None:
    made.people(1)
    writer = accounts.person(Role.ORGANISER, app=True)
    mailing = made.proposed(made.draft(actor=writer.signed_in()))
    assert "Mailings wait for a second person" in staff(app, Role.ORGANISER).get("/staff").text
    assert "Mailings wait for a second person" not in come(app, writer).get("/staff").text
    second = accounts.person(Role.ORGANISER).signed_in()
    with transaction():
        states.approve(mailing.id, typed=None, seen_version=mailing.version, actor=second)
    run_due_jobs()
    with transaction():
        states.hold_back(states.lock_mailing(mailing.id), "complaints", actor=None)
    assert "A mailing has paused by itself" in staff(app, Role.ADMIN).get("/staff").text


def test_one_press_of_a_mail_program_unsubscribes_by_the_header_of_the_mail(app: Flask, mailserver: Mailserver) -> None:
    person, other = made.people(2)
    made.begun()
    assert made.deliver(app) == 2
    mail = mailserver.mails[0]
    header = str(mail.message["List-Unsubscribe"])
    address = header.partition("<")[2].partition(">")[0]
    path = "/" + address.split("/", 3)[3]
    # As RFC 8058 has it: no cookie, no token of a form, no Origin, the one field.
    answer = app.test_client().post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    ended = [each for each in (person, other) if agreed(each) == set()]
    assert len(ended) == 1
    later = made.draft()
    count = find_count(later)
    assert count is not None
    assert count.holds[Hold.NO_CONSENT] == 1
