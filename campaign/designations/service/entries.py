"""Entries of the register as plain values: what a form gives, what a proposal stores, what a reader compares."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from campaign.designations.models import (
    LAST_POSITION,
    USUAL_POSITION,
    Designation,
    DesignationKind,
    Organisation,
    OrganisationKind,
    Precision,
    Work,
)
from campaign.designations.service.gate.matcher import is_address
from campaign.kernel import clock
from campaign.kernel.errors import N_, DomainError

LANGUAGES = ("en", "ru", "de")
URL = re.compile(r"https://\S{1,490}")
MOST_WORDS = 60
MOST_SOURCES = 10
BAR = " | "
"""Between the name of a source and its address, as a form and a proposal write it on one line."""
Values = dict[str, Any]
"""Field > JSON value, as "names.en" or "since_on"; lists and texts are compared as they stand."""


class BadEntry(DomainError):
    """What was given of an entry cannot be; `field` names the place."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field = field_name


@dataclass(frozen=True, slots=True)
class OrganisationDraft:
    """An organisation or medium. Texts by language, English among the names."""

    names: Mapping[str, str]
    url: str
    kind: OrganisationKind = OrganisationKind.ORGANISATION
    descriptions: Mapping[str, str] = field(default_factory=dict)
    aliases: Sequence[str] = ()
    domains: Sequence[str] = ()
    is_listed: bool = False
    works: Sequence[str] = ()
    reach: Mapping[str, str] = field(default_factory=dict)
    support: Mapping[str, str] = field(default_factory=dict)
    sources: Sequence[str] = ()
    """One a line: publication and day, a bar, the address."""
    described_on: date | None = None
    position: int = USUAL_POSITION


@dataclass(frozen=True, slots=True)
class DesignationDraft:
    """One label: what the state calls the organisation, since when, by which act, according to whom."""

    kind: DesignationKind
    since_on: date
    act: Mapping[str, str]
    source_url: str
    source_name: str
    since_precision: Precision = Precision.DAY
    ended_on: date | None = None


def values_of_organisation(draft: OrganisationDraft) -> Values:
    """The draft as values; raises BadEntry."""
    names, descriptions = _texts(draft.names), _texts(draft.descriptions)
    _refuse_if(not names.get("en"), "name_en", N_("Enter the name in English."))
    _refuse_if(draft.is_listed and not descriptions.get("en"), "description_en",
               N_("What the public page presents needs a description in English."))  # fmt: skip
    _refuse_if(URL.fullmatch(draft.url.strip()) is None, "url", N_("An address begins with https://."))
    aliases, domains = _lines(draft.aliases), _lines(draft.domains)
    _refuse_if(any(len(each) < 3 for each in aliases), "aliases", N_("A spelling has three letters at least."))
    wrong = next((each for each in domains if not is_address(each)), None)
    _refuse_if(wrong is not None, "domains", N_("One domain a line, as in example.org or t.me/example."))
    return {
        **{f"names.{language}": text for language, text in names.items()},
        **{f"descriptions.{language}": text for language, text in descriptions.items()},
        "url": draft.url.strip(), "kind": OrganisationKind(draft.kind).value, "aliases": aliases, "domains": domains,
        "is_listed": draft.is_listed, **_values_of_presentation(draft),
    }  # fmt: skip


def _values_of_presentation(draft: OrganisationDraft) -> Values:
    """What the public page says beside name, site and description; what is empty is left out."""
    today, works = clock.today(), [each.value for each in Work if each in draft.works]
    sources = [_source_line(each) for each in draft.sources if each.strip()]
    _refuse_if(len(sources) > MOST_SOURCES, "sources", N_("These are too many."))
    _refuse_if(draft.is_listed and not works, "works", N_("Say what it does: visitors look for that."))
    _refuse_if(draft.is_listed and not sources, "sources", N_("Name one source at least for what is said here."))
    _refuse_if(draft.is_listed and draft.described_on is None, "described_on",
               N_("Say on which day you held it against the sources."))  # fmt: skip
    _refuse_if(draft.described_on is not None and draft.described_on > today, "described_on",
               N_("This day lies in the future."))  # fmt: skip
    _refuse_if(not 1 <= draft.position <= LAST_POSITION, "position", N_("Enter a number from 1 to 1000."))
    values: Values = {
        "works": works, **{f"reach.{code}": text for code, text in _texts(draft.reach).items()},
        **{f"support.{code}": text for code, text in _texts(draft.support).items()}, "sources": sources,
        "described_on": draft.described_on.isoformat() if draft.described_on is not None else None,
        "position": draft.position,
    }  # fmt: skip
    return _told(values)


def values_of_designation(draft: DesignationDraft) -> Values:
    """The draft as values; raises BadEntry."""
    act, today = _texts(draft.act), clock.today()
    _refuse_if(draft.since_on > today, "since_on", N_("This day lies in the future."))
    _refuse_if(draft.ended_on is not None and draft.ended_on > today, "ended_on", N_("This day lies in the future."))
    _refuse_if(
        draft.ended_on is not None and draft.ended_on < draft.since_on, "ended_on", N_("It cannot end before it began.")
    )  # fmt: skip
    _refuse_if(not act.get("en"), "act_en", N_("Say in English what was decided, and by whom."))
    _refuse_if(URL.fullmatch(draft.source_url.strip()) is None, "source_url", N_("An address begins with https://."))
    _refuse_if(not draft.source_name.strip(), "source_name", N_("Name the source and its day."))
    return {
        "kind": DesignationKind(draft.kind).value, "since_on": _first_of(draft).isoformat(),
        "since_precision": Precision(draft.since_precision).value,
        "ended_on": draft.ended_on.isoformat() if draft.ended_on is not None else None,
        **{f"act.{language}": text for language, text in act.items()},
        "source_url": draft.source_url.strip(), "source_name": draft.source_name.strip(),
    }  # fmt: skip


