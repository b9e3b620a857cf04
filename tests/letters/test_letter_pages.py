"""All letters for coordinators: where each is, what can be done by hand, many at once, and never a word of a text."""

import csv
import io

import pytest
from sqlalchemy import select

from campaign.accounts.queries import names_of
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.letters.models import HoldReason, Letter, LetterEvent, LetterFinding, LetterState, LetterThread
from campaign.letters.service import moves, outcomes, queue
from campaign.penpals.service.codes import show_code
from campaign.prisoners.models import Prisoner
from tests.support import pens, post
from tests.support.pages import field_values, parse

PAGE, MANY = "/staff/letters", "/staff/letters/outcomes"
S = LetterState


@pytest.fixture
def coordinator(sign_in):
    return sign_in(Role.COORDINATOR)


def again(letter) -> Letter:
    session.expire_all()
    return session.get_one(Letter, letter.id)


def sent(person=None) -> Letter:
    letter = post.letter(S.PRINTED, person)
    with transaction():
        outcomes.dispatch([moves.locked(letter.id)], clock.today(), actor=None)
    return again(letter)


def back() -> Letter:
    letter = sent()
    with transaction():
        outcomes.report_outcome(letter.id, S.RETURNED, actor=None)
    return again(letter)


def text(response) -> str:
    return " ".join("".join(parse(response.get_data(as_text=True)).find(".//main").itertext()).split())


def codes(response) -> list[str]:
    table = parse(response.get_data(as_text=True)).find(".//tbody")
    return [] if table is None else [row.find("th").find("a").text for row in table]


def press(client, letter, step, **values):
    """One button of a letter's page, as it is now."""
    address = f"{PAGE}/{letter.id}"
    page = client.get(address).get_data(as_text=True)
    return client.post(f"{address}/{step}", data={**field_values(page, f"{address}/{step}"), **values})


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MODERATOR, Role.DATA_EDITOR, Role.ORGANISER, Role.TREASURER])
def test_others_than_coordinators_are_refused(sign_in, role):
    client, letter = sign_in(role), sent()
    for path in (PAGE, MANY, f"{PAGE}/export", f"{PAGE}/{letter.id}"):
        assert client.get(path).status_code == 403
    for step in ("hold", "free", "give-up", "outcome", "send-again"):
        assert client.post(f"{PAGE}/{letter.id}/{step}").status_code in {400, 403}
    assert again(letter).state == S.DISPATCHED


def test_a_role_for_one_group_reaches_its_letters_alone(sign_in):
    group, letter, other = pens.group(), sent(), sent()
    with transaction():
        session.get_one(LetterThread, letter.thread_id).group_id = group.id
    client = sign_in(Role.COORDINATOR, group=group.id)
    assert codes(client.get(PAGE)) == [show_code(letter.code)]
    assert client.get(f"{PAGE}/{letter.id}").status_code == 200
    assert client.get(f"{PAGE}/{other.id}").status_code == 403
    page = client.get(MANY).get_data(as_text=True)
    told = client.post(
        MANY, data={**field_values(page, MANY), "outcome": "lost", "codes": f"{letter.code}\n{other.code}"}
    )
    assert "No letter has this code." in text(told)
    assert (again(letter).state, again(other).state) == (S.LOST, S.DISPATCHED)


def test_the_list_is_narrowed_sorted_and_found_by_code_and_name(coordinator):
    waiting, gone, draft = post.letter(S.QUEUED), sent(pens.addressee(last_ru="Небылицын")), post.draft()
    held = post.letter(S.QUEUED)
    with transaction():
        queue.hold_by_hand(moves.locked(held.id), actor=None)
    shown = codes(coordinator.get(PAGE))
    assert set(shown) == {show_code(each.code) for each in (waiting, gone, held)}
    assert show_code(draft.code) not in shown, "a draft is its writer's own"
    for query, found in (
        ("state=dispatched", gone), (f"q={gone.code.lower()}", gone), ("q=небылицын", gone),
        (f"held={HoldReason.BY_STAFF}", held),
    ):  # fmt: skip
        assert codes(coordinator.get(f"{PAGE}?{query}")) == [show_code(found.code)], query
    assert codes(coordinator.get(f"{PAGE}?sort=number")) == shown[::-1]
    assert "Nothing fits." in text(coordinator.get(f"{PAGE}?channel=zt"))
    assert len(codes(coordinator.get(f"{PAGE}?facility=ИК-99&state=nonsense"))) == 3


def test_a_letters_page_tells_its_way_and_not_a_word_of_it(coordinator):
    letter = sent()
    with transaction():
        session.add(LetterFinding(letter_id=letter.id, rule="L08", severity="warn", rules_version="1"))
    page = coordinator.get(f"{PAGE}/{letter.id}")
    assert "L08" in text(page)
    assert "On its way" in text(page)
    assert "помидоры" not in text(page)
    assert not [name for name in names_of({letter.written_by}).values() if f"· {name}" in text(page)]
    assert coordinator.get(f"{PAGE}/{post.draft().id}").status_code == 404


def test_it_is_held_and_let_go_and_an_old_page_changes_nothing(coordinator):
    letter = post.letter(S.QUEUED)
    address = f"{PAGE}/{letter.id}/hold"
    page = coordinator.get(f"{PAGE}/{letter.id}").get_data(as_text=True)
    old = field_values(page, address)
    assert coordinator.post(address, data=old).status_code == 303
    assert coordinator.post(address, data=old).status_code == 303, "twice is once"
    assert len(session.scalars(select(LetterEvent).where(LetterEvent.now == S.HELD)).all()) == 1
    assert press(coordinator, letter, "free").status_code == 303
    assert again(letter).state == S.QUEUED
    stale = coordinator.post(address, data=old)
    assert stale.status_code == 409
    assert "Someone else changed this meanwhile" in text(stale)
    assert again(letter).state == S.QUEUED


