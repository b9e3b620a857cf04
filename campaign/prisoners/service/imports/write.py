"""One row into the registry: somebody new, or what a row adds to somebody who is known; with what undoing needs."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from campaign.kernel import clock
from campaign.prisoners.models import (
    Case,
    Certainty,
    Code,
    Liberty,
    ListingSource,
    Precision,
    Prisoner,
    Punishment,
    Regime,
    Stage,
)
from campaign.prisoners.queries.imported import Known
from campaign.prisoners.service import custody, liberty, listings
from campaign.prisoners.service.cases import (
    CaseDraft,
    ChargeDraft,
    SentenceDraft,
    add_case,
    add_charge,
    record_sentence,
)
from campaign.prisoners.service.facts import Source
from campaign.prisoners.service.imports import changes
from campaign.prisoners.service.people import create_prisoner, edit_prisoner

Parsed = Mapping[str, Any]
Made = dict[str, str]
"""Kind of row > its id, of what was added beside the person."""


def make_person(parsed: Parsed, source: Source, *, actor: uuid.UUID | None) -> Prisoner:
    """Write down somebody new, as a draft that the public does not see. Raises domain errors that name a field."""
    prisoner = create_prisoner(changes.draft_of(parsed["person"]), source, actor=actor)
    add_further(Known(prisoner), parsed, source, actor=actor)
    return prisoner


def change_person(known: Known, parsed: Parsed, source: Source, *, actor: uuid.UUID | None) -> dict[str, Any]:
    """Put in what the row says more; gives what undoing brings back. Raises domain errors that name a field."""
    before = changes.draft_from(known.prisoner)
    after = changes.merged(before, parsed["person"])
    was = changes.values_of(before)
    edit_prisoner(known.prisoner, after, source, seen_version=known.prisoner.version, actor=actor)
    now = changes.values_of(changes.draft_from(known.prisoner))
    differs = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    made = add_further(known, parsed, source, actor=actor)
    return {"was": {name: was.get(name) for name in differs}, "now": {name: now.get(name) for name in differs},
            "made": made}  # fmt: skip


def add_further(known: Known, parsed: Parsed, source: Source, *, actor: uuid.UUID | None) -> Made:
    """The arrest, the stay, the case with its charges and sentence, and the listing that the row tells of and nobody
    has recorded yet."""
    made: Made = {}
    prisoner = known.prisoner
    if changes.adds_arrest(known, parsed):
        made["episode"] = _arrest(prisoner, parsed, source, actor)
    elif parsed.get("arrest", {}).get("status") and known.status is None and not known.episodes:
        day = source.retrieved_on or clock.today()
        status = liberty.set_status(prisoner.id, Liberty(parsed["arrest"]["status"]), day, source, actor=actor)
        made["liberty_status"] = str(status.id)
    if changes.adds_stay(known, parsed):
        made["custody"] = _stay(prisoner, parsed["place"], source, actor)
    made |= _prosecution(known, parsed, made.get("episode"), source, actor)
    if changes.adds_listing(known, parsed):
        made["prisoner_listing"] = _listing(prisoner, parsed["listing"], source, actor)
    return made


def _arrest(prisoner: Prisoner, parsed: Parsed, source: Source, actor: uuid.UUID | None) -> str:
    arrest = parsed["arrest"]
    # Where neither the file nor the kind of place says it, nobody knows: letters wait for that, as they should.
    status = arrest.get("status") or parsed.get("place", {}).get("status") or Liberty.WHEREABOUTS_UNKNOWN
    episode = liberty.open_episode(
        prisoner.id, date.fromisoformat(arrest["on"]), Liberty(status), source, actor=actor,
        precision=Precision(arrest["precision"]),
    )  # fmt: skip
    return str(episode.id)


def _stay(prisoner: Prisoner, place: Parsed, source: Source, actor: uuid.UUID | None) -> str:
    day = source.retrieved_on or clock.today()
    facility = uuid.UUID(place["facility"]) if place.get("facility") else None
    # When they came there the file does not say: they are there by the day it was read.
    draft = custody.StayDraft(Certainty(place["certainty"]), day, facility, verified_on=day)
    return str(custody.record_stay(prisoner.id, draft, source, actor=actor).id)


def _prosecution(
    known: Known, parsed: Parsed, episode: str | None, source: Source, actor: uuid.UUID | None
) -> Made:  # fmt: skip
    made: Made = {}
    case = known.cases[0] if len(known.cases) == 1 else None
    has_sentence = changes.adds_sentence(known, parsed)
    if changes.adds_case(known, parsed):
        case = _case(known.prisoner, parsed, episode, source, actor, is_sentenced=has_sentence)
        made["prisoner_case"] = str(case.id)
    if has_sentence and case is not None:
        sentence = record_sentence(case, _sentence(parsed["sentence"]), source, actor=actor)
        if "prisoner_case" not in made:
            made["sentence"] = str(sentence.id)
    return made


def _case(
    prisoner: Prisoner, parsed: Parsed, episode: str | None, source: Source, actor: uuid.UUID | None, *,
    is_sentenced: bool,
) -> Case:  # fmt: skip
    said = parsed["case"]
    draft = CaseDraft(
        {"ru": changes.case_label(said)}, Stage.SENTENCED_NOT_FINAL if is_sentenced else Stage.UNDER_INVESTIGATION,
        episode_id=uuid.UUID(episode) if episode else None,
    )  # fmt: skip
    case = add_case(prisoner, draft, source, actor=actor)
    for each in said.get("charges", ()):
        charge = ChargeDraft(each["article"], each["part"], each["clause"], Code(each["code"]))
        # Somebody has confirmed an article that the register does not know, or the row would not have come here.
        add_charge(case, charge, source, actor=actor, is_confirmed=True)
    return case


def _sentence(said: Parsed) -> SentenceDraft:
    return SentenceDraft(
        date.fromisoformat(said["decided_on"]), said["court"], Punishment(said["punishment"]),
        regime=Regime(said["regime"]), term_months=said["term_months"],
    )  # fmt: skip


def _listing(prisoner: Prisoner, said: Parsed, source: Source, actor: uuid.UUID | None) -> str:
    since = date.fromisoformat(said["since_on"]) if said["since_on"] else None
    draft = listings.ListingDraft(ListingSource(said["source"]), since_on=since, url=said["url"])
    return str(listings.add_listing(prisoner, draft, source, actor=actor).id)
