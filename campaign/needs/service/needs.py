"""Needs: reported, made sure of by two, approved, declined, taken up again; what is seen of them; and what is erased.

Whoever wrote a need as it stands is none of the two who make sure of it, and does not approve it.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select, update

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.money import Money
from campaign.kernel.registry_needs import NeedOrigin, need_origins
from campaign.kernel.versions import check_version
from campaign.needs.models import (
    ENDED,
    WAITING,
    CheckedBy,
    Need,
    NeedCategory,
    NeedEvent,
    NeedSource,
    NeedState,
    NeedVisibility,
    PayeeKind,
    Urgency,
)
from campaign.needs.queries.consent import may_be_shown
from campaign.needs.service.moves import NotThatStep, locked, move, record, write_words
from campaign.prisoners.models import Prisoner
from campaign.prisoners.queries.relatives import find_watch

LASTS, LONGEST = timedelta(days=90), timedelta(days=366)
"""Until when a need holds unless said otherwise, and at most."""
AGAIN = timedelta(days=14)
"""How long a need holds at least that is open again after something failed."""
KEPT_DAYS = 180
BATCH = 500
_LEVELS = tuple(NeedVisibility)


class BadNeed(DomainError):
    """Something of a need cannot be as it was given."""


class OtherPerson(DomainError):
    """Whoever wrote it, or did the first step, does not do this one."""


@dataclass(frozen=True, slots=True)
class NeedDraft:
    """What staff say of a need."""

    category: NeedCategory
    amount: Money | None
    """None: in kind, and nobody knows what it is worth."""
    expires_on: date
    is_in_kind: bool = False
    urgency: Urgency = Urgency.SOON
    source: NeedSource = NeedSource.OTHER
    visibility: NeedVisibility = NeedVisibility.HIDDEN
    payees: tuple[PayeeKind, ...] = ()
    words: str = ""


def report(
    prisoner_id: uuid.UUID, draft: NeedDraft, *, actor: uuid.UUID, origin: tuple[str, uuid.UUID] | None = None,
    is_demo: bool = False,
) -> Need:  # fmt: skip
    """A need that somebody told us of. With an origin (kernel/registry_needs.py) it is looked after here from then on,
    once, and takes over what was written down there. Raises NotFound, BadNeed, Conflict."""
    if session.get(Prisoner, prisoner_id) is None:
        raise NotFound
    kind, origin_id = origin or ("", None)
    need = Need(
        id=uuid.uuid4(), prisoner_id=prisoner_id, state=NeedState.REPORTED, origin_kind=kind, origin_id=origin_id,
        author_id=actor, reported_on=clock.today(), is_demo=is_demo,
    )  # fmt: skip
    _fill(need, draft)
    if origin is not None:
        if not draft.words:
            write_words(need, _origin(origin, prisoner_id).words_of(origin[1]))
        _origin(origin, prisoner_id).take(origin[1], actor)
    session.add(need)
    session.flush()
    record(need, "reported", was="", actor=actor)
    audit.record("need.reported", actor=actor, about=f"need:{need.id}", reason=need.category)
    session.flush()
    return need


def edit(need_id: uuid.UUID, draft: NeedDraft, *, seen_version: int, actor: uuid.UUID) -> Need:
    """Change it while nobody has begun to fulfil it: two others make sure of it anew. Raises BadNeed, Conflict."""
    need = locked(need_id)
    check_version(need.version, seen_version)
    if need.state not in WAITING:
        raise NotThatStep(N_("This need is being fulfilled or has ended. It stands as it is."))
    if draft.amount is None or draft.amount.currency != need.currency:
        # What was paid of it is reckoned anew, in the other currency, when the next payment arrives.
        need.covered = 0
    _fill(need, draft)
    need.author_id, need.approved_by = actor, None
    need.first_verified_by = need.second_verified_by = None
    if need.state == NeedState.REPORTED:
        record(need, "changed", actor=actor)
        session.flush()
    else:
        move(need, NeedState.REPORTED, "changed", actor=actor)
    audit.record("need.changed", actor=actor, about=f"need:{need.id}")
    return need


def verify(need_id: uuid.UUID, how: CheckedBy, note: str = "", *, seen_version: int, actor: uuid.UUID) -> Need:
    """Somebody made sure of it; with the second one it is verified. Raises OtherPerson, NotThatStep, Conflict."""
    need = locked(need_id)
    check_version(need.version, seen_version)
    if need.state != NeedState.REPORTED:
        raise NotThatStep(N_("This need has moved on meanwhile. Look at it again."))
    if need.author_id == actor:
        raise OtherPerson(N_("You wrote it as it stands: two others make sure of it."))
    if need.first_verified_by == actor:
        raise OtherPerson(N_("You made sure of it already. Somebody else is the second one."))
    if need.first_verified_by is None:
        need.first_verified_by = actor
        record(need, "verified", actor=actor, note=note, how=how)
        session.flush()
    else:
        need.second_verified_by = actor
        move(need, NeedState.VERIFIED, "verified", actor=actor, note=note, how=how)
    audit.record("need.verified", actor=actor, about=f"need:{need.id}", reason=how)
    return need


def approve(need_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> Need:
    """It is to be fulfilled. Raises OtherPerson, NotThatStep, Conflict."""
    need = locked(need_id)
    check_version(need.version, seen_version)
    if need.author_id == actor:
        raise OtherPerson(N_("You wrote it as it stands: somebody else approves it."))
    if need.state != NeedState.VERIFIED:
        raise NotThatStep(N_("This need has moved on meanwhile. Look at it again."))
    if need.expires_on < clock.today():
        raise NotThatStep(N_("Its last day has passed. Look whether it is still true, and change the day."))
    need.approved_by = actor
    move(need, NeedState.APPROVED, "approved", actor=actor)
    audit.record("need.approved", actor=actor, about=f"need:{need.id}")
    return need


def decline(need_id: uuid.UUID, reason: str, *, seen_version: int, actor: uuid.UUID) -> Need:
    """It will not be fulfilled through us. Raises NotThatStep, Conflict, BadNeed without a reason."""
    need = locked(need_id)
    check_version(need.version, seen_version)
    if not reason:
        raise BadNeed(N_("Say why. Whoever reported it will ask."))
    move(need, NeedState.DECLINED, "declined", actor=actor, note=reason)
    audit.record("need.declined", actor=actor, about=f"need:{need.id}")
    return need


def take_up_again(need_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> Need:
    """It was declined or ran out and is true all the same: reported anew, by whoever says so."""
    need = locked(need_id)
    check_version(need.version, seen_version)
    if need.prisoner_id is None:
        raise NotThatStep(N_("It is not known any more whose it was."))
    need.author_id, need.expires_on = actor, max(need.expires_on, clock.today() + LASTS)
    need.first_verified_by = need.second_verified_by = need.approved_by = None
    move(need, NeedState.REPORTED, "again", actor=actor)
    audit.record("need.taken_up_again", actor=actor, about=f"need:{need.id}")
    return need


def show_less(need_id: uuid.UUID, visibility: NeedVisibility, *, actor: uuid.UUID) -> Need:
    """The public sees less of it from now on, in any state. To show more is a change. Twice is once."""
    need = locked(need_id)
    if _LEVELS.index(visibility) > _LEVELS.index(NeedVisibility(need.visibility)):
        raise BadNeed(N_("To show more of it, change it: two others look at it anew."))
    if need.visibility != visibility:
        need.visibility = visibility
        record(need, "shown_less", actor=actor)
        audit.record("need.shown_less", actor=actor, about=f"need:{need.id}", reason=visibility)
        session.flush()
    return need


def look(need_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Put on record that somebody opens what is written of it. Raises NotFound."""
    if session.get(Need, need_id) is None:
        raise NotFound
    audit.record("need.look", actor=actor, about=f"need:{need_id}")


