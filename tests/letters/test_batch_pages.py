"""Batches on the staff pages: from what waits to what is checked off, and for coordinators alone."""

import uuid
from datetime import timedelta

import pytest

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.jobs import JobRow, JobState
from campaign.letters import documents
from campaign.letters.models import Letter, LetterBatch, LetterState, Relay
from campaign.letters.queries import batches as queries
from campaign.penpals.service.codes import show_code
from campaign.prisoners.models import Channel
from tests.letters.test_batches import by_service, lock, posted, printed, queued
from tests.support import make, post
from tests.support.accounts import submit
from tests.support.pages import field_values
from workers.run_jobs import run_due_jobs

HOME, RELAYS = "/staff/batches", "/staff/relays"
S = LetterState


@pytest.fixture
def coordinator(app, sign_in):
    return sign_in(Role.COORDINATOR)


@pytest.fixture(autouse=True)
def other_place(app):
    make.facility("ИК-77")


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.text


def states(letters):
    session.expire_all()
    return [session.get_one(Letter, each.id).state for each in letters]


def test_from_what_waits_to_what_is_checked_off(coordinator):
    assert "No letter waits for a batch" in page(coordinator, HOME)
    submit(
        coordinator, f"{RELAYS}/new", "/new", name="Anna Example", lines="Sample Street 1\n10115 Berlin", country="DE"
    )
    place, letters = queued(2)
    assert place.name_ru in page(coordinator, HOME)
    new = f"{HOME}/new?facility={place.id}&channel=post"
    answer = submit(coordinator, new, "channel=post", act="all")
    assert answer.status_code == 303
    path = answer.location
    assert "documents are being made" in page(coordinator, path)
    assert coordinator.get(f"{path}/progress").json == {"done": 0, "is_at_work": True}
    run_due_jobs()
    text = page(coordinator, path)
    assert "Envelopes C6" in text
    assert show_code(letters[0].code) in text
    submit(coordinator, path, "/printed")
    submit(coordinator, path, "/post", on=clock.today().isoformat())
    assert states(letters) == [S.DISPATCHED] * 2
    check = f"{path}/reconcile"
    answer = submit(coordinator, check, "/reconcile", act="codes", codes=f"{letters[0].code}\nnonsense")
    assert answer.status_code == 422
    assert "nonsense" in answer.text
    assert "1 letter is noted" in answer.text
    answer = submit(coordinator, check, "/reconcile", act="list", **{f"letter-{letters[1].id}": "missing"})
    assert states(letters) == [S.DISPATCHED, S.QUEUED]
    assert answer.location == path
    assert "Checked off" in page(coordinator, f"{HOME}?when=past")
    assert page(coordinator, f"{HOME}?when=past&facility=99&channel=post&state=reconciled")
    assert "No batch fits" in page(coordinator, f"{HOME}?when=past&state=cancelled")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_nobody_else_sees_batches_or_opens_documents(app, sign_in, role):
    batch, letters = printed(1)
    document = queries.list_documents(batch)[0]
    client = sign_in(role)
    for path in (
        HOME, RELAYS, f"{HOME}/{batch.id}", f"{HOME}/{batch.id}/letters/{letters[0].id}/copy",
    ):  # fmt: skip
        assert client.get(path).status_code == 403, path
    token = field_values(client.get("/account").text, "/account/sign-out")
    for path in (f"documents/{document.id}", f"letters/{letters[0].id}/open"):
        assert client.post(f"{HOME}/{batch.id}/{path}", data=token).status_code == 403, path


def test_opening_a_document_asks_again_who_it_is_and_is_written_down(coordinator):
    batch, _letters = printed(2)
    document = queries.list_documents(batch)[0]
    path = f"{HOME}/{batch.id}"
    assert coordinator.get(f"{path}/documents/{document.id}").status_code == 405, "a look that is on record is a POST"
    answer = submit(coordinator, path, str(document.id))
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")
    assert "no-store" in answer.headers["Cache-Control"]
    entry = session.query(AuditEntry).filter_by(action="letter_batch.download").one()
    assert (entry.amount, entry.object) == (2, f"letter_batch:{batch.id}")
    token = field_values(page(coordinator, path), str(document.id))
    assert coordinator.post(f"{HOME}/{uuid.uuid4()}/documents/{document.id}", data=token).status_code == 404


def test_a_rendering_that_failed_says_so_and_goes_on(coordinator, monkeypatch):
    def full(_part, _language):
        raise OSError(28, "No space left on device")

    place, letters = queued(1)
    batch_id, letter_ids = lock(place).id, [letters[0].id]
    with monkeypatch.context() as patch:
        patch.setattr(documents, "render", full)
        run_due_jobs()
    assert "An error stopped it" in page(coordinator, f"{HOME}/{batch_id}")
    with transaction():
        session.query(JobRow).one().state = JobState.FAILED
    assert "The documents could not be finished" in page(coordinator, f"{HOME}/{batch_id}")
    submit(coordinator, f"{HOME}/{batch_id}", "/render")
    run_due_jobs()
    assert "It is printed" in page(coordinator, f"{HOME}/{batch_id}")
    assert session.get_one(Letter, letter_ids[0]).batch_id == batch_id


def test_what_cannot_go_says_why_and_a_second_press_says_that_nothing_is_left(coordinator):
    place, letters = queued(1)
    post.relay()
    with transaction():
        person = session.get_one(Letter, letters[0].id).prisoner_id
        found = session.get_one(make.Prisoner, person)
        found.born_on = found.born_precision = None
    new = f"{HOME}/new?facility={place.id}&channel=post"
    assert "The year of birth is missing" in page(coordinator, new)
    answer = submit(coordinator, new, "channel=post", act="all")
    assert answer.status_code == 409
    assert "Nothing that can be locked" in answer.text
    assert submit(coordinator, new, "channel=post", act="chosen").status_code == 422
    assert page(coordinator, f"{HOME}/new?facility={place.id}&channel=parcels", 404)


