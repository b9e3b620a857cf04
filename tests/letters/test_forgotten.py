"""Incidents and needs keep their words for a time after they are closed, and the screens say until when."""

from datetime import timedelta

import pytest
import time_machine

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.registry import retention_rules
from campaign.letters.models import Incident, IncidentEvent, IncidentKind, IncidentState, NeedKind, ReportedNeed
from campaign.letters.models import ReplyState as S
from campaign.letters.service import incidents, needs
from campaign.letters.service.errors import NotThatStep
from tests.letters.replies import STAFF, reply
from tests.support.pages import field_values


def run(rule: str, days: int) -> int:
    with time_machine.travel(clock.now() + timedelta(days=days)), transaction():
        return retention_rules[rule].apply(clock.today())


def again(found):
    session.expire_all()
    return session.get_one(type(found), found.id)


def incident(closed: bool = True, actor=STAFF) -> Incident:
    made = reply(S.MATCHED)
    with transaction():
        opened = incidents.open_incident(made.id, IncidentKind.THREAT, "Тайное слово", actor=actor)
        incidents.take(opened.id, "", actor=actor)
    if closed:
        with transaction():
            version = session.get_one(Incident, opened.id, populate_existing=True).version
            incidents.step(opened.id, IncidentState.CLOSED, "Тайный шаг", actor=actor, seen_version=version)
    session.expire_all()
    return session.get_one(Incident, opened.id)


def need(state: str = "reported", words: str = "очки") -> ReportedNeed:
    made = reply(S.MATCHED)
    with transaction():
        known = needs.report_need(made.id, NeedKind.MEDICINE, words, is_urgent=True, actor=STAFF)
        if state == "dismissed":
            needs.dismiss_need(known.id, actor=STAFF)
        else:
            known.state = state
    session.expire_all()
    return session.get_one(ReportedNeed, known.id)


def test_an_incident_loses_its_words_a_year_after_it_was_closed_and_keeps_its_history(app):
    found, under_way = incident(), incident(closed=False)
    assert incidents.erased_on(found) == clock.today() + timedelta(days=365)
    assert incidents.erased_on(under_way) is None
    assert [run("incident-words", days) for days in (364, 365, 366)] == [0, 1, 0]
    found = again(found)
    assert incidents.note_of(found) == ""
    assert (found.kind, found.state, found.closed_on) == ("threat", "closed", clock.today())
    steps = session.query(IncidentEvent).filter_by(incident_id=found.id).all()
    assert [each.note_sealed for each in steps] == [None] * 3
    assert incidents.note_of(again(under_way)) == "Тайное слово"


def test_opened_again_it_keeps_its_words_and_what_is_written_later_goes_later(app):
    found = incident()
    with time_machine.travel(clock.now() + timedelta(days=300)), transaction():
        incidents.step(found.id, IncidentState.TRIAGE, "Снова", actor=STAFF, seen_version=found.version)
    assert run("incident-words", 365) == 0
    session.expire_all()
    with time_machine.travel(clock.now() + timedelta(days=400)), transaction():
        incidents.step(found.id, IncidentState.CLOSED, "Всё", actor=STAFF, seen_version=found.version)
    assert [run("incident-words", days) for days in (764, 765)] == [0, 1]


def test_the_timer_of_an_incident_is_on_its_page(app, sign_in):
    client = sign_in(Role.COORDINATOR)
    found = incident(actor=client.person.id)
    page = f"/staff/incidents/{found.id}"
    day = incidents.erased_on(found)
    assert f"{day.day} {day:%B} {day.year}" in client.get(page).text
    run("incident-words", 365)
    html = client.get(page).text
    assert "Its words were erased" in html
    assert "/read" not in html


@pytest.mark.parametrize("state", ["dismissed", "taken_over"])
def test_a_need_loses_its_words_half_a_year_after_it_was_closed(app, state):
    found, waiting = need(state), need()
    assert needs.erased_on(found) == clock.today() + timedelta(days=180)
    assert needs.erased_on(waiting) is None
    assert [run("need-words", days) for days in (179, 180, 181)] == [0, 1, 0]
    found, waiting = again(found), again(waiting)
    assert (found.note_sealed, found.kind, found.reported_on) == (None, "medicine", clock.today())
    assert waiting.note_sealed is not None


def test_the_days_run_from_closing_and_not_from_the_report(app):
    found = need()
    with time_machine.travel(clock.now() + timedelta(days=100)), transaction():
        needs.dismiss_need(found.id, actor=STAFF)
    assert [run("need-words", days) for days in (279, 280)] == [0, 1]


def test_a_need_is_dismissed_once_and_what_a_fund_has_is_closed_there(app):
    found, taken = need("dismissed"), need("taken_over")
    with transaction():
        needs.dismiss_need(found.id, actor=STAFF)
    assert session.query(AuditEntry).filter_by(action="need.dismiss").count() == 1
    with pytest.raises(NotThatStep), transaction():
        needs.dismiss_need(taken.id, actor=STAFF)
    with transaction():
        again = needs.report_need(found.reply_id, NeedKind.MEDICINE, "", is_urgent=False, actor=STAFF)
    assert again.id != found.id, "what is asked for again is a need again"


def test_a_coordinator_closes_a_need_where_it_was_read(app, sign_in):
    found = need()
    client, page = sign_in(Role.COORDINATOR), f"/staff/replies/{found.reply_id}"
    path = f"{page}/needs/{found.id}/dismiss"
    html = client.get(page).text
    assert "180 days after it is closed" in html
    assert client.post(path, data=field_values(html, "/dismiss")).status_code == 303
    html = client.get(page).text
    day = clock.today() + timedelta(days=180)
    assert f"erased on {day.day} {day:%B} {day.year}" in html
    assert "Nobody works on a need any more: Medicine or a doctor" in html
    token = field_values(client.get("/account").text, "/account/sign-out")
    other = reply(S.MATCHED)
    assert client.post(f"/staff/replies/{other.id}/needs/{found.id}/dismiss", data=token).status_code == 404
    moderator = sign_in(Role.MODERATOR)
    token = field_values(moderator.get("/account").text, "/account/sign-out")
    assert moderator.post(path, data=token).status_code == 403


def test_the_privacy_page_says_so(app, client):
    html = client.get("/privacy").text
    assert "erased a year after the matter was closed" in html
    assert "erased 180 days after it was closed" in html
