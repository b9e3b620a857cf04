"""Moderators read on their pages: nobody sees a text without holding it, and nothing that was typed is lost."""

import pytest
import time_machine

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.letters.models import Letter, LetterState
from campaign.letters.service import bodies, moderation, moves, pictures, submitting
from tests.letters.test_moderation import waiting
from tests.letters.test_own_pages import photo
from tests.support import accounts, pens, post
from tests.support.accounts import submit
from tests.support.pages import parse

HOME = "/staff/moderation"
WAR = post.TEXT + " Объявили мобилизацию, мобилизация идёт."
REASON = "It is about the mobilisation of ants."


@pytest.fixture
def moderator(sign_in):
    return sign_in(Role.MODERATOR)


def at(letter) -> str:
    return f"{HOME}/{letter.id}"


def again(letter) -> Letter:
    session.expire_all()
    return session.get_one(Letter, letter.id)


def take(client, letter):
    return submit(client, at(letter), "/take")


def decide(client, letter, step, **typed):
    """Press one of the buttons of the one form."""
    html = client.get(at(letter)).text
    form = next(each for each in parse(html).iter("form") if "decision" in (each.get("class") or ""))
    values = {each.get("name"): each.get("value", "") for each in form.iter("input")}
    answer = client.post(f"{at(letter)}/{step}", data={**values, **typed})
    session.remove()
    return answer


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ORGANISER, Role.DATA_EDITOR, Role.TREASURER])
def test_nobody_else_comes_near(sign_in, role):
    client, letter = sign_in(role), waiting()
    assert [client.get(path).status_code for path in (HOME, at(letter))] == [403, 403]
    steps = ["take", "let-go", "approve", "changes", "reject", "translator"]
    assert {client.post(f"{at(letter)}/{step}").status_code for step in steps} <= {400, 403}
    assert client.post(f"{HOME}/next").status_code in {400, 403}
    assert again(letter).state == LetterState.IN_MODERATION
    assert HOME not in client.get("/staff").text


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.COORDINATOR])
def test_the_text_is_shown_once_it_is_taken_and_a_look_alone_takes_nothing(sign_in, role):
    client, letter = sign_in(role), waiting()
    assert "Letter waits to be read" in client.get("/staff").text
    page = client.get(at(letter)).text
    assert "помидоры" not in page
    assert again(letter).held_by is None
    assert take(client, letter).status_code == 303
    page = client.get(at(letter)).text
    assert "помидоры" in page
    assert "first letter between these two" in page
    looks = session.query(AuditEntry).filter_by(action="letter.read").all()
    assert [each.object for each in looks] == [f"letter:{letter.id}"]
    assert "помидоры" not in "".join(f"{each.reason}{each.object}" for each in looks)


def test_two_moderators(app, moderator, sign_in):
    letter, other = waiting(), accounts.person(Role.MODERATOR)
    with transaction():
        moderation.take(letter.id, actor=other.id)
    assert other.username in moderator.get(HOME).text
    page = moderator.get(at(letter)).text
    assert "is reading it just now" in page
    assert "помидоры" not in page
    second = waiting()
    answer = submit(moderator, HOME, "/next")
    assert answer.location.endswith(at(second)), "the one that is taken is passed over"
    with time_machine.travel(clock.now() + moderation.HOLD, tick=True):
        assert "Read it" in moderator.get(at(letter)).text


def test_what_another_took_meanwhile_gives_back_what_was_typed(moderator):
    letter = waiting()
    take(moderator, letter)
    page = moderator.get(at(letter)).text
    assert "Ask for changes" in page
    other = accounts.person(Role.MODERATOR)
    with transaction():
        moves.locked(letter.id).held_by = other.id
    answer = moderator.post(f"{at(letter)}/changes", data={
        "csrf_token": token(page), "seen": str(letter.text_version), "changes_words": "Уберите фамилию.",
    })  # fmt: skip
    assert answer.status_code == 409
    assert "Somebody else is reading this letter" in answer.text
    assert "Уберите фамилию." in answer.text
    assert "помидоры" not in answer.text


def token(page: str) -> str:
    return next(each.get("value") for each in parse(page).iter("input") if each.get("name") == "csrf_token")


def test_whoever_wrote_it_does_not_read_it_here(moderator):
    letter = waiting()
    with transaction():
        moves.locked(letter.id).written_by = moderator.person.id
    assert "Your own letter" in moderator.get(HOME).text
    page = moderator.get(at(letter)).text
    assert "Somebody else has to read it" in page
    assert "помидоры" not in page
    answer = moderator.post(f"{at(letter)}/take", data={"csrf_token": token(page)})
    assert answer.status_code == 409
    assert again(letter).held_by is None


