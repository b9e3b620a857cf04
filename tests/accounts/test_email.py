"""The address of an account: used once its reader says so, and nobody else learns whose it is."""

import pytest
import time_machine
from flask import Flask

from campaign.accounts.models import EmailChange
from campaign.accounts.queries import find_email_change, get_account
from campaign.accounts.service import emails
from campaign.accounts.service.accounts import leave
from campaign.accounts.service.retention import delete_old_email_changes
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.quota import take_mail
from campaign.kernel.tries import tries
from tests.support.accounts import Person, person, sign_in, submit
from tests.support.pages import PageClient

LINK = "/account/email/"


def ask(client: PageClient, address: str):
    return submit(client, "/account/email", "/account/email", email=address)


def address_of(who: Person) -> str:
    session.remove()
    return emails.email_of(get_account(who.id))


@pytest.fixture
def who(client: PageClient) -> Person:
    somebody = person()
    sign_in(client, somebody)
    return somebody


@pytest.fixture
def confirmed(client, app, who, mailserver, run_work):
    """The same person, whose address is in use; the mailbox is empty again."""
    ask(client, "old@example.org")
    run_work()
    app.test_client().post(mailserver.mails[0].link(LINK))
    mailserver.clear()
    assert address_of(who) == "old@example.org"
    return who


def test_an_address_is_used_once_its_reader_presses_the_button(client, app, who, mailserver, run_work):
    assert ask(client, "Anna@Example.org").status_code == 303
    assert address_of(who) == ""
    page = client.get("/account").text
    assert "Look into your mailbox" in page
    assert "waits for confirmation" in page
    run_work()
    (mail,) = mailserver.mails
    assert mail.recipients == ["Anna@example.org"]
    link, reader = mail.link(LINK), app.test_client()
    for _ in range(2):
        assert "nna@" not in reader.get(link).text, "no address on such a page"
        assert reader.head(link).status_code == 200
    assert address_of(who) == "", "a mail scanner that follows the link changes nothing"
    reader.post(link)
    assert address_of(who) == "Anna@example.org"
    once = reader.get(link).text
    assert "The address is confirmed" in once
    assert reader.post(link).status_code == 303
    assert reader.get(link).text == once, "pressed twice, the same page"
    stored = session.query(EmailChange).one()
    assert (stored.address_sealed, stored.address_index) == (None, None)
    assert "nna@" not in client.get("/account").text
    assert "Anna@example.org" in client.get("/account/email").text


def test_the_mail_names_nothing_that_could_harm(client, who, mailserver, run_work):
    ask(client, "anna@example.org")
    run_work()
    text = (mailserver.mails[0].text + str(mailserver.mails[0].message["Subject"])).lower()
    for word in ("petition", "prisoner", "unforgotten", who.username):
        assert word not in text.replace("http://localhost", "")


@pytest.mark.parametrize(("language", "word"), [("ru", "Здравствуйте"), ("de", "Guten Tag")])
def test_the_mail_speaks_the_language_of_the_account(client, who, mailserver, run_work, language, word):
    submit(client, "/account", "/language", language=language)
    ask(client, "anna@example.org")
    run_work()
    assert word in mailserver.mails[0].text
    assert f"/{language}/account/email/" in mailserver.mails[0].text


def test_until_then_the_former_stays_and_afterwards_its_reader_is_told(client, app, confirmed, mailserver, run_work):
    ask(client, "new@example.org")
    run_work()
    assert address_of(confirmed) == "old@example.org"
    (mail,) = mailserver.mails
    app.test_client().post(mail.link(LINK))
    assert address_of(confirmed) == "new@example.org"
    run_work()
    notice = mailserver.mails[1]
    assert notice.recipients == ["old@example.org"]
    assert "new@example.org" not in notice.text


def test_who_takes_the_address_out_is_heard_at_once_and_its_reader_is_told(client, confirmed, mailserver, run_work):
    ask(client, "")
    assert get_account(confirmed.id).email_index is None
    run_work()
    assert [mail.recipients for mail in mailserver.mails] == [["old@example.org"]]


