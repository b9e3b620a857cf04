"""Letter evenings on the staff pages, in print and before the public."""

import subprocess
import uuid
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from campaign.accounts.models import Origin
from campaign.accounts.queries import get_account
from campaign.accounts.service.roles import put_grant
from campaign.accounts.service.sessions import open_session
from campaign.activities.models import Event
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.penpals import documents
from campaign.penpals.models import Evening, EveningState
from campaign.penpals.queries import evenings as queries
from campaign.penpals.queries.evening_cards import list_card_texts
from campaign.penpals.service import evenings as service
from campaign.penpals.service.codes import show_code
from campaign.prisoners.models import Liberty, LibertyStatus, Prisoner
from campaign.web.session_cookie import TOKEN
from tests.penpals.evenings import ACTOR, planned, reserved
from tests.support import accounts, make, pens
from tests.support.accounts import submit
from tests.support.pages import field_values

HOME = "/staff/evenings"


@pytest.fixture
def coordinator(sign_in):
    return sign_in(Role.COORDINATOR)


@pytest.fixture
def people(app):
    place = make.facility()
    return [pens.addressee(place) for _each in range(3)]


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.text


def home(evening):
    return f"{HOME}/{evening.event.id}"


def lose(person):
    with transaction():
        found = session.scalars(select(LibertyStatus).where(LibertyStatus.prisoner_id == person.id)).one()
        found.status = Liberty.IN_TRANSIT


def codes_of(evening):
    return [each.code for each in queries.list_reservations(evening.event.id)]


def pdf_text(content, tmp_path: Path):
    file = tmp_path / "made.pdf"
    file.write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True)
    return done.stdout.decode().replace("\u00a0", " ")


def test_an_evening_from_the_plan_to_its_outcome(coordinator, people):
    assert "No evening is planned" in page(coordinator, HOME)
    day = (clock.today() + timedelta(days=3)).isoformat()
    answer = submit(
        coordinator, f"{HOME}/new", "/new", title="Tea & letters", held_on=day, addressees="2", language="ru"
    )
    assert answer.status_code == 303
    path = answer.location
    assert "Nobody is reserved yet" in page(coordinator, path)
    submit(coordinator, path, "/reserve")
    assert "Prints" in page(coordinator, path)
    assert "Tea &amp; letters" in page(coordinator, HOME)
    submit(coordinator, path, "/reserve", more="1")
    evening = queries.get_evening(uuid.UUID(path.rpartition("/")[2]))
    assert len(codes_of(evening)) == 3
    with time_machine.travel(clock.now() + timedelta(days=4)):
        mine = coordinator_again(coordinator)
        assert "Letter evenings are over and not recorded" in page(mine, "/staff")
        one, two, three = codes_of(evening)
        answer = submit(mine, f"{path}/record", "/record", lines=f"{one}\n{two} taken home")
        assert (answer.status_code, answer.location) == (303, path)
        shown = page(mine, path)
        assert "What came of it" in shown
        assert "not recorded" not in page(mine, "/staff")
        submit(mine, path, "/undo")
        assert queries.figures_of([evening.event.id])[evening.event.id].written == 0
    assert three


def coordinator_again(client):
    """Signed in anew, since a session does not last for days."""
    with transaction():
        token = open_session(get_account(client.person.id), second_factor_done=True)
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    return client


def test_wrong_lines_keep_everything_typed_and_change_nothing(coordinator, people):
    evening = reserved(3, held_on=clock.today())
    one, two, _three = codes_of(evening)
    typed = f"{one}\r\nhello\r\n{two}, taken home"
    answer = submit(coordinator, f"{home(evening)}/record", "/record", lines=typed, act="all")
    assert answer.status_code == 422
    assert "Nothing is recorded yet" in answer.text
    assert all(each in answer.text for each in (one, "hello", "taken home", "Record the 2 that are right"))
    assert queries.figures_of([evening.event.id])[evening.event.id].written == 0
    answer = submit(coordinator, f"{home(evening)}/record", "/record", lines=typed, act="right")
    assert answer.status_code == 422
    assert "2 lines are recorded." in answer.text
    assert one not in answer.text
    figures = queries.figures_of([evening.event.id])[evening.event.id]
    assert (figures.written, figures.live) == (1, 2)
    assert session.get_one(Evening, evening.event.id).state == EveningState.RESERVED


