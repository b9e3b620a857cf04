"""Places of detention: who they are, how mail reaches them, what they let through, and when somebody last looked."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.slugs import slug_from
from campaign.kernel.versions import check_version
from campaign.prisoners.models import (
    SHORT_STAYS,
    Channel,
    Facility,
    FacilityAddress,
    FacilityChannel,
    FacilityKind,
    FacilityRule,
    Severity,
    StrangersPolicy,
)
from campaign.prisoners.service.codes import code_key
from campaign.prisoners.service.facts import Source, Subject, record_facts

SHORT_VALIDITY = timedelta(days=60)
LONG_VALIDITY = timedelta(days=180)
SAME_FACILITY = N_("There is a facility with this code in this region already: %(name)s.")


class FacilityExists(DomainError):
    """Two records of one place would split its people; `facility` is the one there is."""

    def __init__(self, facility: Facility) -> None:
        super().__init__(SAME_FACILITY)
        self.facility = facility


class AddressUnchanged(DomainError):
    """A new version that says what the current one says."""


@dataclass(frozen=True, slots=True)
class FacilityDraft:
    """A place as the form gives it; the names of the fields are those of the columns."""

    code: str
    name_ru: str
    name_latin: str
    kind: FacilityKind
    region: str
    is_active: bool = True
    letters_note: str = ""


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """A postal address from a day on."""

    postal_index: str
    region_line: str
    locality: str
    street: str
    from_on: date


@dataclass(frozen=True, slots=True)
class ChannelDraft:
    """A way for letters or parcels, as it is on the day of the source. Prices are minor units of `currency`."""

    channel: Channel
    is_active: bool = True
    characters_a_page: int | None = None
    most_pages: int | None = None
    price_page: int | None = None
    price_picture: int | None = None
    price_reply: int | None = None
    currency: str = "RUB"
    languages: Sequence[str] = ("ru",)
    has_reply_form: bool = False
    needs_sender_identity: bool = False
    days: int | None = None
    strangers: StrangersPolicy = StrangersPolicy.UNKNOWN


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What a place does not let through, in languages."""

    texts: dict[str, str]
    severity: Severity
    from_on: date


def validity_of(kind: str) -> timedelta:
    """How long what is known of a place or a stay there is believed unchecked: 60 days where people do not stay, else
    180 (DOMAIN.md 8, Placement)."""
    return SHORT_VALIDITY if kind in SHORT_STAYS else LONG_VALIDITY


def create_facility(
    draft: FacilityDraft, source: Source, *, actor: uuid.UUID | None, is_demo: bool = False
) -> Facility:
    """Write down a place; flushed. Raises FacilityExists where the region has one of this code."""
    _refuse_twin(draft, None)
    moment = clock.now()
    facility = Facility(
        id=uuid.uuid4(), slug=_slug(draft), code_key=code_key(draft.code), is_demo=is_demo, created_at=moment,
        edited_at=moment, verified_on=source.retrieved_on or moment.date(), verified_by=actor, **asdict(draft),
    )  # fmt: skip
    session.add(facility)
    session.flush()
    record_facts(_subject(facility), {}, asdict(draft), source, actor=actor)
    audit.record("facility.created", actor=actor, about=f"facility:{facility.id}")
    return facility


def edit_facility(
    facility: Facility, draft: FacilityDraft, source: Source, *, seen_version: int, actor: uuid.UUID | None
) -> int:
    """Change what is known of a place; gives how many fields differ. Raises FacilityExists and Conflict."""
    check_version(facility.version, seen_version)
    _refuse_twin(draft, facility)
    after = asdict(draft)
    before = {name: getattr(facility, name) for name in after}
    for name, value in after.items():
        setattr(facility, name, value)
    facility.code_key = code_key(draft.code)
    changed = record_facts(_subject(facility), before, after, source, actor=actor)
    if changed:
        _touch(facility)
        audit.record("facility.edited", actor=actor, about=f"facility:{facility.id}", amount=changed)
    return changed


def set_address(facility: Facility, draft: AddressDraft, source: Source, *, actor: uuid.UUID | None) -> FacilityAddress:
    """Begin a new version of the postal address; the one before ends on the day it begins, and stays on record.

    One that begins on or before the day the current one began replaces it: then it was never right. Raises
    AddressUnchanged.
    """
    values, current = asdict(draft), facility.address
    place = {name: value for name, value in values.items() if name != "from_on"}
    if current is not None and all(getattr(current, name) == value for name, value in place.items()):
        raise AddressUnchanged(N_("This is the address that is stored already. To say that it still holds, press "
                                  "“Looked up today”."))  # fmt: skip
    before = {f"address.{name}": getattr(current, name) for name in place} if current is not None else {}
    if current is not None:
        _end_address(facility, current, draft.from_on)
    made = FacilityAddress(
        id=uuid.uuid4(), source_url=source.url, source_title=source.title, added_by=actor,
        retrieved_on=source.retrieved_on or clock.today(), **values,
    )  # fmt: skip
    facility.addresses.insert(0, made)
    record_facts(
        _subject(facility), before, {f"address.{name}": value for name, value in place.items()}, source, actor=actor
    )
    _touch(facility)
    audit.record("facility.address", actor=actor, about=f"facility:{facility.id}")
    return made


