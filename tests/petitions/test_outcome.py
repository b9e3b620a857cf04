"""After the opening: updates, handing in, and what was answered."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.petitions.models import HandIn, PetitionState, PetitionUpdate
from tests.petitions.pages import fresh, home, picture, send, text_of, values_of, write
from tests.support import make

HANDED = {"received_by": "The made-up council", "handed_by": "Two volunteers", "receipt_number": "A-17"}


def hand_in(client, petition, **changes):
    return send(client, f"{home(petition)}/hand-ins/new", "", **{**HANDED, **changes})


def public(client, petition) -> str:
    client.application.extensions["page_cache"].clear()
    return text_of(client.get(f"/petitions/{petition.slug}").get_data(as_text=True))


def update_of(petition) -> PetitionUpdate:
    session.rollback()
    return session.scalars(select(PetitionUpdate).where(PetitionUpdate.petition_id == petition.id)).one()


def test_an_update_is_shown_once_published_and_can_be_taken_back(client, author):
    petition = make.petition()
    written = {"en-title": "A first step", "en-body": "They **listened**.", "ru-title": "Шаг", "ru-body": "Услышали."}
    assert send(author, f"{home(petition.id)}/updates/new", "", **written).status_code == 303
    assert "A first step" not in public(client, petition)
    page = f"{home(petition.id)}/updates/{update_of(petition).id}"
    send(author, home(petition.id), f"{page}/publish")
    assert "A first step" in public(client, petition)
    client.application.extensions["page_cache"].clear()
    assert "Услышали." in client.get(f"/ru/petitions/{petition.slug}").get_data(as_text=True)
    send(author, home(petition.id), f"{page}/take-back")
    assert "A first step" not in public(client, petition)
    assert send(author, home(petition.id), f"{page}/delete").status_code == 303
    assert "A first step" not in author.get(home(petition.id)).get_data(as_text=True)


def test_two_edit_an_update_and_neither_loses_a_word(author, second):
    petition = make.petition()
    send(author, f"{home(petition.id)}/updates/new", "", **{"en-title": "One", "en-body": "First."})
    page = f"{home(petition.id)}/updates/{update_of(petition).id}"
    old = values_of(author.get(page).get_data(as_text=True), "") | {"en-body": "Mine."}
    send(second, page, "", **{"en-body": "Theirs."})
    answer = author.post(page, data=old)
    assert answer.status_code == 409
    assert "Mine." in answer.get_data(as_text=True)
    assert update_of(petition).texts[0].body == "Theirs."
    assert author.post(page, data=values_of(answer.get_data(as_text=True), "")).status_code == 303
    assert update_of(petition).texts[0].body == "Mine."


def test_a_half_written_update_is_refused_and_none_is_written_to_a_draft(author):
    petition = make.petition()
    answer = send(author, f"{home(petition.id)}/updates/new", "", **{"en-title": "Only a title"})
    assert answer.status_code == 422
    assert "Only a title" in answer.get_data(as_text=True)
    assert author.get(f"{home(write(author))}/updates/new").status_code == 403


def test_an_update_of_another_petition_is_not_found(author):
    one, other = make.petition(), make.petition()
    send(author, f"{home(one.id)}/updates/new", "", **{"en-title": "One", "en-body": "First."})
    assert author.get(f"{home(other.id)}/updates/{update_of(one).id}").status_code == 404


def test_handing_in_is_told_without_who_carried_it(client, author):
    petition = make.petition(state=PetitionState.CLOSED)
    assert "It has not been handed in yet" in public(client, petition)
    assert hand_in(author, petition.id, receipt=(picture(), "receipt.jpg")).status_code == 303
    assert fresh(petition.id).state == PetitionState.DELIVERED
    page = public(client, petition)
    assert "Handed in to The made-up council, with 0 confirmed signatures." in page
    assert "Receipt A-17" in page
    assert "Two volunteers" not in page
    record = session.scalars(select(HandIn)).one()
    receipt = author.get(f"{home(petition.id)}/hand-ins/{record.id}/receipt")
    assert Image.open(BytesIO(receipt.data)).format == "WEBP"
    assert receipt.headers["Cache-Control"] == "no-store"


def test_a_record_made_by_mistake_is_undone(author):
    petition = make.petition(state=PetitionState.CLOSED)
    hand_in(author, petition.id)
    record = session.scalars(select(HandIn)).one()
    send(author, home(petition.id), f"/hand-ins/{record.id}/remove")
    assert fresh(petition.id).state == PetitionState.CLOSED


@pytest.mark.parametrize("days", [-400, 30])
def test_a_date_that_cannot_be_is_refused(author, days):
    petition = make.petition(state=PetitionState.CLOSED)
    day = clock.today() + timedelta(days=days)
    answer = hand_in(author, petition.id, handed_on=day.isoformat())
    assert answer.status_code == 422
    assert "Two volunteers" in answer.get_data(as_text=True)
    assert fresh(petition.id).state == PetitionState.CLOSED


def test_a_receipt_that_is_no_picture_is_refused(author):
    petition = make.petition(state=PetitionState.CLOSED)
    answer = hand_in(author, petition.id, receipt=(BytesIO(b"<svg/>"), "receipt.svg"))
    assert answer.status_code == 422
    assert fresh(petition.id).state == PetitionState.CLOSED


def test_what_still_collects_is_not_handed_in(author):
    petition = make.petition()
    assert author.get(f"{home(petition.id)}/hand-ins/new").status_code == 403
    assert author.get(f"{home(petition.id)}/packs").status_code == 403


def test_an_answer_is_public_only_when_it_is_meant_to_be(client, author):
    petition = make.petition(state=PetitionState.CLOSED)
    hand_in(author, petition.id)
    assert "No answer has been made public yet" in public(client, petition)
    send(author, f"{home(petition.id)}/answers/new", "", answered_by="The council", body_en="We *decline*.")
    assert "decline" not in public(client, petition)
    html = author.get(home(petition.id)).get_data(as_text=True)
    page = next(part.split('"')[0] for part in html.split('href="') if "/answers/" in part and "new" not in part)
    send(author, page, "", is_public="y")
    assert "We decline" in public(client, petition)
    assert "Answer by The council" in public(client, petition)
    assert send(author, page, "", body_en="").status_code == 422
    send(author, home(petition.id), f"{page}/remove")
    assert "decline" not in public(client, petition)