def test_an_empty_list_is_asked_about_and_nobody_wrote_can_be_said(coordinator, people):
    evening = reserved(2, held_on=clock.today())
    answer = submit(coordinator, f"{home(evening)}/record", "/record", lines="")
    assert "Type at least one code" in answer.text
    assert submit(coordinator, f"{home(evening)}/record", "/record", lines="", nobody="y").status_code == 303
    figures = queries.figures_of([evening.event.id])[evening.event.id]
    assert (figures.released, figures.live) == (2, 0)


def test_a_file_takes_the_place_of_what_was_typed(coordinator, people):
    evening = reserved(2, held_on=clock.today())
    one, two = codes_of(evening)
    url = f"{home(evening)}/record"
    values = field_values(page(coordinator, url), "/record")
    table = f"\ufeffcode;state\r\n{one};written\r\n{two};написано\r\n".encode()
    values["file"] = (BytesIO(table), "codes.csv")
    assert coordinator.post(url, data=values, content_type="multipart/form-data").status_code == 303
    assert queries.figures_of([evening.event.id])[evening.event.id].written == 2


def test_who_cannot_be_written_to_any_more_is_marked_and_swapped(coordinator, people):
    evening = reserved(2)
    rows = queries.list_reservations(evening.event.id)
    gone = session.get_one(Prisoner, rows[0].prisoner_id)
    lose(gone)
    shown = page(coordinator, home(evening))
    assert "Is on the way to another place" in shown
    swap = f"{home(evening)}/addressees/{rows[0].id}/swap"
    assert "Those who need it most come first" in page(coordinator, swap)
    assert submit(coordinator, swap, "/swap").status_code == 303
    assert "Is on the way" not in page(coordinator, home(evening))
    assert "1 was swapped or given back beforehand" in page(coordinator, home(evening))
    assert show_code(rows[0].code) in page(coordinator, f"{home(evening)}?only=all")


def test_calling_off_asks_first_and_ends_it(coordinator, people):
    evening = reserved(2)
    assert submit(coordinator, home(evening), "/cancel").status_code == 303
    shown = page(coordinator, home(evening))
    assert "Called off" in shown
    assert "/edit" not in shown
    assert coordinator.get(f"{home(evening)}/record").status_code == 200


def test_a_change_by_somebody_else_meanwhile_is_shown_beside_what_was_typed(coordinator, people):
    evening = planned()
    values = field_values(page(coordinator, f"{home(evening)}/edit"), "/edit")
    submit(coordinator, f"{home(evening)}/edit", "/edit", title="Theirs")
    answer = coordinator.post(f"{home(evening)}/edit", data={**values, "title": "Mine"})
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert 'value="Mine"' in answer.text


@pytest.mark.parametrize(
    "changes", [{"title": ""}, {"held_on": "2020-01-01"}, {"held_on": "x"}, {"addressees": "501"}, {"language": "fr"}]
)
def test_wrong_plans_are_told(coordinator, changes):
    day = (clock.today() + timedelta(days=3)).isoformat()
    values = {"title": "Tea", "held_on": day, "addressees": "2", "language": "ru", **changes}
    assert submit(coordinator, f"{HOME}/new", "/new", **values).status_code == 422


def narrowed(app, group_id):
    who = accounts.person(app=True)
    with transaction():
        put_grant(
            who.id, Role.COORDINATOR, origin=Origin.TWO_PERSONS, granted_by=uuid.uuid4(), approved_by=uuid.uuid4(),
            scope=("group", group_id),
        )  # fmt: skip
    client = app.test_client()
    client.person = who
    return coordinator_again(client)


def test_who_coordinates_one_group_sees_its_evenings_alone(app, people):
    mine, other = pens.group(), pens.group()
    of_mine, of_other, of_none = planned(group_id=mine.id, title="Mine"), planned(group_id=other.id), planned()
    client = narrowed(app, mine.id)
    shown = page(client, HOME)
    assert str(of_mine.event.id) in shown
    assert str(of_other.event.id) not in shown
    assert client.get(home(of_mine)).status_code == 200
    for path in (home(of_other), home(of_none), f"{HOME}/{uuid.uuid4()}", f"{home(of_none)}/print/cards"):
        assert client.get(path).status_code == 403
    day = (clock.today() + timedelta(days=3)).isoformat()
    assert submit(client, f"{HOME}/new", "/new", title="Tea", held_on=day, addressees="2", group="").status_code == 422
    assert submit(client, f"{HOME}/new", "/new", title="Tea", held_on=day, addressees="2").status_code == 303


