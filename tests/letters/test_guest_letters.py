"""A letter handed over without an account: confirmed by mail, followed by its link, mended, taken back, forgotten."""

import threading
import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from campaign.activities.models import Task, TaskState
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.rows import MailRow
from campaign.kernel.mail.suppression import SuppressionReason, suppress, suppressed_among
from campaign.kernel.registry import retention_rules
from campaign.kernel.switches import Switch, set_switch
from campaign.letters.models import Letter, LetterEvent, LetterState, LetterThread, ReplyState
from campaign.letters.service import bodies, guests, moderation
from campaign.letters.service.guest_links import token_of
from campaign.penpals.models import Group
from campaign.penpals.queries import field as fields
from campaign.prisoners.models import LettersPolicy, Prisoner
from campaign.prisoners.queries.public_directory import forget_directory
from tests.letters import replies
from tests.support import accounts, pens, post
from tests.support.pages import parse

ANNA = "anna@example.org"


@pytest.fixture(autouse=True)
def fresh_field(app, monkeypatch):
    """What a test has just changed is in the field at once."""
    monkeypatch.setattr(fields, "REREAD_AFTER", 0.0)
    monkeypatch.setattr(fields, "OLDEST", 0.0)
    monkeypatch.setattr("campaign.prisoners.queries.public_directory.REREAD_AFTER", 0.0)
    forget_directory()


def hand(client, person: Prisoner, words: str = post.TEXT, **more: str):
    values = {"text": words, "language": "ru", "channel": "post", "step": "hand", "email": ANNA} | more
    return client.post(
        f"/prisoners/{person.slug}/write/letter", data=values, content_type="multipart/form-data"
    )  # fmt: skip


def link_in_mail(client, mailserver, run_work, person: Prisoner | None = None, **more: str) -> str:
    assert hand(client, person or pens.addressee(), **more).status_code == 303
    run_work()
    return mailserver.mails[-1].link("/letters/")


def letters() -> list[Letter]:
    session.rollback()
    return list(session.scalars(select(Letter).execution_options(populate_existing=True)))


def states() -> list[str]:
    return [each.state for each in letters()]


def asked_to_change(letter: Letter, words: str = "Без фамилии, пожалуйста.") -> None:
    reader = accounts.person(Role.MODERATOR)
    with transaction():
        moderation.take(letter.id, actor=reader.id)
        moderation.ask_for_changes(letter.id, words, actor=reader.id, seen_text_version=letter.text_version)


def test_a_letter_is_handed_over_confirmed_and_followed(client, mailserver, run_work):
    person = pens.addressee(last_latin="Wintermorgen")
    group = pens.group()
    answer = hand(client, person, group=str(group.id))
    assert (answer.status_code, answer.location) == (303, "/write/handed")
    assert "look into your mail" in client.get(answer.location).text
    letter = letters()[0]
    assert letter.state == LetterState.WAITING
    assert session.get_one(LetterThread, letter.thread_id).group_id == group.id
    assert post.TEXT.encode() not in (letter.text_sealed or b"")
    assert ANNA.encode() not in (letter.contact_sealed or b"")

    run_work()
    mail = mailserver.mails[0]
    assert mail.recipients == [ANNA]
    raw = mail.message.as_string()
    assert "Wintermorgen" not in raw
    assert person.slug not in raw
    link = mail.link("/letters/")
    for _ in range(2):
        page = client.get(link)
        client.head(link)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert post.TEXT in page.text
    assert "Yes, send this letter" in page.text
    assert states() == ["waiting"], "looking at the page must not confirm"

    for _ in range(2):
        assert client.post(link).status_code == 303
    assert states() == ["in_moderation"]
    steps = session.scalars(select(LetterEvent.now).order_by(LetterEvent.id)).all()
    assert steps == ["waiting", "submitted", "checking", "in_moderation"]
    page = client.get(link).text
    assert "Waits to be read" in page
    assert ANNA not in page
    assert client.post(f"{link}/not-me").status_code == 303
    assert states() == ["in_moderation"], "what was confirmed is not deleted by a late press"


