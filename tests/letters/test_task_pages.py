"""Volunteers translate: only what fits them is offered, and only who has taken a letter sees it."""

import pytest

from campaign.accounts.queries import get_account
from campaign.accounts.service.sessions import open_session
from campaign.activities.models import Task, TaskState
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.letters.models import Letter, LetterState
from campaign.letters.service import bodies, moves
from campaign.people.models import VolunteerState
from campaign.web.session_cookie import TOKEN
from tests.letters.test_moderation import waiting
from tests.support import pens, post
from tests.support.accounts import submit
from tests.support.pages import parse

HOME = "/account/tasks"
WORDS = "Hello, I grow tomatoes."


def signed_in(app, who):
    client = app.test_client()
    with transaction():
        key = open_session(get_account(who.account_id), second_factor_done=True)
    with client.session_transaction() as cookie:
        cookie[TOKEN] = key
    return client


def wanted(language="en", **more) -> tuple[Task, Letter]:
    letter = waiting(text=WORDS, wants_translator=True, language=language, **more)
    return session.query(Task).filter_by(subject_id=letter.id).one(), letter


@pytest.fixture
def translator(app):
    return pens.writer(trust=1, languages=["en", "ru"])


@pytest.fixture
def desk(app, translator):
    return signed_in(app, translator)


def at(task) -> str:
    return f"{HOME}/{task.id}"


def again(row):
    session.expire_all()
    return session.get_one(type(row), row.id)


def take(client, task):
    return submit(client, HOME, f"{task.id}/take")


def save(client, task, text, step="save", **more):
    return submit(client, at(task), at(task), text=text, step=step, **more)


def token(page: str) -> str:
    return next(each.get("value") for each in parse(page).iter("input") if each.get("name") == "csrf_token")


def test_taken_saved_checked_and_handed_in(desk):
    task, letter = wanted()
    assert "Letters to translate" in desk.get("/account").text
    assert HOME in desk.get("/account/letters").text
    assert take(desk, task).status_code == 303
    page = desk.get(at(task)).text
    assert WORDS in page
    assert "js/compose" in page
    assert save(desk, task, post.TEXT).status_code == 303
    assert post.TEXT in desk.get(at(task)).text
    checked = save(desk, task, post.TEXT + " Объявили мобилизацию, мобилизация идёт.", "check")
    assert 'class="mark-block"' in checked.text
    assert save(desk, task, post.TEXT, "submit").status_code == 303
    body = bodies.read_body(again(letter))
    assert (again(letter).state, body.text, body.original) == (LetterState.IN_MODERATION, post.TEXT, WORDS)
    assert again(task).state == TaskState.DONE
    assert desk.get(at(task)).status_code == 404
    assert session.query(AuditEntry).filter_by(action="letter.read_to_translate").count()


def test_an_empty_translation_is_not_handed_in(desk):
    task, letter = wanted()
    take(desk, task)
    answer = save(desk, task, "  ", "submit")
    assert answer.status_code == 422
    assert "There is no translation yet" in answer.text
    assert again(letter).state == LetterState.IN_TRANSLATION


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"languages": ["ru"]}, False),
        ({"languages": ["de", "ru"]}, False),
        ({"languages": ["en"]}, False),
        ({"trust": 0}, False),
        ({"state": VolunteerState.PAUSED}, False),
    ],
)
def test_only_what_fits_is_offered_and_can_be_taken(app, translator, changes, fits):
    task, _letter = wanted()
    who = pens.writer(**{"trust": 1, "languages": ["en", "ru"], **changes})
    client = signed_in(app, who)
    page = client.get(HOME).text
    assert (f"{task.id}/take" in page) is fits
    client.post(f"{at(task)}/take", data={"csrf_token": token(client.get("/account").text)})
    assert (again(task).state == TaskState.CLAIMED) is fits
    assert (client.get(at(task)).status_code == 200) is fits


def test_nobody_translates_their_own_letter(app):
    writer = pens.writer(trust=1, languages=["en", "ru"])
    task, _letter = wanted(writer=writer)
    client = signed_in(app, writer)
    assert "Nothing is open" in client.get(HOME).text
    client.post(f"{at(task)}/take", data={"csrf_token": token(client.get("/account").text)})
    assert again(task).state == TaskState.OPEN


def test_two_translators_and_staff_see_only_what_they_hold(app, desk, sign_in):
    task, _letter = wanted()
    other = signed_in(app, pens.writer(trust=1, languages=["en", "ru"]))
    key = token(other.get("/account").text)
    take(desk, task)
    answer = other.post(f"{at(task)}/take", data={"csrf_token": key})
    assert answer.status_code == 303
    assert "somebody else has taken it" in other.get(HOME).text
    for client in (other, sign_in(Role.ADMIN), sign_in(Role.MODERATOR), sign_in(Role.COORDINATOR)):
        assert client.get(at(task)).status_code == 404
        answer = client.post(
            at(task), data={"csrf_token": token(client.get("/account").text), "text": "x", "seen": "1"}
        )
        assert answer.status_code == 404
        assert WORDS not in answer.text
    assert again(task).state == TaskState.CLAIMED


def test_given_back_it_is_open_with_what_there_is(app, desk):
    task, _letter = wanted()
    take(desk, task)
    save(desk, task, post.TEXT)
    assert submit(desk, at(task), "/give-back").status_code == 303
    assert desk.get(at(task)).status_code == 404
    other = signed_in(app, pens.writer(trust=1, languages=["en", "ru"]))
    take(other, task)
    assert post.TEXT in other.get(at(task)).text


def test_two_windows_lose_nothing(desk):
    task, letter = wanted()
    take(desk, task)
    old = desk.get(at(task)).text
    save(desk, task, post.TEXT)
    seen = next(each.get("value") for each in parse(old).iter("input") if each.get("name") == "seen")
    answer = save(desk, task, "Здравствуйте!", seen=seen)
    assert answer.status_code == 409
    assert "Здравствуйте!" in answer.text
    assert post.TEXT in answer.text
    assert bodies.read_body(again(letter)).text == post.TEXT


def test_what_is_theirs_no_longer_gives_back_what_was_typed_and_no_word_of_the_letter(desk):
    task, letter = wanted()
    take(desk, task)
    key = token(desk.get(at(task)).text)
    with transaction():
        moves.move(moves.locked_with_prisoner(letter.id), LetterState.WITHDRAWN, actor=None)
    answer = desk.post(at(task), data={"csrf_token": key, "text": "Моя работа.", "seen": str(letter.text_version)})
    assert answer.status_code == 409
    assert "needs no translation any more" in answer.text
    assert "Моя работа." in answer.text
    assert WORDS not in answer.text


def test_autosave_gives_the_version_to_go_on_from(desk):
    task, letter = wanted()
    take(desk, task)
    key = token(desk.get(at(task)).text)
    sent = {"csrf_token": key, "text": post.TEXT, "seen": str(letter.text_version)}
    answer = desk.post(f"{at(task)}/autosave", data=sent)
    assert answer.json["seen"] == again(letter).text_version
    answer = desk.post(f"{at(task)}/autosave", data={**sent, "text": "Другое."})
    assert answer.status_code == 409
    assert "another window" in answer.json["problem"]


def test_who_does_not_write_is_told_what_to_do(sign_in):
    assert "given to volunteers who write with us" in sign_in().get(HOME).text