def stored_organisation(organisation: Organisation) -> Values:
    """What stands in the register, as values to compare with."""
    return {
        **{f"names.{language}": text for language, text in organisation.names.items()},
        **{f"descriptions.{language}": text for language, text in organisation.descriptions.items() if text},
        "url": organisation.url, "kind": organisation.kind, "aliases": list(organisation.aliases),
        "domains": list(organisation.domains), "is_listed": organisation.is_listed,
        **_stored_presentation(organisation),
    }  # fmt: skip


def _stored_presentation(organisation: Organisation) -> Values:
    described = organisation.described_on
    values: Values = {
        "works": list(organisation.works), **{f"reach.{code}": text for code, text in organisation.reach.items()},
        **{f"support.{code}": text for code, text in organisation.support.items()},
        "sources": source_lines(organisation.sources),
        "described_on": described.isoformat() if described is not None else None, "position": organisation.position,
    }  # fmt: skip
    return _told(values)


def _told(values: Values) -> Values:
    """Without what is empty or as usual, so that a proposal from before these fields were made still compares."""
    return {name: value for name, value in values.items() if value and (name, value) != ("position", USUAL_POSITION)}


def source_lines(sources: Sequence[Any]) -> list[str]:
    """Sources as a form and a proposal write them."""
    return [f"{each['name']}{BAR}{each['url']}" for each in sources]


def stored_designation(designation: Designation) -> Values:
    """What stands in the register, as values to compare with."""
    ended = designation.ended_on
    return {
        "kind": designation.kind, "since_on": designation.since_on.isoformat(),
        "since_precision": designation.since_precision, "ended_on": ended.isoformat() if ended is not None else None,
        **{f"act.{language}": text for language, text in designation.act.items()},
        "source_url": designation.source_url, "source_name": designation.source_name,
    }  # fmt: skip


def put_organisation(organisation: Organisation, values: Values) -> None:
    """Write values to the row."""
    organisation.names = _by_language(values, "names")
    organisation.descriptions = {"en": "", **_by_language(values, "descriptions")}
    organisation.url, organisation.kind = values["url"], values["kind"]
    organisation.aliases, organisation.domains = values["aliases"], values["domains"]
    organisation.is_listed, organisation.staff_edited_at = values["is_listed"], clock.now()
    # What a proposal does not hold is empty or as usual.
    organisation.works, organisation.position = values.get("works", []), values.get("position", USUAL_POSITION)
    organisation.reach, organisation.support = _by_language(values, "reach"), _by_language(values, "support")
    organisation.sources = [_source_of(each) for each in values.get("sources", [])]
    described = values.get("described_on")
    organisation.described_on = date.fromisoformat(described) if described else None


def put_designation(designation: Designation, values: Values, *, checked_on: date, checked_by: uuid.UUID) -> None:
    """Write values to the row; who proposed it has read the source on that day."""
    ended = values["ended_on"]
    designation.kind, designation.since_precision = values["kind"], values["since_precision"]
    designation.since_on = date.fromisoformat(values["since_on"])
    designation.ended_on = date.fromisoformat(ended) if ended else None
    designation.act = _by_language(values, "act")
    designation.source_url, designation.source_name = values["source_url"], values["source_name"]
    if designation.checked_on is None or designation.checked_on < checked_on:
        designation.checked_on, designation.checked_by = checked_on, checked_by
    designation.staff_edited_at = clock.now()


def _first_of(draft: DesignationDraft) -> date:
    """The day with what the source does not say set to the first."""
    if draft.since_precision == Precision.YEAR:
        return draft.since_on.replace(month=1, day=1)
    return draft.since_on.replace(day=1) if draft.since_precision == Precision.MONTH else draft.since_on


def _texts(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: texts[language].strip() for language in LANGUAGES if texts.get(language, "").strip()}


def _by_language(values: Values, name: str) -> dict[str, str]:
    prefix = f"{name}."
    return {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}


def _lines(lines: Sequence[str]) -> list[str]:
    kept = list(dict.fromkeys(each.strip() for each in lines if each.strip()))
    if len(kept) > MOST_WORDS:
        raise BadEntry("aliases", N_("These are too many."))
    return kept


def _source_line(line: str) -> str:
    name, bar, url = (part.strip() for part in line.rpartition("|"))
    _refuse_if(not (bar and name) or URL.fullmatch(url) is None, "sources",
               N_("One source a line, as in: Radio Svoboda, 28 August 2024 | https://example.org/article"))  # fmt: skip
    return f"{name}{BAR}{url}"


def _source_of(line: str) -> dict[str, str]:
    name, _bar, url = line.rpartition(BAR)
    return {"name": name, "url": url}


def _refuse_if(is_wrong: bool, field_name: str, message: str) -> None:
    if is_wrong:
        raise BadEntry(field_name, message)
