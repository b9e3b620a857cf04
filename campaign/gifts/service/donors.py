"""Who gives: written down, looked at on record, erased."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, delete, or_, select

from campaign.banking.service.retention import forget_said
from campaign.gifts.models import (
    ALIAS,
    EMAIL,
    KEPT_DAYS,
    LONGEST_ALIAS,
    LONGEST_NAME,
    MOST_KEPT_DAYS,
    NAME,
    SCOPE,
    Donor,
    Gift,
    Pledge,
    Visibility,
)
from campaign.gifts.service import numbers
from campaign.kernel import audit, clock
from campaign.kernel.addresses import Mailbox
from campaign.kernel.allowance import DECRYPTING, take
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.text import one_line


class BadDonor(DomainError):
    """Something about the donor cannot be so."""


class NoMoreToday(Conflict):
    """The hour's allowance does not cover one more."""


@dataclass(frozen=True, slots=True)
class DonorDraft:
    """What is known of somebody who gives; each of it may be missing."""

    name: str = ""
    mailbox: Mailbox | None = None
    alias: str = ""
    visibility: Visibility = Visibility.SECRET
    language: str = "en"
    keep_until: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return not self.name and self.mailbox is None and not self.alias


@dataclass(frozen=True, slots=True)
class Opened:
    """A donor in clear, for whoever looked on record."""

    name: str
    address: str
    alias: str
    visibility: Visibility
    keep_until: date
    passed_on: date | None = None
    """When those who are helped were told the alias."""


