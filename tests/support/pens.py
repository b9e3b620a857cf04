"""Writers, groups and people to write to, for tests."""

import uuid
from datetime import date
from itertools import count

from campaign.accounts.models import EMAIL, Account
from campaign.accounts.models import SCOPE as ACCOUNTS
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session, transaction
from campaign.penpals.models import (
    Group,
    GroupKind,
    GroupMember,
    MemberRole,
    WriterChannel,
    WriterMode,
    WriterPlace,
    WriterProfile,
)
from campaign.people.models import Volunteer, VolunteerState
from campaign.prisoners.models import (
    Certainty,
    Channel,
    Custody,
    Evidence,
    Facility,
    FacilityChannel,
    LettersPolicy,
    Liberty,
    LibertyStatus,
    Prisoner,
    StrangersPolicy,
)
from tests.support import accounts, make

_numbers = count(1)


def volunteer(state: VolunteerState = VolunteerState.ACTIVE, *, trust: int = 0, name: str = "") -> Volunteer:
    """A committed volunteer with an account that has the role of a volunteer."""
    person = accounts.person(Role.VOLUNTEER, username=name)
    today = clock.today()
    with transaction():
        made = Volunteer(
            id=uuid.uuid4(), account_id=person.id, pseudonym=person.username, state=state, trust=trust,
            applied_on=today, state_since_on=today,
        )  # fmt: skip
        session.add(made)
    return made


def writer(state: VolunteerState = VolunteerState.ACTIVE, *, trust: int = 0, **changes: object) -> Volunteer:
    """A committed volunteer with a writer's profile; `changes` are columns of the profile."""
    made = volunteer(state, trust=trust)
    values: dict[str, object] = {
        "mode": WriterMode.PENPAL, "lives": WriterPlace.OUTSIDE, "languages": ["ru"],
        "channels": [WriterChannel.PRINT_AND_POST], "promise_days": 30, "capacity": 2, "topics": [], "avoids": [],
        "risk_text": "2026-11", "risk_read_on": clock.today(), "changed_on": clock.today(),
    }  # fmt: skip
    with transaction():
        session.add(WriterProfile(volunteer_id=made.id, **{**values, **changes}))
    return made


def group(**changes: object) -> Group:
    """A committed, open, public group without members."""
    number = next(_numbers)
    values: dict[str, object] = {
        "slug": f"made-up-group-{number}", "kind": GroupKind.PENPAL, "names": {"en": f"Made-up group {number}"},
        "about": {"en": "We write."}, "is_public": True, "languages": ["ru"],
        "channels": [WriterChannel.PRINT_AND_POST], "capacity": 5, "created_on": clock.today(),
    }  # fmt: skip
    with transaction():
        made = Group(id=uuid.uuid4(), **{**values, **changes})
        session.add(made)
    return made


def addressee(place: Facility | None = None, **changes: object) -> Prisoner:
    """A committed person whom a letter by post reaches now: public, letters open, a confirmed stay with an address.

    `changes` are those of make.public_prisoner.
    """
    held_at = place or make.facility()
    today = clock.today()
    person = make.public_prisoner(letters_policy=LettersPolicy.OPEN, **changes)
    imprisonment = make.episode(person)
    with transaction():
        if not session.query(FacilityChannel).filter_by(facility_id=held_at.id).count():
            session.add(
                FacilityChannel(
                    id=uuid.uuid4(), facility_id=held_at.id, channel=Channel.POST, is_active=True,
                    strangers=StrangersPolicy.ACCEPTED, languages=["ru"], checked_on=today,
                )
            )  # fmt: skip
        session.add(
            Custody(
                id=uuid.uuid4(), prisoner_id=person.id, episode_id=imprisonment.id, facility_id=held_at.id,
                certainty=Certainty.CONFIRMED, evidence=Evidence.LAWYER, from_on=date(2025, 2, 1), verified_on=today,
            )
        )  # fmt: skip
        session.add(
            LibertyStatus(
                id=uuid.uuid4(), prisoner_id=person.id, episode_id=imprisonment.id, status=Liberty.SERVING_COLONY,
                since_on=date(2025, 2, 1),
            )
        )  # fmt: skip
    return person


def with_address(who: Volunteer, address: str, language: str = "en") -> None:
    """Give a volunteer's account a confirmed address and the language of its mails."""
    keyring.ensure(ACCOUNTS)
    with transaction():
        account = session.get_one(Account, who.account_id)
        account.email_sealed = EMAIL.seal(ACCOUNTS, account.id, address)
        account.email_index, account.language = blind_index(ACCOUNTS, address), language


def member(of: Group, who: Volunteer, role: MemberRole = MemberRole.WRITER) -> GroupMember:
    """Let a volunteer belong to a group from today on."""
    with transaction():
        made = GroupMember(id=uuid.uuid4(), group_id=of.id, volunteer_id=who.id, role=role, joined_on=clock.today())
        session.add(made)
    return made