def test_two_at_once_confirm_it_once(app, client, mailserver, run_work):
    link = link_in_mail(client, mailserver, run_work)
    token = link.rsplit("/", 1)[1]

    def press() -> None:
        with app.app_context(), transaction():
            guests.confirm(token)

    presses = [threading.Thread(target=press) for _ in range(4)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert states() == ["in_moderation"]
    assert session.scalars(select(LetterEvent.now)).all().count("submitted") == 1


def test_the_answer_is_the_same_for_every_address(client, mailserver, run_work):
    person = pens.addressee()
    with transaction():
        suppress("bert@example.org", SuppressionReason.ASKED)
    pens.with_address(pens.writer(), "clara@example.org")
    answers = []
    for address in (ANNA, "bert@example.org", "clara@example.org", "Anna+x@example.org"):
        answers += [hand(client, person, email=address) for _ in range(2)]
    answers += [hand(client, person, post.TEXT + f" {number}", email=ANNA) for number in range(5)]
    assert {(each.status_code, each.location, each.get_data()) for each in answers} == {
        (303, "/write/handed", answers[0].get_data())
    }
    run_work()
    received = sorted(each.recipients[0] for each in mailserver.mails)
    assert received == [ANNA, ANNA, ANNA, "clara@example.org"], "three a day, and none to who asked for none"


def test_pressing_twice_keeps_one_letter(client):
    person = pens.addressee()
    for _ in range(3):
        hand(client, person)
    assert states() == ["waiting"]
    assert len(session.scalars(select(MailRow)).all()) == 1


@pytest.mark.parametrize("email", ["", "nobody", "a@b@c", "x\x00@example.org"])
def test_a_wrong_address_is_told_and_the_text_stays(client, email):
    answer = hand(client, pens.addressee(), email=email)
    assert answer.status_code == 422
    assert (parse(answer.text).find(".//textarea[@id='text']").text or "").strip() == post.TEXT
    assert states() == []


def test_a_program_is_told_that_all_went_well(client):
    assert hand(client, pens.addressee(), website="x").location == "/write/handed"
    assert states() == []


def test_only_groups_that_may_be_seen_are_offered_and_taken(client):
    person, shown, hidden = pens.addressee(), pens.group(), pens.group(is_public=False)
    page = client.post(f"/prisoners/{person.slug}/write/letter", data={"text": post.TEXT}).text
    assert shown.name_in("en") in page
    assert hidden.name_in("en") not in page
    hand(client, person, group=str(hidden.id))
    hand(client, person, post.TEXT + " Ещё", group="nonsense")
    assert {session.get_one(LetterThread, each.thread_id).group_id for each in letters()} == {None}


def test_not_me_deletes_all_of_it_and_can_be_said_for_ever(client, mailserver, run_work):
    link = link_in_mail(client, mailserver, run_work)
    assert client.post(f"{link}/not-me", data={"never_again": "y"}).status_code == 303
    assert states() == []
    assert session.scalars(select(LetterThread)).all() == []
    assert suppressed_among([ANNA]) == {ANNA}
    for _ in range(2):
        assert "no letter behind this link" in client.get(link).text
        assert client.post(link).status_code == 303
    assert states() == []


def test_what_nobody_confirms_is_over_after_seven_days_and_goes(client, mailserver, run_work):
    link = link_in_mail(client, mailserver, run_work)
    rule = retention_rules["letter-waiting"]
    with time_machine.travel(clock.now() + timedelta(days=6), tick=False), transaction():
        assert rule.apply(clock.today()) == 0
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1), tick=False):
        assert "no letter behind this link" in client.get(link).text
        client.post(link)
        assert states() == ["waiting"]
        with transaction():
            assert rule.apply(clock.today()) == 1
        assert states() == []
        assert session.scalars(select(LetterThread)).all() == []


def test_a_letter_in_another_language_goes_to_a_translator(client, mailserver, run_work):
    link = link_in_mail(client, mailserver, run_work, words="Hello, my name is Anna.", language="en")
    client.post(link)
    letter = letters()[0]
    assert (letter.state, letter.original_language) == ("in_translation", "en")
    assert bodies.read_body(letter).original == "Hello, my name is Anna."
    assert session.scalars(select(Task.state)).all() == [TaskState.OPEN]
    page = client.get(link).text
    assert "Being translated" in page
    assert "Nobody has translated it yet" in page


def test_what_was_asked_for_is_changed_and_handed_in_again(client, mailserver, run_work):
    link = link_in_mail(client, mailserver, run_work)
    client.post(link)
    letter = letters()[0]
    asked_to_change(letter)
    run_work()
    assert mailserver.mails[-1].recipients == [ANNA]
    assert mailserver.mails[-1].link("/letters/") == link
    page = client.get(link).text
    assert "Без фамилии, пожалуйста." in page
    assert post.TEXT in page
    seen = str(letters()[0].text_version)
    mended = post.TEXT + " <b>Пока</b>"
    for words, version, status in ((" ", seen, 409), ("ж" * 50_000, seen, 409), (mended, seen, 303)):
        answer = client.post(f"{link}/text", data={"text": words, "seen": version})
        assert answer.status_code == status
        if status == 409 and words.strip():
            assert words in answer.text
    letter = letters()[0]
    assert letter.state == LetterState.IN_MODERATION
    assert bodies.read_body(letter).text == mended
    late = client.post(f"{link}/text", data={"text": "другое", "seen": seen})
    assert late.status_code == 409
    assert bodies.read_body(letters()[0]).text == mended


def test_it_is_taken_back_and_its_words_erased(client, mailserver, run_work):
    link = link_in_mail(client, mailserver, run_work)
    client.post(link)
    assert client.post(f"{link}/erase").status_code == 409
    for _ in range(2):
        assert client.post(f"{link}/withdraw").status_code == 303
    assert states() == ["withdrawn"]
    assert client.post(link).status_code == 303
    assert states() == ["withdrawn"]
    assert client.post(f"{link}/erase").status_code == 303
    assert letters()[0].text_sealed is None
    assert "The text was erased" in client.get(link).text


