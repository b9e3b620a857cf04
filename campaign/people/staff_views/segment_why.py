"""Why somebody is in a segment or out of it. On the blueprint of segments."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.addresses import BadAddress
from campaign.kernel.db import TooSlow, session
from campaign.kernel.errors import Forbidden, NotFound
from campaign.people.forms import segment_words as words
from campaign.people.models import Person
from campaign.people.queries import find_person_by_address
from campaign.people.queries import segments as queries
from campaign.people.queries.segment_tree import Refused
from campaign.people.service.access import check_seen
from campaign.people.service.records import name_of
from campaign.people.service.segments import edit, why
from campaign.people.service.segments.audience import audience_of
from campaign.people.staff_views.blueprint import take_shown
from campaign.people.staff_views.segments import bp, for_some

LONGEST_ADDRESS = 254


@bp.get("/why")
@for_some
def choose_segment() -> ResponseReturnValue:
    """The segments about which one can ask for somebody, from that person's page; all of them without anybody."""
    if not request.args.get("person"):
        return redirect(url_for("segments.list_segments"))
    person = _person(request.args["person"])
    return render_template(
        "people/staff/segments/choose.html", person=person, name=_name(person),
        segments=queries.list_segments(current_user.id),
    )  # fmt: skip


@bp.get("/<uuid:segment_id>/why")
@for_some
def show_why(segment_id: uuid.UUID) -> ResponseReturnValue:
    """Each step with yes or no, and which condition decided."""
    segment = edit.seen_segment(segment_id, current_user)
    if not request.args.get("person"):
        return _page(segment)
    person = _person(request.args["person"])
    try:
        stands = why.explain(segment, person.id, audience_of(current_user))
    except Refused as refused:
        return _page(segment, problem=words.problem_words(refused))
    except TooSlow:
        return _page(segment, problem=_("This took too long to find out. Fewer or narrower conditions help."))
    return _page(segment, person=person, name=_name(person), stands=stands)


@bp.post("/<uuid:segment_id>/why")
@for_some
def find_person(segment_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody by their exact address, which stands in no address of ours."""
    segment = edit.seen_segment(segment_id, current_user)
    address = request.form.get("address", "").strip()[: LONGEST_ADDRESS + 1]
    try:
        found = find_person_by_address(address)
        if found is not None:
            check_seen(current_user, found.id)
    except BadAddress:
        return _page(segment, problem=_("This is no e-mail address."), address=address), 422
    except Forbidden:
        # Somebody else's person is answered for as nobody is.
        found = None
    if found is None:
        return _page(segment, problem=_("Nobody is reached at this address."), address=address), 404
    return redirect(url_for("segments.show_why", segment_id=segment_id, person=found.id), 303)


def _person(text: str) -> Person:
    """Somebody whom one may see. Raises NotFound, Forbidden."""
    try:
        person_id = uuid.UUID(text)
    except ValueError:
        raise NotFound from None
    check_seen(current_user, person_id)
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def _name(person: Person) -> str:
    """What they are called, out of the hour's allowance. Raises ShownEnough."""
    take_shown()
    return name_of(person)


def _page(segment: object, *, problem: str = "", **shown: object) -> str:
    return render_template("people/staff/segments/why.html", segment=segment, problem=problem, words=words, **shown)
