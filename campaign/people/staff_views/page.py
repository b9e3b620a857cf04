"""The page of one person, put together once for every view that shows it again."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from campaign.accounts.queries import names_of
from campaign.kernel import clock
from campaign.kernel.errors import Forbidden
from campaign.kernel.registry import Panel
from campaign.kernel.registry_people import people_panels
from campaign.kernel.text import one_line
from campaign.people import policy
from campaign.people.forms import words
from campaign.people.forms.own_ladder import ladder_of
from campaign.people.forms.values import shown
from campaign.people.models import IdentityKind, Purpose
from campaign.people.queries import person_page as queries
from campaign.people.service.access import check_seen
from campaign.people.service.records import name_of
from campaign.people.service.timeline import by_month, kinds_of, list_happenings, subjects_of
from campaign.people.staff_views.blueprint import take_shown
from campaign.web.countries import country_name
from campaign.web.here import stands_at
from campaign.web.i18n import current_language
from campaign.web.paging import page_of

BY_HAND = ("called", "met", "messaged", "gave_time")
"""What staff write down themselves; all else is written by the feature in which it happens."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A way to reach somebody, shown to a person who asked for it."""

    value: str
    claimed_from: uuid.UUID | None = None
    """Whose it is in fact, where two claim it and the reader may see the other."""
    is_claimed_twice: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """What stood in the way of the last step, at which part of the page, and what was typed there."""

    at: str
    words: str
    typed: Mapping[str, str] = field(default_factory=MultiDict)
    other: uuid.UUID | None = None
    """The record that stands in the way, where the reader may see it."""


def show_page(
    person_id: uuid.UUID, *, refused: Refused | None = None, opened: Mapping[uuid.UUID, Opened] | None = None
) -> str:  # fmt: skip
    """The page; its name is taken from the allowance first. Raises NotFound, ShownEnough."""
    person = queries.get_person(person_id)
    take_shown()
    if request.method == "POST":
        stands_at(url_for("person_staff.show_person", person_id=person_id))
    lines, kind = list_happenings(person_id), one_line(request.args.get("kind", ""), 30)
    notes, consents = queries.list_notes(person_id), queries.list_consents(person_id)
    return render_template(
        "people/staff/person/show.html", person=person, name=name_of(person), refused=refused, opened=opened,
        identities=queries.list_identities(person_id), consents=consents, subjects=subjects_of(consents),
        evidence_of=queries.evidence_of,
        tags=queries.list_tags_of(person_id), all_tags=queries.list_tags(), untagged=_untagged(),
        values=queries.list_values(person_id), shown=shown, notes=notes,
        names=names_of({each.written_by for each in notes if each.written_by}), panels=_panels(person_id),
        ladder=ladder_of(person_id), volunteer=queries.find_volunteer_of(person_id), kinds=kinds_of(lines), kind=kind,
        page=page_of([line for line in lines if kind in ("", line.kind)]),
        months=[each for each in reversed(by_month(lines, clock.today())) if each[1]], total=len(lines), words=words,
        country=country_name(person.country, current_language()) if person.country else "", by_hand=BY_HAND,
        purposes=Purpose, identity_kinds=IdentityKind, today=clock.today(),
        may_be_called=any(each.purpose == Purpose.CALLS and each.ended_on is None for each in consents),
        may_define=policy.can_define(current_user), may_erase=policy.can_erase_person(current_user),
    )  # fmt: skip


def other_if_seen(person_id: uuid.UUID) -> uuid.UUID | None:
    """This record, where the reader may see it."""
    try:
        check_seen(current_user, person_id)
    except Forbidden:
        return None
    return person_id


def _panels(person_id: uuid.UUID) -> list[Panel]:
    made = (make(person_id) for make in people_panels)
    return [panel for panel in made if panel is not None]


def _untagged() -> object:
    """The tag that was taken off a moment ago, so that it can be put back."""
    try:
        return queries.find_tag(uuid.UUID(request.args.get("untagged", "")))
    except ValueError:
        return None
