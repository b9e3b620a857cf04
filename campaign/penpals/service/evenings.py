"""Letter evenings: planning one, reserving whom to write to by need, swapping, adding, and calling it off.

Each move holds the row of its evening. Who chooses people holds EVENINGS_LOCK as well until the end of the transaction,
so that of two evenings that reserve at the same moment the second sees whom the first has taken.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import text

from campaign.activities.models import Event, EventKind
from campaign.activities.service import events
from campaign.activities.service.events import EventDraft
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.versions import check_version
from campaign.penpals.models import (
    AttentionSource,
    Counted,
    Evening,
    EveningState,
    Group,
    GroupState,
    Reservation,
    ReservationState,
)
from campaign.penpals.queries import evenings as queries
from campaign.penpals.queries.addressees import Addressee
from campaign.penpals.queries.evenings import UNFINISHED, Planned, get_evening
from campaign.penpals.service import attention
from campaign.penpals.service.codes import new_code

EVENINGS_LOCK = 0x_45_56_45_4E_49
MOST_ADDRESSEES = 500
LANGUAGES = ("en", "ru", "de")
MOST_DAYS_AHEAD = 60
"""Nobody is held for longer than that before an evening: people are moved, and others could write to them meanwhile."""


class NotPossible(DomainError):
    """The evening, or one of its reservations, is not in a state for this."""


class NobodyLeft(DomainError):
    """There is nobody else to whom a letter can go."""


@dataclass(frozen=True, slots=True)
class EveningDraft:
    """All that is planned of an evening."""

    event: EventDraft
    group_id: uuid.UUID | None
    addressees: int
    language: str


def plan_evening(draft: EveningDraft, *, actor: uuid.UUID | None, is_demo: bool = False) -> Planned:
    """Plan an evening with its event; nobody is reserved yet. Raises NotPossible for a day that has passed."""
    _check(draft)
    event = events.create_event(EventKind.LETTER_EVENING, draft.event, actor=actor, is_demo=is_demo)
    evening = Evening(
        event_id=event.id, group_id=draft.group_id, state=EveningState.PLANNED, addressees=draft.addressees,
        language=draft.language,
    )  # fmt: skip
    event.group_id, event.language = draft.group_id, draft.language
    session.add(evening)
    session.flush()
    return get_evening(event.id)


def change_evening(event_id: uuid.UUID, draft: EveningDraft, *, seen_version: int, actor: uuid.UUID) -> Planned:
    """Change what is planned; the reservations follow the day.

    Raises Conflict when somebody else changed it meanwhile, NotPossible when it is over or fewer people are wanted
    than are reserved: who is left out must be chosen, not dropped.
    """
    planned = _open_evening(event_id)
    evening, event = planned.evening, planned.event
    check_version(planned.version, seen_version)
    _check(draft, group_now=evening.group_id)
    live = queries.list_reservations(event_id, ReservationState.LIVE, lock=True)
    if draft.addressees < len(live):
        raise NotPossible(N_("More people are reserved than that. Give some of them back first."))
    moved = event.held_on != draft.event.held_on
    if moved and live:
        _check_is_near(draft.event.held_on)
    events.edit_event(event, draft.event, seen_version=event.version, actor=actor)
    evening.group_id, evening.addressees, evening.language = draft.group_id, draft.addressees, draft.language
    event.group_id = draft.group_id
    if moved:
        for each in live:
            each.expires_at = _until(event)
        _count(live)
    session.flush()
    return get_evening(event_id)


def reserve(event_id: uuid.UUID, *, actor: uuid.UUID, more: int | None = None) -> list[Reservation]:
    """Reserve as many people as are wanted and not reserved yet, or so many `more` (which raises what is wanted).

    The neediest first (queries.list_candidates); fewer where there are no others, and NobodyLeft where there is none.
    Twice without `more` is once.
    """
    planned = _open_evening(event_id)
    evening = planned.evening
    if planned.event.held_on < clock.today():
        raise NotPossible(N_("The evening is over. Nobody is reserved for it any more."))
    _check_is_near(planned.event.held_on)
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": EVENINGS_LOCK})
    live = len(queries.list_reservations(event_id, ReservationState.LIVE, ReservationState.WRITTEN))
    wanted = max(evening.addressees, live) if more is None else live + more
    if not 1 <= wanted <= MOST_ADDRESSEES:
        raise NotPossible(N_("An evening has between 1 and 500 people to write to."))
    candidates = queries.list_candidates(event_id, clock.today())[: wanted - live]
    if wanted > live and not candidates:
        raise NobodyLeft(N_("There is nobody else to whom a letter can go now."))
    evening.addressees = max(evening.addressees, wanted)
    made = _reserve(planned, candidates)
    if made:
        evening.state = EveningState.RESERVED
        session.flush()
        audit.record("evening.reserve", actor=actor, about=f"event:{event_id}", amount=len(made))
    return made


def swap(
    event_id: uuid.UUID, reservation_id: uuid.UUID, *, actor: uuid.UUID, prisoner_id: uuid.UUID | None = None
) -> Reservation:
    """Take somebody else for one addressee: who was chosen, else the neediest. Gives the new reservation.

    Raises NotPossible when the old one is no longer held or the chosen one cannot be taken (any more), NobodyLeft.
    """
    planned = _open_evening(event_id)
    old = _held(event_id, reservation_id)
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": EVENINGS_LOCK})
    candidates = queries.list_candidates(event_id, clock.today())
    chosen = next((each for each in candidates if prisoner_id in {None, each.id}), None)
    if chosen is None and prisoner_id is not None and candidates:
        raise NotPossible(N_("This person cannot be taken any more. Choose somebody else."))
    if chosen is None:
        raise NobodyLeft(N_("There is nobody else to whom a letter can go now."))
    _take_back([old])
    [new] = _reserve(planned, [chosen])
    audit.record("evening.swap", actor=actor, about=f"event:{event_id}")
    return new


def swap_unreachable(event_id: uuid.UUID, *, actor: uuid.UUID) -> tuple[int, int]:
    """Swap everybody whom a letter does not reach any more; gives how many, and how many went without another."""
    planned = _open_evening(event_id)
    gone = find_unreachable(event_id, lock=True)
    if not gone:
        return 0, 0
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": EVENINGS_LOCK})
    candidates = queries.list_candidates(event_id, clock.today())[: len(gone)]
    _take_back(gone)
    _reserve(planned, candidates)
    audit.record("evening.swap", actor=actor, about=f"event:{event_id}", amount=len(gone))
    return len(gone), len(gone) - len(candidates)


def give_back(event_id: uuid.UUID, reservation_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Take one addressee off the evening, without another."""
    planned = _open_evening(event_id)
    _take_back([_held(event_id, reservation_id)])
    planned.evening.addressees = max(1, planned.evening.addressees - 1)
    session.flush()
    audit.record("evening.give_back", actor=actor, about=f"event:{event_id}")


