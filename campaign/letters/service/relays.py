"""Return addresses: to a group's, or the organisation's, answers go; never to a writer's own."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.text import one_line
from campaign.kernel.versions import check_version
from campaign.letters.models import LetterBatch, Relay

LONGEST_LINE, MOST_LINES = 60, 4


class BadRelay(DomainError):
    """What was given makes no address; `field` names the place."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class RelayDraft:
    """An address as it is to stand on envelopes."""

    name: str
    lines: Sequence[str]
    country: str
    """ISO 3166-1 alpha-2."""
    group_id: uuid.UUID | None = None


def add_relay(draft: RelayDraft, *, actor: uuid.UUID) -> Relay:
    """Store a new one; the first of all becomes the default. Raises BadRelay."""
    made = Relay(id=uuid.uuid4(), changed_on=clock.today())
    _put(made, draft, actor)
    made.is_default = session.scalar(select(Relay.id).where(Relay.is_default)) is None
    session.add(made)
    session.flush()
    audit.record("relay.add", actor=actor, about=f"relay:{made.id}")
    return made


def change_relay(relay_id: uuid.UUID, draft: RelayDraft, *, seen_version: int, actor: uuid.UUID) -> Relay:
    """Change an address; documents that are made already keep the old one. Raises NotFound, BadRelay, Conflict."""
    found = _locked(relay_id)
    check_version(found.version, seen_version)
    _put(found, draft, actor)
    session.flush()
    audit.record("relay.change", actor=actor, about=f"relay:{relay_id}")
    return found


def make_default(relay_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Offer this one first. Safe to press twice. Raises Conflict for one that is not in use."""
    found = _locked(relay_id)
    if not found.is_active:
        raise Conflict(N_("This return address is not in use."))
    session.execute(update(Relay).where(Relay.is_default, Relay.id != relay_id).values(is_default=False))
    found.is_default = True
    session.flush()
    audit.record("relay.default", actor=actor, about=f"relay:{relay_id}")


def set_active(relay_id: uuid.UUID, is_active: bool, *, actor: uuid.UUID) -> None:
    """Take it out of use, or into use again; envelopes that left bring answers there all the same."""
    found = _locked(relay_id)
    found.is_active = is_active
    found.is_default = found.is_default and is_active
    session.flush()
    audit.record("relay.active" if is_active else "relay.inactive", actor=actor, about=f"relay:{relay_id}")


def delete_relay(relay_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Delete one that no batch ever named. Raises Conflict, NotFound."""
    found = _locked(relay_id)
    if session.scalar(select(LetterBatch.id).where(LetterBatch.relay_id == relay_id).limit(1)) is not None:
        raise Conflict(N_("Letters have left with this return address, so it stays. Take it out of use instead."))
    session.delete(found)
    session.flush()
    audit.record("relay.delete", actor=actor, about=f"relay:{relay_id}")


def _locked(relay_id: uuid.UUID) -> Relay:
    found = session.get(Relay, relay_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def _put(relay: Relay, draft: RelayDraft, actor: uuid.UUID) -> None:
    lines = [line for line in (one_line(each, LONGEST_LINE + 1) for each in draft.lines) if line]
    if not draft.name:
        raise BadRelay("name", N_("Enter the name that stands on the envelope."))
    if not 1 <= len(lines) <= MOST_LINES:
        raise BadRelay("lines", N_("An address has one to four lines."))
    if any(len(line) > LONGEST_LINE for line in lines):
        raise BadRelay("lines", N_("A line has at most 60 characters, or it does not fit on an envelope."))
    relay.name, relay.lines, relay.country, relay.group_id = draft.name, lines, draft.country, draft.group_id
    relay.changed_by, relay.changed_on = actor, clock.today()
