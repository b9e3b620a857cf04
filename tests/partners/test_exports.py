"""Exports to a partner: by two persons, each opt-in once, gone after a week; what was taken back is told by number."""

import csv
import io
import uuid
import zipfile
from datetime import timedelta

import pyrage
import pytest
import time_machine
from sqlalchemy import func, select

from campaign.designations.models import Designation, DesignationKind
from campaign.kernel import canaries, clock
from campaign.kernel.audit import AuditEntry
from campaign.kernel.canaries import Canary
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, Forbidden
from campaign.kernel.registry import retention_rules
from campaign.partners.models import PartnerOptin
from campaign.partners.queries import Tally, get_export, tallies_of
from campaign.partners.service import exports, terms
from campaign.partners.service.terms import NotPossible
from campaign.petitions.queries import get_petition
from campaign.signatures.service import confirm
from campaign.signatures.service.expire import destroy_keys
from tests.partners.conftest import HOST, confirmed, download, draft, export, opened, people, told


def tally(known) -> Tally:
    session.remove()
    return tallies_of([known.id])[known.id]


def number_of(content, known, address) -> str:
    return next(each["id"] for each in opened(content, known.key) if each["address"] == address)


def take_back(token) -> None:
    with transaction():
        confirm.withdraw_signature(token)
    session.remove()


def test_each_leaves_once_with_an_index_and_how_to_open_it(petition, lantern, banned):
    confirmed(petition, "anna@example.org", lantern, banned, from_outside=True)
    confirmed(petition, "boris@example.org", lantern)
    confirmed(petition, "vera@example.org", banned, from_outside=True)
    made = export(lantern)
    content = download(lantern, made)
    assert download(lantern, made) == content, "the same at each download"
    assert people(content, lantern.key) == ["anna@example.org", "boris@example.org"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        index = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode())))
        names = {name for name in archive.namelist() if name.startswith("records/")}
        guide = archive.read("README.txt").decode()
        assert "the-lantern may write to me (de)" in archive.read("consents.csv").decode()
        assert "age -d -i key.txt" in archive.read("README.ru.txt").decode()
    assert names == {f"records/{each['id']}.age" for each in index}
    assert {each["day"] for each in index} == {clock.today().isoformat()}
    assert "For: The Lantern" in guide
    assert "[[" not in guide
    with pytest.raises(exports.NotPossible), transaction():
        exports.ask_for_export(lantern.row, actor=uuid.uuid4(), reason="Again")
    confirmed(petition, "new@example.org", lantern)
    assert people(download(lantern, export(lantern)), lantern.key) == ["new@example.org"]
    acts = session.execute(select(AuditEntry.action, AuditEntry.actor, AuditEntry.amount)).all()
    assert ("export.downloaded.partner", made[1], 2) in acts
    assert tally(lantern) == Tally(left=3)


def test_two_made_up_people_of_our_own_stand_in_it_and_look_like_others(petition, lantern):
    confirmed(petition, "anna@example.org", lantern)
    content = download(lantern, export(lantern))
    planted = [each for each in opened(content, lantern.key) if each["address"].endswith(f"@{HOST}")]
    assert len(planted) == canaries.CANARIES_A_PART == session.scalar(select(func.count()).select_from(Canary))
    with transaction():
        assert canaries.report_mail_to(planted[0]["address"])
    session.remove()
    sizes = {len(row) for row in session.execute(select(PartnerOptin.__table__)).all()}
    assert len(sizes) == 1
    assert {row.text_number for row in session.scalars(select(PartnerOptin))} == {1}


def test_asker_approver_and_nobody_else(petition, lantern):
    confirmed(petition, "anna@example.org", lantern)
    asker, other = uuid.uuid4(), uuid.uuid4()
    with transaction():
        made = exports.ask_for_export(lantern.row, actor=asker, reason="Their newsletter")
    with pytest.raises(Conflict), transaction():
        exports.ask_for_export(lantern.row, actor=other, reason="Twice")
    with pytest.raises(Forbidden), transaction():
        exports.decide_export(made, approve=True, actor=asker, mail_host=HOST)
    with pytest.raises(Conflict), transaction():
        exports.download(get_export(lantern.id, made.id), actor=asker)
    for expected in (None, Conflict):
        if expected is None:
            with transaction():
                exports.decide_export(made, approve=True, actor=other, mail_host=HOST)
        else:
            with pytest.raises(expected), transaction():
                exports.decide_export(made, approve=True, actor=other, mail_host=HOST)
    with pytest.raises(Forbidden), transaction():
        exports.download(get_export(lantern.id, made.id), actor=other)
    assert tally(lantern) == Tally(under_way=1)


def test_taken_back_before_it_left_is_nowhere(petition, lantern):
    early = confirmed(petition, "early@example.org", lantern)
    late = confirmed(petition, "late@example.org", lantern)
    confirmed(petition, "anna@example.org", lantern)
    take_back(early)
    made = export(lantern)
    take_back(late)
    content = download(lantern, made)
    assert people(content, lantern.key) == ["anna@example.org"]
    assert told(content) == []
    assert tally(lantern).untold == 0


def test_taken_back_after_it_left_is_told_once_by_its_number(petition, lantern):
    token = confirmed(petition, "anna@example.org", lantern)
    confirmed(petition, "boris@example.org", lantern)
    made = export(lantern)
    content = download(lantern, made)
    for _ in range(2):
        take_back(token)
    assert tally(lantern).untold == 1
    assert people(download(lantern, made), lantern.key) == ["boris@example.org"], "what is taken back leaves no more"
    later = download(lantern, export(lantern))
    assert people(later, lantern.key) == []
    assert told(later) == [number_of(content, lantern, "anna@example.org")]
    assert opened(later, lantern.key) == [], "no canary where there is no address"
    with pytest.raises(exports.NotPossible), transaction():
        exports.ask_for_export(lantern.row, actor=uuid.uuid4(), reason="Again")


