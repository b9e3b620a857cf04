"""Organisations as the public is shown them: what each does, how to reach and support it, what the state calls it."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from campaign.designations.models import Designation, Organisation, Proposal, Work
from campaign.designations.policy import is_designated, may_show_link, may_show_name
from campaign.designations.queries import list_organisations
from campaign.designations.service.entries import LANGUAGES, put_organisation
from campaign.kernel import clock
from campaign.kernel.places import Place

DEFAULT = "en"
ORGANISATION = "organisation."
PRESENTATION_AGE = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Source:
    """What a statement rests on; `url` is None where this visitor must not be led there."""

    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class PublishedOrganisation:
    """One organisation as visitors of one place may see it. Texts are maps from language to Markdown."""

    slug: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    works: Sequence[str]
    """What it does (Work)."""
    url: str | None
    """None where it must not be linked."""
    reach: Mapping[str, str]
    """Empty where it must not be linked."""
    support: Mapping[str, str]
    """Empty for whoever has not said they are outside Russia."""
    sources: Sequence[Source]
    described_on: date | None
    labels: Sequence[Designation]
    """What the state calls it, the oldest first; one with `ended_on` was lifted."""
    is_designated: bool
    """Whether it carries a label now."""


def list_published(place: Place, work: str = "") -> Sequence[PublishedOrganisation]:
    """The organisations of the public page in its order, as visitors of `place` may see them (SAFETY.md 17).

    `work` narrows to those that do one thing (Work). In Russia designated organisations are not among them, their
    links are not for whoever has not said; where to give is for visitors outside Russia alone. A caller that cannot
    say where its reader is passes Place.RUSSIA.
    """
    return [
        publish(each, place) for each in listed() if may_show_name(each, place) and (not work or work in each.works)
    ]  # fmt: skip


def listed() -> Sequence[Organisation]:
    """Every organisation that the public page presents, in its order, whoever may see it."""
    found = [each for each in list_organisations() if each.is_listed]
    return sorted(found, key=lambda each: (each.position, each.name_in(DEFAULT).casefold(), each.slug))


def count_left_out(place: Place) -> int:
    """How many of the public page's organisations visitors of `place` are not shown."""
    return sum(not may_show_name(each, place) for each in listed())


def count_works(published: Sequence[PublishedOrganisation]) -> Mapping[Work, int]:
    """How many do each thing; what nobody does is not in it."""
    counts = Counter(work for each in published for work in each.works)
    return {work: counts[work] for work in Work if counts[work]}


def publish(organisation: Organisation, place: Place) -> PublishedOrganisation:
    """One organisation as visitors of `place` would see it, whether or not they may see its name."""
    links = may_show_link(organisation, place)
    return PublishedOrganisation(
        slug=organisation.slug, names=organisation.names, descriptions=organisation.descriptions,
        works=organisation.works, url=organisation.url if links else None, reach=organisation.reach if links else {},
        support=organisation.support if place is Place.ELSEWHERE else {},
        sources=[Source(each["name"], each["url"] if links else None) for each in organisation.sources],
        described_on=organisation.described_on, labels=list(organisation.designations),
        is_designated=is_designated(organisation),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a presentation lacks, for those who edit it."""

    languages: Sequence[str]
    """Languages in which there is no description."""
    has_sources: bool
    has_reach: bool
    has_support: bool
    is_old: bool
    """Whether nobody has held it against its sources for half a year."""


def gaps_of(organisation: Organisation) -> Gaps:
    """What the presentation of one organisation lacks."""
    described = organisation.described_on
    return Gaps(
        languages=[code for code in LANGUAGES if not organisation.descriptions.get(code)],
        has_sources=bool(organisation.sources), has_reach=bool(organisation.reach),
        has_support=bool(organisation.support),
        is_old=described is None or clock.today() - described > PRESENTATION_AGE,
    )  # fmt: skip


def find_preview(proposal: Proposal, known: Organisation | None) -> PublishedOrganisation | None:
    """How the public page would present an organisation after a proposal, to visitors outside Russia.

    None where the proposal is about a label alone, or about something that is not presented.
    """
    values: dict[str, Any] = {
        name.removeprefix(ORGANISATION): value
        for name, value in proposal.after.items()
        if name.startswith(ORGANISATION)
    }
    if not values.get("is_listed"):
        return None
    draft = Organisation(id=uuid.uuid4(), slug=known.slug if known is not None else "preview")
    put_organisation(draft, values)
    labels = list(known.designations) if known is not None else []
    return replace(publish(draft, Place.ELSEWHERE), labels=labels)


def text_in(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """(a text in `language`, else in English, else in whatever there is; the language it is in). Empty: ("", "")."""
    code = next((each for each in (language, DEFAULT, *texts) if texts.get(each)), "")
    return (texts[code], code) if code else ("", "")
