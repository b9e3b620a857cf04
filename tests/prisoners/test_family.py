"""Contacts of a family and the state's list: sealed, for few, and gone in time."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.crypto.vault_door import vault_door
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import NotFound
from campaign.prisoners.models import Fact, Liberty, Relative, ReleaseReason, StateWatch
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.relatives import list_relatives
from campaign.prisoners.service import relatives, watch
from campaign.prisoners.service.liberty import EndDraft, end_imprisonment, open_episode
from campaign.web.settings import settings
from tests.petitions.pages import send, text_of
from tests.support import make

LIST = "/staff/prisoners"
DETAILS = "A made-up mother, Вымышленная Мария, +000 000"


@pytest.fixture
def open_vault(app):
    """The vault, loaded by two persons, and closed after the test."""
    key = bytes.fromhex(settings().vault_private_key_file.read_text().split()[0])
    for _each in range(2):
        vault_door.load(uuid.uuid4(), key)
    yield
    vault_door.stop()


def sealed(person, **changes):
    draft = relatives.RelativeDraft(**{"relation": "parent", "details": DETAILS, **changes})
    with transaction():
        return relatives.seal_relative(get_prisoner(person.id), draft, actor=uuid.uuid4())


def family(person):
    return f"{LIST}/{person.id}/family"


def test_what_is_written_down_cannot_be_read_by_this_server(app):
    person = make.prisoner()
    row = sealed(person)
    raw = session.scalar(select(Relative.details_sealed).where(Relative.id == row.id))
    assert "Мария".encode() not in raw
    assert b"mother" not in raw
    assert not session.scalars(select(Fact).where(Fact.field.contains("relative"))).all()


def test_a_coordinator_seals_a_contact_and_sees_that_it_is_there_and_nothing_more(sign_in):
    person, coordinator = make.prisoner(), sign_in(Role.COORDINATOR)
    answer = send(
        coordinator, f"{family(person)}/new", "", relation="parent", details=DETAILS, safe_channel="through_lawyer"
    )
    assert answer.status_code == 303
    html = coordinator.get(family(person)).get_data(as_text=True)
    shown = text_of(html)
    assert "Mother or father · Through the lawyer · has not agreed that we get in touch" in shown
    assert "made-up mother" not in html
    assert "1 sealed" in text_of(coordinator.get(f"{LIST}/{person.id}").get_data(as_text=True))
    assert "Open the vault first" in shown


def test_a_contact_without_a_word_is_refused(sign_in):
    answer = send(sign_in(Role.ADMIN), f"{family(make.prisoner())}/new", "", relation="child", details="  ")
    assert answer.status_code == 422


@pytest.mark.parametrize("role", [Role.DATA_EDITOR, Role.ORGANISER, Role.MODERATOR, Role.TREASURER])
def test_others_see_no_family_and_no_list(sign_in, role):
    person, reader = make.prisoner(), sign_in(role)
    row = sealed(person)
    for path in (family(person), f"{family(person)}/new", f"{LIST}/{person.id}/watch"):
        assert reader.get(path).status_code == 403
    html = reader.get(f"{LIST}/{person.id}").get_data(as_text=True)
    assert "Financial monitoring list" not in html
    assert "/family" not in html
    assert list_relatives(person.id)[0].id == row.id


def test_the_open_vault_shows_it_once_with_a_reason_on_record(sign_in, open_vault):
    person, coordinator = make.prisoner(), sign_in(Role.COORDINATOR)
    sealed(person)
    page = family(person)
    assert send(coordinator, page, f"{page}/read", reason=" ").status_code == 422
    html = send(coordinator, page, f"{page}/read", reason="The visit of March").get_data(as_text=True)
    assert DETAILS in html
    assert DETAILS not in coordinator.get(page).get_data(as_text=True)
    entry = session.scalar(select(AuditEntry).where(AuditEntry.action == "vault.read"))
    assert (entry.object, entry.reason, entry.amount) == (f"prisoner:{person.id}", "The visit of March", 1)


def test_a_contact_is_deleted_and_only_with_its_own_person(sign_in):
    person, other = make.prisoner(), make.prisoner()
    row = sealed(person)
    with pytest.raises(NotFound), transaction():
        relatives.remove_relative(get_prisoner(other.id), row.id, actor=None)
    coordinator = sign_in(Role.COORDINATOR)
    assert send(coordinator, family(person), f"{family(person)}/{row.id}/remove").status_code == 303
    assert list_relatives(person.id) == []


def released(person, on):
    with transaction():
        open_episode(person.id, date(2020, 1, 1), Liberty.PRETRIAL_CUSTODY, make.SOURCE, actor=None)
        end_imprisonment(person.id, EndDraft(on, ReleaseReason.TERM_SERVED), make.SOURCE, actor=None)


def test_a_year_after_the_end_nothing_of_the_family_is_left(app):
    today = clock.today()
    free_long, free_lately, held = make.prisoner(), make.prisoner(), make.prisoner()
    released(free_long, today - timedelta(days=365))
    released(free_lately, today - timedelta(days=364))
    for person in (free_long, free_lately, held):
        sealed(person)
        looked_up(person)
    with transaction():
        assert relatives.forget_families(today) == 2
    assert list_relatives(free_long.id) == []
    assert session.scalar(select(StateWatch).where(StateWatch.prisoner_id == free_long.id)) is None
    assert [len(list_relatives(each.id)) for each in (free_lately, held)] == [1, 1]


def looked_up(person, **changes):
    values = {"listed": "yes", "is_terrorist_mark": True, "added_on": None, "removed_on": None, **changes}
    with transaction():
        watch.set_watch(get_prisoner(person.id), watch.WatchDraft(**values), actor=None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"added_on": clock.today() + timedelta(days=2)}, "added_on"),
        ({"listed": "no", "added_on": date(2025, 3, 1), "removed_on": date(2025, 2, 1)}, "removed_on"),
        ({"removed_on": date(2025, 2, 1)}, "removed_on"),
    ],
)
def test_a_list_entry_that_cannot_be_is_refused_by_field(app, changes, field):
    with pytest.raises(watch.BadWatch) as refusal:
        looked_up(make.prisoner(), **changes)
    assert refusal.value.field == field


def test_who_is_off_the_list_bears_no_mark_of_it(app):
    person = make.prisoner()
    looked_up(person)
    looked_up(person, listed="no", removed_on=date(2025, 2, 1))
    assert session.scalar(select(StateWatch.is_terrorist_mark)) is False


def test_a_coordinator_writes_down_what_the_list_says(sign_in):
    person, coordinator = make.prisoner(), sign_in(Role.COORDINATOR)
    page = f"{LIST}/{person.id}/watch"
    assert send(coordinator, page, "", listed="no", added_on="2025-13-01").status_code == 422
    answer = send(coordinator, page, "", listed="yes", is_terrorist_mark="y", added_on="2025-03-01")
    assert answer.status_code == 303
    shown = text_of(coordinator.get(family(person)).get_data(as_text=True))
    assert "On the list , with the mark “terrorist”" in shown or "On the list, with the mark “terrorist”" in shown
    assert 'value="2025-03-01"' in coordinator.get(page).get_data(as_text=True)
