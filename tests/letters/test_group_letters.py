"""Letters of a group: filtered by it, with its return address, and all that a coordinator of that group alone sees."""

import pytest

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.letters.models import BatchDocument, Letter, LetterBatch, LetterThread
from campaign.letters.models import LetterState as S
from campaign.letters.queries import batches as queries
from campaign.letters.service import batches, posting
from campaign.prisoners.models import Channel
from tests.letters.test_batches import lock, queued
from tests.letters.test_moderation import waiting
from tests.support import accounts, make, pens, post
from tests.support.accounts import submit
from tests.support.pages import field_values, parse
from workers.run_jobs import run_due_jobs

MODERATION, BATCHES = "/staff/moderation", "/staff/batches"


@pytest.fixture
def group(app):
    return pens.group(names={"en": "The Larch"})


@pytest.fixture
def narrow(sign_in, group):
    """A coordinator of that group alone."""
    return sign_in(Role.COORDINATOR, group=group.id)


def of(group, letter):
    with transaction():
        session.get_one(LetterThread, letter.thread_id).group_id = group.id if group is not None else None
    return letter


def in_queue(place, group=None) -> Letter:
    return of(group, post.letter(S.QUEUED, pens.addressee(place)))


def token(client) -> dict[str, str]:
    return field_values(client.get("/account").text, "/account/sign-out")


def new(place, **more: str) -> str:
    asked = "".join(f"&{name}={value}" for name, value in more.items())
    return f"{BATCHES}/new?facility={place.id}&channel=post{asked}"


def states(*letters) -> list[str]:
    session.expire_all()
    return [session.get_one(Letter, each.id).state for each in letters]


def test_moderators_filter_the_queue_by_group_in_the_address(sign_in, group):
    ours, other = of(group, waiting()), waiting()
    client = sign_in(Role.MODERATOR)
    both = client.get(MODERATION).text
    assert "The Larch" in both
    for asked, shown, hidden in ((str(group.id), ours, other), ("none", other, ours)):
        html = client.get(f"{MODERATION}?group={asked}").text
        assert str(shown.id) in html
        assert str(hidden.id) not in html
        assert submit(client, f"{MODERATION}?group={asked}", "/next").location.endswith(str(shown.id))
    for nonsense in ("x", "%00", "00000000-0000-0000-0000-000000000000"):
        assert client.get(f"{MODERATION}?group={nonsense}").status_code == 200


def test_a_coordinator_of_one_group_reads_its_letters_and_no_other(narrow, group):
    ours, other = of(group, waiting()), waiting()
    of(pens.group(), other)
    html = narrow.get(MODERATION).text
    assert str(ours.id) in html
    assert str(other.id) not in html
    assert "Letter waits to be read" in narrow.get("/staff").text
    for path in ("", "/pictures/" + str(ours.id)):
        assert narrow.get(f"{MODERATION}/{other.id}{path}").status_code == 403
    for step in ("take", "let-go", "approve", "changes", "reject", "translator"):
        assert narrow.post(f"{MODERATION}/{other.id}/{step}", data=token(narrow)).status_code == 403, step
    assert submit(narrow, MODERATION, "/next").location.endswith(str(ours.id))
    assert "помидоры" in narrow.get(f"{MODERATION}/{ours.id}").text
    assert states(other) == [S.IN_MODERATION]
    assert narrow.get(f"{MODERATION}?group=none").text.count("data-row") == 0


def test_what_waits_is_told_by_group_and_locked_with_its_return_address(sign_in, group):
    place = make.facility()
    post.relay(name="The office", is_default=True)
    own = post.relay(name="Box of the Larch", group_id=group.id)
    ours, other = in_queue(place, group), in_queue(place)
    client = sign_in(Role.COORDINATOR)
    html = client.get(BATCHES).text
    assert f"group={group.id}" in html
    assert "group=none" in html
    path = new(place, group=str(group.id))
    first = parse(client.get(path).text).find(".//select[@name='relay']/option")
    assert first.get("value") == str(own.id), "the address of the group is offered first"
    batch_path = submit(client, path, f"group={group.id}", act="all").location
    assert states(ours, other) == [S.BATCHED, S.QUEUED]
    batch = session.query(LetterBatch).one()
    assert batch.relay_id == own.id
    assert f"/{batch.id}" in batch_path
    assert str(batch.id) in client.get(f"{BATCHES}?group={group.id}").text
    assert str(batch.id) not in client.get(f"{BATCHES}?group=none").text
    first = parse(client.get(new(place, group="none")).text).find(".//select[@name='relay']/option")
    assert "The office" in first.text


