"""What an operator settles: alarms, mails whose fate is unknown, jobs that failed."""

import uuid

import pytest
from sqlalchemy import select, text

from campaign.kernel import alarms, jobs
from campaign.kernel.actors import Role
from campaign.kernel.alarms import AlarmKind
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.jobs import JobRow, JobState
from campaign.kernel.mail.rows import MailRow, MailState
from campaign.signatures.jobs import SetAside
from campaign.signatures.service.sign import sign
from tests.support import accounts, make
from tests.support.accounts import submit
from tests.support.pages import field_values
from workers.lines.signatures import compare_counts

CONFIRM = "fast/signature.confirm"


@pytest.fixture
def admin(app):
    who = accounts.person(Role.ADMIN, app=True)
    client = app.test_client()
    accounts.sign_in(client, who)
    return who, client


def unknown_mail():
    petition = make.petition()
    sign(petition.id, make.signature_draft(), quarantined=False)
    session.execute(text("UPDATE mail SET state = 'unknown', expires_at = now() - interval '1 hour'"))
    session.commit()
    return petition


def state_of(kind=MailRow):
    session.remove()
    return session.scalars(select(kind.state)).all()


def settle(client, act, *kinds):
    """Choose kinds, look at the page that says how many they are, and press its button."""
    page = client.get("/staff/mail/unknown", query_string={"act": act, "kind": kinds}).text
    return page, client.post("/staff/mail/unknown", data={**field_values(page, "/unknown"), "kind": list(kinds)})


def test_mail_of_unknown_fate_is_sent_again(admin, mailserver, run_work):
    unknown_mail()
    who, client = admin
    assert "mails whose fate is unknown" in client.get("/staff").text
    page, answer = settle(client, "again", CONFIRM)
    assert "Send 1 mail again" in page
    assert answer.status_code == 303
    run_work()
    assert len(mailserver.mails) == 1
    assert state_of() == [MailState.SENT]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "mail.sent_again")).one()
    assert (entry.actor, entry.amount) == (who.id, 1)


def test_or_it_is_given_up(admin, mailserver, run_work):
    unknown_mail()
    _who, client = admin
    settle(client, "give-up", CONFIRM)
    run_work()
    assert mailserver.mails == []
    assert state_of() == [MailState.FAILED]


def test_several_kinds_are_settled_at_once_and_the_others_wait(admin):
    for kind in ("signature.remind", "signature.already", "signature.confirm"):
        unknown_mail()
        session.execute(text("UPDATE mail SET kind = :kind WHERE kind = 'signature.confirm'"), {"kind": kind})
        session.commit()
    _who, client = admin
    page, _answer = settle(client, "give-up", CONFIRM, "fast/signature.remind")
    assert "Give 2 mails up" in page
    assert sorted(state_of()) == [MailState.FAILED, MailState.FAILED, MailState.UNKNOWN]


def test_what_was_confirmed_is_what_was_shown(admin):
    unknown_mail()
    _who, client = admin
    page = client.get("/staff/mail/unknown", query_string={"act": "give-up", "kind": CONFIRM}).text
    unknown_mail()
    answer = client.post("/staff/mail/unknown", data=field_values(page, "/unknown"))
    assert answer.status_code == 409
    assert "Give 2 mails up" in answer.text
    assert state_of() == [MailState.UNKNOWN] * 2


def test_the_command_lists_resends_and_gives_up_by_kind(app, mailserver, run_work):
    run = app.test_cli_runner().invoke
    assert run(args=["mail", "unknown", "resend", "--all"]).exit_code == 2
    unknown_mail()
    listed = run(args=["mail", "unknown", "list"]).stdout
    assert listed.startswith(f"{CONFIRM}\t1\t")
    for wrong in (["resend", CONFIRM, "--phrase", "resend 2"], ["resend"], ["give-up", "fast/x"]):
        assert run(args=["mail", "unknown", *wrong]).exit_code == 2, wrong
    assert state_of() == [MailState.UNKNOWN]
    done = run(args=["mail", "unknown", "resend", CONFIRM, "--phrase", "resend 1"])
    assert (done.exit_code, done.stdout) == (0, f"{CONFIRM}\t1\n")
    run_work()
    assert len(mailserver.mails) == 1
    unknown_mail()
    run(args=["mail", "unknown", "give-up", "--all", "--phrase", "give up 2"])
    assert set(state_of()) == {MailState.FAILED}


