"""Assignments as coordinators see them: who writes to whom, what is late, who waits, who is kept apart."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, Forbidden
from campaign.kernel.text import one_line
from campaign.penpals import policy
from campaign.penpals.forms.assignment_words import END_WORDS, HEALTH_WORDS, STATE_WORDS, event_words
from campaign.penpals.forms.group_words import ASKED_WORDS
from campaign.penpals.models import LIVE, Assignment, AssignmentState, EndReason, Health
from campaign.penpals.queries import assignments as queries
from campaign.penpals.queries import groups as groups_queries
from campaign.penpals.queries.rota import list_writers
from campaign.penpals.service import assignments as service
from campaign.penpals.service import group_prisoners
from campaign.prisoners.service.names import fold
from campaign.web.guards import requires, requires_some
from campaign.web.i18n import current_language
from campaign.web.paging import paginate

bp = Blueprint("assignments_staff", __name__)
for_some = requires_some(policy.SCOPE, *policy.COORDINATORS)
LONGEST_SEARCH, LONGEST_NOTE = 80, 300
STAFF_ENDS = (
    EndReason.MUTUAL, EndReason.LOST_CONTACT, EndReason.CAPACITY, EndReason.LOST_INTEREST,
    EndReason.TRANSFERRED_BLOCKED, EndReason.SAFETY, EndReason.OTHER,
)  # fmt: skip
ASKED = frozenset({AssignmentState.PROPOSED, AssignmentState.OFFERED})


@bp.get("")
@for_some
def list_assignments() -> ResponseReturnValue:
    """Every assignment one works on; what narrows and sorts the list stands in the address."""
    text = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    asked = {name: request.args.get(name, "") for name in ("state", "health", "group", "only", "sort")}
    within = current_user.subjects_of(policy.SCOPE, *policy.COORDINATORS)
    page = paginate(queries.select_assignments(queries.Wanted(**asked, text=text, folded=fold(text)), within),
                    whole_rows=True)  # fmt: skip
    return render_template(
        "penpals/staff/assignments/list.html", page=page, search=text, asked=asked, states=AssignmentState,
        healths=Health, state_words=STATE_WORDS, health_words=HEALTH_WORDS, only_words=_only_words(),
        groups=groups_queries.list_slugs(current_language(), within), language=current_language(),
        sees_blocks=current_user.has_role(*policy.COORDINATORS),
    )  # fmt: skip


@bp.get("/<uuid:assignment_id>")
@for_some
def show_assignment(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """One of them with its history, and what can be done."""
    return _page(_mine(assignment_id).id)


@bp.post("/<uuid:assignment_id>/withdraw")
@for_some
def withdraw_offer(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Take back a question that nobody has answered."""
    _mine(assignment_id)
    try:
        with transaction():
            service.withdraw(assignment_id, actor=current_user.id, reason=_note())
    except DomainError as problem:
        return _page(assignment_id, _(problem.message)), 409
    flash(_("Taken back. The person is free for somebody else."))
    return _back(assignment_id)


