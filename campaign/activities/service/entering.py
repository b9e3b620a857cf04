"""Signing up with an address or an account, the link to one's own page, and what is forgotten when."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select

from campaign.accounts.queries import get_account
from campaign.accounts.service.emails import email_of
from campaign.activities.models import EMAIL, NAME, SCOPE, Event, EventShift, EventSignup, EventState, SignupState
from campaign.activities.service.signups import check_ahead, confirm, lock_signup, tell
from campaign.kernel import clock, tokens
from campaign.kernel.addresses import Mailbox
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.mail import suppression
from campaign.kernel.mail.quota import take_mail
from campaign.kernel.mail.suppression import SuppressionReason
from campaign.people.models import Volunteer

PURPOSE = "event-signup"
WAITS_DAYS, KEPT_DAYS = 7, 30
FIRST_HOUR, LAST_HOUR = 10, 20
"""Reminders leave between these hours of the day before, in the time of the place."""
BATCH = 500


class _NoMail(Exception):
    """This mail is owed already, or the address has had its three: nothing of the attempt stays."""


def sign_up(
    event: Event, shift_id: uuid.UUID, mailbox: Mailbox, name: str, language: str, *, arrived_by: str | None = None
) -> None:
    """Keep a sign-up that waits for the button in its mail, or remind a known address of its own page.

    Nothing tells the caller which it was, nor whether a mail goes out. Raises Over, NotFound.
    """
    shift = session.get(EventShift, shift_id)
    if shift is None or shift.event_id != event.id:
        raise NotFound
    check_ahead(event, shift)
    keyring.ensure(SCOPE)
    index = blind_index(SCOPE, f"{event.id}:{mailbox.canonical}")
    # Two at once with one address: the second waits here and finds the first. A shift may be taken away meanwhile.
    held = session.scalars(
        select(EventShift.id).where(EventShift.event_id == event.id).order_by(EventShift.id).with_for_update()
    )
    if shift_id not in held.all():
        raise NotFound
    known = session.scalar(
        select(EventSignup).where(EventSignup.event_id == event.id, EventSignup.email_index == index)
    )
    with suppress(_NoMail), session.begin_nested():
        if known is None:
            known = _new(event, shift_id, name, language)
            known.email_sealed, known.email_index = EMAIL.seal(SCOPE, known.id, mailbox.address), index
            known.arrived_by = arrived_by
            session.add(known)
            session.flush()
        elif known.state == SignupState.PENDING:
            known.shift_id = shift_id
        kind = "event.confirm" if known.state == SignupState.PENDING else "event.news"
        minute = clock.now().replace(second=0, microsecond=0).isoformat()
        if not tell(known, kind, reason=minute) or not take_mail(mailbox.canonical):
            raise _NoMail


def sign_up_volunteer(event: Event, shift_id: uuid.UUID, volunteer: Volunteer, language: str) -> EventSignup:
    """Give somebody with an account a place or a place in the queue; twice is once. Raises Over, NotFound."""
    shift = session.get(EventShift, shift_id, with_for_update=True)
    if shift is None or shift.event_id != event.id:
        raise NotFound
    mine = (EventSignup.event_id == event.id, EventSignup.volunteer_id == volunteer.id)
    known = session.scalar(select(EventSignup).where(*mine))
    if known is None:
        check_ahead(event, shift)
        keyring.ensure(SCOPE)
        known = _new(event, shift_id, volunteer.pseudonym, language)
        known.volunteer_id = volunteer.id
        session.add(known)
        session.flush()
    return confirm(known.id, actor=volunteer.account_id)


def token_of(signup: EventSignup) -> str:
    """The token of one's own page; it works as long as the row can be read."""
    return tokens.derive(SCOPE, PURPOSE, signup.id, version=1, expires_on=None)


def find_by_token(token: str) -> EventSignup | None:
    """The sign-up behind a link; None when it is gone. Raises BadToken, KeyMissing, KeyDestroyed."""
    claim = tokens.parse(token)
    tokens.verify(claim, SCOPE, PURPOSE, version=1, today=clock.today())
    found = session.get(EventSignup, claim.row, populate_existing=True)
    return found if found is not None and found.name_sealed is not None else None


