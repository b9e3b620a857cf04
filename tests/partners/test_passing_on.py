"""A signer ticks an organisation: it alone can read who that was, from the confirmation on, until it is taken back."""

import uuid

import pytest
from sqlalchemy import func, select, text

from campaign.designations.models import Designation
from campaign.kernel.db import session, transaction
from campaign.partners.models import SEALED, PartnerOptin
from campaign.partners.service import terms
from campaign.petitions.models import PetitionState, petition_scope
from campaign.petitions.queries import get_petition
from campaign.petitions.service import change_state
from campaign.signatures.models import Signature, Visibility
from campaign.signatures.service import confirm
from campaign.signatures.service.expire import destroy_keys
from tests.partners.conftest import confirmed, download, draft, export, opened, people, signed, token_of
from tests.petitions.pages import text_of
from tests.signatures.test_signing import send_form


def optins() -> int:
    session.remove()
    return session.scalar(select(func.count()).select_from(PartnerOptin)) or 0


def everything() -> str:
    """The tables of signatures and partners as one text, as somebody who carried the database away would search it."""
    session.remove()
    tables = ("signature", "partner", "partner_terms", "partner_optin", "partner_export", "mail", "audit_entry")
    return "\n".join(
        str(row)
        for table in tables
        for row in session.execute(text(f"SELECT to_jsonb(t) FROM {table} t")).all()  # noqa: S608 - our own names
    )


def test_from_the_form_to_the_partner_and_nobody_else(client, petition, lantern, banned, mailserver, run_work):
    page = text_of(client.get(f"/petitions/{petition.slug}").text)
    assert "the-lantern may write to me (en)" in page
    send_form(
        client, petition.slug, display_name="Anna Example", visibility="initials", country="DE", **{lantern.field: "1"}
    )  # fmt: skip
    run_work()
    link = mailserver.mails[0].link("/confirm/")
    shown = text_of(client.get(link).text)
    assert "You ticked: the-lantern may write to me (en)" in shown
    assert optins() == 0, "nothing before the button is pressed"
    for _ in range(2):
        client.post(link)
    assert optins() == 1
    assert "Who may write to you The Lantern" in text_of(client.get(link).text)
    dump = everything()
    for secret in ("anna@example.org", "Anna Example", b"anna@example.org".hex()):
        assert secret not in dump
    content = download(lantern, export(lantern))
    theirs = [each for each in opened(content, lantern.key) if each["address"] == "anna@example.org"]
    assert [(each["name"], each["country"], each["language"], each["consent"]) for each in theirs] == [
        ("Anna Example", "DE", "en", 1)
    ]
    with pytest.raises(Exception, match="No matching keys"):
        opened(content, banned.key)


def test_what_is_kept_opens_with_no_key_of_ours(petition, lantern):
    confirmed(petition, "anna@example.org", lantern)
    row = session.scalars(select(PartnerOptin)).one()
    sealed = SEALED.unseal_bytes(petition_scope(petition.id), row.id, row.sealed)
    assert sealed.startswith(b"age-encryption.org/v1\n-> X25519 ")
    assert b"anna" not in sealed
    signature = session.scalars(select(Signature)).one()
    assert (signature.optins_sealed, signature.email_sealed) == (None, None)
    assert signature.id.bytes not in row.mark


def test_a_form_without_the_boxes_signs_as_before_and_boxes_that_are_none_mean_nothing(
    client, petition, lantern, run_work, mailserver
):
    odd = {
        "partner-x": "1", lantern.field: "0", f"partner-{uuid.uuid4().hex}": "1", f"{lantern.field}0": "1",
        f"partner-{lantern.id}": "1",
    }  # fmt: skip
    assert send_form(client, petition.slug).status_code == 303
    assert send_form(client, petition.slug, email="boris@example.org", **odd).status_code == 303
    assert send_form(client, petition.slug, email="vera@example.org", **{lantern.field: "7"}).status_code == 303
    run_work()
    for mail in mailserver.mails:
        assert client.post(mail.link("/confirm/")).status_code == 303
    assert optins() == 0


def test_what_was_ticked_is_kept_while_the_form_is_put_right(client, petition, lantern):
    answer = send_form(client, petition.slug, email="anna", **{lantern.field: "1"})
    assert answer.status_code == 422
    assert f'name="{lantern.field}" value="1" aria-describedby="partners-hint" checked' in answer.text
    assert " checked" not in client.get(f"/petitions/{petition.slug}").text.partition("partners-hint")[2]


def test_the_name_goes_along_only_where_it_is_shown(petition, lantern):
    confirmed(petition, "anna@example.org", lantern, visibility=Visibility.COUNT)
    content = download(lantern, export(lantern))
    assert {each["name"] for each in opened(content, lantern.key)} == {""}


@pytest.mark.parametrize(
    ("place", "banned_is_offered"), [("", False), ("ru", False), ("out", True)], ids=["not said", "Russia", "outside"]
)
def test_a_designated_partner_is_offered_outside_russia_alone(
    client, petition, lantern, banned, place, banned_is_offered
):
    if place:
        client.set_cookie("place", place)
    html = client.get(f"/petitions/{petition.slug}").text
    assert lantern.field in html
    assert (banned.field in html, "the-banned" in html) == (banned_is_offered, banned_is_offered)
    assert ("are offered to visitors outside Russia alone" in html) == (place == "")


