"""The staff list of groups, the page of one, and what a group is."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError, Forbidden
from campaign.kernel.text import one_line
from campaign.penpals import policy
from campaign.penpals.forms.group_words import (
    CHANNEL_WORDS,
    KIND_WORDS,
    ROLE_WORDS,
    language_word,
    language_words,
)
from campaign.penpals.forms.groups import SPOKEN, GroupForm
from campaign.penpals.models import Group, GroupState
from campaign.penpals.queries import groups as queries
from campaign.penpals.queries.members import list_members
from campaign.penpals.queries.rota import count_messages, list_lines
from campaign.penpals.service import groups as service
from campaign.penpals.staff_views.groups.blueprint import back_to, bp, for_coordinators
from campaign.people import policy as people_policy
from campaign.web.fields import VersionForm
from campaign.web.guards import requires_some
from campaign.web.i18n import LANGUAGES, current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

LONGEST_SEARCH = 100


@bp.get("")
@requires_some(policy.SCOPE, *policy.READERS)
def list_groups() -> ResponseReturnValue:
    """Every group that one works on, by name, kind, state, language and by what is wrong; all of it in the address."""
    search = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    chosen = {name: request.args.get(name, "") for name in ("kind", "state", "language", "only", "sort")}
    within, today = current_user.subjects_of(policy.SCOPE, *policy.READERS), clock.today()
    page = paginate(queries.staff_groups(within=within, search=search, today=today, **chosen))
    return render_template(
        "penpals/staff/groups/list.html", page=page, search=search, **chosen, **words(), states=GroupState,
        figures=queries.figures_of([each.id for each in page.items], today),
        languages=[(code, language_word(code)) for code in SPOKEN],
        may_create=policy.can_create_group(current_user),
        may_see_health=people_policy.can_see_somebody(current_user), may_open=lambda each: _may_open(each.id),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
def create_group() -> ResponseReturnValue:
    """Make a group."""
    if not policy.can_create_group(current_user):
        raise Forbidden
    form = GroupForm()
    if not form.validate_on_submit():
        return _edit_page(form, None), 422 if form.errors else 200
    with transaction():
        group = service.create_group(form.draft(), actor=actor_id())
    flash(_("The group is there. Two people who lead it come next."))
    return redirect(url_for("groups_staff.show_members", group_id=group.id), 303)


@bp.get("/<uuid:group_id>")
@for_coordinators
def show_group(group_id: uuid.UUID) -> ResponseReturnValue:
    """One group: what it is, whose turn it is, whom it writes to, and what can be done."""
    return group_page(queries.get_group(group_id))


@bp.route("/<uuid:group_id>/edit", methods=["GET", "POST"])
@for_coordinators
def edit_group(group_id: uuid.UUID) -> ResponseReturnValue:
    """Change what a group is."""
    group, form = queries.get_group(group_id), GroupForm()
    if not form.is_submitted():
        form.show(group)
    if not form.validate_on_submit():
        return _edit_page(form, group), 422 if form.errors else 200
    try:
        with transaction():
            service.edit_group(group_id, form.draft(), seen_version=form.seen_version, actor=actor_id())
    except Conflict:
        stored = queries.get_group(group_id)
        form.version.data = str(stored.version)
        return _edit_page(form, stored, has_conflict=True), 409
    flash(_("The group is saved."))
    return back_to(group_id)


@bp.post("/<uuid:group_id>/close")
@for_coordinators
def close_group(group_id: uuid.UUID) -> ResponseReturnValue:
    """Close a group and hand its prisoners back."""
    form, seen = VersionForm(), request.form.get("prisoners", "")
    try:
        with transaction():
            handed_back = service.close_group(
                group_id, seen_version=form.seen_version, actor=actor_id(),
                seen_prisoners=int(seen) if seen.isdecimal() and len(seen) < 6 else -1,
            )  # fmt: skip
    except (Conflict, service.GroupClosed) as problem:
        return group_page(queries.get_group(group_id), told(problem)), 409
    flash(
        ngettext(
            "The group is closed. %(num)s person waits for somebody else who writes.",
            "The group is closed. %(num)s people wait for somebody else who writes.",
            handed_back,
        )
    )
    return back_to(group_id)


@bp.post("/<uuid:group_id>/reopen")
@for_coordinators
def reopen_group(group_id: uuid.UUID) -> ResponseReturnValue:
    """Open a closed group again."""
    try:
        with transaction():
            service.reopen_group(group_id, seen_version=VersionForm().seen_version, actor=actor_id())
    except DomainError as problem:
        return group_page(queries.get_group(group_id), told(problem)), 409
    flash(_("The group is open again. Give it people to write to, or let the matching do it."))
    return back_to(group_id)


def group_page(group: Group, problem: str = "") -> str:
    """The page, with what stood in the way of the last step."""
    today = clock.today()
    return render_template(
        "penpals/staff/groups/show.html", group=group, problem=problem, **words(), today=today,
        figures=queries.figures_of([group.id], today)[group.id], lines=list_lines(group.id, current_language()),
        members=list_members(group.id), said=count_messages(group.id),
        step=VersionForm(formdata=None, version=group.version), language_names=LANGUAGES,
    )  # fmt: skip


def words() -> dict[str, Any]:
    """Words that the templates share."""
    return {
        "kind_words": KIND_WORDS, "role_words": ROLE_WORDS, "channel_words": CHANNEL_WORDS,
        "language_words": language_words, "name_of": lambda group: group.name_in(current_language()),
    }  # fmt: skip


def _edit_page(form: GroupForm, group: Group | None, *, has_conflict: bool = False) -> str:
    return render_template(
        "penpals/staff/groups/edit.html", form=form, group=group, has_conflict=has_conflict, **words()
    )


def _may_open(group_id: uuid.UUID) -> bool:
    return policy.can_run_group(current_user, group_id)