def expire_due(today: date) -> int:
    """What nobody has begun to fulfil by its last day is not known to be true any more; gives how many."""
    due = select(Need).where(Need.state.in_(WAITING), Need.expires_on < today).order_by(Need.id).limit(BATCH)
    found = session.scalars(due.with_for_update(skip_locked=True).execution_options(populate_existing=True)).all()
    for need in found:
        move(need, NeedState.EXPIRED, "expired", actor=None)
    return len(found)


def hide_of_person(prisoner_id: uuid.UUID, actor: uuid.UUID | None) -> int:
    """Nothing of theirs is shown any more: a consent has ended, or their page went. Gives how many were shown."""
    shown = select(Need).where(Need.prisoner_id == prisoner_id, Need.visibility != NeedVisibility.HIDDEN)
    found = session.scalars(shown.order_by(Need.id).with_for_update()).all()
    for need in found:
        need.visibility = NeedVisibility.HIDDEN
        record(need, "shown_less", actor=actor)
    session.flush()
    return len(found)


def count_of_person(prisoner_id: uuid.UUID) -> int:
    """How many needs are theirs."""
    return session.scalar(select(func.count()).where(Need.prisoner_id == prisoner_id)) or 0


def forget_person(prisoner_id: uuid.UUID) -> int:
    """Figures of their needs stay, without words and without whose they were; what waits is declined."""
    mine = select(Need).where(Need.prisoner_id == prisoner_id).order_by(Need.id).with_for_update()
    found = session.scalars(mine).all()
    for need in found:
        if need.state in WAITING:
            move(need, NeedState.DECLINED, "erased", actor=None)
        need.prisoner_id, need.visibility, need.words_sealed = None, NeedVisibility.HIDDEN, None
        need.origin_kind, need.origin_id = "", None
    session.flush()
    _drop_notes([need.id for need in found])
    return len(found)