def test_no_address_is_on_the_page(admin):
    unknown_mail()
    _who, client = admin
    assert "anna" not in client.get("/staff/mail").text


def test_a_failed_job_is_tried_again_or_forgotten(admin):
    _who, client = admin
    for _ in range(2):
        with transaction():
            jobs.enqueue(SetAside(str(uuid.uuid4())))
    session.execute(text("UPDATE job SET state = 'failed', attempts = 9, error = 'ValueError'"))
    session.commit()
    assert "jobs that failed" in client.get("/staff").text
    first, second = session.scalars(select(JobRow.id).order_by(JobRow.id)).all()
    session.remove()
    submit(client, "/staff/mail", f"/jobs/{first}", act="again")
    submit(client, "/staff/mail", f"/jobs/{second}", act="forget")
    row = session.scalars(select(JobRow)).one()
    assert (row.id, row.state, row.attempts) == (first, JobState.PENDING, 0)
    assert set(session.scalars(select(AuditEntry.action))) >= {"job.tried_again", "job.forgotten"}


def test_nonsense_is_refused(admin):
    _who, client = admin
    unknown_mail()
    page = client.get("/staff/mail/unknown", query_string={"act": "again", "kind": CONFIRM}).text
    values = field_values(page, "/unknown")
    for path in ("/jobs/" + "9" * 40, "/unknown"):
        assert client.post(f"/staff/mail{path}", data={**values, "act": "burn"}).status_code == 400
    assert client.post("/staff/mail/unknown", data={**values, "kind": "slow/\x00"}).status_code == 409
    assert client.get("/staff/mail/unknown?act=again&kind=%00").status_code == 303
    assert client.get("/staff/mail/unknown?act=burn").status_code == 400
    assert state_of() == [MailState.UNKNOWN]


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.MODERATOR, Role.TREASURER])
def test_only_admins_settle_mail(app, role):
    client = app.test_client()
    accounts.sign_in(client, accounts.person(role, app=True))
    assert client.get("/staff/mail").status_code == 403
    assert client.get("/staff/alarms").status_code == (200 if role is Role.ORGANISER else 403)


def test_a_count_that_drifts_is_an_alarm_until_it_agrees(admin):
    petition = make.petition()
    session.execute(text("INSERT INTO signature_total VALUES (:id, 3)"), {"id": petition.id})
    session.commit()
    for _ in range(2):
        compare_counts()
    _who, client = admin
    assert "alarms to look into" in client.get("/staff").text
    assert "A count differs" in client.get("/staff/alarms").text
    (alarm,) = alarms.list_alarms()
    assert (alarm.about, alarm.times) == (f"petition:{petition.id}", 2)
    session.execute(text("DELETE FROM signature_total"))
    session.commit()
    compare_counts()
    assert alarms.list_alarms() == []
    assert "alarms to look into" not in client.get("/staff").text


def test_an_alarm_is_settled_with_what_was_found(admin):
    who, client = admin
    with transaction():
        alarms.raise_alarm(AlarmKind.BUDGET_SPENT, about="account:x")
    assert submit(client, "/staff/alarms", "/staff/alarms", reason="").status_code == 422
    assert submit(client, "/staff/alarms", "/staff/alarms", reason="She told us").status_code == 303
    assert alarms.list_alarms() == []
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "alarm.settled.budget-spent")).one()
    assert (entry.actor, entry.reason) == (who.id, "She told us")