def set_channel(facility: Facility, draft: ChannelDraft, source: Source, *, actor: uuid.UUID | None) -> int:
    """Write down what is known of one channel; gives how many fields differ. Its check counts from the source's day."""
    values: dict[str, Any] = {**asdict(draft), "languages": list(draft.languages)}
    channel = next((each for each in facility.channels if each.channel == draft.channel), None)
    before = {name: getattr(channel, name) for name in values} if channel is not None else {}
    if channel is None:
        channel = FacilityChannel(id=uuid.uuid4())
        facility.channels.append(channel)
    for name, value in values.items():
        setattr(channel, name, value)
    channel.source_url, channel.checked_on = source.url, source.retrieved_on or clock.today()
    named = f"channel.{draft.channel.value}."
    changed = record_facts(
        _subject(facility), {named + name: value for name, value in before.items()},
        {named + name: value for name, value in values.items()}, source, actor=actor,
    )  # fmt: skip
    _touch(facility)
    audit.record("facility.channel", actor=actor, about=f"facility:{facility.id}", amount=changed)
    return changed


def remove_channel(facility: Facility, channel: Channel, *, actor: uuid.UUID) -> bool:
    """Take back a channel that was written down by mistake; False when there is none."""
    found = next((each for each in facility.channels if each.channel == channel), None)
    if found is None:
        return False
    facility.channels.remove(found)
    _touch(facility)
    audit.record("facility.channel_removed", actor=actor, about=f"facility:{facility.id}", reason=channel.value)
    return True


def add_rule(facility: Facility, draft: RuleDraft, source: Source, *, actor: uuid.UUID | None) -> FacilityRule:
    """Write down what a place does not let through."""
    rule = FacilityRule(
        id=uuid.uuid4(), texts=draft.texts, severity=draft.severity, from_on=draft.from_on, source_url=source.url
    )
    facility.rules.append(rule)
    record_facts(_subject(facility), {}, {f"rule.{rule.id}": draft.texts}, source, actor=actor)
    _touch(facility)
    audit.record("facility.rule", actor=actor, about=f"facility:{facility.id}")
    return rule


def end_rule(facility: Facility, rule_id: uuid.UUID, *, actor: uuid.UUID) -> bool:
    """Say that a rule holds no longer, from today; False when it has ended or is none of this place."""
    rule = next((each for each in facility.rules if each.id == rule_id and each.until_on is None), None)
    if rule is None:
        return False
    rule.until_on = max(clock.today(), rule.from_on)
    _touch(facility)
    audit.record("facility.rule_ended", actor=actor, about=f"facility:{facility.id}")
    return True


def verify_facility(facility: Facility, *, actor: uuid.UUID) -> None:
    """Say that everything stored of a place was looked up today and still holds."""
    facility.verified_on, facility.verified_by = clock.today(), actor
    audit.record("facility.verified", actor=actor, about=f"facility:{facility.id}")


def _end_address(facility: Facility, current: FacilityAddress, from_on: date) -> None:
    if from_on <= current.from_on:
        facility.addresses.remove(current)
    else:
        current.until_on = from_on
    # Only one may be current, and the new one comes in the same flush.
    session.flush()


def _touch(facility: Facility) -> None:
    facility.edited_at = clock.now()
    session.flush()


def _refuse_twin(draft: FacilityDraft, own: Facility | None) -> None:
    key = code_key(draft.code)
    if not key:
        return
    statement = select(Facility).where(Facility.code_key == key, Facility.region == draft.region)
    if own is not None:
        statement = statement.where(Facility.id != own.id)
    twin = session.scalar(statement.limit(1))
    if twin is not None:
        raise FacilityExists(twin)


def _slug(draft: FacilityDraft) -> str:
    words = slug_from(f"{draft.code} {draft.name_latin or draft.name_ru}", 60) or "facility"
    taken = session.scalar(select(Facility.id).where(Facility.slug == words))
    return f"{words}-{secrets.token_hex(3)}" if taken else words


def _subject(facility: Facility) -> Subject:
    return Subject("facility", facility.id, facility=facility.id)