def test_no_link_leads_a_narrowed_role_to_a_page_that_it_does_not_open(app, people, coordinator):
    mine = pens.group()
    evening = reserved(group_id=mine.id)
    staff_page = 'href="/staff/prisoners/'
    shown = page(narrowed(app, mine.id), home(evening))
    assert staff_page not in shown
    assert people[0].name_in("en").split()[-1] in shown or people[1].name_in("en").split()[-1] in shown
    assert staff_page in page(coordinator, home(evening))


@pytest.mark.parametrize(
    ("language", "day"), [("en", "Thursday, 3 December 2026"), ("ru", "3 декабря 2026"), ("de", "3. Dezember 2026")]
)
def test_a_paper_says_its_day_as_its_language_does(app, tmp_path, language, day):
    evening = planned(held_on=date(2026, 12, 3))
    text = pdf_text(documents.render_list(evening, [], language), tmp_path)
    assert day in " ".join(str(text).split())


def test_no_address_of_another_groups_evening_opens(app, people):
    client, other = narrowed(app, pens.group().id), reserved(1, group_id=pens.group().id)
    [row] = queries.list_reservations(other.event.id)
    token = {"csrf_token": field_values(client.get("/account").text, "/account/sign-out")["csrf_token"]}
    rules = [each for each in app.url_map.iter_rules() if each.rule.startswith(HOME) and "event_id" in each.arguments]
    assert len(rules) == 10
    values = {"event_id": other.event.id, "reservation_id": row.id, "what": "cards"}
    for rule in rules:
        built = rule.build({name: values[name] for name in rule.arguments})
        assert built is not None
        answers = [client.open(built[1], method=each, data=token) for each in {"GET", "POST"} & (rule.methods or set())]
        assert {each.status_code for each in answers} == {403}, rule.rule
    assert queries.list_reservations(other.event.id)[0].state == "live"


def test_what_was_recorded_in_part_is_changed_no_more_as_a_plan(coordinator, people):
    evening = reserved(2, held_on=clock.today())
    one, two = codes_of(evening)
    values = field_values(page(coordinator, f"{home(evening)}/record"), "/record")
    values.pop("is_whole")
    coordinator.post(f"{home(evening)}/record", data={**values, "lines": f"{one}\n{two} no"})
    shown = page(coordinator, home(evening))
    assert "Call it off" not in shown
    assert shown.count("Take back what was recorded") == 2
    with pytest.raises(DomainError), transaction():
        service.cancel_evening(evening.event.id, actor=ACTOR)
    assert queries.figures_of([evening.event.id])[evening.event.id].written == 1


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.MODERATOR, Role.TREASURER, Role.DATA_EDITOR])
def test_others_do_not_come_in(sign_in, people, role):
    evening, client = planned(), sign_in(role)
    for path in (HOME, f"{HOME}/new", home(evening), f"{home(evening)}/record"):
        assert client.get(path).status_code == 403


def test_lists_are_paged_and_filtered(coordinator):
    for number in range(27):
        planned(title=f"Evening number {number:02}")
    assert "Evening number 26" not in page(coordinator, HOME)
    assert "Evening number 26" in page(coordinator, f"{HOME}?page=2")
    assert "No evening fits" in page(coordinator, f"{HOME}?q=nothing")
    assert "No evening has taken place yet" in page(coordinator, f"{HOME}?when=past")
    assert "Every evening that is over is recorded" in page(coordinator, f"{HOME}?when=unrecorded")


