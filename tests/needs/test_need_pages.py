"""Needs and parcels on the staff pages."""

import re
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.letters.models import NeedKind, ReplyState
from campaign.letters.service import needs as letter_needs
from campaign.needs.models import Need, NeedState, NeedVisibility, ParcelSlot
from campaign.needs.service.moves import words_of
from campaign.prisoners.models import Prisoner
from tests.letters.replies import STAFF, reply
from tests.needs import made
from tests.needs.test_parcels import held
from tests.people.pages import come, send, staff
from tests.support import accounts, make

LIST, NEW = "/staff/needs", "/staff/needs/new"


def values(**changes: object) -> dict[str, object]:
    return {
        "category": "medicine", "urgency": "urgent", "amount": "1.234,50", "currency": "eur", "source": "lawyer",
        "payees": ["relative", "vendor"], "words": "Инсулин для Вымышленной", "visibility": "hidden",
        "expires_on": (clock.today() + timedelta(days=30)).isoformat(), **changes,
    }  # fmt: skip


def only() -> Need:
    session.expire_all()
    return session.scalars(select(Need)).one()


def reported(client, who: uuid.UUID) -> str:
    page = f"{NEW}?prisoner={who}"
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(page).text)
    answer = client.post(page, data={"csrf_token": token[1], **values()})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_need_goes_its_way_through_three_people(app: Flask):
    first, second, third = (staff(app, Role.COORDINATOR), staff(app, Role.COORDINATOR), staff(app, Role.ORGANISER))
    assert "Nothing is needed that we know of" in first.get(LIST).text
    who = make.prisoner().id
    home = reported(first, who)
    assert str(only().money.decimal) == "1234.50"
    page = first.get(home).text
    assert "others verify and approve it" in page
    assert "Инсулин" not in page
    assert "Make sure of it" not in page
    assert send(first, home, "/open").status_code == 303
    assert "Инсулин" in first.get(home).text
    assert "Needs to be verified" in second.get("/staff").text
    assert "Needs to be verified" not in first.get("/staff").text
    assert send(second, home, "/verify", version=only().version).status_code == 422
    version = only().version
    noted = send(second, home, "/verify", how="relative", note="Сестра говорит", version=version)
    assert noted.status_code == 303
    assert "Somebody else is the second one" in second.get(home).text
    assert send(third, home, "/verify", how="lawyer", version=version).status_code == 409
    assert send(third, home, "/verify", how="lawyer", version=only().version).status_code == 303
    assert send(first, home, "/approve", version=only().version).status_code == 409
    assert send(third, home, "/approve", version=only().version).status_code == 303
    assert "Approved needs that cannot wait" in second.get("/staff").text
    assert send(third, home, "/begin").status_code == 403
    assert send(second, home, "/begin").status_code == 303
    assert send(second, home, "/begin").status_code == 409
    assert send(second, home, "/fulfil", note="Доставлено").status_code == 303
    assert only().state == NeedState.FULFILLED
    assert send(second, home, "/back").status_code == 303
    assert send(second, home, "/decline", version=only().version).status_code == 409
    assert send(second, home, "/decline", reason="нет", version=only().version).status_code == 303
    assert send(second, home, "/again", version=only().version).status_code == 303
    looks = session.scalars(select(AuditEntry).where(AuditEntry.action == "need.look")).all()
    assert len(looks) == 1
    for path in (home, LIST, f"{LIST}?state=all&sort=-amount&q=N1", f"{LIST}?q=nobody", f"/staff/prisoners/{who}"):
        for client in (first, third):
            assert client.get(path).status_code == 200
            assert client.get(f"/ru{path}").status_code == 200


