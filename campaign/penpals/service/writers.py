"""Writers: signing up, what they offer, resting, coming back and leaving.

The profile's row is always locked before the volunteer's: the database does so when somebody is given to a writer.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select

from campaign.accounts.models import Account, Origin
from campaign.accounts.queries import current_roles, find_account, get_account
from campaign.accounts.service.accounts import create_account
from campaign.accounts.service.roles import put_grant
from campaign.accounts.service.sessions import open_session
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.arrivals import note_action
from campaign.kernel.db import AT_THE_SAME_MOMENT, session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.penpals.models import EndReason, WriterProfile
from campaign.penpals.policy import AVOIDABLE
from campaign.penpals.service import assignments, writer_mails
from campaign.penpals.service.handover import hand_on, rest
from campaign.people.models import AT_WORK, Volunteer, VolunteerState
from campaign.people.service import volunteers

RISK_TEXT = "2026-11"
"""The version of templates/penpals/_risk.html. Whoever read another is asked to read it again."""
LONGEST_PAUSE = timedelta(days=180)
UNANSWERED_DAYS = 90
"""So long an offer waits for an answer; then it is deleted, since nobody should be kept on a list for nothing."""
LEFT_DAYS = 180
OFFERED = "offered"
"""Among what readers of mailings do."""


class BadPause(DomainError):
    """No day until which somebody can rest."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody offers as a writer, in the words of WriterProfile."""

    mode: str
    lives: str
    languages: Sequence[str]
    channels: Sequence[str]
    promise_days: int
    capacity: int
    topics: Sequence[str] = ()
    avoids: Sequence[str] = ()


def sign_up(username: str, passphrase: str, offer: Offer, *, language: str, arrived_by: str | None = None) -> str:
    """Make an account and its volunteer, who has read about the risk; gives the token of a session.

    Raises BadUsername, UsernameTaken, BadPassphrase.
    """
    account = create_account(username, passphrase, language=language)
    begin_writing(account.id, offer)
    note_action(arrived_by, OFFERED)
    return open_session(account, second_factor_done=False)


def answer_by(volunteer: Volunteer) -> date:
    """The day on which an offer is deleted if nobody answers it."""
    return volunteer.state_since_on + timedelta(days=UNANSWERED_DAYS)


def begin_writing(account_id: uuid.UUID, offer: Offer) -> Volunteer:
    """Offer to write from an account that is there already. Raises AlreadyVolunteer, NotFound."""
    account = get_account(account_id, lock=True)
    give_role(account)
    volunteer = volunteers.add_volunteer(
        account.id, account.username, language=account.language, is_demo=account.is_demo
    )
    today = clock.today()
    session.add(
        WriterProfile(
            volunteer_id=volunteer.id, risk_text=RISK_TEXT, risk_read_on=today, changed_on=today, paused_until=None,
            **_columns(offer),
        )
    )  # fmt: skip
    session.flush()
    return volunteer


def give_role(account: Account) -> None:
    """Give the role of a volunteer to whoever lacks it.

    Nobody approves it, since it opens the holder's own pages and no data of others. To write to somebody takes a state
    that a coordinator gives (people's AT_WORK): that is where the second person stands (SAFETY.md 11 and 13).
    """
    if Role.VOLUNTEER not in current_roles(account.id):
        put_grant(account.id, Role.VOLUNTEER, origin=Origin.DEMO if account.is_demo else Origin.SIGN_UP)


def change_offer(volunteer_id: uuid.UUID, offer: Offer, *, seen_version: int) -> None:
    """Change what a writer offers. A capacity below what runs takes nobody away and lets nobody come.

    Raises NotFound, Conflict.
    """
    profile, _volunteer = _locked(volunteer_id)
    refuse_stale(profile, seen_version)
    for name, value in _columns(offer).items():
        setattr(profile, name, value)
    profile.changed_on = clock.today()
    session.flush()


def refuse_stale(profile: WriterProfile, seen_version: int) -> None:
    """Raise Conflict when the profile was changed since it was shown."""
    if profile.version != seen_version:
        raise Conflict(AT_THE_SAME_MOMENT)


def read_about_risk(volunteer_id: uuid.UUID) -> None:
    """Keep that the present text about the risk was read. Safe to repeat."""
    profile, _volunteer = _locked(volunteer_id)
    profile.risk_text, profile.risk_read_on = RISK_TEXT, clock.today()
    session.flush()


def pause(volunteer_id: uuid.UUID, until: date, *, actor: uuid.UUID | None, seen_version: int | None = None) -> None:
    """Rest until a day, on which it ends by itself; what runs waits so long. Raises BadPause, NotThatStep, Conflict."""
    profile, volunteer = _locked(volunteer_id)
    today = clock.today()
    if not today < until <= today + LONGEST_PAUSE:
        raise BadPause(N_("Choose a day between tomorrow and half a year from now."))
    if volunteer.state != VolunteerState.PAUSED:
        volunteers.move_volunteer(volunteer_id, VolunteerState.PAUSED, actor=actor, seen_version=seen_version)
    profile.paused_until = until
    session.flush()
    rest(volunteer_id, until, actor=actor)
    _tell_if_other(volunteer, actor)


