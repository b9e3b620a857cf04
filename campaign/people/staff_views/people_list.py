"""The list of people: search (sealed, ADR 0014), filters, order and columns, all of it in the address."""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from urllib.parse import urlencode

from flask import Blueprint, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import TooSlow, limited, transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.kernel.registry import role_scopes
from campaign.kernel.text import one_line
from campaign.people import policy
from campaign.people.forms import ladder_words, words
from campaign.people.forms import people_columns as columns
from campaign.people.forms.condition_words import SPOKEN
from campaign.people.forms.people_filters import (
    LONGEST_SEARCH,
    PAGE,
    SEARCH,
    TYPED,
    VIEW,
    Filters,
    Reader,
    field_word,
)
from campaign.people.models import Availability, FieldKind, IdentityKind, KeptFor, PeopleView, PersonField, Skill
from campaign.people.queries import fields as fields_queries
from campaign.people.queries.name_index import IndexState, Look, name_index
from campaign.people.queries.people_list import PER_PAGE, Found, Hits, find_people
from campaign.people.queries.views import find_default_view, list_views
from campaign.people.service import listing
from campaign.people.service.access import people_seen_by
from campaign.people.service.segments.audience import audience_of
from campaign.people.service.segments.edit import seen_segment
from campaign.web.countries import country_choices
from campaign.web.guards import requires_some
from campaign.web.i18n import LANGUAGES, current_language
from campaign.web.paging import Page, requested_page
from campaign.web.sealed_search import open_search, seal_search
from campaign.web.templating import link_to

bp = Blueprint("people_list", __name__)
for_readers = requires_some(policy.SCOPE, *policy.READERS)
APPLY, ALL = "apply", "all"
SOME_PERSON = uuid.UUID(int=0)
LIST_SECONDS, ACT_SECONDS = 5, 12
"""What a segment among the filters may take: on a page, and where somebody acts on all who match."""


@bp.get("")
@for_readers
def list_people() -> ResponseReturnValue:
    """Everybody one may see; what narrows the list, its order and its columns stand in the address."""
    default = None if request.args else find_default_view(current_user.id)
    if default is not None:
        return redirect(view_url(default))
    fields, tags = fields_queries.list_open_fields(), fields_queries.list_tag_names()
    filters = _read(request.args.to_dict(flat=False), fields, tags)
    if APPLY in request.args:
        # A form sends every field; the address keeps those that say something.
        return redirect(list_url({**filters.arguments, VIEW: request.args.get(VIEW, "")}))
    look = look_at_names()
    hits = listing.search(filters.wanted.text, look) if filters.wanted.text else Hits()
    within, is_too_slow = people_seen_by(current_user), False
    try:
        with in_time(filters, LIST_SECONDS):
            found = find_people(filters.wanted, hits, within=within, look=look, number=requested_page())
    except TooSlow:
        found, is_too_slow = Found((), 1, 0), True
    shown = columns.shown_by(filters.columns, fields)
    with transaction():
        may_open = listing.take_to_show(len(found.ids) * shown.sealed, actor=current_user.id)
    rows = listing.read_rows(found.ids, shown, may_open=may_open)
    return render_template(
        "people/staff/list.html", filters=filters, wanted=filters.wanted, found=found, rows=rows, look=look,
        states=IndexState, may_open=may_open, is_too_slow=is_too_slow, may_merge=policy.can_merge(current_user),
        page=Page(found.ids, found.number, PER_PAGE, found.total),
        columns=columns.columns_of(filters.columns, fields), every_column=columns.all_columns(fields),
        cell=columns.cell, kept={name: value for name, value in filters.arguments.items() if name != PAGE},
        person_url=_person_url(), everybody_url=list_url({VIEW: ALL}), view_url=view_url, **_views(),
        **_choices(fields, tags),
    )  # fmt: skip


@bp.post("/find")
@for_readers
def search_people() -> ResponseReturnValue:
    """The form with what is searched for and the filters: their address, in which what was typed stands sealed."""
    typed = one_line(request.form.get(TYPED, ""), LONGEST_SEARCH)
    filters = filters_of({**request.form.to_dict(flat=False), SEARCH: [seal_search(typed)] if typed else []})
    return redirect(list_url({**filters.arguments, VIEW: request.form.get(VIEW, "")}), 303)


