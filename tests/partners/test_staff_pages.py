"""Staff name partners: one proposes a key, another compares its fingerprint; a wrong key is refused where it stands."""

import io
import uuid
import zipfile

import pyrage
import pytest
from sqlalchemy import select, text

from campaign.kernel.db import session, transaction
from campaign.partners.models import Partner, PartnerTerms
from campaign.partners.service.keys import BadKey, fingerprint, read_recipient
from campaign.petitions.models import PetitionState
from tests.partners.conftest import confirmed, organisation, partner, people
from tests.petitions.pages import send, text_of
from tests.support import make

WORDS = {"en": "The Lamp may write to me", "ru": "«Лампа» может мне писать", "de": "Die Lampe darf mir schreiben"}


def room(petition) -> str:
    return f"/staff/petitions/{petition.id}/partners"


def propose(client, petition, key: str, whose: uuid.UUID, **changes):
    return send(client, f"{room(petition)}/new", "", organisation=str(whose), recipient=key, **{**WORDS, **changes})


def read(client, url) -> str:
    return text_of(client.get(url).text)


def test_one_proposes_another_compares_and_approves(client, organiser, second, petition):
    key = pyrage.x25519.Identity.generate()
    lamp = organisation("the-lamp")
    assert "No organisation stands beside this petition." in read(organiser, room(petition))
    answer = propose(organiser, petition, f" {key.to_public()} ", lamp)
    assert answer.status_code == 303
    page = answer.location
    assert fingerprint(str(key.to_public())) in read(second, page)
    assert WORDS["en"] not in read(client, f"/petitions/{petition.slug}")
    client.application.extensions["page_cache"].clear()
    unseen = send(second, page, f"{page}/decide", decision="approve")
    assert unseen.status_code == 409
    assert "Compare the fingerprint" in text_of(unseen.text)
    html = organiser.get(page).text
    assert 'value="approve"' not in html
    assert send(organiser, page, f"{page}/decide", decision="approve", compared="y").status_code == 403
    assert send(second, page, f"{page}/decide", decision="approve", compared="y").status_code == 303
    assert WORDS["en"] in read(client, f"/petitions/{petition.slug}")
    assert WORDS["de"] in read(client, f"/de/petitions/{petition.slug}")

    newer = pyrage.x25519.Identity.generate()
    changed = send(organiser, f"{page}/edit", "", recipient=str(newer.to_public()))
    assert changed.status_code == 303
    session.remove()
    assert session.scalars(select(PartnerTerms.recipient).where(PartnerTerms.state == "current")).all() == [
        str(key.to_public())
    ]
    assert send(organiser, f"{page}/edit", "", recipient=str(key.to_public()), en="Other").status_code == 409
    send(second, page, f"{page}/decide", decision="approve", compared="y")
    session.remove()
    states = session.execute(select(PartnerTerms.number, PartnerTerms.state).order_by(PartnerTerms.number)).all()
    assert states == [(1, "past"), (2, "current")]
    assert "Version 1: Replaced" in read(second, page)


def test_a_wrong_key_is_refused_and_a_private_one_never_shown_again(organiser, petition):
    private = str(pyrage.x25519.Identity.generate())
    lamp = organisation("the-lamp")
    for key, message in (
        ("age1nothing", "That is no public key of age"), ("ssh-ed25519 AAAA", "That is no public key of age"),
        ("", "This is needed"), (private, "That is the private key"), (f"# {private.lower()}", "the private key"),
    ):  # fmt: skip
        answer = propose(organiser, petition, key, lamp)
        assert answer.status_code == 422
        assert message in text_of(answer.text)
        assert "The Lamp may write to me" in answer.text, "what was typed stays"
        assert private[20:40].lower() not in answer.text.lower()
    nothing = text_of(send(organiser, f"{room(petition)}/new", "", organisation=str(lamp)).text)
    assert "What is consented to, in English: This is needed." in nothing, "what is said of several fields names each"
    assert private[20:40] not in propose(organiser, petition, "age1x", lamp, en=private).text
    assert session.scalar(select(Partner.id)) is None
    good = str(pyrage.x25519.Identity.generate().to_public())
    wrong = good[:20] + ("q" if good[20] != "q" else "p") + good[21:]
    with pytest.raises(BadKey):
        read_recipient(wrong)


