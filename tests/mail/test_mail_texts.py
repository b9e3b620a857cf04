"""Texts of automatic mails that staff change: who may, what takes effect and when, two at once, the way back."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from campaign.accounts.models import EMAIL, SCOPE
from campaign.accounts.queries import get_account
from campaign.kernel import audit
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session, transaction
from campaign.kernel.mail import delivery, own_texts
from campaign.kernel.mail.automatic import automatic_mails
from campaign.kernel.mail.own_texts import ChangedMeanwhile, Draft, MailText, Own
from campaign.kernel.mail.rows import Lane
from campaign.signatures.service.sign import sign
from campaign.site import mail_tests
from campaign.web.mailing import render_text, shipped_text
from tests.conftest import SignIn
from tests.support import make
from tests.support.pages import PageClient, field_values
from tests.support.smtp import Mailserver

PAGE = "/staff/mail/automatic/signature_confirm"
OWN_BODY = "Good day,\n\nplease press the button: [[link]]\n\n[[petition]]\n"


@pytest.fixture
def organiser(sign_in: SignIn) -> PageClient:
    return sign_in(Role.ORGANISER)


def form_of(client: PageClient, page: str = PAGE) -> dict[str, str]:
    return field_values(client.get(page).text, "")


def change(client: PageClient, **fields: str):
    typed = form_of(client) | {name.replace("_", "-"): value for name, value in fields.items()}
    return client.post(PAGE, data={"act": "save", **typed})


def confirmation(mailserver: Mailserver):
    sign(make.petition().id, make.signature_draft(), quarantined=False)
    delivery.deliver_batch(Lane.FAST)
    return mailserver.mails[-1]


def put(own: Own | None, seen: int = 0, language: str = "en", key: str = "signature_confirm") -> None:
    with transaction():
        own_texts.save(automatic_mails[key], [Draft(language, own, seen)], actor=uuid.uuid4())


def give_address(person: uuid.UUID, address: str) -> None:
    keyring.ensure(SCOPE)
    with transaction():
        account = get_account(person, lock=True)
        account.email_sealed = EMAIL.seal(SCOPE, account.id, address)
        account.email_index = uuid.uuid4().bytes * 2


def test_everything_stands_in_the_list(organiser: PageClient) -> None:
    page = organiser.get("/staff/mail/automatic").text
    assert all(f"/staff/mail/automatic/{mail.key}" in page for mail in automatic_mails)
    assert "Somebody signed a petition." in page
    assert "Each is there in English, Русский, Deutsch." in page


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MODERATOR, Role.DATA_EDITOR, Role.TREASURER])
def test_nobody_else_opens_it(sign_in: SignIn, role: Role) -> None:
    client = sign_in(role)
    for page in ("/staff/mail/automatic", PAGE, PAGE + "/en/versions", PAGE + "/en/versions/0"):
        assert client.get(page).status_code == 403
    data = field_values(client.get("/staff").text, "/sign-out")
    for page in (PAGE, PAGE + "/en/versions/0", PAGE + "/en/test"):
        assert client.post(page, data=data).status_code == 403


def test_what_does_not_exist_is_not_found(organiser: PageClient) -> None:
    for page in ("made_up", "signature_confirm/fr/versions", "signature_confirm/en/versions/7"):
        assert organiser.get(f"/staff/mail/automatic/{page}").status_code == 404


def test_a_changed_text_goes_out_with_its_fields_filled(organiser: PageClient, mailserver: Mailserver) -> None:
    answer = change(organiser, en_subject="One more press", en_body=OWN_BODY)
    assert answer.status_code == 303
    mail = confirmation(mailserver)
    assert mail.message["Subject"] == "One more press"
    assert mail.text.replace("\r\n", "\n").startswith("Good day,\n\nplease press the button: http://localhost/confirm/")
    assert "changed: en" in organiser.get("/staff/mail/automatic").text
    # The other languages are as they were.
    assert render_text("signature_confirm", "ru") == shipped_text("signature_confirm", "ru")
    assert [each.action for each in session.scalars(select(AuditEntry)) if each.action.startswith("mail_text")] == [
        "mail_text.saved"
    ]


def test_another_process_follows_within_seconds_and_a_batch_asks_once(app: Flask, monkeypatch) -> None:
    render_text("signature_confirm", "en")
    with transaction():  # as another process would: this one's copy is not told
        session.add(
            MailText(
                id=uuid.uuid4(), message="signature_confirm", language="en", version=1, subject="New", body=OWN_BODY,
                saved_by=uuid.uuid4(), saved_at=own_texts.clock.now(),
            )
        )  # fmt: skip
    reads = []
    monkeypatch.setattr(own_texts, "list_current", lambda known=own_texts.list_current: (reads.append(1), known())[1])
    for _each in range(50):
        assert render_text("signature_confirm", "en") == shipped_text("signature_confirm", "en")
    assert reads == []
    monkeypatch.setattr(own_texts._seen, "read_at", own_texts.time.monotonic() - own_texts.REREAD_AFTER - 0.1)
    for _each in range(50):
        assert render_text("signature_confirm", "en").subject == "New"
    assert reads == [1]
    assert own_texts.REREAD_AFTER <= 10


def test_looking_saves_nothing_and_shows_what_would_leave(organiser: PageClient) -> None:
    typed = form_of(organiser) | {"en-subject": "Schön – здравствуйте", "en-body": OWN_BODY, "act": "look"}
    page = organiser.post(PAGE, data=typed).text
    assert "Schön – здравствуйте" in page
    assert "http://localhost/confirm/example" in page
    assert "Message-ID" in page
    assert "Auto-Submitted" in page
    assert "List-Unsubscribe" not in page
    assert "please press the button: [[link]]" in page
    assert own_texts.list_current() == []


def test_by_consent_the_headers_show_how_it_ends(organiser: PageClient) -> None:
    page = "/staff/mail/automatic/ask_step"
    shown = organiser.post(page, data=form_of(organiser, page) | {"act": "look"}).text
    assert "List-Unsubscribe-Post" in shown
    assert "news.localhost" in shown


def test_a_refused_text_stays_in_the_form_and_saves_nothing(organiser: PageClient) -> None:
    tricks = "Без ссылки, {{ config }} [[secret]]\n"
    answer = change(organiser, en_subject="Fine", ru_subject="Ещё раз", ru_body=tricks, de_body="x [[link]]")
    assert answer.status_code == 422
    for words in ("[[link]] is missing", "knows no field [[secret]]", "no conditions", "Без ссылки, {{ config }}"):
        assert words in answer.text
    assert 'value="Fine"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert own_texts.list_current() == []


def test_a_subject_with_a_line_break_or_a_name_is_refused(organiser: PageClient) -> None:
    make.public_prisoner(last_ru="Верещагин", last_latin="Vereshchagin")
    assert change(organiser, en_subject="Hi\r\nBcc: a@b.example").status_code == 422
    answer = change(organiser, ru_subject="Письмо Верещагину")
    assert answer.status_code == 422
    assert "name of somebody on our pages" in answer.text


def test_the_database_keeps_a_subject_in_one_line(app: Flask) -> None:
    with pytest.raises(Exception, match="subject_one_line"):
        put(Own("Hi\nBcc: x", OWN_BODY))
    session.rollback()


def test_the_second_of_two_editors_is_told_and_loses_nothing(sign_in: SignIn) -> None:
    first, second = sign_in(Role.ORGANISER), sign_in(Role.ADMIN)
    hers = form_of(second) | {"en-subject": "Hers", "act": "save"}
    assert change(first, en_subject="His").status_code == 303
    answer = second.post(PAGE, data=hers)
    assert answer.status_code == 409
    assert "Somebody else saved this text meanwhile" in answer.text
    assert "His" in answer.text
    assert 'value="Hers"' in answer.text
    assert [each.subject for each in own_texts.list_versions("signature_confirm", "en")] == ["His"]
    # Knowing theirs, she puts hers on top.
    again = field_values(answer.text, "") | {"act": "save"}
    assert second.post(PAGE, data=again).status_code == 303
    assert [each.subject for each in own_texts.list_versions("signature_confirm", "en")] == ["Hers", "His"]


def test_two_saves_at_one_moment_meet_in_the_database(app: Flask) -> None:
    put(Own("First", OWN_BODY))
    with pytest.raises(ChangedMeanwhile):
        put(Own("Second", OWN_BODY))
    with pytest.raises(ChangedMeanwhile):
        put(Own("Second", OWN_BODY), seen=5)
    assert render_text("signature_confirm", "en").subject == "First"


def test_of_two_real_editors_at_once_one_is_told(app: Flask) -> None:
    together = threading.Barrier(2)

    def save(subject: str) -> str:
        with app.app_context():
            try:
                with transaction():
                    session.execute(text("SELECT 1"))
                    together.wait(10)
                    own_texts.save(
                        automatic_mails["signature_confirm"],
                        [Draft("en", Own(subject, OWN_BODY), 0)],
                        actor=uuid.uuid4(),
                    )
            except ChangedMeanwhile:
                return "told"
            finally:
                session.remove()
            return "saved"

    with ThreadPoolExecutor(2) as crew:
        assert sorted(crew.map(save, ["His", "Hers"])) == ["saved", "told"]
    assert len(own_texts.list_versions("signature_confirm", "en")) == 1


def test_all_languages_or_none(app: Flask) -> None:
    put(Own("Erste", OWN_BODY), language="de")
    mail = automatic_mails["signature_confirm"]
    drafts = [Draft("ru", Own("Первая", OWN_BODY), 0), Draft("de", Own("Zweite", OWN_BODY), 0)]
    with pytest.raises(ChangedMeanwhile), transaction():
        own_texts.save(mail, drafts, actor=uuid.uuid4())
    assert {each.language for each in own_texts.list_current()} == {"de"}


def test_versions_tell_who_changed_what_and_can_come_back(organiser: PageClient) -> None:
    change(organiser, en_subject="One")
    change(organiser, en_subject="Two")
    page = organiser.get(PAGE + "/en/versions").text
    assert organiser.person.username in page
    assert "Version 2" in page
    assert "holds now" in page
    assert "<ins" in page
    asked = organiser.get(PAGE + "/en/versions/1")
    assert "This is what would change" in asked.text
    assert render_text("signature_confirm", "en").subject == "Two"
    assert organiser.post(PAGE + "/en/versions/1", data=field_values(asked.text, "")).status_code == 303
    assert render_text("signature_confirm", "en").subject == "One"
    shipped = organiser.get(PAGE + "/en/versions/0")
    assert organiser.post(PAGE + "/en/versions/0", data=field_values(shipped.text, "")).status_code == 303
    assert render_text("signature_confirm", "en") == shipped_text("signature_confirm", "en")
    assert [each.version for each in own_texts.list_versions("signature_confirm", "en")] == [4, 3, 2, 1]
    assert "as shipped" in organiser.get("/staff/mail/automatic").text.lower()
    assert audit.count_entries() >= 4


def test_who_changes_a_text_or_brings_one_back_has_proved_lately_who_they_are(organiser: PageClient) -> None:
    change(organiser, en_subject="One")
    typed, asked = form_of(organiser), field_values(organiser.get(PAGE + "/en/versions/0").text, "")
    with transaction():
        session.execute(text("UPDATE sign_in_session SET fresh_until = now() - interval '1 minute'"))
    for page, data in ((PAGE, typed | {"act": "save", "en-subject": "Two"}), (PAGE + "/en/versions/0", asked)):
        for status, answer in ((303, organiser.get(page)), (307, organiser.post(page, data=data))):
            assert answer.status_code == status
            assert "/account/step-up" in answer.headers["Location"]
    assert render_text("signature_confirm", "en").subject == "One"
    assert organiser.get(PAGE + "/en/versions").status_code == 200, "looking asks for nothing"


def test_what_was_typed_outlasts_the_question_who_it_is(organiser: PageClient) -> None:
    change(organiser, en_subject="One")
    typed = form_of(organiser) | {"act": "save", "en-subject": 'Two & "three"'}
    with transaction():
        session.execute(text("UPDATE sign_in_session SET fresh_until = now() - interval '1 minute'"))
    asked = organiser.post(organiser.post(PAGE, data=typed).location, data=typed)
    assert "nothing of it was sent yet" in asked.text
    step_up = f"/account/step-up?next={PAGE}"
    wrong = organiser.post(step_up, data=field_values(asked.text, step_up) | {"code": "000000"})
    assert wrong.status_code == 422
    proof = field_values(wrong.text, step_up) | {"code": organiser.person.code()}
    proven = organiser.post(step_up, data=proof)
    assert proven.status_code == 200
    assert render_text("signature_confirm", "en").subject == "One", "nothing happens without the last press"
    done = organiser.post(PAGE, data=field_values(proven.text, PAGE))
    assert done.status_code == 303
    assert render_text("signature_confirm", "en").subject == 'Two & "three"'


def test_bringing_back_what_somebody_replaced_meanwhile_is_refused(organiser: PageClient) -> None:
    change(organiser, en_subject="One")
    asked = field_values(organiser.get(PAGE + "/en/versions/0").text, "")
    change(organiser, en_subject="Two")
    answer = organiser.post(PAGE + "/en/versions/0", data=asked)
    assert answer.status_code == 409
    assert "meanwhile" in answer.text
    assert render_text("signature_confirm", "en").subject == "Two"
    assert organiser.post(PAGE + "/en/versions/0", data={"csrf_token": asked.get("csrf_token", "")}).status_code == 409


def test_the_shipped_words_typed_again_are_the_shipped_text(organiser: PageClient) -> None:
    change(organiser, en_subject="One")
    shipped = shipped_text("signature_confirm", "en")
    change(organiser, en_subject=shipped.subject, en_body=shipped.body)
    assert own_texts.list_versions("signature_confirm", "en")[0].subject is None
    assert change(organiser).status_code == 303
    assert len(own_texts.list_versions("signature_confirm", "en")) == 2


def test_a_text_that_a_release_left_behind_does_not_go_out(organiser: PageClient, mailserver: Mailserver) -> None:
    put(Own("Old", OWN_BODY))
    with transaction():
        session.execute(update(MailText).values(body="Press [[an_old_field]]\n"))
    own_texts.forget_seen()
    assert confirmation(mailserver).message["Subject"] == shipped_text("signature_confirm", "en").subject
    assert "the shipped one goes out until it is mended" in organiser.get(PAGE).text


def test_a_database_that_is_away_leaves_the_last_texts(app: Flask) -> None:
    put(Own("Mine", OWN_BODY))
    assert render_text("signature_confirm", "en").subject == "Mine"
    own_texts.forget_seen()
    session.execute(text("SET LOCAL statement_timeout = '1ms'"))
    session.execute(text("ALTER TABLE mail_text RENAME TO mail_text_away"))
    assert render_text("signature_confirm", "en").subject == "Mine"
    session.rollback()


def test_a_test_goes_to_ones_own_address_and_ten_times_a_day(organiser: PageClient, mailserver: Mailserver) -> None:
    data = field_values(organiser.get(PAGE).text, "/ru/test")
    answer = organiser.post(PAGE + "/ru/test", data=data, follow_redirects=True)
    assert "Your account has no address" in answer.text
    give_address(organiser.person.id, "own@example.org")
    put(Own("Моё письмо", OWN_BODY), language="ru")
    for _each in range(mail_tests.MOST_A_DAY):
        answer = organiser.post(PAGE + "/ru/test", data=data, follow_redirects=True)
    assert "On its way" in answer.text
    tested = select(func.count()).where(
        AuditEntry.action == "mail_text.tested", AuditEntry.actor == organiser.person.id
    )
    assert session.scalar(tested) == mail_tests.MOST_A_DAY
    answer = organiser.post(PAGE + "/ru/test", data=data, follow_redirects=True)
    assert "Enough tests for today" in answer.text
    delivery.deliver_batch(Lane.FAST)
    assert [mail.recipients for mail in mailserver.mails] == [["own@example.org"]] * mail_tests.MOST_A_DAY
    assert mailserver.mails[0].message["Subject"] == "Моё письмо"
    assert "http://localhost/ru/confirm/example" in mailserver.mails[0].text


@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_every_mail_has_its_page(organiser: PageClient, prefix: str) -> None:
    for mail in automatic_mails:
        assert organiser.get(f"{prefix}/staff/mail/automatic/{mail.key}").status_code == 200