@bp.get("/names")
@for_readers
def show_loading() -> ResponseReturnValue:
    """How far the names have been read into memory, for the page that waits for it."""
    look = look_at_names()
    return jsonify(done=look.done, is_at_work=look.state is IndexState.LOADING)


def look_at_names() -> Look:
    """The index of names. A server that did not start its thread (rsgi.py) does with the first list: `flask run`."""
    if not current_app.testing:
        name_index.start(current_app._get_current_object().app_context)  # type: ignore[attr-defined]
    return name_index.look()


def in_time(filters: Filters, seconds: float) -> AbstractContextManager[None]:
    """An end to what a segment or the ladder among the filters may take; raises TooSlow. Columns need none."""
    wanted = filters.wanted
    return limited(seconds) if wanted.segment is not None or wanted.ladder else nullcontext()


def hits_of(filters: Filters, look: Look) -> Hits:
    """Whom the search of an act on all who match means. Raises Conflict where nobody can say who all of them are."""
    if filters.is_search_lost:
        raise Conflict(_("What was searched for is forgotten, so nobody can say who all of them are. Search again."))
    if not filters.wanted.text:
        return Hits()
    if look.state is not IndexState.READY:
        raise Conflict(_("Names cannot be searched at the moment, so nobody can say who all of them are."))
    return listing.search(filters.wanted.text, look)


def filters_of(given: Mapping[str, Sequence[str]]) -> Filters:
    """What parameters of an address, or of a form, narrow the list to."""
    return _read(given, fields_queries.list_open_fields(), fields_queries.list_tag_names())


def _read(
    given: Mapping[str, Sequence[str]], fields: Sequence[PersonField], tags: Sequence[tuple[uuid.UUID, str]]
) -> Filters:
    audience = audience_of(current_user)
    return Reader(
        given, fields, dict(tags), segment_title=_segment_title, audience=audience, open_search=open_search
    ).read()


def _segment_title(segment_id: uuid.UUID) -> str | None:
    """What a segment is called that one may see, put away or not."""
    try:
        return seen_segment(segment_id, current_user).title
    except NotFound:
        return None


def view_url(view: PeopleView) -> str:
    """The list as a saved view shows it."""
    return list_url({**view.query, VIEW: str(view.id)})


def list_url(arguments: Mapping[str, str]) -> str:
    """The address of the list with these parameters; empty ones are left out."""
    query = urlencode({name: value for name, value in arguments.items() if value})
    return url_for("people_list.list_people") + (f"?{query}" if query else "")


def _views() -> dict[str, object]:
    """Saved views, and which of them this is."""
    saved, here = list_views(current_user.id), request.args.get(VIEW, "")
    own = next((view for view in saved if str(view.id) == here and view.owner_id == current_user.id), None)
    return {"views": saved, "view_here": here, "own_view": own}


def _choices(fields: Sequence[PersonField], tags: Sequence[tuple[uuid.UUID, str]]) -> dict[str, object]:
    """What the filters offer."""
    return {
        "countries": country_choices(current_language()), "languages": LANGUAGES, "language_word": words.language_word,
        "skills": {each.value: words.SKILL_WORDS[each] for each in Skill},
        "times": {each.value: words.AVAILABILITY_WORDS[each] for each in Availability},
        "kept_for": {each.value: words.KEPT_FOR_WORDS[each] for each in KeptFor},
        "identities": {each.value: words.IDENTITY_WORDS[each] for each in IdentityKind},
        "purposes": words.PURPOSE_WORDS, "tags": tags, "groups": _groups(),
        "fields": [each for each in fields if each.kind != FieldKind.TEXT],
        "field_word": field_word, "spoken_codes": SPOKEN, "ladder": ladder_words.place_options(),
    }  # fmt: skip


def _groups() -> list[tuple[uuid.UUID, str]]:
    """The groups by which the list can be narrowed: all, or those of whom the role is."""
    if policy.SCOPE not in role_scopes:
        return []
    mine = policy.groups_of(current_user)
    return [pair for pair in role_scopes[policy.SCOPE].list_subjects() if mine is None or pair[0] in mine]


def _person_url() -> str:
    """The address of a person's page without their id; empty where there is no such page."""
    return link_to(f"/staff/people/{SOME_PERSON}").removesuffix(str(SOME_PERSON))