def test_what_is_wrong_is_told_and_nothing_typed_is_lost(app: Flask):
    client, who = staff(app, Role.COORDINATOR), make.prisoner().id
    page = f"{NEW}?prisoner={who}"
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(page).text)[1]
    for wrong, said in (
        ({"amount": "-5"}, "above zero"), ({"amount": "0"}, "above zero"), ({"amount": "many"}, "in digits"),
        ({"currency": "XXY"}, "Three letters"), ({"amount": ""}, "in kind"), ({"expires_on": "2020-01-01"}, "today"),
        ({"amount": "9" * 30}, "too large"), ({"expires_on": "soon"}, "Enter a date"), ({"payees": "nobody"}, ""),
        ({"words": "x" * 5000 + "Инсулин"}, "At most"),
    ):  # fmt: skip
        answer = client.post(page, data={"csrf_token": token, **values(**wrong)})
        assert answer.status_code == 422
        assert said in answer.text
        assert "Инсулин" in answer.text
    shown = client.post(page, data={"csrf_token": token, **values(visibility="amount")})
    assert shown.status_code == 409
    assert "consent" in shown.text
    assert client.get(f"{NEW}?prisoner={uuid.uuid4()}").status_code == 404
    assert "Nobody is called so" in client.get(f"{NEW}?q=xyzzy").text


def test_a_change_shows_the_words_to_who_opened_them_and_is_refused_to_the_second(app: Flask):
    client, who = staff(app, Role.COORDINATOR), make.prisoner().id
    home = reported(client, who)
    other = staff(app, Role.COORDINATOR)
    assert other.get(f"{home}/edit").status_code == 303
    send(other, home, "/open")
    assert "Инсулин" in other.get(f"{home}/edit").text
    version = only().version
    changed = values(amount="", is_in_kind="y", version=version)
    assert send(other, f"{home}/edit", "", **changed).status_code == 303
    late = send(other, f"{home}/edit", "", **values(amount="7", version=version, words="Поздно"))
    assert late.status_code == 409
    assert "Поздно" in late.text
    assert (only().amount, only().is_in_kind) == (None, True)


def test_treasurers_moderators_and_volunteers_see_no_need(app: Flask):
    found = made.need()
    for role in (Role.TREASURER, Role.MODERATOR, Role.DATA_EDITOR, Role.VOLUNTEER):
        client = staff(app, role)
        for path in (LIST, f"{LIST}/{found.id}", f"{LIST}/parcels/{found.prisoner_id}", f"{LIST}/quotas"):
            assert client.get(path).status_code in {302, 303, 403, 404}
    treasurer = staff(app, Role.TREASURER)
    assert "needs" not in treasurer.get("/staff/funds").text.lower().split("</nav>")[-1]
    assert "Report a need" not in treasurer.get(f"/staff/prisoners/{found.prisoner_id}").text
    admin = staff(app, Role.ADMIN)
    assert admin.get(f"{LIST}/{found.id}").status_code == 200
    assert admin.get(NEW).status_code == 403


def test_the_list_leaves_as_a_file_without_names(app: Flask):
    who = make.prisoner()
    made.need(prisoner=who.id)
    client = come(app, accounts.person(Role.ORGANISER, app=True))
    assert client.get(f"{LIST}/export?state=all").status_code == 200
    answer = send(client, f"{LIST}/export", "")
    assert answer.headers["Cache-Control"] == "no-store"
    assert who.last_latin not in answer.text
    assert who.last_ru not in answer.text
    assert "lawyer" in answer.text
    assert "300.00" in answer.text
    assert session.scalar(select(AuditEntry.amount).where(AuditEntry.action == "needs.exported")) == 1