def add_donor(
    draft: DonorDraft, *, index: bytes | None = None, released_by: uuid.UUID | None = None, is_demo: bool = False
) -> Donor:
    """Write somebody down, sealed; `released_by`: staff who wrote it by hand, and a public alias with it. Raises
    BadDonor for an alias that is missing where it is to be public, and for a day of erasure that is past or too far
    ahead."""
    alias, today = _alias_in(draft), clock.today()
    if draft.visibility != Visibility.PUBLIC:
        released_by = None
    keep_until = draft.keep_until or today + timedelta(days=KEPT_DAYS)
    if not today <= keep_until <= today + timedelta(days=MOST_KEPT_DAYS):
        raise BadDonor(N_("What is known of a donor is erased on a day from today on, and two years ahead at most."))
    keyring.ensure(SCOPE)
    row, name = uuid.uuid4(), one_line(draft.name, LONGEST_NAME)
    made = Donor(
        id=row, visibility=draft.visibility, language=draft.language, keep_until=keep_until, made_on=today,
        name_sealed=NAME.seal(SCOPE, row, name) if name else None,
        email_sealed=EMAIL.seal(SCOPE, row, draft.mailbox.address) if draft.mailbox else None, email_index=index,
        alias_sealed=ALIAS.seal(SCOPE, row, alias) if alias else None, released_by=released_by,
        released_on=today if released_by else None, is_demo=is_demo,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def name_anew(donor_id: uuid.UUID, draft: DonorDraft) -> None:
    """Of alias, who may know and language, what was sent last; a released alias has to be released again. Raises
    BadDonor."""
    alias = _alias_in(draft)
    found = session.get_one(Donor, donor_id, with_for_update=True, populate_existing=True)
    found.released_by = found.released_on = found.passed_on_by = found.passed_on = None
    found.alias_sealed = ALIAS.seal(SCOPE, found.id, alias) if alias else None
    found.visibility, found.language = draft.visibility, draft.language
    session.flush()


def release_name(donor_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Let the alias stand on the fund's page. Raises NotFound, Conflict when it is released or asked for no more."""
    found = session.get(Donor, donor_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.visibility != Visibility.PUBLIC or found.released_on is not None:
        raise Conflict(N_("This name was released a moment ago, or is not to be shown any more. Nothing was changed."))
    found.released_by, found.released_on = actor, clock.today()
    session.flush()
    audit.record("donor.release-name", actor=actor, about=f"donor:{donor_id}")


def pass_on(donor_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Say that those who are helped were told the alias, once. Raises NotFound, Conflict when they were, or when it is
    for them no more."""
    found = session.get(Donor, donor_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.visibility != Visibility.PRIVATE or found.alias_sealed is None or found.passed_on is not None:
        raise Conflict(N_("This name was passed on a moment ago, or is for nobody any more. Nothing was changed."))
    found.passed_on_by, found.passed_on = actor, clock.today()
    session.flush()
    audit.record("donor.pass-on", actor=actor, about=f"donor:{donor_id}")


def unname(donor_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """Nobody is told from now on, and the alias is forgotten. Twice is once."""
    found = session.get(Donor, donor_id, with_for_update=True, populate_existing=True)
    if found is None or found.visibility == Visibility.SECRET:
        return
    found.visibility, found.alias_sealed, found.released_by, found.released_on = Visibility.SECRET, None, None, None
    found.passed_on_by = found.passed_on = None
    session.flush()
    audit.record("donor.unname", actor=actor, about=f"donor:{donor_id}")


def keep_longer(donor_id: uuid.UUID | None, from_day: date) -> None:
    """Keep what is known as long after that day as after any gift; never shorter than it was."""
    found = session.get(Donor, donor_id, with_for_update=True) if donor_id else None
    if found is not None:
        found.keep_until = max(found.keep_until, from_day + timedelta(days=KEPT_DAYS))
        session.flush()


def look_at(donor_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Put on record that somebody looks, and count it. Raises NotFound, NoMoreToday."""
    if session.get(Donor, donor_id) is None:
        raise NotFound
    if not take(DECRYPTING, actor):
        raise NoMoreToday(N_("You have looked at as many records as one person may in an hour. Come back later."))
    audit.record("donor.look", actor=actor, about=f"donor:{donor_id}")


def look_at_number(gift_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Put on record that somebody looks at what a bank or a service calls a gift, and count it. Raises NoMoreToday."""
    if not take(DECRYPTING, actor):
        raise NoMoreToday(N_("You have looked at as many records as one person may in an hour. Come back later."))
    audit.record("gift.look", actor=actor, about=f"gift:{gift_id}")


def open_donor(donor_id: uuid.UUID) -> Opened | None:
    """What is known, in clear; only for whoever has looked on record. None when it is erased."""
    found = session.get(Donor, donor_id)
    if found is None:
        return None
    return Opened(
        NAME.unseal(SCOPE, found.id, found.name_sealed) if found.name_sealed else "",
        address_of(found), alias_of(found), Visibility(found.visibility), found.keep_until,
        found.passed_on,
    )  # fmt: skip


def address_of(found: Donor) -> str:
    """Where to write to; empty where nothing is known."""
    return EMAIL.unseal(SCOPE, found.id, found.email_sealed) if found.email_sealed else ""


def alias_of(found: Donor) -> str:
    """What they want to be called; empty where they did not say."""
    return ALIAS.unseal(SCOPE, found.id, found.alias_sealed) if found.alias_sealed else ""


def aliases_of(donors: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """The same of many; whoever said none is left out, and all of them once the keys are gone."""
    statement = select(Donor).where(Donor.id.in_(donors), Donor.alias_sealed.is_not(None))
    try:
        return {each.id: alias_of(each) for each in session.scalars(statement)}
    except CryptoError:
        return {}


def _alias_in(draft: DonorDraft) -> str:
    alias = one_line(draft.alias, LONGEST_ALIAS)
    if draft.visibility == Visibility.PUBLIC and not alias:
        raise BadDonor(N_("To be named in public takes a name to be shown; it need not be the real one."))
    return alias


def erase_due(today: date) -> int:
    """Erase whoever's day has come; gives how many. Their gifts stay, as numbers."""
    _forget_lines(Donor.keep_until < today)
    gone = session.scalars(delete(Donor).where(Donor.keep_until < today).returning(Donor.id))
    return len(gone.all())


def erase(donor_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """Erase now: whatever hung on them stays without them. Twice is once."""
    forget_lines_of(donor_id)
    gone = session.execute(delete(Donor).where(Donor.id == donor_id).returning(Donor.id)).first()
    session.expire_all()
    if gone is not None:
        audit.record("donor.erase", actor=actor, about=f"donor:{donor_id}")


def forget_lines_of(donor_id: uuid.UUID | None) -> None:
    """Erase what the lines of statements with which their gifts came say of them. Whoever holds a pledge of theirs
    asks before: matching holds the line first, too.
    """
    _forget_lines(Donor.id == donor_id)


def _forget_lines(whose: ColumnElement[bool]) -> None:
    donor_ids = select(Donor.id).where(whose)
    pledge_ids = select(Pledge.id).where(Pledge.donor_id.in_(donor_ids))
    theirs = or_(Gift.donor_id.in_(donor_ids), Gift.pledge_id.in_(pledge_ids))
    lines = select(Gift.line_id).where(theirs, Gift.line_id.is_not(None))
    forget_said({each for each in session.scalars(lines) if each is not None})
    numbers.forget(theirs)