def test_a_frame_offers_them_too_but_no_designated_one_on_the_word_of_the_site(
    client, petition, lantern, banned, run_work, mailserver
):
    home = f"/embed/petitions/{petition.slug}"
    for query in ("", "?place=out"):
        html = client.get(f"{home}{query}").text
        assert (lantern.field in html, banned.field in html) == (True, False)
    ticked = {"email": "anna@example.org", lantern.field: "1", banned.field: "1"}
    wrong = client.post(f"{home}/sign?place=out", data=ticked | {"email": "no"}, headers={"Origin": "http://localhost"})
    assert f'name="{lantern.field}" value="1" aria-describedby="partners-hint" checked' in wrong.text
    client.post(f"{home}/sign?place=out", data=ticked, headers={"Origin": "http://localhost"})
    run_work()
    client.post(mailserver.mails[0].link("/confirm/"))
    session.remove()
    assert [row.partner_id for row in session.scalars(select(PartnerOptin))] == [lantern.id]


def test_nothing_reaches_a_designated_partner_but_from_outside(petition, lantern, banned):
    both = (lantern, banned)
    confirmed(petition, "a@example.org", *both)
    confirmed(petition, "b@example.org", *both, from_outside=True, country="RU")
    confirmed(petition, "c@example.org", *both, from_outside=True)
    assert people(download(banned, export(banned)), banned.key) == ["c@example.org"]
    assert len(people(download(lantern, export(lantern)), lantern.key)) == 3


def test_designated_or_ended_between_signing_and_confirming_means_not_passed_on(petition, lantern, banned):
    first = token_of(signed(petition, "anna@example.org", lantern, banned, from_outside=True))
    with transaction():
        session.execute(text("DELETE FROM designation"))
        for each in (lantern, banned):
            session.add(Designation(
                id=uuid.uuid4(), slug=f"{each.id}", organisation_id=each.row.organisation_id, kind="undesirable",
                since_on=session.scalar(text("SELECT current_date")), act={"en": "A ban."}, source_name="A gazette",
                source_url="https://gazette.example/2", checked_on=session.scalar(text("SELECT current_date")),
            ))  # fmt: skip
        terms.end_partner(banned.row, actor=uuid.uuid4())
    with transaction():
        confirm.confirm_signature(first)
    session.remove()
    assert [row.partner_id for row in session.scalars(select(PartnerOptin))] == [lantern.id]
    confirmed(petition, "boris@example.org", lantern)
    assert optins() == 1


def test_who_is_not_named_in_russia_can_be_taken_back_there_all_the_same(client, petition, banned):
    token = confirmed(petition, "anna@example.org", banned, from_outside=True)
    html = client.get(f"/confirm/{token}").text
    assert "An organisation that is not named here" in html
    assert "The Banned" not in html
    assert client.post(f"/confirm/{token}/partners/{banned.id}/withdraw").status_code == 303
    assert optins() == 0


def test_confirming_can_pass_nothing_on(client, petition, lantern):
    token = token_of(signed(petition, "anna@example.org", lantern))
    client.post(f"/confirm/{token}", data={"partners": "none"})
    assert optins() == 0
    assert session.scalars(select(Signature)).one().state == "confirmed"


def test_one_organisation_alone_is_taken_back_and_twice_is_once(client, petition, lantern, banned):
    token = confirmed(petition, "anna@example.org", lantern, banned, from_outside=True)
    for _ in range(2):
        assert client.post(f"/confirm/{token}/partners/{lantern.id}/withdraw").status_code == 303
    session.remove()
    assert [row.partner_id for row in session.scalars(select(PartnerOptin))] == [banned.id]
    assert session.scalars(select(Signature)).one().state == "confirmed"


@pytest.mark.parametrize(
    "act", [confirm.withdraw_signature, lambda token: confirm.reject_signature(token, never_again=False)]
)
def test_taking_the_signature_back_takes_all_of_it_back(petition, lantern, act):
    token = confirmed(petition, "anna@example.org", lantern)
    confirmed(petition, "boris@example.org", lantern)
    with transaction():
        act(token)
    assert optins() == 1


def test_the_key_that_is_current_at_the_confirmation_gets_it_with_the_words_that_were_read(petition, lantern):
    token = token_of(signed(petition, "anna@example.org", lantern))
    newer = type(lantern.key).generate()
    with transaction():
        terms.propose_terms(lantern.row, draft("changed", newer), actor=uuid.uuid4())
    with transaction():
        terms.approve_terms(lantern.row, 2, compared=True, actor=uuid.uuid4())
    with transaction():
        confirm.confirm_signature(token)
    session.remove()
    content = download(lantern, export(lantern))
    assert {(each["address"], each["consent"]) for each in opened(content, newer)} >= {("anna@example.org", 1)}


def test_with_the_keys_of_the_petition_goes_what_never_left(petition, lantern):
    confirmed(petition, "anna@example.org", lantern)
    with transaction():
        change_state(get_petition(petition.id), PetitionState.CLOSED, actor=uuid.uuid4())
    with transaction():
        found = get_petition(petition.id)
        destroy_keys(found, found.closed_on)
    assert optins() == 0