def test_what_lies_in_a_batch_is_not_held_from_here(coordinator):
    letter = post.letter(S.PRINTED)
    page = coordinator.get(f"{PAGE}/{letter.id}").get_data(as_text=True)
    assert f"{letter.id}/hold" not in page
    values = {"version": str(again(letter).version)}
    token = field_values(coordinator.get(MANY).get_data(as_text=True), MANY)["csrf_token"]
    for step in ("hold", "free"):
        refused = coordinator.post(f"{PAGE}/{letter.id}/{step}", data={**values, "csrf_token": token})
        assert refused.status_code == 409
    assert again(letter).state == S.PRINTED


@pytest.mark.parametrize(
    ("word", "state", "partly"),
    [("reported", S.REPORTED, False), ("censored_partly", S.CENSORED, True), ("lost", S.LOST, False)],
)
def test_what_was_heard_is_noted_and_put_right(coordinator, word, state, partly):
    letter = sent()
    assert press(coordinator, letter, "outcome").status_code == 422
    assert press(coordinator, letter, "outcome", outcome=word).status_code == 303
    assert (again(letter).state, again(letter).is_partly) == (state, partly)
    assert press(coordinator, letter, "outcome", outcome="returned", why="refused").status_code == 303
    assert (again(letter).state, again(letter).is_partly) == (S.RETURNED, False)
    assert "Came back: The prison would not take it in." in text(coordinator.get(f"{PAGE}/{letter.id}"))


def test_what_came_back_is_sent_again_once_and_then_stands(coordinator):
    letter = back()
    address = f"{PAGE}/{letter.id}/send-again"
    values = field_values(coordinator.get(f"{PAGE}/{letter.id}").get_data(as_text=True), address)
    first, second = coordinator.post(address, data=values), coordinator.post(address, data=values)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert len(session.scalars(select(Letter).where(Letter.follows_id == letter.id)).all()) == 1
    page = coordinator.get(f"{PAGE}/{letter.id}").get_data(as_text=True)
    assert "/outcome" not in page.replace("/outcomes", "")
    told = coordinator.post(
        MANY, data={**field_values(coordinator.get(MANY).get_data(as_text=True), MANY), "outcome": "reported",
                    "codes": letter.code}
    )  # fmt: skip
    assert "sent again" in text(told)
    assert again(letter).state == S.RETURNED


def test_giving_up_asks_first_and_happens_once(coordinator):
    waiting, returned = post.letter(S.QUEUED), back()
    for letter in (waiting, returned):
        address = f"{PAGE}/{letter.id}/give-up"
        values = field_values(coordinator.get(f"{PAGE}/{letter.id}").get_data(as_text=True), address)
        assert coordinator.post(address, data=values).status_code == 303
        assert coordinator.post(address, data=values).status_code == 303
    assert again(waiting).state == S.GIVEN_UP
    assert (again(returned).state, again(returned).text_sealed) == (S.RETURNED, None)
    assert session.query(AuditEntry).filter_by(action="letter.give_up").count() == 2


def test_many_are_noted_by_codes_each_line_on_its_own(coordinator):
    good, known, waiting = sent(), sent(), post.letter(S.QUEUED)
    with transaction():
        outcomes.report_outcome(known.id, S.REPORTED, actor=None)
    wrong = good.code[:-1] + ("0" if good.code[-1] != "0" else "1")
    pasted = f"{show_code(good.code).lower()}\n\n{wrong}\n{known.code}, {waiting.code}\nhello"
    values = field_values(coordinator.get(MANY).get_data(as_text=True), MANY)
    assert coordinator.post(MANY, data={**values, "codes": pasted}).status_code == 422
    assert coordinator.post(MANY, data={**values, "outcome": "reported"}).status_code == 422
    answer = coordinator.post(MANY, data={**values, "outcome": "reported", "codes": pasted})
    told = text(answer)
    assert "2 letters are noted." in told
    assert "One letter or digit of this code is not right." in told
    assert "It has not left yet." in told
    assert (again(good).state, again(known).state, again(waiting).state) == (S.REPORTED, S.REPORTED, S.QUEUED)
    left = parse(answer.get_data(as_text=True)).find(".//textarea").text.split()
    assert left == [wrong, show_code(waiting.code), "hello"], "what was not noted stays to be mended"


def test_the_file_holds_no_contact_and_no_formula(coordinator):
    letter = sent()
    with transaction():
        session.get_one(Prisoner, letter.prisoner_id).last_ru = "=Небылицын"
    address = f"{PAGE}/export?state=dispatched"
    values = field_values(coordinator.get(address).get_data(as_text=True), address)
    answer = coordinator.post(address, data=values)
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [row["code"] for row in rows] == [show_code(letter.code)]
    assert rows[0]["name_ru"].startswith("'=")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not {"contact", "writer", "address", "text"} & set(rows[0])
    assert session.query(AuditEntry).filter_by(action="letters.exported", amount=1).count() == 1


def test_the_dashboard_tells_what_wants_a_decision(coordinator):
    back()
    assert "Letters came back: send them again, or give them up" in coordinator.get("/staff").get_data(as_text=True)
