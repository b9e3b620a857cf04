"""Another wording after the opening: two persons, and nothing that was signed is hidden."""

import uuid

import pytest
from sqlalchemy.exc import IntegrityError

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.petitions.models import Audience, PetitionState
from campaign.petitions.queries import find_waiting_change, list_changes, list_published_changes
from campaign.petitions.service import wording
from campaign.signatures.service.pack import pack_content
from campaign.signatures.service.sign import sign
from tests.petitions.pages import fresh, home, press, send, step, text_of, values_of
from tests.petitions.test_writing import RUSSIAN
from tests.support import make

MENDED = {"en-body": "A *better* made-up text.", "reason": "A word was wrong."}


def ask(client, petition, **changes):
    return send(client, f"{home(petition.id)}/wording", "", **{**MENDED, **changes})


def decide(client, petition, name, **changes):
    change = find_waiting_change(petition.id)
    session.rollback()
    return send(client, home(petition.id), f"{home(petition.id)}/wording/{change.id}/{name}", **changes)


def public(client, petition, rest=""):
    client.application.extensions["page_cache"].clear()
    return text_of(client.get(f"/petitions/{petition.slug}{rest}").get_data(as_text=True))


@pytest.mark.parametrize("state", [PetitionState.OPEN, PetitionState.PAUSED])
def test_a_change_is_public_once_a_second_person_agrees_and_the_former_text_stays(client, author, second, state):
    petition = make.petition(state=state)
    assert ask(author, petition).status_code == 303
    assert "better" not in public(client, petition), "nothing changes before"
    seen = second.get(home(petition.id)).get_data(as_text=True)
    assert "A word was wrong." in text_of(seen)
    assert "<ins>" in seen
    assert decide(second, petition, "approve").status_code == 303

    page = public(client, petition)
    assert "A better made-up text." in page
    assert "A made-up text ." not in page
    assert "The text was changed on" in page
    history = public(client, petition, "/changes")
    assert "Who signed before this day read the former text." in history
    assert "A made-up text ." in history, "the whole former text"
    assert "English Text" in history, "which language it is"
    assert author.person.username not in history, "the public learns the day, not who works here"
    staff = text_of(author.get(home(petition.id)).get_data(as_text=True))
    assert f"Asked for by {author.person.username}" in staff
    assert f"decided by {second.person.username}" in staff
    assert fresh(petition.id).slug == petition.slug


def test_who_asked_does_not_approve_even_when_no_button_offers_it(author):
    petition = make.petition()
    ask(author, petition)
    page = author.get(home(petition.id)).get_data(as_text=True)
    assert "Publish the new wording" not in page
    change = find_waiting_change(petition.id)
    answer = press(author, petition.id, f"wording/{change.id}/approve", version=str(change.version))
    assert answer.status_code == 403
    assert fresh(petition.id).texts[0].body == "A made-up *text*."


def test_the_database_knows_two_persons_too(app):
    petition, one = make.petition(), uuid.uuid4()
    with transaction():
        stored = fresh(petition.id)
        drafts = [make.text_draft(title="Close the windows")]
        change = wording.ask_for_wording(stored, drafts, reason="x", seen_version=0, actor=one)
    with pytest.raises(IntegrityError), transaction():
        change.state, change.decided_by, change.decided_at = "approved", one, clock.now()
        change.published_on = clock.today()
        session.flush()


def test_a_translation_is_added_in_the_same_way_and_changes_nothing_that_was_signed(client, author, second):
    petition = make.petition()
    ask(author, petition, **{"en-body": "A made-up *text*."}, **RUSSIAN)
    assert "Откройте окна" not in public(client, petition)
    decide(second, petition, "approve")
    assert {text.language for text in fresh(petition.id).texts} == {"en", "ru"}
    assert "The text was changed" not in public(client, petition)
    assert "Translation added on" in public(client, petition, "/changes")


def test_a_refusal_says_why_and_the_asker_reads_it(author, second):
    petition = make.petition()
    ask(author, petition)
    assert decide(second, petition, "refuse").status_code == 422
    assert decide(second, petition, "refuse", reason="It asks for something else.").status_code == 303
    assert "It asks for something else." in text_of(author.get(home(petition.id)).get_data(as_text=True))
    assert list_published_changes(petition.id) == []
    ask(author, petition)
    assert decide(author, petition, "refuse").status_code == 303, "one's own needs no word"
    assert [change.state for change in list_changes(petition.id)] == ["withdrawn", "refused"]


