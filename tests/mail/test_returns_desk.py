"""What staff see of mail that came back, and who of them sees what."""

import pytest
from sqlalchemy import select

from campaign.kernel import allowance, clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.mail import suppressions
from campaign.kernel.mail.returns.accept import accept
from campaign.kernel.mail.returns.models import MailReturn, ReturnState
from campaign.kernel.mail.returns.reading import show
from campaign.kernel.mail.suppression import SuppressionReason, suppress, suppressed_among
from tests.mail.corpus import BY_NAME, SAMPLES
from tests.mail.test_reading import HOSTILE
from tests.support import accounts
from tests.support.accounts import submit
from tests.support.pages import field_values
from workers.run_jobs import run_due_jobs

ANNA = "anna@example.org"
ADDRESS = "/staff/mail/suppressions/address"


def signed_in(app, role):
    who = accounts.person(role, app=True)
    client = app.test_client()
    accounts.sign_in(client, who)
    return client


@pytest.fixture
def organiser(app):
    return signed_in(app, Role.ORGANISER)


def come_in(name: str, recipient: str = "petitions@localhost") -> MailReturn:
    before = set(session.scalars(select(MailReturn.id)))
    with transaction():
        accept(BY_NAME[name].content(), recipient)
    run_due_jobs()
    session.remove()
    return session.scalars(select(MailReturn).where(MailReturn.id.not_in(before))).one()


def state_of(row) -> str | None:
    session.remove()
    return session.scalar(select(MailReturn.state).where(MailReturn.id == row))


def actions() -> list[str]:
    session.remove()
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_the_empty_page_says_what_it_means(organiser):
    page = organiser.get("/staff/mail/returns").text
    assert "Nothing came in" in page
    assert "None." in organiser.get("/staff/mail/returns/list").text
    assert "Everybody is written to" in organiser.get("/staff/mail/suppressions").text


def test_a_letter_is_opened_on_record_answered_and_taken_back(organiser):
    found = come_in("human-question")
    where = f"/staff/mail/returns/{found.id}"
    assert "cannot open the link" not in organiser.get("/staff/mail/returns/list").text + organiser.get(where).text
    opened = submit(organiser, where, "/open").text
    assert "I cannot open the link" in opened
    assert "Anna" in opened
    assert actions()[-1] == "mail.return_shown"
    for act, state in (("answered", "answered"), ("undo", "reply"), ("not-ours", "not_ours"), ("undo", "reply")):
        assert submit(organiser, where, where, act=act).status_code == 303
        assert state_of(found.id) == state
    submit(organiser, where, where, act="answered")
    assert "was there before you" in organiser.get(submit(organiser, where, where, act="not-ours").location).text
    assert state_of(found.id) == ReturnState.ANSWERED, "a second decision changes nothing"
    assert "Answered" in organiser.get("/staff/mail/returns/list?state=answered").text


def test_what_proves_nothing_waits_in_quarantine_and_on_the_dashboard(organiser):
    found = come_in("postfix-no-user", "b+nothing@localhost")
    page = organiser.get("/staff/mail/returns/list?state=quarantined").text
    assert "says: no such mailbox" in page
    assert "returned mails that prove nothing" in organiser.get("/staff").text
    assert "5.1.1" in submit(organiser, f"/staff/mail/returns/{found.id}", "/open").text
    submit(organiser, f"/staff/mail/returns/{found.id}", str(found.id), act="seen")
    assert state_of(found.id) == ReturnState.SEEN


def test_the_numbers_stand_in_a_picture_and_a_table(organiser):
    come_in("human-question")
    come_in("vacation-rfc3834")
    page = organiser.get("/staff/mail/returns").text
    assert "written by a person" in page
    assert "a machine&#39;s answer" in page
    assert organiser.get("/staff/mail/returns/by-day-dark.svg").mimetype == "image/svg+xml"
    assert organiser.get("/staff/mail/returns/by-day-pink.svg").status_code == 404


def test_an_admin_sees_numbers_and_nothing_that_was_written(app):
    found = come_in("human-question")
    admin = signed_in(app, Role.ADMIN)
    assert admin.get("/staff/mail/returns").status_code == 200
    assert admin.get("/staff/mail/suppressions").status_code == 200
    for path in ("/staff/mail/returns/list", f"/staff/mail/returns/{found.id}", "/staff/mail/suppressions/address"):
        assert admin.get(path).status_code == 403
    assert admin.post(f"/staff/mail/returns/{found.id}/open").status_code in {400, 403}
    assert signed_in(app, Role.COORDINATOR).get("/staff/mail/returns").status_code == 403


def test_the_hour_s_allowance_holds(organiser, monkeypatch):
    found = come_in("human-question")
    nothing = allowance.Allowance("decrypting", 0, allowance.DECRYPTING.period)
    monkeypatch.setattr("campaign.kernel.mail.returns.desk.DECRYPTING", nothing)
    answer = submit(organiser, f"/staff/mail/returns/{found.id}", "/open")
    assert answer.status_code == 429
    assert "cannot open the link" not in answer.text


def test_one_address_is_looked_up_and_lifted(organiser):
    with transaction():
        suppress(ANNA, SuppressionReason.ASKED)
    page = organiser.get("/staff/mail/suppressions").text
    assert "its owner asked us to" in page
    form = {"email": "Anna@Example.org", "reason": "she asked by mail"}
    answer = submit(organiser, ADDRESS, ADDRESS, **form).text
    assert "This address is not written to" in answer
    assert actions()[-1] == "suppression.looked_up"
    assert suppressed_among([ANNA]) == {ANNA}
    lifting = field_values(answer, "/lift")
    for _ in range(2):
        answer = organiser.post(f"{ADDRESS}/lift", data=lifting, headers={"Referer": "http://localhost" + ADDRESS})
        assert answer.status_code == 303
        assert suppressed_among([ANNA]) == set()
    assert actions()[-1] == "suppression.lifted"
    assert actions().count("suppression.lifted") == 1
    entries = session.scalars(select(AuditEntry.reason)).all()
    assert not any("example.org" in (each or "") for each in entries)


def test_five_look_ups_a_day(organiser):
    form = {"email": ANNA, "reason": "she asked"}
    answers = [submit(organiser, ADDRESS, ADDRESS, **form).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert submit(organiser, ADDRESS, ADDRESS, email="x", reason="").status_code == 422


def test_what_ran_out_is_not_counted(app):
    with transaction():
        suppress(ANNA, SuppressionReason.BOUNCED, expires_on=clock.today())
        suppress("bert@example.org", SuppressionReason.BOUNCED)
    assert suppressions.count_suppressed() == {("bounced", "month"): 1}


def test_the_metrics_tell_numbers_alone(app):
    come_in("human-question")
    text = app.test_client().get("/metrics").text
    assert 'unforgotten_mail_returns{state="reply"} 1.0' in text
    assert "anna" not in text


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_showing_never_raises(content):
    show(content)


def test_what_is_shown_is_plain_words():
    html = (
        b"From: a@b.c\r\nSubject: =?utf-8?b?4oCuaGk=?=\r\nContent-Type: text/html\r\n\r\n<b>Hello</b><script>x</script>"
    )
    shown = show(html)
    assert "<" not in shown.text
    assert "Hello" in shown.text
    assert shown.subject == "hi"
    assert all(show(sample.content()).text is not None for sample in SAMPLES)
    assert "Как отозвать" in show(BY_NAME["human-russian"].content()).text
