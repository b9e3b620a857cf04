"""The filters of the list of people as the steps of a segment; what was searched for by name is left out."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from campaign.kernel.actors import Actor
from campaign.kernel.registry_people import segment_conditions
from campaign.people.models import FieldKind, Segment
from campaign.people.queries.conditions import ANY
from campaign.people.queries.ladder import FREE, RUNG
from campaign.people.queries.segment_tree import Chosen, Match, Step, StepKind, Tree, read_tree, tidy_values
from campaign.people.queries.wanted import NONE, Wanted, WantedField
from campaign.people.service.segments import edit


def make_from_list(title: str, wanted: Wanted, *, actor: Actor) -> Segment:
    """A segment of one's own that means whom the list shows. Raises BadTitle, NotFound, BadValue."""
    base = Tree()
    if wanted.segment is not None:
        base = read_tree(edit.seen_segment(wanted.segment[0], actor).tree)
    return edit.make_segment(title, tree_of(wanted, base), is_shared=False, actor=actor)


def tree_of(wanted: Wanted, base: Tree = Tree()) -> Tree:  # noqa: B008 - frozen
    """The steps that mean whom the filters mean; with a segment among them, its steps and then what narrows it."""
    conditions = tuple(_chosen(each) for each in _conditions(wanted))
    if not base.steps:
        return Tree((Step(StepKind.ADD, conditions=conditions or (Chosen("everybody"),)),))
    if not conditions:
        return base
    # To keep who meets all of them is to take away who does not meet any one of them.
    turned = tuple(replace(each, is_not=not each.is_not) for each in conditions)
    return Tree((*base.steps, Step(StepKind.SUBTRACT, Match.ANY, turned)))


def _chosen(given: Chosen) -> Chosen:
    return replace(given, values=tidy_values(segment_conditions[given.name], given.values))


def _conditions(wanted: Wanted) -> Iterator[Chosen]:
    plain = {
        "country": ("country", wanted.country), "language": ("language", wanted.language),
        "spoken": ("language", wanted.spoken), "skill": ("skill", wanted.skill),
        "availability": ("time", wanted.availability), "kept": ("reason", wanted.kept_for),
        "group": ("group", str(wanted.group or "")),
    }  # fmt: skip
    yield from (Chosen(name, {field: value}) for name, (field, value) in plain.items() if value)
    yield from (Chosen("tag", {"tag": str(each)}) for each in wanted.tags)
    yield from (Chosen("tag", {"tag": str(each)}, is_not=True) for each in wanted.without_tags)
    yield from _agreed_and_reached(wanted)
    if wanted.ladder:
        kind, _colon, rest = wanted.ladder.partition(":")
        yield Chosen(
            *{RUNG: ("ladder-rung", {"rung": rest}), FREE: ("ladder-free", {"step": rest})}.get(
                kind, ("ladder-held", {"held": rest})
            )
        )
    if wanted.since_from is not None:
        yield Chosen("since", {"day": wanted.since_from.isoformat()})
    if wanted.since_to is not None:
        yield Chosen("since", {"day": (wanted.since_to + timedelta(days=1)).isoformat()}, is_not=True)
    if wanted.active_from is not None:
        yield Chosen("active-day", {"day": wanted.active_from.isoformat()})
    if wanted.active_to is not None:
        yield Chosen("active-day", {"day": (wanted.active_to + timedelta(days=1)).isoformat()}, is_not=True)
    for each in wanted.fields:
        yield from _of_field(each)


def _agreed_and_reached(wanted: Wanted) -> Iterator[Chosen]:
    for name, field, so, not_so in (
        ("consent", "purpose", wanted.consent, wanted.without_consent),
        ("reach", "kind", wanted.reached, wanted.not_reached),
    ):
        if so:
            yield Chosen(name, {field: ANY if so == NONE else so}, is_not=so == NONE)
        if not_so:
            yield Chosen(name, {field: not_so}, is_not=True)


def _of_field(wanted: WantedField) -> Iterator[Chosen]:
    field = str(wanted.field_id)
    if wanted.word == NONE:
        yield Chosen("field-filled", {"field": field}, is_not=True)
        return
    if wanted.word in ("", ANY):
        if wanted.least is None and wanted.most is None:
            yield Chosen("field-filled", {"field": field})
        name, value = ("field-date", "day") if wanted.kind is FieldKind.DATE else ("field-number", "number")
        last = "field-date-last" if wanted.kind is FieldKind.DATE else "field-number-most"
        if wanted.least is not None:
            yield Chosen(name, {"field": field, value: str(wanted.least)})
        if wanted.most is not None:
            yield Chosen(last, {"field": field, value: str(wanted.most)})
    elif wanted.kind is FieldKind.YES_NO:
        yield Chosen("field-yes-no", {"field": field, "answer": wanted.word})
    else:
        yield Chosen("field-choice", {"option": f"{uuid.UUID(field)}:{wanted.word}"})
