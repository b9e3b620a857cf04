"""Batches: no letter in two of them, none outside, and every one accounted for."""

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import inspect

from campaign.kernel import clock, jobs
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.jobs import JobRow, JobState
from campaign.letters import documents
from campaign.letters.jobs import RenderBatch
from campaign.letters.models import (
    BatchDocument,
    BatchEvent,
    BatchState,
    DocumentKind,
    Letter,
    LetterBatch,
    LetterState,
)
from campaign.letters.queries import batches as queries
from campaign.letters.service import batches, outcomes, posting
from campaign.letters.service.posting import Account
from campaign.prisoners.models import Attention, Channel, Custody, FacilityAddress, Prisoner
from tests.prisoners.changes import make_change, transferred
from tests.support import accounts, make, pens, post
from workers.run_jobs import run_due_jobs

S = LetterState


def again(row):
    key = inspect(row).identity
    session.expire_all()
    return session.get_one(type(row), key)


def queued(amount=1, place=None, **changes):
    """So many letters in the queue to as many people in one place."""
    place = place or make.facility()
    return place, [post.letter(S.QUEUED, pens.addressee(place, **changes)) for _ in range(amount)]


def lock(place, **more):
    values = {"relay_id": post.relay().id, "actor": accounts.person().id, **more}
    with transaction():
        return batches.lock_batch(values.pop("channel", Channel.POST), place.id, **values)


def printed(amount=1):
    place, letters = queued(amount)
    batch = lock(place)
    run_due_jobs()
    with transaction():
        posting.mark_printed(batch.id, actor=batch.locked_by)
    return batch, letters


def posted(amount=1):
    batch, letters = printed(amount)
    with transaction():
        posting.post_batch(batch.id, on=clock.today(), actor=batch.locked_by)
    return batch, letters


def states(letters):
    return [again(each).state for each in letters]


def quarters(letter):
    session.expire_all()
    return session.get_one(Attention, letter.prisoner_id).quarters


def by_service(letters, place):
    with transaction():
        for letter in letters:
            session.get_one(Letter, letter.id).channel = Channel.F_PISMO
        pens.session.add(
            pens.FacilityChannel(
                id=uuid.uuid4(), facility_id=place.id, channel=Channel.F_PISMO, is_active=True,
                strangers="accepted", languages=["ru"], checked_on=clock.today(),
            )
        )  # fmt: skip


def test_a_batch_takes_what_waits_there_with_the_newest_address(app):
    place, letters = queued(2)
    _elsewhere, others = queued(1, make.facility("ИК-98"))
    batch = lock(place)
    assert states([*letters, *others]) == [S.BATCHED, S.BATCHED, S.QUEUED]
    assert sorted(again(each).position for each in letters) == [1, 2]
    address = again(letters[0]).address
    assert address["to"].endswith("г.\u00a0р.")
    assert (len(address["index"]), again(letters[0]).facility_id) == (6, place.id)
    assert (again(batch).state, batch.letters) == (BatchState.LOCKED, 2)


def test_what_does_not_resolve_stays_in_the_queue_with_its_reason(app):
    place, letters = queued(3)
    with transaction():
        one, two = (session.get_one(Prisoner, each.prisoner_id) for each in letters[:2])
        one.born_on = one.born_precision = None
        two.last_ru = ""
    assert lock(place).letters == 1
    assert states(letters) == [S.QUEUED, S.QUEUED, S.BATCHED]
    rows = session.execute(queries.queued_for(place.id, Channel.POST)).all()
    found = {each.letter.id: each.problem for each in queries.list_candidates(rows, place.id, "post", clock.today())}
    assert found == {letters[0].id: "no_birth_year", letters[1].id: "no_name"}
    with pytest.raises(Conflict, match="Nothing that can be locked"):
        lock(place)


def test_only_the_chosen_letters_are_locked(app):
    place, letters = queued(2)
    assert lock(place, letter_ids=[letters[1].id, uuid.uuid4()]).letters == 1
    assert states(letters) == [S.QUEUED, S.BATCHED]


@pytest.mark.parametrize(("channel", "relay"), [("post", None), ("f_pismo", "one"), ("parcels", None)])
def test_paper_has_a_return_address_and_a_service_none(app, channel, relay):
    place, _letters = queued(1)
    with pytest.raises(batches.NoSuchWay):
        lock(place, channel=channel, relay_id=post.relay().id if relay else None)