def cancel_evening(event_id: uuid.UUID, *, actor: uuid.UUID) -> int:
    """Call it off and give everybody back; gives how many. Raises NotPossible when it is over or called off."""
    planned = _open_evening(event_id)
    live = queries.list_reservations(event_id, ReservationState.LIVE, lock=True)
    _take_back(live)
    planned.evening.state = EveningState.CANCELLED
    events.cancel_event(planned.event, actor=actor)
    audit.record("evening.cancel", actor=actor, about=f"event:{event_id}", amount=len(live))
    return len(live)


def find_unreachable(event_id: uuid.UUID, *, lock: bool = False) -> list[Reservation]:
    """Those still held of whom something became known since that keeps letters from them."""
    reachable = queries.list_reachable(clock.today())
    live = queries.list_reservations(event_id, ReservationState.LIVE, lock=lock)
    return [each for each in live if each.prisoner_id not in reachable]


def _check(draft: EveningDraft, *, group_now: uuid.UUID | None = None) -> None:
    if draft.event.held_on < clock.today():
        raise NotPossible(N_("This day has passed."))
    if not 1 <= draft.addressees <= MOST_ADDRESSEES:
        raise NotPossible(N_("An evening has between 1 and 500 people to write to."))
    if draft.language not in LANGUAGES:
        raise NotPossible(N_("Choose one of the languages."))
    group = session.get(Group, draft.group_id) if draft.group_id else None
    if draft.group_id != group_now and draft.group_id and (group is None or group.state != GroupState.OPEN):
        raise NotPossible(N_("This group is closed."))


def _check_is_near(held_on: date) -> None:
    if held_on > clock.today() + timedelta(days=MOST_DAYS_AHEAD):
        raise NotPossible(N_("People are reserved for an evening in the next 60 days, and not earlier."))


def _open_evening(event_id: uuid.UUID) -> Planned:
    planned = get_evening(event_id, lock=True)
    if planned.evening.state not in UNFINISHED:
        raise NotPossible(N_("This evening was called off or is recorded already."))
    return planned


def _held(event_id: uuid.UUID, reservation_id: uuid.UUID) -> Reservation:
    found = session.get(Reservation, reservation_id, with_for_update=True, populate_existing=True)
    if found is None or found.evening_id != event_id or found.state != ReservationState.LIVE:
        raise NotPossible(N_("This person is not held for this evening any more. Look at the page again."))
    return found


def _reserve(planned: Planned, people: Sequence[Addressee]) -> list[Reservation]:
    made = [
        Reservation(
            id=uuid.uuid4(), code=new_code(), prisoner_id=person.id, evening_id=planned.event.id,
            language=planned.evening.language, state=ReservationState.LIVE, made_on=clock.today(),
            expires_at=_until(planned.event),
        )
        for person in people
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    _count(made)
    return made


def _count(reservations: Iterable[Reservation]) -> None:
    """From today, so that a reservation moved to a later day does not fall out of the 90 days while it is held."""
    today = clock.today()
    attention.record_many(
        [
            attention.Count(
                each.prisoner_id, AttentionSource.RESERVATION, each.id, Counted.RESERVED, today, each.expires_at
            )
            for each in reservations
        ]
    )


def _take_back(reservations: Sequence[Reservation]) -> None:
    """It ends on the day it was made, as if it had never come to the evening; a letter that is reported by its code
    nevertheless (an old card was on the table) still counts."""
    for each in reservations:
        each.state = ReservationState.RELEASED
        each.expires_at = datetime.combine(each.made_on, time.min, UTC)
    attention.forget_many(AttentionSource.RESERVATION, [each.id for each in reservations])
    session.flush()


def _until(event: Event) -> datetime:
    return datetime.combine(queries.expires_on(event.held_on), time.min, UTC)
