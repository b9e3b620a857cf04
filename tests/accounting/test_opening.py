"""What is sealed in the rooms of family support lies open after a fresh proof alone, within the hour's allowance."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select, text

from campaign.kernel.actors import Role
from campaign.kernel.alarms import Alarm, AlarmKind
from campaign.kernel.allowance import DECRYPTING, left, take
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.needs.models import CheckedBy
from campaign.needs.service import needs
from campaign.web.guards import STEPS_UP
from tests.needs import made
from tests.people.pages import send
from tests.support.pages import PageClient, field_values

SignIn = Callable[..., PageClient]

OPENERS = (
    "banking_staff.show_said", "banking_staff.show_samples", "gifts_staff.open_donor", "needs_staff.open_need",
    "payees_staff.look", "payments_staff.look", "pledges_staff.open_donor", "rounds_staff.open_application",
)  # fmt: skip
SECRET = "The appeal is in March."


def test_every_view_that_opens_something_asks_for_a_proof(app: Flask) -> None:
    assert [each for each in OPENERS if not getattr(app.view_functions[each], STEPS_UP, False)] == []


def test_a_need_is_opened_after_a_proof_and_within_the_allowance(sign_in: SignIn) -> None:
    home, client = f"/staff/needs/{made.need().id}", sign_in(Role.COORDINATOR)
    who = client.person.id
    assert send(client, home, "/open").status_code == 303
    assert SECRET in client.get(home).text
    assert left(DECRYPTING, who) == DECRYPTING.most - 1
    other = f"/staff/needs/{made.need().id}"
    with transaction():
        assert take(DECRYPTING, who, DECRYPTING.most - 1)
    assert send(client, other, "/open").status_code == 303
    page = client.get(other).text
    assert "so many records and no more" in page
    assert SECRET not in page
    assert session.scalar(select(Alarm.kind)) == AlarmKind.BUDGET_SPENT
    looks = select(AuditEntry.object).where(AuditEntry.action == "need.look")
    assert len(session.scalars(looks).all()) == 1, "what was not shown is no look"
    with transaction():
        session.execute(text("UPDATE sign_in_session SET fresh_until = now() - interval '1 minute'"))
    assert "/account/step-up" in send(client, home, "/open").headers["Location"]


def test_who_edits_a_need_has_not_opened_its_history(sign_in: SignIn) -> None:
    found, client = made.need(words=""), sign_in(Role.COORDINATOR)
    with transaction():
        needs.verify(found.id, CheckedBy.LAWYER, seen_version=found.version, note=SECRET, actor=made.FIRST)
    home, answer = f"/staff/needs/{found.id}", client.get(f"/staff/needs/{found.id}/edit")
    typed = field_values(answer.text, "") | {"words": "More of it."}
    assert client.post(f"{home}/edit", data=typed).status_code == 303
    assert SECRET not in client.get(home).text