def test_two_at_once_never_lock_one_letter_twice(app):
    place, letters = queued(6)
    relay, actor = post.relay().id, accounts.person().id
    barrier, outcomes_of = threading.Barrier(2), []

    def work():
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    made = batches.lock_batch(Channel.POST, place.id, relay_id=relay, actor=actor)
                outcomes_of.append(made.letters)
            except Conflict as problem:
                outcomes_of.append(str(problem))
            finally:
                session.remove()

    both = [threading.Thread(target=work) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(map(str, outcomes_of))[0] == "6"
    assert "Nothing that can be locked" in sorted(map(str, outcomes_of))[1]
    assert len({again(each).batch_id for each in letters}) == 1


def test_cancelling_gives_everything_back_and_twice_is_once(app):
    batch, letters = printed(2)
    for _ in range(2):
        with transaction():
            batches.cancel_batch(batch.id, actor=batch.locked_by)
    assert states(letters) == [S.QUEUED, S.QUEUED]
    assert again(batch).state == BatchState.CANCELLED
    assert session.query(BatchDocument).filter_by(batch_id=batch.id).count() == 0
    assert again(letters[0]).text_sealed is not None
    assert lock(session.get_one(pens.Facility, batch.facility_id)).letters == 2


def test_a_dropped_letter_waits_for_the_next_batch_and_its_paper_is_named(app):
    batch, letters = printed(2)
    for _ in range(2):
        with transaction():
            batches.drop_letter(batch.id, letters[0].id, actor=batch.locked_by)
    assert states(letters) == [S.QUEUED, S.PRINTED]
    assert [each.code for each in queries.list_fallen_out(batch.id)] == [letters[0].code]
    with transaction():
        assert posting.post_batch(batch.id, on=clock.today(), actor=batch.locked_by) == 1
    assert states(letters) == [S.QUEUED, S.DISPATCHED]


def test_a_reprint_takes_new_addresses_and_leaves_out_who_was_moved(app):
    batch, letters = printed(2)
    with transaction():
        place = session.get_one(pens.Facility, batch.facility_id)
        session.query(FacilityAddress).filter_by(facility_id=place.id).one().street = "Новая улица, 5"
        session.query(Custody).filter_by(prisoner_id=letters[1].prisoner_id).one().facility_id = make_other().id
    with transaction():
        assert batches.reprint(batch.id, actor=batch.locked_by) == 1
    assert "Новая улица, 5" in again(letters[0]).address["lines"]
    assert states(letters) == [S.PRINTED, S.QUEUED]
    assert (again(batch).state, again(batch).documents_version) == (BatchState.LOCKED, 2)
    run_due_jobs()
    assert {each.documents_version for each in session.query(BatchDocument).filter_by(batch_id=batch.id)} == {2}
    assert again(batch).state == BatchState.RENDERED


def make_other():
    return session.query(pens.Facility).filter_by(code="ИК-77").one()


@pytest.fixture(autouse=True)
def other_place(app):
    make.facility("ИК-77")


def test_a_transfer_takes_paper_out_of_a_printed_batch(app):
    batch, letters = printed(2)
    make_change(letters[0].prisoner_id, transferred(make_other(), on=clock.today()))
    run_due_jobs()
    assert states(letters) == [S.QUEUED, S.PRINTED]
    assert len(queries.list_fallen_out(batch.id)) == 1


def test_posting_counts_once_however_often_it_is_pressed(app):
    batch, letters = posted(2)
    with transaction():
        assert posting.post_batch(batch.id, on=clock.today(), actor=batch.locked_by) == 0
    letter = again(letters[0])
    assert (letter.state, letter.dispatched_on, letter.due_on) == (
        S.DISPATCHED, clock.today(), clock.today() + timedelta(days=30),
    )  # fmt: skip
    assert quarters(letter) == 2
    assert (again(batch).state, again(batch).posted_on) == (BatchState.POSTED, clock.today())


def test_nothing_leaves_before_it_is_printed_nor_on_a_day_that_cannot_be(app):
    place, letters = queued(1)
    batch = lock(place)
    with pytest.raises(Conflict, match="Not every letter"), transaction():
        posting.post_batch(batch.id, on=clock.today(), actor=batch.locked_by)
    run_due_jobs()
    with transaction():
        posting.mark_printed(batch.id, actor=batch.locked_by)
        posting.mark_printed(batch.id, actor=batch.locked_by)
    for day in (-1, 1):
        with pytest.raises(outcomes.BadDay), transaction():
            posting.post_batch(batch.id, on=clock.today() + timedelta(days=day), actor=batch.locked_by)
    assert states(letters) == [S.PRINTED]
    with transaction():
        batches.drop_letter(batch.id, letters[0].id, actor=batch.locked_by)
    with pytest.raises(Conflict, match="Nothing lies in this batch"), transaction():
        posting.post_batch(batch.id, on=clock.today(), actor=batch.locked_by)


def test_nothing_changes_once_it_has_left(app):
    batch, letters = posted(1)
    for refused in (batches.cancel_batch, batches.reprint):
        with pytest.raises(Conflict), transaction():
            refused(batch.id, actor=batch.locked_by)
    with pytest.raises(Conflict), transaction():
        batches.drop_letter(batch.id, letters[0].id, actor=batch.locked_by)


def test_a_batch_is_over_only_when_every_letter_is_accounted_for(app):
    batch, (one, two, three, four) = posted(4)
    with transaction():
        outcomes.report_outcome(four.id, S.REPORTED, actor=None)
    with transaction():
        assert posting.reconcile(batch.id, {one.id: Account.POSTED}, actor=batch.locked_by).left == 2
    assert again(batch).state == BatchState.POSTED
    rest = {one.id: Account.POSTED, two.id: Account.MISSING, three.id: Account.SPOILED, four.id: Account.MISSING}
    with transaction():
        done = posting.reconcile(batch.id, rest, actor=batch.locked_by)
    assert (done.left, done.back) == (0, 2)
    assert states([one, two, three, four]) == [S.DISPATCHED, S.QUEUED, S.QUEUED, S.REPORTED]
    assert (quarters(two), again(two).dispatched_on, again(two).batch_id) == (0, None, None)
    assert (again(batch).state, again(batch).reconciled_on) == (BatchState.RECONCILED, clock.today())
    assert session.query(BatchDocument).filter_by(batch_id=batch.id).count() == 0
    assert lock(session.get_one(pens.Facility, batch.facility_id)).letters == 2


def test_a_letter_is_handed_to_a_service_with_its_number(app):
    place, letters = queued(2)
    by_service(letters, place)
    batch = lock(place, channel=Channel.F_PISMO, relay_id=None)
    assert session.query(JobRow).count() == 0, "nothing is printed for a service"
    actor = batch.locked_by
    with pytest.raises(posting.NoNumber), transaction():
        posting.hand_over(batch.id, letters[0].id, " ", actor=actor)
    with transaction():
        posting.hand_over(batch.id, letters[0].id, "A-1", "55 RUB", actor=actor)
    with pytest.raises(Conflict, match="Not every letter"), transaction():
        posting.post_batch(batch.id, on=clock.today(), actor=actor)
    with pytest.raises(Conflict, match="handed to the service already"), transaction():
        batches.cancel_batch(batch.id, actor=actor)
    with transaction():
        posting.hand_over(batch.id, letters[1].id, "A-2", actor=actor)
        posting.hand_over(batch.id, letters[0].id, "A-3", actor=actor)
    assert (again(letters[0]).external_number, again(batch).state) == ("A-3", BatchState.PRINTED)
    with transaction():
        assert posting.post_batch(batch.id, on=clock.today(), actor=actor) == 2
    assert again(letters[0]).due_on == clock.today() + timedelta(days=10)


def test_documents_are_made_in_parts_and_doing_it_again_changes_nothing(app, monkeypatch):
    monkeypatch.setattr("campaign.letters.service.rendering.A_PART", 2)
    place, _letters = queued(5)
    batch = lock(place)
    run_due_jobs()
    kinds = [each.kind for each in queries.list_documents(again(batch))]
    assert kinds.count(DocumentKind.LETTERS) == 3
    assert kinds.count(DocumentKind.POSTING_LIST) == 3
    assert (again(batch).rendered, again(batch).state) == (5, BatchState.RENDERED)
    with transaction():
        jobs.enqueue(RenderBatch(str(batch.id), 1, 1, "en"))
    run_due_jobs()
    assert (again(batch).rendered, len(queries.list_documents(again(batch)))) == (5, len(kinds))


def test_a_killed_or_failed_rendering_goes_on_where_it_stopped(app, monkeypatch):
    monkeypatch.setattr("campaign.letters.service.rendering.A_PART", 2)
    place, letters = queued(4)
    batch = lock(place)
    whole, calls = documents.render, []

    def breaks(part, language):
        calls.append(part)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return whole(part, language)

    monkeypatch.setattr(documents, "render", breaks)
    batch_id, letter_ids = batch.id, [each.id for each in letters]
    run_due_jobs()
    # After a failure the session is a new one.
    batch, letters = session.get_one(LetterBatch, batch_id), [session.get_one(Letter, each) for each in letter_ids]
    assert (again(batch).rendered, again(batch).state) == (2, BatchState.LOCKED)
    assert batches.find_rendering(again(batch)).error == "OSError"
    assert states(letters) == [S.BATCHED] * 4
    with transaction():
        session.query(JobRow).one().state = JobState.FAILED
    with transaction():
        batches.render_again(batch.id)
    run_due_jobs()
    assert (again(batch).rendered, again(batch).state) == (4, BatchState.RENDERED)
    assert batches.find_rendering(again(batch)) is None


def test_every_step_of_a_batch_is_written_down(app):
    batch, letters = posted(1)
    with transaction():
        posting.reconcile(batch.id, {letters[0].id: Account.POSTED}, actor=batch.locked_by)
    steps = session.query(BatchEvent).filter_by(batch_id=batch.id).filter(BatchEvent.was != BatchEvent.now)
    assert [each.now for each in steps.order_by(BatchEvent.id)] == list(BatchState)[:5]
    assert session.query(LetterBatch).count() == 1
