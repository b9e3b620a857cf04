"""The page on how fast mails of batches leave."""

import pytest
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.mail import claiming, pace
from campaign.kernel.mail.rows import Lane
from tests.mail.test_batches import owe
from tests.support import accounts
from tests.support.pages import field_values

PAGE = "/staff/mail/limits"


def signed_in(app, role):
    who = accounts.person(role, app=True)
    client = app.test_client()
    accounts.sign_in(client, who)
    return client


@pytest.fixture
def admin(app):
    return signed_in(app, Role.ADMIN)


def post(client, form: str, **values):
    page = client.get(PAGE).text
    return client.post(f"{PAGE}/{form}", data={**field_values(page, form), **values})


def caps() -> dict[str, int | None]:
    session.remove()
    return {each.provider: each.cap for each in pace.list_paces()}


def test_the_page_shows_what_each_host_got_and_what_waits(admin):
    owe(30, provider="gmail")
    claiming.claim_due(Lane.BULK, 20)
    page = admin.get(PAGE).text
    assert "How fast mailings leave" in page
    assert "Gmail" in page
    assert "The plan is off. Mails of mailings that left today: 20." in page
    for scheme in ("light", "dark"):
        picture = admin.get(f"{PAGE}/hour-{scheme}.svg")
        assert picture.mimetype == "image/svg+xml"
        assert "20 of 5,000" in picture.text
    assert admin.get(f"{PAGE}/hour-pink.svg").status_code == 404


def test_limits_are_changed_by_an_admin_and_on_record(admin):
    assert post(admin, "caps", gmail="12 000", yandex="", mailru="0").status_code == 303
    assert (caps()["gmail"], caps()["yandex"], caps()["mailru"], caps()["gmx"]) == (12_000, None, 0, 2_000)
    assert "gets nothing" in admin.get(PAGE).text
    actions = list(session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("mail."))))
    assert sorted(actions) == ["mail.cap_lifted", "mail.cap_set", "mail.cap_set"]
    assert post(admin, "caps").status_code == 303
    assert "Nothing was changed." in admin.get(PAGE).text


@pytest.mark.parametrize("wrong", ["-1", "many", "1000001", "1.5", "٣", "9" * 300, "<b>", "5\x00x"])
def test_a_wrong_limit_is_refused_by_name_and_stays_in_its_field(admin, wrong):
    answer = post(admin, "caps", gmail=wrong, yandex="7")
    assert answer.status_code == 422
    assert "Gmail: write a whole number from 0 to 1,000,000, or nothing for no limit." in answer.text
    assert 'value="7"' in answer.text
    assert "<b>" not in answer.text.replace("</b>", "")
    assert caps()["yandex"] == 1_500


def test_the_plan_is_set_and_shown(admin):
    today = clock.today()
    answer = post(admin, "warm-up", is_on="y", starts_on=today.isoformat(), totals="200, 500; 1 000")
    assert answer.status_code == 303
    plan = pace.find_warm_up()
    assert plan == pace.WarmUp(True, today, (200, 500, 1_000))
    page = admin.get(PAGE).text
    assert "0 / 200" in page
    assert 'value="200, 500, 1000"' in page


@pytest.mark.parametrize(
    ("totals", "words"),
    [
        ("500, 200", "No day may have less than the day before it."), ("", "Write 1 to 60 whole numbers"),
        ("0, 5", "Write 1 to 60 whole numbers"), ("5, x", "Write 1 to 60 whole numbers"),
        (", ".join(["5"] * 61), "Write 1 to 60 whole numbers"),
    ],
)  # fmt: skip
def test_a_wrong_plan_is_refused_and_changes_nothing(admin, totals, words):
    answer = post(admin, "warm-up", is_on="y", starts_on=clock.today().isoformat(), totals=totals)
    assert answer.status_code == 422
    assert words in answer.text
    assert pace.find_warm_up() is None


@pytest.mark.parametrize("day", ["", "yesterday", "0001-01-01", "9999-12-31"])
def test_a_plan_needs_a_day(admin, day):
    assert post(admin, "warm-up", is_on="y", starts_on=day, totals="5").status_code == 422
    assert pace.find_warm_up() is None


def test_a_resting_host_can_be_written_to_at_once(admin):
    with transaction():
        pace.ensure_paces()
    pace.rest("gmail")
    assert "said that we send too much" in admin.get(PAGE).text
    page = admin.get(PAGE).text
    values = field_values(page, "/gmail/go-on")
    assert admin.post(f"{PAGE}/gmail/go-on", data=values).status_code == 303
    assert "said that we send too much" not in admin.get(PAGE).text
    assert admin.post(f"{PAGE}/nobody/go-on", data=values).status_code == 404


def test_organisers_look_and_change_nothing_and_others_do_not_see_it(app):
    organiser = signed_in(app, Role.ORGANISER)
    page = organiser.get(PAGE).text
    assert "Save the limits" not in page
    for form in ("caps", "warm-up", "gmail/go-on"):
        token = field_values(page, "/account/sign-out")
        assert organiser.post(f"{PAGE}/{form}", data=token).status_code == 403
    assert signed_in(app, Role.MODERATOR).get(PAGE).status_code == 403
