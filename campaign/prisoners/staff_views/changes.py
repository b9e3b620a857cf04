"""Acts that were made: the page of one with what followed from it, and what changed lately."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.prisoners import policy
from campaign.prisoners.forms import situation_words as words
from campaign.prisoners.models import ChangeKind, Prisoner, StatusChange
from campaign.prisoners.queries import changes as queries
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.cases import list_cases
from campaign.prisoners.service.changes import act
from campaign.prisoners.service.changes.draft import draft_of
from campaign.prisoners.service.changes.ledger import StoodUpon
from campaign.prisoners.staff_views.blueprint import bp, for_editors, for_readers
from campaign.prisoners.staff_views.situation_pages import people_named, situation_page
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told


@bp.get("/changes")
@for_readers
def list_changes() -> ResponseReturnValue:
    """What changed lately, the newest first; by kind, what still waits, one's own."""
    kind, waiting, mine = (request.args.get(name, "") for name in ("kind", "waiting", "mine"))
    statement = queries.staff_changes(
        kind=kind, waiting=waiting == "1", made_by=current_user.id if mine == "1" else None
    )  # fmt: skip
    page = paginate(statement)
    people = queries.people_of(page.items)
    waits = queries.waiting_among(page.items)
    rows = [(each, people[each.prisoner_id], each.id in waits) for each in page.items]
    return render_template(
        "prisoners/staff/situation/changes.html", page=page, rows=rows, kind=kind, waiting=waiting, mine=mine,
        kinds=ChangeKind, words=words, names=people_named(each.made_by for each in page.items),
        places=queries.names_of_places(page.items),
    )  # fmt: skip


@bp.get("/<uuid:prisoner_id>/changes/<uuid:change_id>")
@for_readers
def show_change(prisoner_id: uuid.UUID, change_id: uuid.UUID) -> ResponseReturnValue:
    """One act: what was reported, what followed and what waits, and whether it can still be stopped."""
    return _change_page(get_prisoner(prisoner_id), queries.get_change(prisoner_id, change_id))


@bp.post("/<uuid:prisoner_id>/changes/<uuid:change_id>/undo")
@for_editors
def undo_change(prisoner_id: uuid.UUID, change_id: uuid.UUID) -> ResponseReturnValue:
    """Take an act back within its ten minutes."""
    try:
        with transaction():
            act.undo_change(prisoner_id, change_id, actor=actor_id())
    except StoodUpon as problem:
        change = queries.get_change(prisoner_id, change_id)
        later = queries.list_later(change, frozenset(row.id for row in problem.rows))
        return _change_page(get_prisoner(prisoner_id), change, told(problem), later), 409
    except act.TooLate as problem:
        change = queries.get_change(prisoner_id, change_id)
        return _change_page(get_prisoner(prisoner_id), change, told(problem)), 409
    flash(_("It is undone: everything is as it was before."))
    return _to(prisoner_id, change_id)


@bp.post("/<uuid:prisoner_id>/changes/<uuid:change_id>/send-now")
@for_editors
def send_change_now(prisoner_id: uuid.UUID, change_id: uuid.UUID) -> ResponseReturnValue:
    """Let what waits go out at once."""
    with transaction():
        amount = act.send_now(prisoner_id, change_id, actor=actor_id())
    flash(_("It goes out now.") if amount else _("Nothing waited any more."))
    return _to(prisoner_id, change_id)


def _change_page(
    prisoner: Prisoner, change: StatusChange, problem: str = "", later: list[StatusChange] | None = None
) -> str:
    moment, rows = clock.now(), queries.list_consequences(change)
    corrected = queries.get_change(prisoner.id, change.corrects_id) if change.corrects_id else None
    cases = {str(each.id): each for each in list_cases(prisoner.id)}
    return situation_page(
        "prisoners/staff/situation/change.html", prisoner, change=change, draft=draft_of(change), rows=rows,
        problem=problem, stands_on=later or [], corrected=corrected, correction=queries.find_correction(change.id),
        told_again=queries.list_consequences(corrected) if corrected else [],
        names=people_named({change.made_by, change.undone_by}), places=queries.names_of_places([change]),
        case=cases.get(change.details.get("case_id", "")), may_edit=policy.can_edit(current_user),
        can_undo=act.can_undo(change), can_correct=act.can_correct(change),
        seconds_left=max(0, int((change.released_at - moment).total_seconds())),
    )  # fmt: skip


def _to(prisoner_id: uuid.UUID, change_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("prisoners_staff.show_change", prisoner_id=prisoner_id, change_id=change_id), 303)