def resume(volunteer_id: uuid.UUID, *, actor: uuid.UUID | None, seen_version: int | None = None) -> None:
    """Come back from a pause to where one was. Raises NotThatStep, Conflict."""
    profile, volunteer = _lock(volunteer_id)
    if volunteer.state != VolunteerState.PAUSED:
        raise volunteers.NotThatStep(N_("This pause has ended already."))
    before = volunteers.state_before_pause(volunteer_id)
    volunteers.move_volunteer(volunteer_id, before, actor=actor, seen_version=seen_version)
    _end_pause(profile)
    assignments.resume_writer(volunteer_id, actor=actor)
    _tell_if_other(volunteer, actor)


def move_on(
    volunteer_id: uuid.UUID, to: VolunteerState, *, actor: uuid.UUID, reason: str = "", seen_version: int | None = None
) -> None:
    """A coordinator's step: into screening, on probation, active, or out (inactive, which hands everybody on).

    Raises NotThatStep, Conflict, NotFound.
    """
    profile, volunteer = _lock(volunteer_id)
    if to is VolunteerState.PAUSED or (to in AT_WORK and volunteer.state == VolunteerState.PAUSED):
        raise volunteers.NotThatStep(N_("A pause has buttons of its own."))
    if to is VolunteerState.INACTIVE:
        hand_on(volunteer_id, EndReason.OTHER, actor=actor, by_staff=True)
        _end_pause(profile)
    volunteers.move_volunteer(volunteer_id, to, actor=actor, reason=reason, seen_version=seen_version)
    if to is VolunteerState.PROBATION:
        writer_mails.tell(volunteer, writer_mails.ACCEPTED)
    else:
        _tell_if_other(volunteer, actor)


def ask_again(volunteer_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Offer to write again after a time away; somebody looks at it as at the first time. Raises NotThatStep."""
    _profile, volunteer = _lock(volunteer_id)
    volunteers.move_volunteer(volunteer_id, VolunteerState.APPLIED, actor=actor)
    volunteer.applied_on = volunteer.seen_on = clock.today()
    session.flush()


def become_inactive(volunteer_id: uuid.UUID) -> None:
    """Count somebody as gone who was not here for long; whoever they wrote to is handed on. Raises NotThatStep."""
    profile, volunteer = _lock(volunteer_id)
    hand_on(volunteer_id, EndReason.LOST_INTEREST, actor=None)
    _end_pause(profile)
    volunteers.move_volunteer(volunteer_id, VolunteerState.INACTIVE, actor=None)
    writer_mails.tell(volunteer, writer_mails.CHANGED)


def leave(volunteer_id: uuid.UUID, *, actor: uuid.UUID | None) -> int:
    """Stop writing for good: everybody is handed on, groups are left, the profile is deleted, the pseudonym erased.

    The account stays. Gives to how many people they wrote. Raises NotThatStep, NotFound.
    """
    _lock(volunteer_id)
    amount = hand_on(volunteer_id, EndReason.WRITER_LEFT, actor=actor)
    session.execute(delete(WriterProfile).where(WriterProfile.volunteer_id == volunteer_id))
    volunteers.move_volunteer(volunteer_id, VolunteerState.LEFT, actor=actor)
    return amount


def leave_with_account(account_id: uuid.UUID) -> None:
    """What goes before an account does: its volunteer leaves first, so that nobody they write to is dropped."""
    volunteer_id = session.scalar(select(Volunteer.id).where(Volunteer.account_id == account_id))
    if volunteer_id is not None:
        leave(volunteer_id, actor=account_id)


def rest_while_locked(account_id: uuid.UUID) -> None:
    """Nobody is given to a writer whose account is locked. They come back by themselves once it is unlocked.

    Without a day: a lock has none. What they have taken on stays theirs until it lapses, since most locks are short.
    """
    found = select(Volunteer.id).where(Volunteer.account_id == account_id, Volunteer.state.in_(AT_WORK))
    volunteer_id = session.scalar(found)
    if volunteer_id is not None:
        _lock(volunteer_id)
        volunteers.move_volunteer(volunteer_id, VolunteerState.PAUSED, actor=None, reason="locked")


def _locked(volunteer_id: uuid.UUID) -> tuple[WriterProfile, Volunteer]:
    profile, volunteer = _lock(volunteer_id)
    if profile is None:
        raise NotFound
    return profile, volunteer


def _end_pause(profile: WriterProfile | None) -> None:
    if profile is not None:
        profile.paused_until = None
        session.flush()


def _lock(volunteer_id: uuid.UUID) -> tuple[WriterProfile | None, Volunteer]:
    """Both rows in the one order; somebody may lead a group without a profile of their own."""
    statement = select(WriterProfile).where(WriterProfile.volunteer_id == volunteer_id).with_for_update()
    profile = session.scalar(statement.execution_options(populate_existing=True))
    return profile, volunteers.lock_volunteer(volunteer_id)


def _columns(offer: Offer) -> dict[str, object]:
    values: dict[str, object] = asdict(offer)
    for name in ("languages", "channels", "topics", "avoids"):
        values[name] = sorted(set(getattr(offer, name)))
    unknown = set(offer.avoids) - AVOIDABLE
    if unknown:
        raise ValueError(unknown)
    return values


def _tell_if_other(volunteer: Volunteer, actor: uuid.UUID | None) -> None:
    """Nobody needs a mail about what they have just done themselves."""
    if actor != volunteer.account_id and find_account(volunteer.account_id or uuid.uuid4()):
        writer_mails.tell(volunteer, writer_mails.CHANGED)
