"""Promises of one letter: asked for by mail or made by a writer, confirmed, written, given back, run out.

Each step takes the row's lock first and looks at the state, so that two clicks at once do one thing once.
"""

import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select

from campaign.kernel import clock, tokens
from campaign.kernel.addresses import Mailbox
from campaign.kernel.arrivals import note_action
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.kernel.mail import suppression
from campaign.kernel.mail.quota import take_mail
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.kernel.mail.suppression import SuppressionReason
from campaign.penpals.models import AttentionSource, Counted, Reservation, ReservationState
from campaign.penpals.models.reservations import ADDRESS, SCOPE
from campaign.penpals.queries.reservations import find_reach
from campaign.penpals.service import attention, posted
from campaign.penpals.service.codes import new_code, read_code
from campaign.people.models import Volunteer
from campaign.prisoners.queries.reach import Reach

LASTS = timedelta(hours=48)
KEPT_DAYS = 30
TAKEN_DAYS = 60
"""For so long a letter that was taken away can be told to be posted."""
MOST_LIVE = 5
"""Promises that one writer may have open at once."""
PURPOSE = "one-letter"
MAIL = "penpals.one_letter"
BATCH = 500
PROMISED = "promised"
"""Among what readers of mailings do."""


class TooManyOpen(Conflict):
    """This writer has promised as many letters as one can have open."""


class NotReachable(Conflict):
    """No letter reaches this person any more."""


class _NoMail(Exception):
    """This mail is owed already, or the address has had its three: nothing of the attempt stays."""


class Outcome(StrEnum):
    """What the link in the mail leads to now."""

    CONFIRMABLE = "confirmable"
    LIVE = "live"
    WRITTEN = "written"
    RELEASED = "released"
    EXPIRED = "expired"
    UNREACHABLE = "unreachable"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody without an account asks for."""

    prisoner_id: uuid.UUID
    mailbox: Mailbox
    language: str
    """Of the mail and the pages."""
    seed: int
    """Of the offer: pressing its button twice owes one mail."""
    arrived_by: str | None = None
    """The code of the mailing that brought them."""


def ask(asked: Asked) -> None:
    """Keep a promise that waits for its mail's button, and owe that mail; three a day go to one address.

    Nothing tells the caller whether a mail goes out, and so nothing about the address.
    """
    keyring.ensure(SCOPE)
    identity, canonical = uuid.uuid4(), asked.mailbox.canonical
    index = blind_index(SCOPE, canonical)
    key = dedupe_key(SCOPE, PURPOSE, index, asked.prisoner_id.bytes, asked.seed.to_bytes(8, "big"))
    waiting = Reservation(
        id=identity, code=new_code(), prisoner_id=asked.prisoner_id, language=asked.language,
        address_sealed=ADDRESS.seal(SCOPE, identity, asked.mailbox.address), address_index=index,
        state=ReservationState.WAITING, made_on=clock.today(), expires_at=clock.now() + LASTS,
        arrived_by=asked.arrived_by,
    )  # fmt: skip
    with suppress(_NoMail), session.begin_nested():
        is_owed = queue_mail(MAIL, lane=Lane.FAST, language=asked.language, dedupe=key, ref=identity)
        if not is_owed or not take_mail(canonical):
            raise _NoMail
        session.add(waiting)


def reserve(
    prisoner_id: uuid.UUID, volunteer_id: uuid.UUID, *, language: str, arrived_by: str | None = None
) -> Reservation:
    """A writer promises one letter, and it counts at once. Doing it twice gives the same promise.

    Raises TooManyOpen, NotReachable.
    """
    # Their promises are counted one after another, or two at once would both be the last that is allowed.
    session.scalar(select(Volunteer.id).where(Volunteer.id == volunteer_id).with_for_update())
    mine = session.scalars(
        select(Reservation).where(
            Reservation.volunteer_id == volunteer_id, Reservation.state == ReservationState.LIVE,
            Reservation.expires_at > clock.now(),
        )
    ).all()  # fmt: skip
    for each in mine:
        if each.prisoner_id == prisoner_id:
            return each
    if len(mine) >= MOST_LIVE:
        raise TooManyOpen(N_("You have promised five letters already. Post one, or give one back, and come again."))
    if not _is_reachable(prisoner_id):
        raise NotReachable(N_("No letter reaches this person at the moment. Somebody else waits for one."))
    keyring.ensure(SCOPE)
    made = Reservation(
        id=uuid.uuid4(), code=new_code(), prisoner_id=prisoner_id, volunteer_id=volunteer_id, language=language,
        state=ReservationState.WAITING, made_on=clock.today(), expires_at=clock.now() + LASTS, arrived_by=arrived_by,
    )  # fmt: skip
    session.add(made)
    _go_live(made)
    return made


def take_away(prisoner_id: uuid.UUID, *, language: str) -> Reservation:
    """Give a letter that somebody unknown takes away on paper a code by which to say that it was posted.

    It holds no place, counts nothing and knows nobody: an EXPIRED promise whose time is over on the day from which
    forget_old needs its 30 days to come to TAKEN_DAYS. `report_written` makes a posted letter of it. Nothing here
    slows a flood: whoever calls it does. Raises NotReachable, for a minor too.
    """
    if not _is_reachable(prisoner_id):
        raise NotReachable(N_("No letter reaches this person at the moment. Somebody else waits for one."))
    taken = Reservation(
        id=uuid.uuid4(), code=new_code(), prisoner_id=prisoner_id, language=language, state=ReservationState.EXPIRED,
        made_on=clock.today(), expires_at=clock.now() + timedelta(days=TAKEN_DAYS - KEPT_DAYS),
    )  # fmt: skip
    session.add(taken)
    session.flush()
    return taken


def token_of(reservation: Reservation) -> str:
    """The token of a promise's page; it works as long as the row stands."""
    return tokens.derive(SCOPE, PURPOSE, reservation.id, version=1, expires_on=None)