def test_what_would_be_stopped_leaves_only_with_a_reason(moderator):
    letter = waiting(text=WAR)
    take(moderator, letter)
    page = moderator.get(at(letter)).text
    assert 'class="mark-block"' in page
    assert "L07" in page
    answer = decide(moderator, letter, "approve", changes_words="Half a sentence.")
    assert answer.status_code == 422
    assert "Say why it may go all the same" in answer.text
    assert "Half a sentence." in answer.text
    assert decide(moderator, letter, "approve", override_reason=REASON).status_code == 303
    assert (again(letter).state, again(letter).override_reason) == (LetterState.QUEUED, REASON)
    page = moderator.get(at(letter)).text
    assert "Somebody has decided" in page
    assert "помидоры" not in page


def test_changes_with_a_ready_sentence_in_the_language_of_the_writer(moderator):
    writer = pens.writer()
    pens.with_address(writer, "w@example.org", language="de")
    letter = waiting(writer)
    take(moderator, letter)
    assert "The writer reads German" in moderator.get(at(letter)).text
    assert decide(moderator, letter, "changes").status_code == 422
    assert (
        decide(moderator, letter, "changes", changes_ready="case", changes_words="Zweiter Absatz.").status_code == 303
    )
    found = again(letter)
    assert found.state == LetterState.CHANGES_REQUESTED
    words = bodies.read_words(found)
    assert words.endswith("\n\nZweiter Absatz.")
    assert "Bitte" in words


def test_rejected_with_kind_words(moderator):
    letter = waiting()
    take(moderator, letter)
    assert decide(moderator, letter, "reject").status_code == 422
    assert decide(moderator, letter, "reject", reject_ready="harm").status_code == 303
    assert again(letter).state == LetterState.REJECTED
    assert "ordinary day" in bodies.read_words(again(letter))


def test_another_text_than_the_one_that_was_read_is_read_again(moderator):
    letter = waiting()
    take(moderator, letter)
    answer = decide(moderator, letter, "reject", seen="0", reject_words="Так нельзя.")
    assert answer.status_code == 409
    assert "Read it again" in answer.text
    assert "Так нельзя." in answer.text
    assert again(letter).state == LetterState.IN_MODERATION


def test_let_go_it_is_free_and_the_next_one_comes(moderator):
    first, second = waiting(), waiting()
    assert submit(moderator, HOME, "/next").location.endswith(at(first))
    answer = moderator.post(
        f"{HOME}/next", data={"csrf_token": token(moderator.get(at(first)).text), "leaving": str(first.id)}
    )
    assert answer.location.endswith(at(second))
    assert again(first).held_by is None
    assert submit(moderator, at(second), "/let-go").status_code == 303
    assert again(second).held_by is None


def test_the_queue_is_narrowed_in_the_address_and_the_oldest_stands_first(moderator):
    with time_machine.travel("2026-11-01", tick=True):
        old = waiting(text=WAR)
    new = waiting()
    page = moderator.get(HOME).text
    assert page.index(at(old)) < page.index(at(new))
    blocked = moderator.get(f"{HOME}?blocks=yes").text
    assert at(old) in blocked
    assert at(new) not in blocked
    assert at(new) in moderator.get(f"{HOME}?blocks=no").text
    assert "No letter fits" in moderator.get(f"{HOME}?translated=yes").text
    assert "No letter fits" in moderator.get(f"{HOME}?channel=zt").text
    assert at(old) in moderator.get(f"{HOME}?blocks=nonsense&channel=%00").text


def test_empty(moderator):
    assert "No letter waits to be read" in moderator.get(HOME).text


def test_keys_are_named_on_the_page_and_can_be_switched_off(moderator):
    letter = waiting()
    take(moderator, letter)
    for page, keys in ((moderator.get(HOME).text, "njk"), (moderator.get(at(letter)).text, "acrn")):
        assert "js/shortcuts" in page
        assert "data-shortcuts-on" in page
        assert [each.text for each in parse(page).iter("kbd")] == list(keys)


def test_pictures_are_seen_by_whoever_holds_the_letter(moderator, sign_in):
    letter = post.draft()
    with transaction():
        found = moves.locked_with_prisoner(letter.id)
        picture = pictures.add_picture(found, photo()).id
        submitting.submit(found, actor=found.written_by)
    path = f"{at(letter)}/pictures/{picture}"
    assert moderator.get(path).status_code == 404
    take(moderator, letter)
    assert path in moderator.get(at(letter)).text
    assert moderator.get(path).mimetype == "image/jpeg"
    assert sign_in(Role.COORDINATOR).get(path).status_code == 404
    assert sign_in(Role.ADMIN).get(path).status_code == 403
