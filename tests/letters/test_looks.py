"""A GET never writes: what is sealed is opened by a POST that puts the look on record (docs/adr/0012)."""

import pytest

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.letters.models import IncidentKind
from campaign.letters.models import ReplyState as S
from campaign.letters.service import incidents, moderation, reply_pages
from campaign.prisoners.models import Channel
from campaign.web.opened import LASTS, MOST
from tests.letters.replies import STAFF, reply
from tests.letters.test_batches import by_service, lock, printed, queued
from tests.letters.test_moderation import waiting


def entries() -> int:
    session.expire_all()
    return session.query(AuditEntry).count()


@pytest.fixture
def coordinator(sign_in):
    return sign_in(Role.COORDINATOR)


def test_no_page_of_letters_writes_when_it_is_only_looked_at(coordinator):
    letter, made = waiting(), reply(S.MATCHED)
    page = reply_pages.list_pages(made.id)[0].id
    with transaction():
        moderation.take(letter.id, actor=coordinator.person.id)
        opened = incidents.open_incident(made.id, IncidentKind.THREAT, "Слово", actor=coordinator.person.id).id
    batch, _letters = printed(1)
    place, typed = queued(1)
    by_service(typed, place)
    sheet = lock(place, channel=Channel.F_PISMO, relay_id=None).id
    before = entries()
    for path in (
        "moderation", f"moderation/{letter.id}", "replies", f"replies/{made.id}", f"replies/{made.id}/pages/{page}",
        f"replies/{made.id}/text/translation", f"replies/{made.id}/match", "incidents", f"incidents/{opened}",
        "batches", f"batches/{batch.id}", f"batches/{sheet}/letters/{typed[0].id}/copy", "letters",
        f"letters/{letter.id}",
    ):  # fmt: skip
        assert coordinator.get(f"/staff/{path}").status_code in {200, 303, 404}, path
        assert entries() == before, path


def test_one_session_has_few_things_open_and_another_none_of_them(coordinator, sign_in):
    made = [reply(S.SCANNED, pages=1).id for _ in range(MOST + 1)]
    pages = [reply_pages.list_pages(each)[0].id for each in made]
    html = coordinator.get(f"/staff/replies/{made[0]}").text
    for each in made:
        answer = coordinator.post(f"/staff/replies/{each}/open", data={"csrf_token": token(html)})
        assert answer.status_code == 303
    paths = [f"/staff/replies/{one}/pages/{two}" for one, two in zip(made, pages, strict=True)]
    shown = [coordinator.get(path).status_code for path in paths]
    assert sorted(shown) == [200] * MOST + [404], "whatever was opened first is closed first"
    other = sign_in(Role.COORDINATOR)
    assert other.get(f"/staff/replies/{made[-1]}/pages/{pages[-1]}").status_code == 404
    assert session.query(AuditEntry).filter_by(action="reply.look", actor=coordinator.person.id).count() == MOST + 1


def token(html: str) -> str:
    return html.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def test_a_letter_is_on_record_once_for_each_time_it_is_taken(app):
    letter = waiting()
    for _turn in range(2):
        with transaction():
            moderation.take(letter.id, actor=STAFF)
    assert session.query(AuditEntry).filter_by(action="letter.read").count() == 1
    assert LASTS == moderation.HOLD
    with transaction():
        moderation.let_go(letter.id, actor=STAFF)
    with transaction():
        moderation.take(letter.id, actor=STAFF)
    assert session.query(AuditEntry).filter_by(action="letter.read").count() == 2
    assert clock.today() == session.query(AuditEntry).first().at.date()
