"""Signatures are set aside in bulk, watched, stopped, and restored exactly."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from campaign.kernel import clock, jobs
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.petitions.models import Petition
from campaign.petitions.queries import get_petition
from campaign.signatures.models import Signature, SignatureDelta, SignatureState, SignatureTotal
from campaign.signatures.models.staff import SignatureInvalidation, SignatureInvalidationItem
from campaign.signatures.queries import count_by_day
from campaign.signatures.queries.staff import Criteria, list_invalidations
from campaign.signatures.service import count, expire, invalidate
from campaign.signatures.service.confirm import reject_signature, withdraw_signature
from tests.signatures.staff.conftest import confirm, find, states, token_of
from tests.support import make
from tests.support.accounts import submit
from tests.support.pages import field_values

PENDING, CONFIRMED, WITHDRAWN, ASIDE = (
    SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.WITHDRAWN, SignatureState.INVALIDATED,
)  # fmt: skip
GERMANY = Criteria(country="DE")


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(invalidate, "BATCH", 3)


def ask(petition, criteria=GERMANY, who=None):
    with transaction():
        asked = invalidate.ask_for_invalidation(
            get_petition(petition.id), criteria, actor=who or petition.id, reason="A wave"
        )
    session.expunge_all()
    return asked


def undo(row):
    row = row_of(row)
    with transaction():
        invalidate.ask_for_undo(row, actor=row.actor_id, reason="They were people")


def row_of(row):
    session.remove()
    return session.get(SignatureInvalidation, row.id)


def snapshot(ids):
    session.remove()
    columns = [column for column in Signature.__table__.columns if column.name != "bucket"]
    return {tuple(row) for row in session.execute(select(*columns).where(Signature.id.in_(ids)))}


def test_the_dry_run_comes_first_then_the_reason_then_the_work(organiser, petition, desk, signed, run_work):
    ids = signed(7, prefix="c", confirmed=True) + signed(2, prefix="p") + signed(1, prefix="q", quarantined=True)
    others = signed(2, prefix="lv", confirmed=True, country="LV")
    who, client = organiser
    page = f"{desk}/set-aside?country=DE"
    dry = client.get(page).get_data(as_text=True)
    assert "Set aside: 10" in dry
    assert states(ids) == {CONFIRMED: 7, PENDING: 3}, "a dry run changes nothing"
    action = "/set-aside?country=DE"
    assert submit(client, page, action, reason="").status_code == 422
    answer = submit(client, page, action, reason="One network, one hour")
    assert answer.status_code == 303
    progress = client.get(f"{answer.location}/progress.json").json
    assert progress == {"state": "asked", "done": 0, "is_at_work": True}
    assert "follow.js" in client.get(answer.location).get_data(as_text=True)
    run_work()
    assert states(ids) == {ASIDE: 10}
    assert states(others) == {CONFIRMED: 2}
    assert count.count_confirmed(petition.id) == 2
    assert count.find_drift() == []
    assert client.get(f"{answer.location}/progress.json").json == {"state": "done", "done": 10, "is_at_work": False}
    entries = session.execute(select(AuditEntry.action, AuditEntry.actor, AuditEntry.amount)).all()
    assert ("signatures.invalidation_asked", who.id, 10) in entries
    assert ("signatures.invalidation_done", who.id, 10) in entries
    assert submit(client, answer.location, "/undo", reason="They were people").status_code == 303
    run_work()
    assert states(ids) == {CONFIRMED: 7, PENDING: 3}
    assert "Restored: 10" in client.get(answer.location).get_data(as_text=True)


def test_undo_restores_every_column_as_it_was(petition, signed, run_work):
    ids = signed(5, prefix="c", confirmed=True) + signed(4, prefix="p") + signed(2, prefix="q", quarantined=True)
    before = snapshot(ids)
    row = ask(petition)
    run_work()
    undo(row)
    run_work()
    assert snapshot(ids) == before
    assert count.count_confirmed(petition.id) == 5
    assert count.find_drift() == []
    assert (row_of(row).state, row_of(row).restored, row_of(row).left_alone) == ("undone", 11, 0)


def test_totals_go_down_and_up_with_it_and_no_day_counts_below_zero(petition, signed, run_work):
    ids = signed(4, confirmed=True)
    yesterday = clock.today() - timedelta(days=1)
    session.execute(update(Signature).where(Signature.id.in_(ids[:3])).values(confirmed_on=yesterday))
    session.execute(delete(SignatureDelta))
    for each in session.scalars(select(Signature)):
        count.append_delta(each, +1)
    session.commit()
    for expected, act in ((4, None), (0, lambda: ask(petition)), (4, lambda: undo(rows(petition)[0]))):
        if act is not None:
            act()
            run_work()
        with transaction():
            count.roll_up()
        session.remove()
        assert session.scalar(select(SignatureTotal.count)) == expected
        days = {day: number for day, number in count_by_day(petition.id) if number}
        assert days == ({yesterday: 3, clock.today(): 1} if expected else {})
        assert count.find_drift() == []


def rows(petition):
    return list_invalidations(petition.id)


def test_undo_leaves_alone_what_changed_meanwhile(petition, signed, run_work):
    withdrawn, denied, forgotten, kept, pending = signed(4, prefix="c", confirmed=True) + signed(1, prefix="p")
    row = ask(petition)
    run_work()
    tokens = {each: token_of(each) for each in (withdrawn, denied)}
    session.remove()
    with transaction():
        withdraw_signature(tokens[withdrawn])
    with transaction():
        reject_signature(tokens[denied], never_again=False)
    session.delete(find(forgotten))
    session.commit()
    undo(row)
    run_work()
    assert find(withdrawn).state == WITHDRAWN
    assert find(denied) is None
    assert find(forgotten) is None
    assert (find(kept).state, find(pending).state) == (CONFIRMED, PENDING)
    assert (row_of(row).restored, row_of(row).left_alone) == (2, 3)
    assert count.find_drift() == []


def test_what_was_set_aside_before_is_not_touched_by_a_later_undo(petition, signed, run_work):
    first, second = signed(3, prefix="a", confirmed=True), signed(3, prefix="b", confirmed=True, country="LV")
    earlier = ask(petition)
    run_work()
    later = ask(petition, Criteria(day_from=clock.today()))
    run_work()
    undo(later)
    run_work()
    assert states(first) == {ASIDE: 3}
    assert states(second) == {CONFIRMED: 3}
    undo(earlier)
    run_work()
    assert states(first) == {CONFIRMED: 3}
    assert count.find_drift() == []


def test_a_batch_that_is_killed_left_nothing_and_is_done_again(petition, signed, run_work):
    ids = signed(8, confirmed=True)
    row = ask(petition)
    with transaction():
        assert invalidate.set_aside_batch(row.id) == 3
    with pytest.raises(RuntimeError), transaction():
        assert invalidate.set_aside_batch(row.id) == 3
        raise RuntimeError("killed")
    session.remove()
    assert states(ids) == {CONFIRMED: 5, ASIDE: 3}
    assert count.find_drift() == []
    for _ in range(5):
        with transaction():
            invalidate.set_aside_batch(row.id)
    run_work()
    assert states(ids) == {ASIDE: 8}
    assert (row_of(row).state, row_of(row).changed) == ("done", 8)
    undo(row)
    with transaction():
        assert invalidate.undo_batch(row.id) == 3
    with pytest.raises(RuntimeError), transaction():
        invalidate.undo_batch(row.id)
        raise RuntimeError("killed")
    for _ in range(4):
        with transaction():
            invalidate.undo_batch(row.id)
    run_work()
    assert states(ids) == {CONFIRMED: 8}
    assert (row_of(row).state, row_of(row).restored) == ("undone", 8)
    assert count.find_drift() == []
    assert count.count_confirmed(petition.id) == 8


def test_stopping_keeps_what_is_done_and_undo_takes_back_just_that(organiser, petition, desk, signed, run_work):
    ids = signed(8, confirmed=True)
    row = ask(petition)
    with transaction():
        invalidate.set_aside_batch(row.id)
    _who, client = organiser
    for _ in range(2):
        one = f"{desk}/set-aside/{row.id}"
        token = client.get(one).get_data(as_text=True)
        if "/cancel" in token:
            assert submit(client, one, "/cancel").status_code == 303
    run_work()
    assert states(ids) == {CONFIRMED: 5, ASIDE: 3}
    assert row_of(row).state == "cancelled"
    assert submit(client, one, "/undo", reason="Enough").status_code == 303
    run_work()
    assert states(ids) == {CONFIRMED: 8}


def test_undo_waits_for_the_end_and_happens_once(petition, signed, run_work):
    signed(2, confirmed=True)
    row = ask(petition)
    with pytest.raises(Conflict):
        undo(row)
    run_work()
    for _ in range(3):
        undo(row)
        run_work()
    assert row_of(row).restored == 2
    assert count.count_confirmed(petition.id) == 2


def test_criteria_that_choose_everything_or_nothing_are_refused(organiser, petition, desk, signed):
    signed(2)
    _who, client = organiser
    assert client.get(f"{desk}/set-aside?state=pending").status_code == 422
    empty = client.get(f"{desk}/set-aside?country=FR").get_data(as_text=True)
    assert "no signature matches" in empty
    token = field_values(client.get(f"{desk}/set-aside?country=DE").get_data(as_text=True), "/set-aside?country=DE")[
        "csrf_token"
    ]
    for query in ("", "?country=FR", "?state=withdrawn", "?country=%00"):
        answer = client.post(f"{desk}/set-aside{query}", data={"csrf_token": token, "reason": "x"})
        assert answer.status_code == 422, query
    assert session.scalar(select(func.count()).select_from(SignatureInvalidation)) == 0


def test_a_signer_sees_that_it_is_set_aside_and_can_take_it_back(client, petition, signed, run_work):
    (signature,) = signed(1, confirmed=True)
    ask(petition)
    run_work()
    link = f"/confirm/{token_of(signature)}"
    session.remove()
    assert "not counted at the moment" in client.get(link).get_data(as_text=True)
    assert client.post(link).status_code == 303
    assert find(signature).state == ASIDE, "confirming does not bring it back"
    client.post(f"{link}/withdraw")
    assert find(signature).state == WITHDRAWN
    assert count.find_drift() == []


def test_an_unconfirmed_one_keeps_its_address_no_longer_than_a_week(petition, signed, run_work):
    pending, confirmed = signed(1, prefix="p")[0], signed(1, prefix="c", confirmed=True)[0]
    row = ask(petition)
    run_work()
    assert find(pending).email_sealed is not None
    with transaction():
        assert expire.delete_unconfirmed(clock.today() + timedelta(days=7)) == 1
    assert find(pending) is None
    assert find(confirmed).state == ASIDE
    undo(row)
    run_work()
    assert (row_of(row).restored, row_of(row).left_alone) == (1, 1)


def test_a_petition_whose_keys_are_gone_stays_as_it_is(petition, signed, run_work):
    ids = signed(2, confirmed=True)
    row = ask(petition)
    run_work()
    with transaction():
        expire.destroy_keys(session.get(Petition, petition.id), clock.today())
    for act in (lambda: undo(row), lambda: ask(petition)):
        with pytest.raises(Conflict):
            act()
    assert states(ids) == {ASIDE: 2}


def test_an_unknown_invalidation_or_one_of_another_petition_is_not_found(organiser, petition, desk, signed):
    signed(1)
    row = ask(petition)
    _who, client = organiser
    other = make.petition()
    assert client.get(f"/staff/petitions/{other.slug}/signatures/set-aside/{row.id}").status_code == 404
    assert client.get(f"{desk}/set-aside/{petition.id}").status_code == 404


STEPS = ("confirm", "withdraw", "deny", "ask", "batch", "undo", "cancel")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_in_between_counts_agree_and_undo_is_exact(petition, signed, run_work, seed):
    """A random walk over everything that can happen to ten signatures; the model is a dictionary."""
    chance = random.Random(seed)
    ids = signed(6, prefix="c", confirmed=True) + signed(4, prefix="p")
    rows = [ask(petition)]
    for _ in range(25):
        each, step = (
            chance.choice(ids),
            chance.choice(["confirm", "withdraw", "deny", "ask", "batch", "undo", "cancel"]),
        )
        signature = find(each)
        row = chance.choice(rows)
        token = token_of(each) if signature is not None else None
        session.remove()
        if step == "confirm" and token:
            confirm(each)
        elif step == "withdraw" and token and signature.state != PENDING:
            with transaction():
                withdraw_signature(token)
        elif step == "deny" and token and chance.random() < 0.3:
            with transaction():
                reject_signature(token, never_again=False)
        elif step == "batch":
            for act in (invalidate.set_aside_batch, invalidate.undo_batch):
                with transaction():
                    act(row.id)
        else:
            act_on(row, step, petition, rows)
        assert count.find_drift() == []
    run_work()
    settled = session.scalar(select(func.sum(SignatureInvalidation.changed)))
    items = session.scalar(select(func.count()).select_from(SignatureInvalidationItem))
    assert settled == items
    before = {each: signature.state for each in ids if (signature := find(each)) is not None}
    aside = {each for each, state in before.items() if state == ASIDE}
    for row in rows:
        if row_of(row).state in {"done", "cancelled"}:
            undo(row)
    run_work()
    for each, state in before.items():
        assert (find(each).state == state) is (each not in aside), "undo touches what was set aside, all of it, only it"
    assert count.find_drift() == []


def act_on(row, step, petition, rows):
    try:
        if step == "undo":
            undo(row)
        elif step == "cancel":
            with transaction():
                invalidate.cancel_invalidation(row, actor=row.actor_id)
        elif step == "ask":
            rows.append(ask(petition))
    except (Conflict, invalidate.NothingFound):
        pass


def test_the_work_asks_for_itself_in_the_outbox(petition, signed):
    signed(4)
    ask(petition)
    assert jobs.count_by_state() == {"pending": 1}
