"""Words of an answer for the public, by clicking: who may, what is warned about, who approves, what is refused."""

import pytest

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.letters.models import PublicationState, ReplyState
from campaign.letters.service import reply_publication as service
from campaign.prisoners.models import ConsentKind, Prisoner
from campaign.prisoners.service import publication
from campaign.prisoners.service.consent import find_consent
from tests.letters.replies import reply, sent
from tests.letters.words import ASKER, RUSSIAN, TEXTS, again, agree, approve, propose, shown, typed
from tests.support import pens
from tests.support.pages import field_values, parse

P, S = PublicationState, ReplyState


def page_of(made):
    return f"/staff/replies/{made.id}"


def open_it(client, made):
    """Its words are shown to staff once they have opened it."""
    page = client.get(page_of(made)).text
    if f"{page_of(made)}/open" in page:
        client.post(f"{page_of(made)}/open", data=field_values(page, "/open"))


def send(client, made, act="propose", **changes):
    open_it(client, made)
    page = f"{page_of(made)}/words"
    values = {**field_values(client.get(page).text, ""), "act": act, **changes}
    response = client.post(page, data=values)
    session.expire_all()
    return response


def press(client, made, action):
    page = client.get(page_of(made)).text
    response = client.post(f"{page_of(made)}/words/{action}", data=field_values(page, action))
    session.expire_all()
    return response


def test_from_the_whole_letter_to_the_person_s_page_by_clicking(app, client, sign_in):
    made = typed(text=RUSSIAN + "\n\nПередайте Лизе привет.")
    slug = session.get_one(Prisoner, made.prisoner_id).slug
    first, second = sign_in(Role.COORDINATOR), sign_in(Role.MODERATOR)
    assert "Choose words for the public" in first.get(page_of(made)).text
    looked_at = send(first, made, "preview")
    assert looked_at.status_code == 200
    assert "As the public would see it" in looked_at.text
    assert "Лизе" in parse(looked_at.text).xpath("string(//fieldset[.//input[@name='may_name']])")
    assert again(made).publication == P.NONE, "looking stores nothing"
    refused = send(first, made)
    assert refused.status_code == 422
    assert "say of each that it may stand" in refused.text
    assert "Передайте Лизе привет" in refused.text, "nothing that was typed is lost"
    assert send(first, made, ru=RUSSIAN, en=TEXTS["en"]).status_code == 303
    own = first.get(page_of(made)).text
    assert "You proposed this" in own
    assert "Approve and show" not in own
    own_values = {**field_values(own, "withdraw"), "version": str(again(made).version)}
    assert first.post(f"{page_of(made)}/words/approve", data=own_values).status_code == 403
    assert RUSSIAN not in client.get(f"/ru/prisoners/{slug}").text
    assert "Words from letters wait for a second person" not in first.get("/staff").text
    assert "Words from letters wait for a second person" in second.get("/staff").text
    assert f"No. {made.number}" in second.get("/staff/replies?state=words-asked").text
    assert press(second, made, "approve").status_code == 303
    app.extensions["page_cache"].clear()
    assert RUSSIAN in client.get(f"/ru/prisoners/{slug}").text
    assert f"No. {made.number}" in second.get("/staff/replies?state=words-shown").text
    assert press(first, made, "withdraw").status_code == 303
    app.extensions["page_cache"].clear()
    assert RUSSIAN not in client.get(f"/ru/prisoners/{slug}").text
    history = second.get(page_of(made)).text
    for step in ("Words were proposed for the public", "The words are shown", "taken back and erased (by one of us)"):
        assert step in history, step


def test_a_name_that_was_ticked_may_stand(app, sign_in):
    made = typed()
    client = sign_in(Role.MODERATOR)
    assert send(client, made, ru="Передайте Лизе привет.", may_name="Лизе").status_code == 303
    assert again(made).publication == P.ASKED


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COORDINATOR, Role.MODERATOR}))
def test_others_neither_choose_nor_approve_nor_take_back(app, sign_in, role):
    made = propose(typed())
    client = sign_in(role)
    for page in (page_of(made), f"{page_of(made)}/words"):
        assert client.get(page).status_code in {403, 404}
    for action in ("words", "words/approve", "words/withdraw"):
        assert client.post(f"{page_of(made)}/{action}").status_code in {400, 403, 404}
    assert again(made).publication == P.ASKED