def find_by_token(token: str, *, lock: bool = False) -> Reservation | None:
    """The promise behind a link, or None when it is gone. Raises BadToken, KeyMissing, KeyDestroyed."""
    claim = tokens.parse(token)
    tokens.verify(claim, SCOPE, PURPOSE, version=1, today=clock.today())
    return _locked(claim.row) if lock else session.get(Reservation, claim.row)


def outcome_of(reservation: Reservation | None) -> Outcome:
    """What the page behind the link shows."""
    if reservation is None:
        return Outcome.GONE
    is_over = reservation.expires_at <= clock.now()
    if reservation.state == ReservationState.WAITING:
        if is_over:
            return Outcome.GONE
        return Outcome.CONFIRMABLE if _is_reachable(reservation.prisoner_id) else Outcome.UNREACHABLE
    if reservation.state == ReservationState.LIVE:
        if is_over:
            return Outcome.EXPIRED
        return Outcome.LIVE if _is_reachable(reservation.prisoner_id) else Outcome.UNREACHABLE
    return Outcome(reservation.state)


def confirm(token: str) -> None:
    """Make a promise live: it counts, for 48 hours from now, and the address is erased. Twice changes nothing more."""
    reservation = find_by_token(token, lock=True)
    if reservation is None or reservation.state != ReservationState.WAITING:
        return
    if outcome_of(reservation) is Outcome.CONFIRMABLE:
        _go_live(reservation)


def reject(token: str, *, never_again: bool) -> None:
    """ "That was not me": delete what waits, and with `never_again` suppress the address everywhere."""
    reservation = find_by_token(token, lock=True)
    if reservation is None or reservation.state != ReservationState.WAITING:
        return
    if never_again and reservation.address_sealed is not None:
        address = ADDRESS.unseal(SCOPE, reservation.id, reservation.address_sealed)
        suppression.suppress(address, SuppressionReason.ASKED)
    session.delete(reservation)
    session.flush()


def release(token: str) -> None:
    """ "I cannot after all": somebody else gets this person. Twice changes nothing more."""
    reservation = find_by_token(token, lock=True)
    if reservation is not None and reservation.state == ReservationState.LIVE:
        reservation.state = ReservationState.RELEASED
        session.flush()
        _uncount(reservation)


