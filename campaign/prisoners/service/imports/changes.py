"""What a row would change of somebody who is known already: it adds and corrects, and never takes anything away."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

from campaign.kernel.errors import N_
from campaign.kernel.tables.cells import NOTE, Problems
from campaign.prisoners.models import OVER, Gender, LettersPolicy, Liberty, Precision, Prisoner, ReplyMeans
from campaign.prisoners.queries.imported import Known
from campaign.prisoners.service.facts import as_text
from campaign.prisoners.service.imports.fields import TEXTS
from campaign.prisoners.service.imports.match import folded
from campaign.prisoners.service.people import PersonDraft, StoryDraft

_LISTS = ("aliases", "citizenships", "languages_read", "interests")
_NAMES = ("last_ru", "first_ru", "patronymic_ru", "last_latin", "first_latin")
_WORDS: dict[str, Any] = {"gender": Gender, "letters_policy": LettersPolicy, "reply_means": ReplyMeans}


def draft_of(person: Mapping[str, Any]) -> PersonDraft:
    """A new person out of a parsed row."""
    return merged(PersonDraft(), person)


def draft_from(prisoner: Prisoner) -> PersonDraft:
    """A person as they stand, to be changed in places."""
    columns = {each.name for each in fields(PersonDraft)} - {"interests", "stories"}
    values = {name: getattr(prisoner, name) for name in columns}
    stories = [StoryDraft(text.language, text.occupation, text.summary, text.story) for text in prisoner.texts]
    return PersonDraft(**values, interests=[each.slug for each in prisoner.interests], stories=stories)


def merged(draft: PersonDraft, person: Mapping[str, Any]) -> PersonDraft:
    """The draft with what a row says put in, where that says more or something else."""
    changed: dict[str, Any] = {}
    for name in _NAMES:
        if _says_more(name, getattr(draft, name), person.get(name, "")):
            changed[name] = person[name]
    changed |= _born(draft, person)
    for name in _LISTS:
        known = list(getattr(draft, name))
        further = [each for each in person.get(name, ()) if not _is_listed(name, each, draft)]
        if further:
            changed[name] = [*known, *further]
    for name, kind in _WORDS.items():
        if person.get(name) and kind(person[name]) != kind("unknown"):
            changed[name] = kind(person[name])
    if person.get("home_region"):
        changed["home_region"] = person["home_region"]
    stories = _stories(draft, person)
    if stories:
        changed["stories"] = stories
    return replace(draft, **changed)


def list_changes(known: Known, parsed: Mapping[str, Any], problems: Problems) -> list[dict[str, Any]]:
    """Each field that would change, as {"field", "was", "now"}; what is left to a person is noted as a problem."""
    before = draft_from(known.prisoner)
    changes = _differences(before, merged(before, parsed["person"]))
    changes += _further(known, parsed)
    _note_contradictions(known, parsed, problems)
    return changes


def values_of(draft: PersonDraft) -> dict[str, Any]:
    """A draft as flat JSON values; texts by kind and language."""
    values: dict[str, Any] = {}
    for each in fields(draft):
        if each.name == "stories":
            continue
        value = getattr(draft, each.name)
        if isinstance(value, date):
            values[each.name] = value.isoformat()
        else:
            values[each.name] = sorted(value) if isinstance(value, list | tuple) else value
    for story in draft.stories:
        for kind in TEXTS:
            values[f"{kind}_{story.language}"] = getattr(story, kind)
    return values


def _differences(before: PersonDraft, after: PersonDraft) -> list[dict[str, Any]]:
    was, now = values_of(before), values_of(after)
    names = [name for name in {**was, **now} if (was.get(name) or "") != (now.get(name) or "")]
    return [{"field": name, "was": as_text(was.get(name)), "now": as_text(now.get(name))} for name in names]


def _says_more(name: str, ours: str, theirs: str) -> bool:
    """Whether another spelling is another name: initials say less, and alphabets and ё say the same."""
    if not theirs or ours == theirs:
        return False
    if not ours:
        return True
    if theirs.endswith(".") and len(theirs) <= 3:
        return False
    if name.endswith("latin"):
        return folded(ours) != folded(theirs)
    return ours.lower().replace("ё", "е") != theirs.lower().replace("ё", "е")


def _born(draft: PersonDraft, person: Mapping[str, Any]) -> dict[str, Any]:
    """A date that says more than ours, or something else."""
    if not person.get("born_on"):
        return {}
    theirs, precision = date.fromisoformat(person["born_on"]), Precision(person["born_precision"])
    ours = draft.born_on
    if ours is not None and draft.born_precision is not None:
        order = (Precision.YEAR, Precision.MONTH, Precision.DAY)
        says_less = order.index(precision) <= order.index(Precision(draft.born_precision))
        same = theirs.year == ours.year and (
            precision == Precision.YEAR or (theirs.month == ours.month and precision == Precision.MONTH)
        )
        if (ours == theirs and precision == draft.born_precision) or (says_less and same):
            return {}
    return {"born_on": theirs, "born_precision": precision}


def _is_listed(name: str, value: str, draft: PersonDraft) -> bool:
    known = getattr(draft, name)
    if name != "aliases":
        return value in known
    return value in known or folded(value) in {folded(each) for each in (*known, draft.last_ru, draft.last_latin)}


def _stories(draft: PersonDraft, person: Mapping[str, Any]) -> list[StoryDraft]:
    """Every text, with those of the row put in; nothing where the row says nothing new."""
    told = {story.language: story for story in draft.stories}
    for kind in TEXTS:
        for language in ("en", "ru", "de"):
            text = person.get(f"{kind}_{language}", "")
            # Line breaks and spaces are a program's, not an author's: our own export comes back with plain ones.
            if text and text.split() != getattr(told.get(language), kind, "").split():
                told[language] = replace(told.get(language, StoryDraft(language)), **{kind: text})
    return [told[language] for language in sorted(told)]


def _further(known: Known, parsed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What would be added beside the person: a listing, a case, a sentence, an arrest, a stay."""
    added = {
        "listing": adds_listing(known, parsed) and parsed["listing"]["source"],
        "case": adds_case(known, parsed) and case_label(parsed["case"]),
        "sentence": adds_sentence(known, parsed) and parsed["sentence"]["decided_on"],
        "arrested_on": adds_arrest(known, parsed) and parsed["arrest"]["on"],
        "facility": adds_stay(known, parsed) and parsed["place"].get("label", parsed["place"]["certainty"]),
    }
    return [{"field": name, "was": None, "now": now} for name, now in added.items() if now]