def test_after_seven_days_the_records_are_erased_and_their_numbers_stay_to_be_taken_back(petition, lantern):
    token = confirmed(petition, "anna@example.org", lantern)
    made = export(lantern)
    content = download(lantern, made)
    rule = retention_rules["partner-exports"]
    with time_machine.travel(clock.now() + timedelta(days=6)), transaction():
        assert rule.apply(clock.today()) == 0
    with time_machine.travel(clock.now() + timedelta(days=8)):
        for expected in (1 + canaries.CANARIES_A_PART, 0):
            with transaction():
                assert rule.apply(clock.today()) == expected
        session.remove()
        assert session.scalars(select(PartnerOptin.sealed)).all() == [None] * 3
        with pytest.raises(Conflict):
            download(lantern, made)
        take_back(token)
        later = download(lantern, export(lantern))
    assert told(later) == [number_of(content, lantern, "anna@example.org")]
    with time_machine.travel(clock.now() + timedelta(days=20)), transaction():
        assert rule.apply(clock.today()) == 1, "who was told needs no number any more"


def test_after_a_change_of_the_key_no_record_tells_by_its_key_that_it_is_made_up(petition, lantern):
    for number in range(3):
        confirmed(petition, f"old{number}@example.org", lantern)
    with transaction():
        other = draft("lantern", pyrage.x25519.Identity.generate())
        terms.propose_terms(lantern.row, other, actor=uuid.uuid4())
    with transaction():
        terms.approve_terms(lantern.row, 2, compared=True, actor=uuid.uuid4())
    session.expunge_all()
    content = download(lantern, export(lantern))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        index = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode())))
    assert len(index) == 3 + canaries.CANARIES_A_PART
    assert len({each["key"] for each in index}) == 1, "each is sealed as those that it stands among"


def test_what_nobody_fetched_waits_for_the_next_export(petition, lantern):
    confirmed(petition, "anna@example.org", lantern)
    export(lantern)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        for _ in range(2):
            with transaction():
                exports.clear_exports(clock.today())
        assert tally(lantern) == Tally(waiting=1)
        session.remove()
        assert session.scalar(select(func.count()).select_from(PartnerOptin)) == 1, (
            "the canaries went with their export"
        )
        assert people(download(lantern, export(lantern)), lantern.key) == ["anna@example.org"]


def test_designated_after_it_was_agreed_to_means_that_only_what_came_from_outside_goes(petition, lantern):
    confirmed(petition, "inside@example.org", lantern)
    confirmed(petition, "said@example.org", lantern, from_outside=True)
    confirmed(petition, "moscow@example.org", lantern, from_outside=True, country="RU")
    made = export(lantern)
    assert len(people(download(lantern, made), lantern.key)) == 3
    confirmed(petition, "later-inside@example.org", lantern)
    with transaction():
        session.add(Designation(
            id=uuid.uuid4(), slug="lantern-1", organisation_id=lantern.row.organisation_id,
            kind=DesignationKind.UNDESIRABLE, since_on=clock.today(), act={"en": "A ban."},
            source_url="https://gazette.example/1", source_name="A made-up gazette", checked_on=clock.today(),
        ))  # fmt: skip
    assert people(download(lantern, made), lantern.key) == ["said@example.org"], "approved before, and fetched after"
    with pytest.raises(NotPossible, match="designated now"), transaction():
        exports.ask_for_export(lantern.row, actor=uuid.uuid4(), reason="More")
    confirmed(petition, "later-outside@example.org", lantern, from_outside=True)
    assert people(download(lantern, export(lantern)), lantern.key) == ["later-outside@example.org"]


def test_ending_a_partner_stops_what_has_not_left(petition, lantern):
    confirmed(petition, "left@example.org", lantern)
    download(lantern, export(lantern))
    confirmed(petition, "anna@example.org", lantern)
    made = export(lantern)
    confirmed(petition, "boris@example.org", lantern)
    with transaction():
        assert terms.end_partner(lantern.row, actor=uuid.uuid4()) == 2 + canaries.CANARIES_A_PART
    with transaction():
        assert terms.end_partner(lantern.row, actor=uuid.uuid4()) == 0
    with pytest.raises(Conflict):
        download(lantern, made)
    confirmed(petition, "vera@example.org", lantern)
    assert tally(lantern).waiting == 0


def test_no_export_opens_once_the_keys_are_gone_and_what_was_taken_back_is_still_told(petition, lantern):
    token = confirmed(petition, "anna@example.org", lantern)
    confirmed(petition, "boris@example.org", lantern)
    made = export(lantern)
    content = download(lantern, made)
    take_back(token)
    with transaction():
        destroy_keys(get_petition(petition.id), clock.today())
    session.remove()
    with pytest.raises(Conflict):
        download(lantern, made)
    assert session.scalar(select(func.count()).select_from(PartnerOptin)) == 1
    asker = uuid.uuid4()
    with transaction():
        last = exports.ask_for_export(lantern.row, actor=asker, reason="To tell them")
    with transaction():
        exports.decide_export(last, approve=True, actor=uuid.uuid4(), mail_host=HOST)
    assert told(download(lantern, (last.id, asker))) == [number_of(content, lantern, "anna@example.org")]
