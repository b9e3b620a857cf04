"""Everything that a person's public page shows of them, in one statement however much there is.

It finds the person and gathers what hangs on it, each kind of row as one JSON list. Fifteen statements through the ORM
would take longer than the page may. Nothing here reads about family, the financial monitoring list,
officials or staff.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    ARRAY,
    ScalarSelect,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.types import DateTime

from campaign.kernel.errors import NotFound
from campaign.kernel.reads import Read
from campaign.prisoners.models import (
    Attention,
    Case,
    Charge,
    Custody,
    Episode,
    Facility,
    FacilityAddress,
    FacilityChannel,
    FacilityRule,
    Fact,
    Hearing,
    Interest,
    LibertyStatus,
    Listing,
    ListingStatus,
    PortraitDescription,
    PortraitRendition,
    Prisoner,
    PrisonerInterest,
    PrisonerPicture,
    PrisonerState,
    PrisonerText,
    PublicChange,
    Sentence,
)
from campaign.prisoners.queries.public_parts import (
    Imprisonment,
    PersonChange,
    PortraitSized,
    StatusSince,
    StayAt,
    Told,
    ToldCase,
    ToldCharge,
    ToldHearing,
    ToldListing,
    ToldRule,
    ToldSentence,
    ToldSource,
    WayIn,
)

MOST_SOURCES = 60
MOST_CHANGES = 5
# What the page tells, and so whose sources it names. Facts about family, officials or the state's lists are none of it.
TOLD_SUBJECTS = ("prisoner", "episode", "liberty_status", "custody", "prisoner_case", "charge", "hearing", "sentence",
                 "prisoner_listing", "prisoner_picture")  # fmt: skip
Part = TypeVar("Part")
AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person with all that the page tells. `row` has the columns of `_PERSON`."""

    row: Any
    texts: Sequence[Told]
    interests: Sequence[dict[str, str]]
    """Labels by language."""
    episodes: Sequence[Imprisonment]
    statuses: Sequence[StatusSince]
    stays: Sequence[StayAt]
    cases: Sequence[ToldCase]
    charges: Sequence[ToldCharge]
    hearings: Sequence[ToldHearing]
    sentences: Sequence[ToldSentence]
    listings: Sequence[ToldListing]
    sources: Sequence[ToldSource]
    changes: Sequence[PersonChange]
    ways_in: Sequence[WayIn]
    rules: Sequence[ToldRule]
    portraits: Mapping[str, PortraitSized]
    portrait_alts: Mapping[str, str]

    @property
    def status(self) -> StatusSince | None:
        """What holds now."""
        return next((each for each in self.statuses if each.until_on is None), None)

    @property
    def stay(self) -> StayAt | None:
        """Where they are now, as far as is known."""
        return next((each for each in self.stays if each.until_on is None), None)

    def told_in(self, language: str) -> Told | None:
        """The story in `language`, else in English, else in whichever there is."""
        by_language = {each.language: each for each in self.texts}
        return by_language.get(language) or by_language.get("en") or next(iter(self.texts), None)

    def portrait_alt_in(self, language: str) -> str:
        """What the portrait shows, in `language` or another."""
        alts = self.portrait_alts
        return alts.get(language) or alts.get("en") or next(iter(alts.values()), "")


def get_person_page(slug: str, now: datetime) -> PersonPage:
    """The page of a person whom the public may see; raises NotFound for every other slug."""
    # PostgreSQL refuses NUL in text with an error of its own; no slug has one.
    is_slug = len(slug) <= 80 and slug.isascii() and slug.replace("-", "").isalnum()
    rows = _page().rows(slug=slug, now=now) if is_slug else []
    if not rows:
        raise NotFound
    [row] = rows
    lists = [_read_all(kind, values) for kind, values in zip(_KINDS, row.lists, strict=True)]
    portraits = {each.name: each for each in _read_all(PortraitSized, row.portraits)}
    alts = {each["language"]: each["alt"] for each in row.alts}
    return PersonPage(row, *lists, portraits, alts)  # type: ignore[call-arg, arg-type]


_PERSON = (
    select(
        Prisoner.id, Prisoner.slug, Prisoner.last_ru, Prisoner.first_ru, Prisoner.patronymic_ru, Prisoner.last_latin,
        Prisoner.first_latin, Prisoner.dative_ru, Prisoner.is_dative_confirmed, Prisoner.born_on,
        Prisoner.born_precision, Prisoner.gender, Prisoner.home_region, Prisoner.languages_read,
        Prisoner.letters_policy, Prisoner.reply_means, Prisoner.publicity, Prisoner.changed_on, Prisoner.is_demo,
        Attention.quarters, Attention.last_letter_on, Custody.facility_id, FacilityAddress.postal_index,
        FacilityAddress.region_line, FacilityAddress.locality, FacilityAddress.street,
        FacilityAddress.retrieved_on.label("address_on"), PrisonerPicture.licence,
        PrisonerPicture.credit,
    )
    .select_from(Prisoner)
    .outerjoin(Attention, Attention.prisoner_id == Prisoner.id)
    .outerjoin(Custody, and_(Custody.prisoner_id == Prisoner.id, Custody.until_on.is_(None)))
    .outerjoin(Facility, Facility.id == Custody.facility_id)
    .outerjoin(FacilityAddress, and_(FacilityAddress.facility_id == Facility.id, FacilityAddress.until_on.is_(None)))
    .outerjoin(PrisonerPicture, PrisonerPicture.prisoner_id == Prisoner.id)
    .where(Prisoner.slug == bindparam("slug"), Prisoner.state == PrisonerState.PUBLISHED)
).cte("person")  # fmt: skip
_ID = select(_PERSON.c.id).scalar_subquery()
_FACILITY = select(_PERSON.c.facility_id).scalar_subquery()
_NOW = bindparam("now", type_=DateTime(timezone=True))
# In the order of the fields of PersonPage; None is a list of labels, which needs no class.
_KINDS: tuple[type[Any] | None, ...] = (
    Told, None, Imprisonment, StatusSince, StayAt, ToldCase, ToldCharge, ToldHearing, ToldSentence, ToldListing,
    ToldSource, PersonChange, WayIn, ToldRule,
)  # fmt: skip


