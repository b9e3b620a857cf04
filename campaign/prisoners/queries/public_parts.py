"""The rows of a person's public page, a class a kind; the names of the fields are those of the columns."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Told:
    """The story in one language."""

    language: str
    occupation: str
    summary: str
    story: str


@dataclass(frozen=True, slots=True)
class Imprisonment:
    """From an arrest to its end."""

    arrested_on: date
    arrested_precision: str
    ended_on: date | None
    ended_precision: str
    end_reason: str | None
    death_kind: str | None


@dataclass(frozen=True, slots=True)
class StatusSince:
    """Where the law has put somebody from a day on."""

    status: str
    since_on: date
    since_precision: str
    until_on: date | None


@dataclass(frozen=True, slots=True)
class StayAt:
    """A stay, in a place or on the way."""

    certainty: str
    from_on: date
    from_precision: str
    until_on: date | None
    verified_on: date
    facility_id: str | None
    code: str | None
    name_ru: str | None
    name_latin: str | None
    kind: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class ToldCase:
    """One prosecution."""

    id: str
    names: dict[str, str]
    stage: str
    region: str | None
    court: str
    opened_on: date | None


@dataclass(frozen=True, slots=True)
class ToldCharge:
    """An article, from a day on; one that was replaced has an end."""

    case_id: str
    code: str
    article: str
    part: str
    clause: str
    from_on: date | None
    until_on: date | None


@dataclass(frozen=True, slots=True)
class ToldHearing:
    """A day in court."""

    case_id: str
    held_on: date
    starts_at: str
    court: str
    openness: str
    instance: str
    state: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ToldSentence:
    """What a court decided."""

    case_id: str
    decided_on: date
    court: str
    instance: str
    punishment: str
    regime: str
    term_months: int | None
    in_absentia: bool
    expected_release_on: date | None
    release_basis: str
    in_force_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class ToldListing:
    """What one source says."""

    source: str
    status: str
    since_on: date | None
    url: str


@dataclass(frozen=True, slots=True)
class ToldSource:
    """Where something on the page is known from, and when it was last read there."""

    source_title: str
    source_url: str
    retrieved_on: date


@dataclass(frozen=True, slots=True)
class PersonChange:
    """Something that changed lately."""

    kind: str
    happened_on: date
    happened_precision: str
    corrected_on: date | None


@dataclass(frozen=True, slots=True)
class WayIn:
    """A way for letters into the place, as it was on a day."""

    channel: str
    characters_a_page: int | None
    most_pages: int | None
    price_page: int | None
    price_picture: int | None
    price_reply: int | None
    currency: str
    languages: list[str]
    has_reply_form: bool
    needs_sender_identity: bool
    days: int | None
    strangers: str
    checked_on: date


@dataclass(frozen=True, slots=True)
class ToldRule:
    """What the place does not let through."""

    texts: dict[str, str]
    severity: str


@dataclass(frozen=True, slots=True)
class PortraitSized:
    """The portrait in one size."""

    name: str
    digest: str
    width: int
    height: int