def test_a_letter_is_typed_into_a_service_field_by_field(coordinator):
    place, letters = queued(2)
    by_service(letters, place)
    batch = lock(place, channel=Channel.F_PISMO, relay_id=None)
    path = f"{HOME}/{batch.id}"
    first = min((session.get_one(Letter, each.id) for each in letters), key=lambda each: each.position)
    assert coordinator.get(f"{path}/letters/{first.id}/copy").location == path, "not opened, it is not shown"
    assert submit(coordinator, path, f"{first.id}/open").location.endswith("/copy")
    assert session.query(AuditEntry).filter_by(action="letter_batch.sheet").count() == 1
    sheet = page(coordinator, f"{path}/letters/{first.id}/copy")
    for said in ("Region", "Institution", "Last name", "Patronymic", "1980", "помидоры"):
        assert said in sheet
    answer = submit(coordinator, f"{path}/letters/{first.id}/copy", "/copy", number="")
    assert answer.status_code == 422
    answer = submit(coordinator, f"{path}/letters/{first.id}/copy", "/copy", number="F-1", receipt="55 RUB")
    assert answer.location.endswith("/copy")
    assert "55 RUB" in page(coordinator, f"{path}/letters/{first.id}/copy")
    assert submit(coordinator, answer.location, "/copy", number="F-2").location == path
    assert "Handed to the service" in page(coordinator, path)
    submit(coordinator, path, "/post", on=clock.today().isoformat())
    assert states(letters) == [S.DISPATCHED] * 2
    page(coordinator, f"{path}/letters/{first.id}/copy", 404)


def test_a_day_that_cannot_be_and_a_step_that_is_over_change_nothing(coordinator):
    batch, letters = printed(1)
    path = f"{HOME}/{batch.id}"
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert submit(coordinator, path, "/post", on=tomorrow).status_code == 409
    assert submit(coordinator, path, "/post", on="x").status_code == 422
    submit(coordinator, path, f"/{letters[0].id}/drop")
    assert states(letters) == [S.QUEUED]
    assert "Take these out of the pile" in page(coordinator, path)
    submit(coordinator, path, "/cancel")
    assert "Cancelled" in page(coordinator, path)
    assert coordinator.get(f"{path}/reconcile").location == path


def test_a_batch_that_left_offers_nothing_that_would_undo_it(coordinator):
    batch, _letters = posted(1)
    text = page(coordinator, f"{HOME}/{batch.id}")
    assert "Check off the 1 letter" in text
    assert "/cancel" not in text
    answer = submit(coordinator, f"{HOME}/{batch.id}/reconcile", "/reconcile", act="list")
    assert "Nothing was said of any letter yet" in answer.text
    submit(coordinator, f"{HOME}/{batch.id}/reconcile", "/reconcile", act="rest")
    assert session.get_one(LetterBatch, batch.id, populate_existing=True).state == "reconciled"


def test_letters_that_wait_stand_on_the_dashboard(coordinator):
    queued(1)
    assert "Letters wait for a batch" in page(coordinator, "/staff")


def test_return_addresses_are_kept_as_long_as_letters_left_with_them(coordinator):
    assert "There is no return address yet" in page(coordinator, RELAYS)
    answer = submit(coordinator, f"{RELAYS}/new", "/new", name="Box", lines="a\nb\nc\nd\ne", country="DE")
    assert answer.status_code == 422
    assert "one to four lines" in answer.text
    submit(coordinator, f"{RELAYS}/new", "/new", name="Box", lines="PO Box 1\n1000 Example", country="AT")
    submit(coordinator, f"{RELAYS}/new", "/new", name="Second", lines="PO Box 2", country="AT")
    first, second = session.query(Relay).order_by(Relay.name).all()
    assert (first.is_default, second.is_default) == (True, False)
    submit(coordinator, RELAYS, f"/{second.id}/default")
    submit(coordinator, f"{RELAYS}/{second.id}/edit", "/edit", name="Second box", lines="PO Box 3", country="AT")
    session.expire_all()
    assert session.get_one(Relay, second.id).name == "Second box"
    assert not session.get_one(Relay, first.id).is_default
    place, _letters = queued(1)
    lock(place, relay_id=first.id)
    for each in (first, second):
        submit(coordinator, RELAYS, f"/{each.id}/rest")
    answer = submit(coordinator, RELAYS, f"/{first.id}/delete")
    assert answer.status_code == 409
    assert "Letters have left with this return address" in answer.text
    submit(coordinator, RELAYS, f"/{second.id}/delete")
    submit(coordinator, RELAYS, f"/{first.id}/use")
    session.expire_all()
    assert session.get(Relay, second.id) is None
    assert session.get_one(Relay, first.id).is_active


def test_two_who_change_one_address_do_not_overwrite_each_other(coordinator):
    relay_id = post.relay().id
    form = coordinator.get(f"{RELAYS}/{relay_id}/edit").text
    assert 'name="version"' in form
    with transaction():
        session.get_one(Relay, relay_id).name = "Somebody else"
    answer = submit(
        coordinator, f"{RELAYS}/{relay_id}/edit", "/edit", name="Mine", lines="Street 1", country="DE", version="1"
    )
    assert answer.status_code == 409
    assert "Mine" in answer.text