@cache
def _page() -> Read:
    of_cases = Case.prisoner_id == _ID
    cases = select(*_columns(ToldCase, Case)).where(of_cases).order_by(Case.opened_on.desc().nulls_last())
    charges = select(*_columns(ToldCharge, Charge)).join(Case, Case.id == Charge.case_id).where(of_cases)
    hearings = select(*_columns(ToldHearing, Hearing)).join(Case, Case.id == Hearing.case_id).where(of_cases)
    sentences = select(*_columns(ToldSentence, Sentence)).join(Case, Case.id == Sentence.case_id).where(of_cases)
    stays = select(*_columns(StayAt, Custody, Facility)).outerjoin(Facility, Facility.id == Custody.facility_id)
    interests = (
        select(Interest.labels)
        .join(PrisonerInterest, PrisonerInterest.interest_id == Interest.id)
        .where(PrisonerInterest.prisoner_id == _ID)
        .order_by(Interest.slug)
    )
    listings = select(*_columns(ToldListing, Listing)).where(
        Listing.prisoner_id == _ID, Listing.status != ListingStatus.WITHDRAWN
    )
    ways_in = select(*_columns(WayIn, FacilityChannel)).where(
        FacilityChannel.facility_id == _FACILITY, FacilityChannel.is_active
    )
    rules = select(*_columns(ToldRule, FacilityRule)).where(
        FacilityRule.facility_id == _FACILITY, FacilityRule.until_on.is_(None)
    )
    lists = (
        select(*_columns(Told, PrisonerText)).where(PrisonerText.prisoner_id == _ID).order_by(PrisonerText.id),
        interests,
        select(*_columns(Imprisonment, Episode)).where(Episode.prisoner_id == _ID).order_by(Episode.arrested_on),
        select(*_columns(StatusSince, LibertyStatus))
        .where(LibertyStatus.prisoner_id == _ID)
        .order_by(LibertyStatus.since_on),
        stays.where(Custody.prisoner_id == _ID).order_by(Custody.from_on),
        cases,
        charges.order_by(Charge.from_on, Charge.article),
        hearings.order_by(Hearing.held_on),
        sentences.order_by(Sentence.decided_on),
        listings.order_by(Listing.since_on),
        _sources(),
        _changes(),
        ways_in.order_by(FacilityChannel.channel),
        rules.order_by(FacilityRule.from_on),
    )
    renditions = select(*_columns(PortraitSized, PortraitRendition)).where(PortraitRendition.prisoner_id == _ID)
    alts = select(PortraitDescription.language, PortraitDescription.alt).where(PortraitDescription.prisoner_id == _ID)
    return Read(
        select(
            _PERSON, func.json_build_array(*map(_as_json, lists)).label("lists"),
            _as_json(renditions).label("portraits"), _as_json(alts).label("alts"),
        )
    )  # fmt: skip


def _sources() -> AnySelect:
    latest = func.max(Fact.retrieved_on)
    return (
        select(Fact.source_title, Fact.source_url, latest.label("retrieved_on"))
        .where(Fact.prisoner_id == _ID, Fact.subject_kind == any_(literal(list(TOLD_SUBJECTS), ARRAY(Text))))
        .where(or_(Fact.source_title != "", Fact.source_url != ""))
        .group_by(Fact.source_title, Fact.source_url)
        .order_by(latest.desc(), Fact.source_title)
        .limit(MOST_SOURCES)
    )


def _changes() -> AnySelect:
    return (
        select(*_columns(PersonChange, PublicChange))
        .where(PublicChange.prisoner_id == _ID, PublicChange.shown_from <= _NOW)
        .order_by(PublicChange.shown_from.desc())
        .limit(MOST_CHANGES)
    )


def _columns(kind: type[Any], *models: Any) -> list[Any]:
    """The columns that `kind` has fields for, each from the first of `models` that has it."""
    return [
        next(getattr(model, each.name) for model in models if hasattr(model, each.name)).label(each.name)
        for each in fields(kind)
    ]


def _as_json(statement: AnySelect) -> ScalarSelect[Any]:
    rows = statement.subquery()
    gathered = func.coalesce(func.json_agg(func.to_json(rows.table_valued())), literal_column("'[]'::json"))
    return select(gathered).select_from(rows).scalar_subquery()


def _read_all(kind: type[Part] | None, values: list[dict[str, Any]]) -> list[Any]:
    if kind is None:
        return [each["labels"] for each in values]
    days = _days_of(cast("Any", kind))
    return [
        kind(**{name: date.fromisoformat(value) if value and name in days else value for name, value in each.items()})
        for each in values
    ]


@cache
def _days_of(kind: Any) -> frozenset[str]:
    return frozenset(each.name for each in fields(kind) if each.type in {date, date | None})