def test_the_address_can_be_forgotten_and_the_letter_goes_on(client, mailserver, run_work):
    link = link_in_mail(client, mailserver, run_work)
    assert client.post(f"{link}/forget").status_code == 303
    assert letters()[0].contact_sealed is not None, "before it is confirmed it is needed"
    client.post(link)
    client.post(f"{link}/forget")
    letter = letters()[0]
    assert (letter.contact_sealed, letter.contact_index, letter.state) == (None, None, "in_moderation")
    sent = len(mailserver.mails)
    asked_to_change(letter)
    run_work()
    assert len(mailserver.mails) == sent
    assert "Your address is erased" in client.get(link).text


def test_letters_that_are_switched_off_are_confirmed_later(client, mailserver, run_work):
    link = link_in_mail(client, mailserver, run_work)
    with transaction():
        set_switch(Switch.LETTERS, on=False, reason="drill")
    assert "paused" in client.get(link).text
    assert client.post(link).status_code == 503
    assert states() == ["waiting"]
    with transaction():
        set_switch(Switch.LETTERS, on=True, reason="drill")
    client.post(link)
    assert states() == ["in_moderation"]


def test_who_wants_no_letters_meanwhile_gets_none(client, mailserver, run_work):
    person = pens.addressee()
    link = link_in_mail(client, mailserver, run_work, person)
    with transaction():
        session.get_one(Prisoner, person.id).letters_policy = LettersPolicy.NONE
    assert "Something has changed" in client.get(link).text
    client.post(link)
    assert states() == ["waiting"]


def test_nobody_hands_over_a_letter_to_a_minor(app, client):
    child = pens.addressee(born_on=clock.today() - timedelta(days=16 * 365))
    assert hand(client, child).status_code == 409
    assert states() == []


def test_a_forged_link_or_one_of_an_account_leads_nowhere(client):
    own = post.draft()
    assert "no letter behind" in client.get(f"/letters/{token_of(own)}").text
    for token in ("x", "a" * 80, str(uuid.uuid4())):
        assert client.get(f"/letters/{token}").status_code == 404
        assert client.post(f"/letters/{token}").status_code == 404
        assert client.post(f"/letters/{token}/withdraw").status_code == 404


@pytest.mark.parametrize("language", ["ru", "de"])
def test_the_mail_and_the_page_speak_the_writers_language(client, mailserver, run_work, language):
    person = pens.addressee()
    client.post(
        f"/{language}/prisoners/{person.slug}/write/letter", content_type="multipart/form-data",
        data={"text": post.TEXT, "language": "ru", "channel": "post", "step": "hand", "email": ANNA},
    )  # fmt: skip
    run_work()
    mail = mailserver.mails[-1]
    assert "Please confirm" not in str(mail.message["Subject"])
    assert mail.link("/letters/").startswith(f"/{language}/")
    assert "Yes, send" not in client.get(mail.link("/letters/")).text


def test_a_group_that_goes_away_leaves_the_letter(client):
    person, group = pens.addressee(), pens.group()
    hand(client, person, group=str(group.id))
    with transaction():
        session.delete(session.get_one(Group, group.id))
    assert states() == ["waiting"]


def test_an_answer_is_read_behind_the_same_link_and_by_nobody_else(client):
    made = guest_letter_that_left()
    answer = replies.reply(ReplyState.FORWARDED, letter=made, pages=2)
    link = f"/letters/{token_of(made)}"
    page = client.get(link).text
    assert "Passed on to you" in page
    pictures = [each.get("src") for each in parse(page).findall(".//main//img")]
    assert len(pictures) == 2
    for each in pictures:
        shown = client.get(each)
        assert (shown.status_code, shown.mimetype[:6], shown.headers["Cache-Control"]) == (200, "image/", "no-store")
    other = guest_letter_that_left()
    assert client.get(pictures[0].replace(token_of(made), token_of(other))).status_code == 404
    assert client.post(f"/letters/{token_of(other)}/answers/{answer.id}/read").status_code == 404
    assert client.post(f"{link}/answers/{answer.id}/read").status_code == 303
    assert "You read it on" in client.get(link).text
    for _ in range(2):
        assert client.post(f"{link}/answers/{answer.id}/erase").status_code == 303
    assert "The pages were erased on" in client.get(link).text
    assert client.get(pictures[0]).status_code == 404


def test_an_answer_that_was_not_passed_on_yet_is_not_there(client):
    made = guest_letter_that_left()
    assert "None has come to us yet" in client.get(f"/letters/{token_of(made)}").text
    answer = replies.reply(ReplyState.SCREENED, letter=made)
    assert "None has come to us yet" in client.get(f"/letters/{token_of(made)}").text
    assert client.post(f"/letters/{token_of(made)}/answers/{answer.id}/read").status_code == 404


def guest_letter_that_left() -> Letter:
    """A letter without an account that was dispatched."""
    made = post.letter(LetterState.DISPATCHED)
    with transaction():
        found = session.get_one(Letter, made.id)
        found.written_by = None
        thread = session.get_one(LetterThread, found.thread_id)
        thread.volunteer_id = None
        bodies.write_contact(found, ANNA)
    return found