def test_the_link_is_sent_again_three_times_in_all(client, app, who, mailserver, run_work):
    ask(client, "anna@example.org")
    for _ in range(2):
        assert submit(client, "/account/email", "/email/again").status_code == 303
        run_work()
    assert len(mailserver.mails) == 3
    assert "/email/again" not in client.get("/account/email").text
    with pytest.raises(emails.EnoughMails), transaction():
        emails.send_again(who.id)
    session.remove()
    app.test_client().post(mailserver.mails[0].link(LINK))
    assert address_of(who) == "anna@example.org", "each of the three works"


def test_one_address_gets_three_mails_a_day_whoever_asks(app, client, who, mailserver, run_work):
    with transaction():
        assert [take_mail("anna@example.org") for _ in range(4)] == [True, True, True, False]
    assert ask(client, "anna@example.org").status_code == 303
    run_work()
    assert mailserver.mails == []


def test_what_waits_can_be_cancelled_and_its_link_is_worthless(client, app, who, mailserver, run_work):
    ask(client, "anna@example.org")
    run_work()
    assert submit(client, "/account/email", "/email/cancel").status_code == 303
    reader, link = app.test_client(), mailserver.mails[0].link(LINK)
    assert "Nothing waits behind this link" in reader.get(link).text
    reader.post(link)
    assert address_of(who) == ""


def test_a_newer_address_makes_the_older_link_worthless(client, app, who, mailserver, run_work):
    ask(client, "one@example.org")
    run_work()
    ask(client, "two@example.org")
    run_work()
    app.test_client().post(mailserver.mails[0].link(LINK))
    assert address_of(who) == ""
    app.test_client().post(mailserver.mails[1].link(LINK))
    assert address_of(who) == "two@example.org"


def test_another_accounts_address_is_asked_for_like_any_and_its_reader_is_told(client, app, mailserver, run_work):
    first, other = person(), app.test_client()
    with transaction():
        emails.ask_for_email(first.id, "anna@example.org")
    with transaction():
        emails.confirm_email(emails.confirmation_token(find_email_change(first.id)))
    second = person()
    sign_in(other, second)
    answers = [ask(other, address) for address in ("ANNA+x@example.org", "nobody@example.org")]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/account#email")}
    ask(other, "ANNA+x@example.org")
    run_work()
    (mail,) = [mail for mail in mailserver.mails if mail.recipients == ["ANNA+x@example.org"]]
    assert "another account uses it already" in mail.text
    assert LINK not in mail.text
    token = emails.confirmation_token(find_email_change(second.id))
    session.remove()
    assert other.post(LINK + token).status_code == 409
    assert address_of(second) == ""


def test_the_link_ends_after_three_days_and_the_address_goes(client, app, who, mailserver, run_work):
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as moment:
        sign_in(client, who)
        ask(client, "anna@example.org")
        run_work()
        link = mailserver.mails[0].link(LINK)
        moment.shift(3 * 86400)
        assert "Use this address?" in app.test_client().get(link).text
        moment.shift(86400)
        assert "Nothing waits behind this link" in app.test_client().get(link).text
        app.test_client().post(link)
        assert address_of(who) == ""
        with transaction():
            assert delete_old_email_changes(clock.today()) == 1


@pytest.mark.parametrize("token", ["x", "A" * 48, "A" * 47 + "!", "%00" * 48])
def test_a_forged_link_is_no_page(client, token):
    assert client.get(LINK + token).status_code == 404
    assert client.post(LINK + token).status_code == 404


@pytest.mark.parametrize("email", ["nonsense", "a@b", "a\x00@example.org", "x" * 90_000, "a\u202e@example.org"])
def test_what_is_no_address_is_refused_and_stays_in_the_form(client, who, email):
    answer = ask(client, email)
    assert answer.status_code == 422
    assert find_email_change(who.id) is None


def test_who_leaves_takes_what_waits_along(app: Flask, client, who):
    ask(client, "anna@example.org")
    with transaction():
        leave(who.id)
    assert session.query(EmailChange).count() == 0


def test_four_changes_a_day_are_too_many(client, who, config):
    tries.open(config.redis_url, b"secret", on=True)
    try:
        answers = [ask(client, f"made-up-{number}-{who.id}@example.org").status_code for number in range(4)]
    finally:
        tries.open(config.redis_url, b"secret", on=False)
    assert answers == [303, 303, 303, 429]
