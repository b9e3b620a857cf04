"""Erasing somebody: two persons, the name typed, and nothing that names them left anywhere."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import Base, session, transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.kernel.pictures import PictureDraft
from campaign.petitions.queries import get_petition
from campaign.petitions.service.people import add_person
from campaign.prisoners.models import (
    ConsentEvidence,
    ConsentGiver,
    ConsentKind,
    ErasureRequest,
    Prisoner,
    PrisonerImport,
    PrisonerImportRow,
    PrisonerState,
    Publicity,
    Withdrawal,
)
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.service import erasure, publication, relatives
from campaign.prisoners.service.consent import ConsentDraft, record_consent
from campaign.prisoners.service.people import StoryDraft
from campaign.prisoners.service.portraits import set_portrait
from tests.petitions.pages import picture, send, text_of
from tests.prisoners import changes
from tests.support import make

LIST = "/staff/prisoners"
NAME = "Незабвеннов"


def whole_person():
    """Somebody of whom everything is known: a case, a stay, an act, a picture, a consent, a contact, a petition."""
    facility = make.facility("ИК-77")
    person = make.prisoner(
        last_ru=NAME, dative_ru=f"{NAME}у Петру", aliases=["Nezabvennoff"],
        stories=[StoryDraft("en", summary=f"Nezabvennov {NAME} taught.")],
    )  # fmt: skip
    make.case(person, names={"en": "The case of Nezabvennov"})
    make.episode(person)
    changes.make_change(person.id, changes.transferred(facility), actor=uuid.uuid4())
    petition = make.petition()
    with transaction():
        row = get_prisoner(person.id)
        draft = ConsentDraft(ConsentKind.PUBLICITY, ConsentGiver.SELF, clock.today(), ConsentEvidence.LETTER)
        record_consent(row, draft, actor=None)
        row.publicity = Publicity.PUBLIC
        set_portrait(row, PictureDraft("CC0", NAME, {"en": f"{NAME} laughing"}, picture().read()), actor=None)
        relatives.seal_relative(row, relatives.RelativeDraft("parent", "A made-up mother"), actor=None)
        add_person(get_petition(petition.id), row, actor=uuid.uuid4())
        imported_row(person.id)
    return person


def imported_row(person):
    """What a file once said of the person."""
    import_ = PrisonerImport(
        id=uuid.uuid4(), state="applied", file_name="made-up.csv", file_digest="0" * 64, headers=["name"], mapping={},
        source_title="A made-up list", made_by=None, made_at=clock.now(),
    )  # fmt: skip
    session.add(import_)
    session.flush()
    session.add(
        PrisonerImportRow(
            import_id=import_.id, row_number=2, raw={"name": NAME}, parsed={"last_ru": NAME}, problems=[],
            candidates=[], verdict="new", prisoner_id=person, applied_at=None, before={}, match_key=NAME,
            decided_by=None,
        )
    )  # fmt: skip


def places_that_name(*words):
    """Every table in which a row says one of the words."""
    session.rollback()
    found = set()
    for table in Base.metadata.sorted_tables:
        rows = session.execute(text(f"SELECT row_to_json(t)::text FROM {table.name} AS t")).scalars()  # noqa: S608
        if any(word.casefold() in row.casefold() for row in rows for word in words):
            found.add(table.name)
    return found


def asked(person):
    first = uuid.uuid4()
    with transaction():
        erasure.ask_erasure(get_prisoner(person.id), "the mother, by phone", actor=first)
    return first


def erase(person, typed=f"{NAME} Пётр Ильич", actor=None):
    with transaction():
        erasure.erase_prisoner(get_prisoner(person.id), typed, actor=actor or uuid.uuid4())


def test_nothing_that_names_the_person_is_left_in_any_table(app):
    person = whole_person()
    assert len(places_that_name(NAME, "Nezabvennov")) >= 7
    asked(person)
    erase(person)
    assert places_that_name(NAME, "Nezabvennov", "Nezabvennoff", str(person.slug)) == set()
    assert places_that_name(str(person.id)) == {"prisoner_withdrawal", "audit_entry"}
    entry = session.scalar(select(AuditEntry).where(AuditEntry.action == "prisoner.erased"))
    assert entry.object == f"prisoner:{person.id}"
    # Whoever is not concerned stays.
    other = make.prisoner()
    assert get_prisoner(other.id)


def test_whoever_asks_does_not_do_it(app):
    person = make.prisoner(last_ru=NAME)
    with pytest.raises(NotFound):
        erase(person)
    first = asked(person)
    with pytest.raises(erasure.SecondPersonNeeded):
        erase(person, actor=first)
    with pytest.raises(Conflict):
        asked(person)
    assert get_prisoner(person.id)


@pytest.mark.parametrize("typed", ["", NAME, "Пётр", f"{NAME} Пётр"])
def test_another_name_erases_nobody(app, typed):
    person = make.prisoner(last_ru=NAME)
    asked(person)
    with pytest.raises(erasure.WrongName):
        erase(person, typed)
    assert get_prisoner(person.id)


@pytest.mark.parametrize("typed", [f"  {NAME.lower()}  пётр ильич", "Petr Nezabvennov", f"Пётр {NAME}"])
def test_the_name_counts_in_either_alphabet(app, typed):
    person = make.prisoner(last_ru=NAME)
    asked(person)
    erase(person, typed)
    assert session.get(Prisoner, person.id) is None


def test_a_request_lapses_after_thirty_days(app):
    person = make.prisoner()
    asked(person)
    with transaction():
        assert erasure.forget_requests(clock.today() + timedelta(days=29)) == 0
        assert erasure.forget_requests(clock.today() + timedelta(days=30)) == 1
    assert session.scalar(select(ErasureRequest)) is None


def test_a_restored_backup_brings_back_neither_the_erased_nor_the_withdrawn(app):
    erased, withdrawn, public = make.prisoner(last_ru=NAME), make.public_prisoner(), make.public_prisoner()
    with transaction():
        publication.withdraw(get_prisoner(withdrawn.id), "the family asked", actor=None)
        # The backup of yesterday: both are there, one of them public, and what was withdrawn since is remembered.
        session.add(Withdrawal(prisoner_id=erased.id, slug_digest=b"x" * 32, is_erased=True, since_on=clock.today()))
        row = get_prisoner(withdrawn.id)
        row.state, row.withdrawn_on = PrisonerState.PUBLISHED, None
    for _twice in range(2):
        with transaction():
            erasure.set_right()
    session.expire_all()
    assert session.get(Prisoner, erased.id) is None
    after = session.get(Prisoner, withdrawn.id)
    assert (after.state, after.withdrawn_on) == (PrisonerState.HIDDEN, clock.today())
    assert session.get(Prisoner, public.id).is_public


def test_a_page_that_is_published_again_is_withdrawn_no_more(app):
    person = make.public_prisoner(stories=[StoryDraft("en", summary="A made-up teacher.")])
    with transaction():
        publication.withdraw(get_prisoner(person.id), "the family asked", actor=None)
    assert session.scalar(select(Withdrawal.is_erased)) is False
    for state in (PrisonerState.DRAFT, PrisonerState.REVIEW, PrisonerState.PUBLISHED):
        with transaction():
            row = get_prisoner(person.id)
            publication.move_prisoner(row, state, seen_version=row.version, actor=uuid.uuid4())
    assert session.scalar(select(Withdrawal)) is None


def test_two_persons_on_the_pages(sign_in):
    person = make.prisoner(last_ru=NAME)
    page = f"{LIST}/{person.id}/erasure"
    first, second = sign_in(Role.COORDINATOR), sign_in(Role.ADMIN)
    assert "Erase this person…" in first.get(f"{LIST}/{person.id}").get_data(as_text=True)
    assert "Facts with their history and sources" in text_of(first.get(page).get_data(as_text=True))
    assert send(first, page, page, reason=" ").status_code == 422
    assert send(first, page, page, reason="the mother, by phone").status_code == 303
    assert "Erase for good" not in first.get(page).get_data(as_text=True)
    assert "Somebody asks that a person be erased" in text_of(second.get("/staff").get_data(as_text=True))
    assert send(second, page, f"{page}/do", name="Somebody Else").status_code == 422
    assert send(second, page, f"{page}/do", name=f"{NAME} Пётр Ильич").status_code == 303
    assert second.get(f"{LIST}/{person.id}").status_code == 404


def test_a_request_can_be_dropped(sign_in):
    person, coordinator = make.prisoner(), sign_in(Role.COORDINATOR)
    asked(person)
    page = f"{LIST}/{person.id}/erasure"
    assert send(coordinator, page, f"{page}/drop").status_code == 303
    assert session.scalar(select(ErasureRequest)) is None
    assert get_prisoner(person.id)


def test_others_do_not_erase(sign_in):
    person = make.prisoner()
    editor = sign_in(Role.DATA_EDITOR)
    assert editor.get(f"{LIST}/{person.id}/erasure").status_code == 403
    assert "Erase this person" not in editor.get(f"{LIST}/{person.id}").get_data(as_text=True)