def test_no_two_organisations_share_a_key_and_none_stands_there_twice(organiser, petition, lantern):
    same = str(lantern.key.to_public())
    answer = propose(organiser, petition, same, organisation("the-lamp"))
    assert (answer.status_code, "Another organisation has this key" in answer.text) == (422, True)
    twice = propose(organiser, petition, same, lantern.row.organisation_id)
    assert (twice.status_code, "is named here already" in twice.text) == (409, True)


def test_the_database_itself_wants_two_persons(petition, lantern):
    with pytest.raises(Exception, match="two_persons"):
        session.execute(text("UPDATE partner_terms SET decided_by = asked_by"))
    session.rollback()


def test_order_and_end(client, organiser, petition, lantern):
    other = partner(petition, "the-lamp")
    send(organiser, room(petition), f"{room(petition)}/{other.id}/move-up")
    html = client.get(f"/petitions/{petition.slug}").text
    assert html.index(other.field) < html.index(lantern.field)
    page = f"{room(petition)}/{other.id}"
    confirmed(petition, "anna@example.org", other)
    assert "deleted for good: 1." in read(organiser, page)
    assert send(organiser, page, f"{page}/end").status_code == 303
    client.application.extensions["page_cache"].clear()
    assert other.field not in client.get(f"/petitions/{petition.slug}").text
    assert "Ended on" in read(organiser, page)
    assert send(organiser, f"{page}/edit", "", en="Other words").status_code == 409
    again = propose(organiser, petition, str(other.key.to_public()), other.row.organisation_id)
    assert again.status_code == 303, "it may come back as another partner"


def test_an_export_on_the_staff_pages(organiser, second, petition, lantern):
    page = f"{room(petition)}/{lantern.id}"
    nothing = send(organiser, page, f"{page}/exports", reason="To thank them")
    assert (nothing.status_code, "Nothing has come" in nothing.text) == (409, True)
    confirmed(petition, "anna@example.org", lantern)
    assert send(organiser, page, f"{page}/exports", reason=" ").status_code == 422
    assert send(organiser, page, f"{page}/exports", reason="To thank them").status_code == 303
    assert "Ask for an export" not in read(organiser, page), "one waits, and no second can be asked for"
    assert "Exports for partners wait for you" in read(second, "/staff")
    decide = next(part for part in second.get(page).text.split('"') if part.endswith("/decide"))
    assert send(second, page, decide, decision="approve").status_code == 303
    assert "/download" not in second.get(page).text
    fetch = next(part for part in organiser.get(page).text.split('"') if part.endswith("/download"))
    answer = send(organiser, page, fetch)
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/zip", "no-store")
    assert people(answer.data, lantern.key) == ["anna@example.org"] or "@localhost" in str(
        people(answer.data, lantern.key)
    )
    assert zipfile.is_zipfile(io.BytesIO(answer.data))
    assert "anna@example.org" in people(answer.data, lantern.key)
    shown = read(organiser, page)
    assert "Opt-ins: 1. Taken back: 0. First fetched on" in shown
    panel = read(organiser, f"/staff/petitions/{petition.id}")
    assert "Offered in the sign form The Lantern" in panel


def test_a_petition_that_has_ended_takes_no_partner(organiser):
    ended = make.petition(state=PetitionState.CLOSED)
    assert "nothing can be passed on" in read(organiser, room(ended))
    key = str(pyrage.x25519.Identity.generate().to_public())
    assert propose(organiser, ended, key, organisation("the-lamp")).status_code == 409
    with transaction():
        assert session.scalar(select(Partner.id)) is None