def test_a_coordinator_of_one_group_sends_its_letters_from_the_queue_to_the_post(narrow, group):
    place = make.facility()
    post.relay(name="The office", is_default=True)
    post.relay(name="Box of the Larch", group_id=group.id)
    post.relay(name="Box of others", group_id=pens.group().id)
    ours, other = in_queue(place, group), in_queue(place)
    html = narrow.get(BATCHES).text
    assert "Letters wait for a batch" in narrow.get("/staff").text
    assert "Add a return address" not in html
    page = narrow.get(new(place)).text
    assert "Box of others" not in page
    assert str(other.id) not in page
    assert "/staff/prisoners/" not in page
    path = submit(narrow, new(place), "channel=post", act="all").location
    assert states(ours, other) == [S.BATCHED, S.QUEUED]
    run_due_jobs()
    html = narrow.get(path).text
    assert "To print" in html
    document = session.query(BatchDocument).first()
    assert submit(narrow, path, str(document.id)).data.startswith(b"%PDF")
    assert submit(narrow, path, "/printed").status_code == 303
    assert submit(narrow, path, "/post").status_code == 303
    assert submit(narrow, f"{path}/reconcile", "/reconcile", act="rest").location == path
    assert states(ours, other) == [S.DISPATCHED, S.QUEUED]


def test_never_a_letter_or_batch_of_others(narrow, group):
    place = make.facility()
    mixed = in_queue(place, group), in_queue(place)
    both = lock(place)
    elsewhere = make.facility()
    in_queue(elsewhere, pens.group())
    theirs = lock(elsewhere)
    run_due_jobs()
    html = narrow.get(BATCHES).text
    document = queries.list_documents(both)[0]
    for batch in (both, theirs):
        assert str(batch.id) not in html
        for path in ("", "/progress", "/reconcile"):
            assert narrow.get(f"{BATCHES}/{batch.id}{path}").status_code == 403, path
        for step in ("cancel", "reprint", "render", "printed", "post", "reconcile", f"documents/{document.id}"):
            assert narrow.post(f"{BATCHES}/{batch.id}/{step}", data=token(narrow)).status_code == 403, step
        for letter in mixed:
            for step in ("drop", "open", "copy"):
                answer = narrow.post(f"{BATCHES}/{batch.id}/letters/{letter.id}/{step}", data=token(narrow))
                assert answer.status_code == 403, step
    assert narrow.get("/staff/relays").status_code == 403
    assert states(*mixed) == [S.BATCHED, S.BATCHED]


def test_a_batch_from_which_anothers_letter_fell_out_stays_closed(narrow, group):
    place = make.facility()
    ours, other = in_queue(place, group), in_queue(place)
    batch = lock(place)
    with transaction():
        batches.drop_letter(batch.id, other.id, actor=batch.locked_by)
    assert narrow.get(f"{BATCHES}/{batch.id}").status_code == 403, "its documents may still hold the words of another"
    with transaction():
        batches.cancel_batch(batch.id, actor=batch.locked_by)
    assert states(ours, other) == [S.QUEUED, S.QUEUED]
    assert lock(place, within=[group.id]).letters == 1


def test_what_is_ticked_in_another_group_is_not_locked(narrow, group):
    place = make.facility()
    relay = post.relay(is_default=True)
    ours, other = in_queue(place, group), in_queue(place)
    values = {**field_values(narrow.get(new(place)).text, "channel=post"), "act": "chosen", "relay": str(relay.id)}
    assert narrow.post(new(place), data={**values, "letter": str(other.id)}).status_code == 409
    assert states(ours, other) == [S.QUEUED, S.QUEUED]
    actor = accounts.person().id
    with pytest.raises(Conflict), transaction():
        batches.lock_batch(
            Channel.POST, place.id, relay_id=relay.id, actor=actor, letter_ids=[other.id],
            within=[group.id],
        )  # fmt: skip


def test_the_last_letter_taken_out_leads_back_to_the_list_or_the_empty_batch(narrow, sign_in, group):
    place = make.facility()
    post.relay(is_default=True)
    letter = in_queue(place, group)
    path = submit(narrow, new(place), "channel=post", act="all").location
    assert submit(narrow, path, f"{letter.id}/drop").location == path
    assert submit(narrow, path, "/cancel").location == path, "who locked it sees it empty"
    assert narrow.get(f"{BATCHES}?when=past").text.count(path) == 1
    second = sign_in(Role.COORDINATOR, group=group.id)
    assert second.get(path).status_code == 200, "what fell out was of this group"
    other = sign_in(Role.COORDINATOR, group=pens.group().id)
    assert other.get(path).status_code == 403


def test_the_letter_of_a_group_leads_to_its_batch(narrow, group):
    place, letters = queued(1)
    of(group, letters[0])
    batch = lock(place)
    run_due_jobs()
    with transaction():
        posting.mark_printed(batch.id, actor=batch.locked_by)
    assert f"{BATCHES}/{batch.id}" in narrow.get(f"/staff/letters/{letters[0].id}").text