def adds_listing(known: Known, parsed: Mapping[str, Any]) -> bool:
    """Whether the row names a source that has not recognised the person yet."""
    return bool(parsed.get("listing")) and parsed["listing"]["source"] not in {each.source for each in known.listings}


def adds_case(known: Known, parsed: Mapping[str, Any]) -> bool:
    """Whether the row tells of a case and none is on record."""
    return bool(parsed.get("case")) and not known.cases


def adds_sentence(known: Known, parsed: Mapping[str, Any]) -> bool:
    """Whether the row tells of a sentence for the only case there is, and that case has none yet."""
    if not parsed.get("sentence"):
        return False
    return (len(known.cases) == 1 and not known.cases[0].sentences) or adds_case(known, parsed)


def adds_arrest(known: Known, parsed: Mapping[str, Any]) -> bool:
    """Whether the row tells of an arrest and no imprisonment is on record."""
    return bool(parsed.get("arrest", {}).get("on")) and not known.episodes and not _is_over(known)


def adds_stay(known: Known, parsed: Mapping[str, Any]) -> bool:
    """Whether the row says where the person is, and we do not know."""
    return bool(parsed.get("place")) and known.stay is None and not _is_over(known)


def case_label(case: Mapping[str, Any]) -> str:
    """What the case is called, or its charges."""
    charges = ", ".join(charge_label(each) for each in case.get("charges", ()))
    return str(case.get("name") or charges)


def charge_label(charge: Mapping[str, str]) -> str:
    """One charge as courts abbreviate it."""
    part = f" ч. {charge['part']}" if charge["part"] else ""
    clause = f" п. «{charge['clause']}»" if charge["clause"] else ""
    return f"ст. {charge['article']}{part}{clause}"


def _is_over(known: Known) -> bool:
    return known.status is not None and Liberty(known.status.status) in OVER


def _note_contradictions(known: Known, parsed: Mapping[str, Any], problems: Problems) -> None:
    """What differs and is not for a table to change: a transfer has consequences, an arrest a history."""
    place, stay = parsed.get("place", {}), known.stay
    if place.get("facility") and stay is not None and str(stay.facility_id) != place["facility"]:
        ours = stay.facility.code if stay.facility else stay.certainty
        problems.add(NOTE, "facility", N_("With us in %(ours)s. A transfer goes through the guided form, with all that"
                                          " follows from it."), ours=ours)  # fmt: skip
    arrested = parsed.get("arrest", {}).get("on")
    if arrested and known.episodes and not any(_fits(each.arrested_on, parsed["arrest"]) for each in known.episodes):
        problems.add(NOTE, "arrested_on", N_("With us arrested on %(ours)s. Look at it by hand."),
                     ours=max(each.arrested_on for each in known.episodes).isoformat())  # fmt: skip
    if parsed.get("case", {}).get("charges") and known.cases and not _has_charges(known, parsed["case"]["charges"]):
        problems.add(NOTE, "articles", N_("The charges on record differ. Look at the case by hand."))


def _fits(ours: date, theirs: Mapping[str, str]) -> bool:
    length = {"day": 10, "month": 7}.get(theirs["precision"], 4)
    return ours.isoformat()[:length] == theirs["on"][:length]


def _has_charges(known: Known, charges: list[Mapping[str, str]]) -> bool:
    ours = {(each.code, each.article, each.part) for case in known.cases for each in case.charges}
    return all((each["code"], each["article"], each["part"]) in ours for each in charges)
