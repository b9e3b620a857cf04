"""Grant rounds on the staff pages."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session
from campaign.needs.models import NeedState
from campaign.rounds.models import GrantApplication, GrantRound, RoundState
from tests.funds import made as made_funds
from tests.needs import made as made_needs
from tests.people.pages import send, staff
from tests.rounds.test_rounds import scored

LIST = "/staff/rounds"


def only() -> GrantRound:
    session.expire_all()
    return session.scalars(select(GrantRound)).one()


def test_a_round_goes_its_way_through_the_pages(app: Flask):
    organiser, admin = staff(app, Role.ORGANISER), staff(app, Role.ADMIN)
    first, second = staff(app, Role.COORDINATOR), staff(app, Role.COORDINATOR)
    assert "no open fund" in organiser.get(f"{LIST}/new").text
    fund = made_funds.fund()
    made_funds.bank()
    made_funds.gift(fund, 40_000)
    assert "There was no round yet" in first.get(LIST).text
    today = clock.today()
    values = {
        "title": "Spring", "fund": str(fund), "budget": "1 000", "currency": "EUR", "scorers": "2",
        "opens_on": today.isoformat(), "closes_on": (today + timedelta(days=20)).isoformat(),
    }  # fmt: skip
    for wrong, said in (
        ({"budget": "-4"}, "above zero"), ({"budget": "lots"}, "in digits"), ({"currency": "QQQ"}, "currency"),
        ({"scorers": "1"}, "two and nine"), ({"closes_on": "2020-01-01"}, "before it opens"), ({"fund": "x"}, ""),
    ):  # fmt: skip
        answer = send(organiser, f"{LIST}/new", "", **{**values, **wrong})
        assert answer.status_code == 422
        assert said in answer.text
        assert "Spring" in answer.text
    answer = send(organiser, f"{LIST}/new", "", **values)
    assert answer.status_code == 303
    home = answer.headers["Location"]
    assert send(organiser, f"{home}/edit", "", **values, version=only().version).status_code == 303
    assert send(organiser, f"{home}/edit", "", **values, version=0).status_code == 409
    assert send(organiser, home, "/step", to="scoring", version=only().version).status_code == 409
    assert send(organiser, home, "/step", to="open", version=only().version).status_code == 303
    need = made_needs.need(NeedState.APPROVED)
    entry = f"{home}/applications/new"
    assert need.code in first.get(entry).text
    by_need = {"need": str(need.id), "category": "other", "asked": "300", "words": ""}
    assert send(first, entry, "", **by_need).status_code == 303
    assert send(first, entry, "", **by_need).status_code == 422
    assert send(first, entry, "", need="", category="travel", asked="x", words="Мать").status_code == 422
    assert send(first, entry, "", need="", category="travel", asked="250", words="").status_code == 409
    assert send(first, entry, "", need="", category="travel", asked="250", words="Мать").status_code == 303
    assert organiser.get(entry).status_code == 403
    assert send(organiser, home, "/step", to="verification", version=only().version).status_code == 303
    assert "Applications for grants to be verified" in second.get("/staff").text
    applications = session.scalars(select(GrantApplication).order_by(GrantApplication.number)).all()
    pages = [f"{home}/applications/{each.id}" for each in applications]
    assert send(first, pages[1], "/open").status_code == 303
    assert "Мать" in first.get(pages[1]).text
    assert "Мать" not in second.get(pages[1]).text
    for page in pages:
        assert "/verify" not in first.get(page).text
        assert send(second, page, "/verify", verdict="").status_code == 422
        assert send(second, page, "/verify", verdict="yes").status_code == 303
    assert send(organiser, home, "/step", to="scoring", version=only().version).status_code == 303
    for page, points in zip(pages, ("5", "2"), strict=True):
        for client in (second, organiser):
            assert send(client, page, "/score", points="9").status_code == 422
            assert send(client, page, "/score", points=points, note="ясно").status_code == 303
    split = organiser.get(f"{home}/split").text
    assert "€300.00" in split
    assert "what was left when its turn came" in split
    assert "an equal share" in organiser.get(f"{home}/split?rule=equal").text
    assert first.get(f"{home}/split").status_code == 403
    proposed = organiser.get(f"{home}/split")
    assert proposed.status_code == 200
    assert send(organiser, home + "/split", "/../propose", rule="moon").status_code == 404
    token = {"rule": "neediest", "version": only().version}
    assert send(organiser, home, "/propose", **token).status_code == 303
    assert send(organiser, home, "/propose", **token).status_code == 409
    assert "Splits of a grant round to be decided" in admin.get("/staff").text
    assert send(organiser, home, "/decide", version=only().version).status_code == 409
    assert send(admin, home, "/decide", version=only().version).status_code == 303
    assert send(admin, home, "/payments").status_code == 303
    assert only().state == RoundState.PAID
    assert send(admin, home, "/step", to="reported", version=only().version).status_code == 303
    assert [each.granted for each in session.scalars(select(GrantApplication))] == [30_000, 10_000]
    actions = set(session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("round."))))
    assert {"round.planned", "round.proposed", "round.decided", "round.paid", "round.reported"} <= actions
    for path in (home, LIST, f"{LIST}?q=R1&state=reported&sort=-budget", f"{LIST}?q=nothing", *pages):
        for client in (organiser, first, admin):
            assert client.get(path).status_code == 200
            assert client.get(f"/ru{path}").status_code == 200


def test_treasurers_and_others_see_no_round(app: Flask):
    found, made = scored((500, 3))
    for role in (Role.TREASURER, Role.MODERATOR, Role.DATA_EDITOR, Role.VOLUNTEER):
        client = staff(app, role)
        for path in (LIST, f"{LIST}/{found.id}", f"{LIST}/{found.id}/applications/{made[0].id}"):
            assert client.get(path).status_code in {302, 303, 403, 404}


def test_an_application_of_another_round_is_not_found_here(app: Flask):
    (one, _mine), (_other, made) = scored((500, 3)), scored((500, 3), has=0)
    client = staff(app, Role.COORDINATOR)
    assert client.get(f"{LIST}/{one.id}/applications/{made[0].id}").status_code == 404
    assert send(client, f"{LIST}/{one.id}", "/step", to="open").status_code == 403