def test_without_a_session_there_is_nothing(app, client):
    made = propose(typed())
    assert client.get(f"{page_of(made)}/words").status_code in {302, 303}
    client.post(f"{page_of(made)}/words/approve")
    assert again(made).publication == P.ASKED


def test_a_missing_consent_is_said_with_the_way_to_record_it(app, sign_in):
    made = typed(agreed=False)
    client = sign_in(Role.COORDINATOR)
    page = client.get(page_of(made)).text
    assert "There is no recorded consent to show words" in page
    section = parse(page).xpath("//section[@aria-labelledby='public-title']")[0]
    assert section.xpath(".//a/@href") == [f"/staff/prisoners/{made.prisoner_id}"]
    assert client.get(f"{page_of(made)}/words").status_code == 409
    agree(made.prisoner_id)
    assert client.get(f"{page_of(made)}/words").status_code == 303, "first it is opened"
    open_it(client, made)
    assert client.get(f"{page_of(made)}/words").status_code == 200


def test_a_page_that_is_not_public_an_open_incident_and_a_letter_nobody_typed_are_told(app, sign_in):
    client = sign_in(Role.COORDINATOR)
    hidden, untyped = typed(), reply(S.SCREENED)
    with transaction():
        publication.withdraw(session.get_one(Prisoner, hidden.prisoner_id), "made up", actor=ASKER)
    assert "page is not public" in client.get(page_of(hidden)).text
    assert client.get(f"{page_of(hidden)}/words").status_code == 409
    assert "Type what the letter says first" in client.get(page_of(untyped)).text


def test_two_tabs_are_told_of_each_other_and_nothing_typed_is_lost(app, sign_in):
    made = typed()
    client = sign_in(Role.COORDINATOR)
    page = f"{page_of(made)}/words"
    open_it(client, made)
    old = field_values(client.get(page).text, "")
    propose(made)
    response = client.post(page, data={**old, "act": "propose", "ru": "Мои слова."})
    assert response.status_code == 409
    assert "Мои слова." in response.text
    assert client.post(page, data={**field_values(response.text, ""), "act": "propose"}).status_code == 303


def test_who_approves_late_is_told_that_nothing_waits(app, sign_in):
    made = propose(typed())
    client = sign_in(Role.COORDINATOR)
    old = field_values(client.get(page_of(made)).text, "approve")
    with transaction():
        service.withdraw(made.id, actor=ASKER)
    assert client.post(f"{page_of(made)}/words/approve", data=old).status_code == 409
    assert client.post(f"{page_of(made)}/words/approve", data={**old, "version": "x" * 30}).status_code == 409
    assert again(made).publication == P.WITHDRAWN


def test_whose_words_are_shown_their_consent_says_what_revoking_does(app, sign_in):
    made = shown()
    client = sign_in(Role.COORDINATOR)
    page = f"/staff/prisoners/{made.prisoner_id}"
    assert "Words of their letters that are shown are taken away at once" in client.get(page).text
    consent = find_consent(made.prisoner_id, ConsentKind.WORDS)
    action = f"/consents/{consent.id}/revoke"
    client.post(page + action, data=field_values(client.get(page).text, action))
    assert again(made).publication == P.WITHDRAWN


def test_markup_stays_words(app, client, sign_in):
    made = typed()
    wild = "<script>alert(1)</script> & «a» \u202e gnorw"
    approve(propose(made, {"ru": wild, "en": wild}, may_name=service.find_names(made, {"ru": wild, "en": wild})))
    slug = session.get_one(Prisoner, made.prisoner_id).slug
    for page in (client.get(f"/prisoners/{slug}").text, sign_in(Role.COORDINATOR).get(page_of(made)).text):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "\u202e" not in page


def test_who_the_letter_was_for_stands_on_no_public_page(app, client):
    writer = pens.writer()
    made = approve(propose(typed(letter=sent(writer=writer))))
    slug = session.get_one(Prisoner, made.prisoner_id).slug
    text = client.get(f"/prisoners/{slug}/words").text
    assert writer.pseudonym not in text
    assert str(made.id) not in text