def test_a_slot_is_kept_sent_and_given_back(app: Flask):
    client, who = staff(app, Role.COORDINATOR), held()
    found = made.need(NeedState.APPROVED, prisoner=who, category="parcels")
    page = f"{LIST}/parcels/{who}"
    assert "6 small packets" not in client.get(page).text
    assert "4 parcels, 4 small packets a year" in client.get(page).text
    until = (clock.today() + timedelta(days=3)).isoformat()
    assert send(client, page, "/reserve", kind="parcel", until=until, need=str(found.id)).status_code == 303
    slot = session.scalars(select(ParcelSlot)).one()
    assert slot.code in client.get(page).text
    assert slot.code in client.get(f"{LIST}/{found.id}").text
    assert send(client, page, "/reserve", kind="parcel", until="never", need="").status_code == 422
    assert send(client, page, "/reserve", kind="weight", until=until, need="").status_code == 422
    assert send(client, page, f"/{slot.id}/sent").status_code == 303
    assert send(client, page, f"/{slot.id}/release").status_code == 303
    assert send(client, page, f"/{slot.id}/sent").status_code == 409
    for _each in range(4):
        assert send(client, page, "/reserve", kind="parcel", until=until, need="").status_code == 303
    refused = send(client, page, "/reserve", kind="parcel", until=until, need="")
    assert refused.status_code == 409
    assert "allows no more" in refused.text
    assert send(client, page, "/standing", regime="general", conditions="lighter").status_code == 303
    assert "12 parcels" in client.get(page).text
    nowhere = f"{LIST}/parcels/{make.prisoner().id}"
    assert "no slot can be kept" in client.get(nowhere).text
    assert client.get(f"/ru{nowhere}").status_code == 200
    organiser = staff(app, Role.ORGANISER)
    assert organiser.get(page).status_code == 200
    assert organiser.get(f"/ru{page}").status_code == 200


def test_the_table_of_quotas_is_read_by_all_and_corrected_by_coordinators(app: Flask):
    client, page = staff(app, Role.COORDINATOR), f"{LIST}/quotas/remand/ordinary"
    table = client.get(f"{LIST}/quotas").text
    assert "without a source" in table
    assert "not known" in table
    wrong = {"period": "month", "kilograms": "30", "parcels": "3", "checked_on": clock.today().isoformat()}
    assert send(client, page, "", **wrong).status_code == 422
    right = {"period": "month", "kilograms": "30", "source_title": "An order", "checked_on": wrong["checked_on"]}
    assert send(client, page, "", **right, source_url="ftp://x").status_code == 422
    assert send(client, page, "", **right).status_code == 303
    assert "written down by us" in client.get(f"{LIST}/quotas").text
    assert "An order" in client.get(page).text
    for path in ("remand/strict", "moon/ordinary", "general/soft"):
        assert client.get(f"{LIST}/quotas/{path}").status_code == 404
    assert staff(app, Role.ADMIN).get(page).status_code == 403


@pytest.mark.parametrize("visibility", [NeedVisibility.CATEGORY, NeedVisibility.AMOUNT])
def test_the_public_sees_what_is_needed_with_consent_alone(app: Flask, visibility):
    who = made.agreeing()
    found = made.need(NeedState.APPROVED, prisoner=who, visibility=visibility)
    slug = session.get_one(Prisoner, who).slug
    page = app.test_client().get(f"/prisoners/{slug}").text
    assert "What is needed" in page
    assert "A lawyer" in page
    assert ("300.00" in page) == (visibility == NeedVisibility.AMOUNT)
    client = staff(app, Role.ORGANISER)
    assert send(client, f"{LIST}/{found.id}", "/hide").status_code == 303
    app.extensions["page_cache"].clear()
    assert "What is needed" not in app.test_client().get(f"/prisoners/{slug}").text


def test_what_a_letter_asks_for_becomes_a_need_with_what_was_written_down(app: Flask):
    answer = reply(ReplyState.MATCHED)
    with transaction():
        asked = letter_needs.report_need(answer.id, NeedKind.MEDICINE, "очки минус три", is_urgent=True, actor=STAFF)
    client, page = staff(app, Role.COORDINATOR), f"/staff/replies/{answer.id}"
    link = f"{NEW}?prisoner={asked.prisoner_id}&from=letter&id={asked.id}"
    assert link in client.get(page).text.replace("&amp;", "&")
    form = client.get(link).text
    assert re.search(r'<option selected[^>]* value="medicine"', form)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', form)[1]
    made_here = client.post(link, data={"csrf_token": token, **values(words="")})
    assert made_here.status_code == 303
    assert (only().origin_id, words_of(only())) == (asked.id, "очки минус три")
    assert f"reported as {only().code}" in client.get(page).text
    assert page in client.get(made_here.headers["Location"]).text
    assert client.post(link, data={"csrf_token": token, **values()}).status_code == 409
    other = f"{NEW}?prisoner={make.prisoner().id}&from=letter&id={asked.id}"
    assert client.get(other).status_code == 404