def reject(signup_id: uuid.UUID, *, never_again: bool) -> None:
    """ "That was not me": delete what waits, and with `never_again` suppress the address everywhere."""
    signup, _shift = lock_signup(signup_id)
    if signup.state != SignupState.PENDING:
        return
    address = address_of(signup)
    if never_again and address:
        suppression.suppress(address, SuppressionReason.ASKED)
    session.delete(signup)
    session.flush()


def address_of(signup: EventSignup) -> str:
    """Where to write to: the address given, else the account's; empty where there is none."""
    if signup.email_sealed is not None:
        return EMAIL.unseal(SCOPE, signup.id, signup.email_sealed)
    volunteer = session.get(Volunteer, signup.volunteer_id) if signup.volunteer_id else None
    return email_of(get_account(volunteer.account_id)) if volunteer and volunteer.account_id else ""


def name_of(signup: EventSignup) -> str:
    """What they are called here; empty once it is erased."""
    return NAME.unseal(SCOPE, signup.id, signup.name_sealed) if signup.name_sealed else ""


def delete_unconfirmed(today: date) -> int:
    """Delete sign-ups that nobody confirmed within seven days; gives how many."""
    due = (EventSignup.state == SignupState.PENDING, EventSignup.signed_on <= today - timedelta(days=WAITS_DAYS))
    return len(session.execute(delete(EventSignup).where(*due).returning(EventSignup.id)).all())


def erase_old(today: date) -> int:
    """Erase who signed up for events of thirty days ago; how many came stays as a number. Gives how many rows."""
    past = select(Event.id).where(Event.held_on <= today - timedelta(days=KEPT_DAYS))
    statement = select(EventSignup).where(
        EventSignup.event_id.in_(past),
        or_(EventSignup.name_sealed.is_not(None), EventSignup.email_sealed.is_not(None)),
    )
    found = session.scalars(statement.limit(BATCH * 20).with_for_update()).all()
    for signup in found:
        signup.email_sealed = signup.email_index = signup.name_sealed = signup.volunteer_id = None
    session.flush()
    return len(found)


def remind(now: datetime) -> int:
    """Owe a reminder to whoever has a place tomorrow, once; gives how many.

    Tomorrow, and the hours in which a mail disturbs nobody, are those of the place where the event is held.
    """
    statement = (
        select(EventSignup)
        .where(
            EventSignup.event_id.in_(_reminded_now(now)), EventSignup.state == SignupState.CONFIRMED,
            EventSignup.reminded_on.is_(None),
        )
        .limit(BATCH * 20)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    found = session.scalars(statement).all()
    for signup in found:
        signup.reminded_on = now.date()
        tell(signup, "event.reminder", reason="tomorrow")
    session.flush()
    return len(found)


def _reminded_now(now: datetime) -> Sequence[uuid.UUID]:
    """Events before whose day it is, where they are held, an hour for reminders."""
    # From one end of the world to the other a day begins within 26 hours of UTC's.
    near = Event.held_on.between(now.date(), now.date() + timedelta(days=2))
    due = []
    for event_id, held_on, zone in session.execute(
        select(Event.id, Event.held_on, Event.timezone).where(Event.state == EventState.PLANNED, near)
    ):
        there = now.astimezone(ZoneInfo(zone))
        if there.date() + timedelta(days=1) == held_on and FIRST_HOUR <= there.hour < LAST_HOUR:
            due.append(event_id)
    return due


def _new(event: Event, shift_id: uuid.UUID, name: str, language: str) -> EventSignup:
    row = uuid.uuid4()
    return EventSignup(
        id=row, event_id=event.id, shift_id=shift_id, state=SignupState.PENDING, language=language,
        name_sealed=NAME.seal(SCOPE, row, name), signed_on=clock.today(), is_demo=event.is_demo,
    )  # fmt: skip