@bp.post("/<uuid:assignment_id>/end")
@for_some
def end_assignment(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """End one with a reason; somebody else is to take over."""
    found = _mine(assignment_id)
    reason = request.form.get("reason", "")
    if reason not in set(STAFF_ENDS):
        return _page(assignment_id, _("Choose a reason.")), 422
    try:
        with transaction():
            _end(found, EndReason(reason))
    except DomainError as problem:
        return _page(assignment_id, _(problem.message)), 409
    flash(_("Ended. The person waits for somebody else who writes."))
    return _back(assignment_id)


@bp.post("/<uuid:assignment_id>/settle")
@for_some
def settle_succession(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Say that nobody needs to take over."""
    _mine(assignment_id)
    try:
        with transaction():
            service.settle_succession(assignment_id, actor=current_user.id, reason=_note())
    except DomainError as problem:
        return _page(assignment_id, _(problem.message)), 409
    flash(_("Noted: nobody needs to take over."))
    return _back(assignment_id)


@bp.post("/<uuid:assignment_id>/keep-apart")
@for_some
def keep_apart(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Never bring these two together again; what runs goes on until it is ended."""
    found = _mine(assignment_id)
    if not _note():
        return _page(assignment_id, _("Say why, so that others understand it later.")), 422
    with transaction():
        service.block_pair(
            found.prisoner_id, volunteer_id=found.volunteer_id, reason=_note(), actor=current_user.id,
            group_id=None if found.volunteer_id else found.group_id,
        )  # fmt: skip
    flash(_("They will not be brought together again."))
    return _back(assignment_id)


@bp.get("/apart")
@requires(*policy.COORDINATORS)
def list_blocks() -> ResponseReturnValue:
    """Pairs that are kept apart, the newest first."""
    page = paginate(queries.select_blocks(), whole_rows=True)
    names = names_of({each[0].blocked_by for each in page.items if each[0].blocked_by})
    return render_template("penpals/staff/assignments/apart.html", page=page, names=names, language=current_language())


@bp.post("/apart/<uuid:block_id>/lift")
@requires(*policy.COORDINATORS)
def lift_block(block_id: uuid.UUID) -> ResponseReturnValue:
    """Let two be brought together again."""
    with transaction():
        lifted = service.lift_block(block_id, actor=current_user.id)
    flash(_("They may be brought together again.") if lifted else _("Nothing keeps them apart any more."))
    return redirect(url_for("assignments_staff.list_blocks"), 303)


def _mine(assignment_id: uuid.UUID) -> Assignment:
    """The assignment, as far as one's role reaches it: everywhere, or in its group. Raises NotFound, Forbidden."""
    found = queries.get_assignment(assignment_id)[0]
    reaches = (
        current_user.has_role_in(policy.SCOPE, found.group_id, *policy.COORDINATORS)
        if found.group_id
        else current_user.has_role(*policy.COORDINATORS)
    )
    if not reaches:
        raise Forbidden
    return found


def _end(found: Assignment, reason: EndReason) -> None:
    """With a group's own, what its members were asked to do or do for the person ends too."""
    if found.volunteer_id is None and found.group_id is not None and found.state in LIVE:
        group_prisoners.hand_back(
            found.group_id, found.prisoner_id, seen_writers=request.form.get("writers", 0, type=int), reason=reason,
            note=_note(), actor=current_user.id,
        )  # fmt: skip
    else:
        service.end(found.id, reason, actor=current_user.id, note=_note(), by_staff=True)


def _page(assignment_id: uuid.UUID, problem: str = "") -> str:
    assignment, prisoner, volunteer, group = queries.get_assignment(assignment_id)
    events = queries.list_events(assignment_id)
    return render_template(
        "penpals/staff/assignments/show.html", assignment=assignment, prisoner=prisoner, volunteer=volunteer,
        group=group, problem=problem, events=events, event_words=event_words, language=current_language(),
        names=names_of({each.actor_id for each in events if each.actor_id}),
        state_words=STATE_WORDS, health_words=HEALTH_WORDS, end_words=END_WORDS, staff_ends=STAFF_ENDS,
        writers=list_writers(group.id, prisoner.id) if group is not None and volunteer is None else [],
        asked_words=ASKED_WORDS, is_asked=assignment.state in ASKED, waits=queries.waits_for_successor(assignment_id),
        note=_note() if request.method == "POST" else "",
    )  # fmt: skip


def _only_words() -> dict[str, str]:
    return {
        "live": _("those that run or are asked"), "held": _("the person is on the way"),
        "successor": _("somebody is to take over"), "another": _("the writer asks for somebody else"),
        "unanswered": _("asked where no mail reaches the writer"),
    }  # fmt: skip


def _note() -> str:
    return one_line(request.form.get("note", ""), LONGEST_NOTE)


def _back(assignment_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("assignments_staff.show_assignment", assignment_id=assignment_id), 303)