def give_way(reservation_id: uuid.UUID) -> None:
    """The promised letter goes by way of us, and counts by itself from now on: the promise ends, and its code tells
    nothing more. Twice changes nothing more."""
    reservation = _locked(reservation_id)
    if reservation is not None and reservation.state == ReservationState.LIVE:
        reservation.state = ReservationState.RELEASED
        session.flush()
        _uncount(reservation)


def report_posted(token: str) -> None:
    """ "I posted it", told on the promise's own page."""
    reservation = find_by_token(token, lock=True)
    if reservation is not None:
        _write_down(reservation, clock.today())


def report_written(code: str, *, on: date | None = None) -> Reservation:
    """A letter was posted, told by its code; also of one that was taken away, or whose 48 hours ran out, since a late
    letter is a letter.

    Telling it twice counts once. Raises BadCode, and NotFound for a code that no open promise has.
    """
    identity = session.scalar(select(Reservation.id).where(Reservation.code == read_code(code)))
    reservation = _locked(identity) if identity is not None else None
    if reservation is None or not _write_down(reservation, on or clock.today()):
        raise NotFound
    return reservation


def expire_due(now: datetime) -> int:
    """End promises whose time is over; gives how many. What was never confirmed is deleted with its address."""
    due = (
        select(Reservation)
        .where(Reservation.state.in_([ReservationState.WAITING, ReservationState.LIVE]), Reservation.expires_at <= now)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    # By person, since that is the order in which everybody takes the rows of the ledger.
    found = sorted(session.scalars(due).all(), key=lambda each: each.prisoner_id)
    for each in found:
        if each.state == ReservationState.WAITING:
            session.delete(each)
            continue
        each.state = ReservationState.EXPIRED
        session.flush()
        _uncount(each)
    session.flush()
    return len(found)


def forget_old(today: date) -> int:
    """Delete what is over for 30 days; those of a letter evening belong to its record and stay."""
    over = [ReservationState.WRITTEN, ReservationState.RELEASED, ReservationState.EXPIRED]
    gone = (
        delete(Reservation)
        .where(Reservation.state.in_(over), Reservation.evening_id.is_(None))
        .where(func.date(Reservation.expires_at) <= today - timedelta(days=KEPT_DAYS))
    )
    return len(session.execute(gone.returning(Reservation.id)).all())


def _locked(identity: uuid.UUID) -> Reservation | None:
    statement = select(Reservation).where(Reservation.id == identity)
    return session.scalar(statement.with_for_update().execution_options(populate_existing=True))


def _is_reachable(prisoner_id: uuid.UUID) -> bool:
    """Whether somebody unknown can write to this person now: to a minor only a coordinator brings writers."""
    found = find_reach(prisoner_id, clock.today())
    return found is not None and found.reach is Reach.OPEN and not found.is_minor


def _go_live(reservation: Reservation) -> None:
    reservation.state = ReservationState.LIVE
    reservation.address_sealed, reservation.address_index = None, None
    code, reservation.arrived_by = reservation.arrived_by, None
    reservation.made_on = clock.today()
    reservation.expires_at = clock.now() + LASTS
    session.flush()
    attention.record(
        reservation.prisoner_id, AttentionSource.RESERVATION, reservation.id, Counted.RESERVED, clock.today(),
        live_until=reservation.expires_at,
    )  # fmt: skip
    note_action(code, PROMISED)


def _write_down(reservation: Reservation, on: date) -> bool:
    """Count the letter as reported; gives whether there is one, now or since before."""
    if reservation.state == ReservationState.WRITTEN:
        return True
    if reservation.state not in {ReservationState.LIVE, ReservationState.EXPIRED}:
        return False
    reservation.state, reservation.written_on = ReservationState.WRITTEN, on
    session.flush()
    _uncount(reservation)
    posted.record_codes([reservation], on)
    return True


def _uncount(reservation: Reservation) -> None:
    attention.forget(AttentionSource.RESERVATION, reservation.id)