def erase_old_words(today: date) -> int:
    """Erase what was written of needs that ended half a year ago; category, amount and days stay."""
    old = (Need.state.in_(ENDED), Need.ended_on <= today - timedelta(days=KEPT_DAYS))
    has_notes = select(NeedEvent.id).where(NeedEvent.need_id == Need.id, NeedEvent.note_sealed.is_not(None)).exists()
    due = select(Need).where(*old, Need.words_sealed.is_not(None) | has_notes).order_by(Need.id).limit(BATCH)
    found = session.scalars(due.with_for_update(skip_locked=True).execution_options(populate_existing=True)).all()
    for need in found:
        need.words_sealed = None
    session.flush()
    _drop_notes([need.id for need in found])
    return len(found)


def _drop_notes(needs: list[uuid.UUID]) -> None:
    if needs:
        session.execute(update(NeedEvent).where(NeedEvent.need_id.in_(needs)).values(note_sealed=None))


def _origin(origin: tuple[str, uuid.UUID], prisoner_id: uuid.UUID) -> NeedOrigin:
    kind, origin_id = origin
    facts = need_origins[kind].find(origin_id) if kind in need_origins else None
    if facts is None or facts.prisoner_id != prisoner_id:
        raise BadNeed(N_("It is not known where this need was reported. Report it anew."))
    if not facts.is_open:
        raise Conflict(N_("This was reported as a need already, or closed."))
    return need_origins[kind]


def _fill(need: Need, draft: NeedDraft) -> None:
    """Set what the draft says, and refuse what cannot be. Raises BadNeed."""
    today = clock.today()
    if draft.expires_on < today or draft.expires_on > today + LONGEST:
        raise BadNeed(N_("Its last day lies between today and a year from now."))
    if draft.amount is not None and draft.amount.minor <= 0:
        raise BadNeed(N_("An amount is above zero."))
    if draft.amount is None and not draft.is_in_kind:
        raise BadNeed(N_("Say how much is needed, or that it is something in kind."))
    if need.prisoner_id is None:
        raise BadNeed(N_("It is not known any more whose it was."))
    was_shown = _LEVELS.index(NeedVisibility(need.visibility or NeedVisibility.HIDDEN))
    if _LEVELS.index(draft.visibility) > was_shown and not may_be_shown(need.prisoner_id):
        raise BadNeed(
            N_("The public can see something of it only with a public page and a consent to a fund that still holds.")
        )
    watch = find_watch(need.prisoner_id) if PayeeKind.FACILITY_ACCOUNT in draft.payees else None
    if watch is not None and watch.listed == "yes":
        # Money on the account of somebody on that list is frozen.
        raise BadNeed(N_("Money must not go to this person’s own account at the facility. Choose another way."))
    need.category, need.is_in_kind, need.urgency = draft.category, draft.is_in_kind, draft.urgency
    need.amount = draft.amount.minor if draft.amount is not None else None
    need.currency = draft.amount.currency if draft.amount is not None else None
    need.source, need.visibility, need.expires_on = draft.source, draft.visibility, draft.expires_on
    need.payees = list(dict.fromkeys(draft.payees))
    write_words(need, draft.words)