def test_what_was_approved_is_what_the_second_person_read(author, second):
    petition = make.petition()
    ask(author, petition)
    path = f"/wording/{find_waiting_change(petition.id).id}/approve"
    session.rollback()
    old = values_of(second.get(home(petition.id)).get_data(as_text=True), path)
    ask(author, petition, **{"en-body": "Something else entirely."})
    assert second.post(home(petition.id) + path, data=old).status_code == 409
    assert fresh(petition.id).texts[0].body == "A made-up *text*."


def test_of_two_who_ask_at_once_neither_loses_a_word(author, second):
    petition = make.petition()
    old = values_of(author.get(f"{home(petition.id)}/wording").get_data(as_text=True), "") | MENDED
    ask(second, petition, **{"en-body": "What the second asked for."})
    answer = author.post(f"{home(petition.id)}/wording", data=old)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "What the second asked for." in page
    assert "A *better* made-up text." in page
    assert author.post(f"{home(petition.id)}/wording", data=values_of(page, "")).status_code == 303
    assert find_waiting_change(petition.id).asked_by == author.person.id
    assert decide(second, petition, "approve").status_code == 303, "whose words these are not"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "Say why the text should change"), ({"en-body": "A made-up *text*."}, "says already"),
        ({"en-title": ""}, "Each language needs"), ({"ru-title": "Откройте"}, "Each language needs"),
        (dict.fromkeys(("en-title", "en-summary", "en-addressee", "en-body"), ""), "cannot be emptied"),
        ({"en-title": "x" * 161}, "At most 160"), ({"en-body": "x" * 40_001}, "At most 40000"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_and_what_was_typed_stays(author, changes, words):
    petition = make.petition()
    answer = ask(author, petition, **{"de-body": "Bleibt hier stehen"} if "says" not in words else {}, **changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page or "Each language needs" in page
    assert find_waiting_change(petition.id) is None


def test_nothing_typed_is_carried_out_by_the_page_that_shows_it(author, second, client):
    petition = make.petition()
    hostile = "<script>alert(1)</script> </del><img src=x onerror=y> \u202e [[slot]] {{7*7}}"
    ask(author, petition, **{"en-body": hostile, "en-title": hostile[:100]})
    assert second.get(home(petition.id)).status_code == 200
    decide(second, petition, "approve")
    assert "{{7*7}}" in public(client, petition, "/changes")


def test_a_closed_petition_takes_no_change_and_what_waited_can_only_be_refused(author, second):
    petition = make.petition()
    ask(author, petition)
    step(second, petition.id, "close")
    assert author.get(f"{home(petition.id)}/wording").status_code == 403
    assert "Publish the new wording" not in second.get(home(petition.id)).get_data(as_text=True)
    change = find_waiting_change(petition.id)
    answer = press(second, petition.id, f"wording/{change.id}/approve", version=str(change.version))
    assert answer.status_code == 409
    assert decide(second, petition, "refuse", reason="Too late.").status_code == 303


def test_the_dashboard_calls_the_second_person_and_not_the_asker(author, second):
    petition = make.petition()
    ask(author, petition)
    assert "A change of the text waits for you" in text_of(second.get("/staff").get_data(as_text=True))
    assert "A change of the text waits for you" not in text_of(author.get("/staff").get_data(as_text=True))


def test_the_preview_shows_what_would_change_and_asks_nobody(author):
    petition = make.petition()
    answer = ask(author, petition, act="preview")
    assert answer.status_code == 200
    assert "<ins>" in answer.get_data(as_text=True)
    assert find_waiting_change(petition.id) is None


def test_a_petition_for_outside_russia_hides_its_changes_there_too(client, author, second):
    petition = make.petition(audience=Audience.OUTSIDE_RUSSIA)
    ask(author, petition)
    decide(second, petition, "approve")
    client.post("/place", data={"place": "ru"})
    page = public(client, petition, "/changes")
    assert "Not shown in Russia" in page
    assert "made-up" not in page


def test_drafts_have_no_page_of_changes(client):
    draft = make.petition(state=PetitionState.DRAFT)
    assert client.get(f"/petitions/{draft.slug}/changes").status_code == 404


def test_a_signer_who_confirms_after_a_change_is_told(client, author, second, mailserver, run_work):
    petition = make.petition()
    sign(petition.id, make.signature_draft(), quarantined=False)
    run_work()
    link = mailserver.mails[0].link("/confirm/")
    assert "was changed on" not in text_of(client.get(link).get_data(as_text=True))
    ask(author, petition)
    decide(second, petition, "approve")
    assert "was changed on" in text_of(client.get(link).get_data(as_text=True))


def test_a_delivery_pack_says_on_which_days_the_text_was_changed(author, second):
    petition = make.petition()
    ask(author, petition)
    decide(second, petition, "approve")
    step(second, petition.id, "close")
    assert list(pack_content(fresh(petition.id), "en").changed_on) == [clock.today()]