def test_cards_say_how_to_address_the_envelope_and_leave_out_whom_no_letter_reaches(coordinator, people, tmp_path):
    with transaction():
        found = session.get_one(Prisoner, people[0].id)
        found.dative_ru, found.is_dative_confirmed = "Вымышленному Петру Ильичу", True
    evening = reserved(3, language="de")
    lose(people[2])
    content = coordinator.get(f"{home(evening)}/print/cards")
    assert (content.status_code, content.mimetype) == (200, "application/pdf")
    assert content.headers["Cache-Control"] == "no-store"
    text = pdf_text(content.data, tmp_path)
    assert text.count("610000") == 2
    assert "Вымышленному Петру Ильичу, 1980 г. р." in text
    assert "ул. Небывалая, 1" in text
    assert "Unforgotten" not in text
    rows = {each.prisoner_id: show_code(each.code) for each in queries.list_reservations(evening.event.id)}
    assert rows[people[0].id] in text
    assert rows[people[2].id] not in text
    names = pdf_text(coordinator.get(f"{home(evening)}/print/list").data, tmp_path)
    assert rows[people[1].id] in names
    assert rows[people[2].id] not in names


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "The card stays with you"), ("ru", "Карточка остаётся у вас"), ("de", "Die Karte bleibt bei Ihnen")],
)
def test_the_hand_out_is_one_page_in_each_language(app, tmp_path, language, words):
    text = pdf_text(documents.render_handout(language), tmp_path)
    assert words in " ".join(text.split())
    assert text.count("\f") == 1


def test_five_hundred_cards_are_made_in_a_moment(app, people, tmp_path):
    evening = reserved(1)
    [card] = list_card_texts(evening.event.id, "ru", clock.today())
    begun = clock.now()
    text = pdf_text(documents.render_cards([card] * 500, "ru"), tmp_path)
    assert (clock.now() - begun) < timedelta(seconds=8)
    assert (text.count(show_code(card.code)), text.count("\f")) == (500, 84)


def test_what_is_told_of_people_is_never_markup(app, people, tmp_path):
    evening = reserved(1)
    [card] = list_card_texts(evening.event.id, "en", clock.today())
    hostile = replace(card, summary='#read("/etc/passwd") *x* $y$ ]] "', name="#pagebreak()")
    text = pdf_text(documents.render_cards([hostile], "en"), tmp_path)
    assert '#read("/etc/passwd") *x* $y$ ]]' in " ".join(text.split())
    assert text.count("\f") == 1


def test_the_public_page_shows_day_place_and_group_and_the_risk_in_russia(client):
    group = pens.group(names={"en": "Open table"})
    assert "No public evening is planned" in page(client, "/letter-evenings")
    planned(group_id=group.id, title="Tea in the library", place="Made-up Town", held_on=date(2099, 5, 1))
    client.application.extensions["page_cache"].clear()
    answer = client.get("/letter-evenings")
    assert answer.headers["Cache-Control"].startswith("public")
    assert all(each in answer.text for each in ("Tea in the library", "Made-up Town", "1 May 2099", "Open table"))
    assert "The risk, honestly" not in answer.text
    assert "/events/" not in answer.text.partition("<main")[2].partition("</main>")[0]
    client.set_cookie("place", "ru")
    assert "The risk, honestly" in page(client, "/letter-evenings")
    for language in ("ru", "de"):
        assert "Tea in the library" in page(client, f"/{language}/letter-evenings")


def test_two_who_act_at_once_get_a_clear_line(coordinator, people):
    evening = reserved(2)
    [first, _second] = queries.list_reservations(evening.event.id)
    swap = f"{home(evening)}/addressees/{first.id}/swap"
    values = field_values(page(coordinator, swap), "/swap")
    with transaction():
        service.give_back(evening.event.id, first.id, actor=ACTOR)
    answer = coordinator.post(swap, data=values)
    assert answer.status_code == 409
    assert "not held for this evening any more" in answer.text


def test_an_evening_one_can_sign_up_for_links_to_its_page_and_back(client):
    group = pens.group(names={"en": "Open table"})
    event = planned(group_id=group.id, title="Tea in the library", held_on=date(2099, 5, 1)).event
    with transaction():
        stored = session.get_one(Event, event.id)
        stored.is_public, stored.language = True, "en"
        session.flush()
    assert f'href="/events/{event.slug}"' in page(client, "/letter-evenings")
    assert 'href="/letter-evenings"' in page(client, f"/events/{event.slug}").partition("<footer")[0]
