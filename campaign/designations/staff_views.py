"""The staff side of the register: the list, one entry, and changes that two persons make."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.designations import policy, queries
from campaign.designations.forms import (
    KIND_WORDS,
    WHAT_WORDS,
    WORK_WORDS,
    DecisionForm,
    EntryForm,
    LabelForm,
    OrganisationForm,
    ReasonForm,
)
from campaign.designations.models import Proposal
from campaign.designations.service import proposals as service
from campaign.designations.service.entries import BadEntry
from campaign.designations.service.published import find_preview, gaps_of, list_published, listed, text_in
from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError
from campaign.kernel.places import Place
from campaign.kernel.text import id_in, one_line
from campaign.web.guards import requires
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id

bp = Blueprint("designations_staff", __name__)
for_editors = requires(*policy.EDITORS)
for_readers = requires(*policy.READERS)
LONGEST_SEARCH = 100
MOST_CHECKED = 200


@bp.get("")
@for_readers
def list_entries() -> ResponseReturnValue:
    """Every entry, the longest unchecked first; search, filters and sort in the address."""
    search = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    chosen = {name: request.args.get(name, "") for name in ("kind", "what", "age", "sort")}
    waiting = queries.list_waiting_proposals()
    return render_template(
        "designations/staff/list.html", search=search, **chosen, **_words(), waiting=waiting,
        page=paginate(queries.entries(search=search, today=clock.today(), **chosen)),
        outdated=queries.count_outdated(clock.today()), names=names_of({each.asked_by for each in waiting}),
    )  # fmt: skip


@bp.get("/organisations")
@for_readers
def show_public_page() -> ResponseReturnValue:
    """The organisations that are presented to the public, in their order, as visitors of each place see them."""
    # Who looks at it wants to see everything, so that is what is shown where nothing was asked for.
    asked = request.args.get("seen", Place.ELSEWHERE.value)
    seen = Place(asked) if asked in set(Place) else Place.ELSEWHERE
    return render_template(
        "designations/staff/public_page.html", shown=list_published(seen), seen=seen,
        entries={each.slug: each for each in listed()}, gaps={each.slug: gaps_of(each) for each in listed()},
        waiting={each.organisation_id for each in queries.list_waiting_proposals()}, **_words(),
    )  # fmt: skip


@bp.get("/<uuid:organisation_id>")
@for_readers
def show_entry(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """One entry: what texts are searched for, its labels, and what was changed by whom."""
    entry, history = queries.get_organisation(organisation_id), queries.list_proposals(organisation_id)
    checkers = {each.checked_by for each in entry.designations if each.checked_by is not None}
    return render_template(
        "designations/staff/show.html", entry=entry, history=history, names=_names_in(history, checkers), **_words(),
        waiting=queries.find_waiting_proposal(organisation_id),
    )  # fmt: skip


@bp.post("/checked")
@for_editors
def check_labels() -> ResponseReturnValue:
    """Note that labels were looked up today: one, or all that were ticked."""
    ids = [each for each in map(id_in, request.form.getlist("label")[:MOST_CHECKED]) if each is not None]
    with transaction():
        count = service.check_labels(ids, actor=current_user.id)
    if count:
        flash(ngettext("%(num)s label was looked up today.", "%(num)s labels were looked up today.", count))
    else:
        flash(_("Tick the labels that you have looked up."))
    back = id_in(request.form.get("entry", ""))
    if back is not None:
        return redirect(url_for("designations_staff.show_entry", organisation_id=back), 303)
    return redirect(url_for("designations_staff.list_entries", age=request.form.get("age") or None), 303)


@bp.route("/new", methods=["GET", "POST"])
@for_editors
def propose_entry() -> ResponseReturnValue:
    """Propose an organisation or a medium with its first label, or without one."""
    form = EntryForm()

    def ask() -> Proposal:
        return service.propose_entry(
            form.organisation_draft(), form.first_label(), reason=_reason(form), actor=actor_id()
        )

    return _propose(form, ask, parts=("organisation", "label"), entry=None)


@bp.route("/<uuid:organisation_id>/edit", methods=["GET", "POST"])
@for_editors
def propose_organisation(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Propose to change names, spellings, domains or the presentation."""
    entry, form = queries.get_organisation(organisation_id), OrganisationForm()
    if not form.is_submitted():
        form.show_organisation(entry)

    def ask() -> Proposal:
        return service.propose_organisation(entry, form.organisation_draft(), reason=_reason(form), actor=actor_id())

    return _propose(form, ask, parts=("organisation",), entry=entry)


@bp.route("/<uuid:organisation_id>/labels/new", methods=["GET", "POST"])
@for_editors
def propose_label(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Propose another label."""
    entry, form = queries.get_organisation(organisation_id), LabelForm()

    def ask() -> Proposal:
        return service.propose_label(entry, None, form.label_draft(), reason=_reason(form), actor=actor_id())

    return _propose(form, ask, parts=("label",), entry=entry)


@bp.route("/<uuid:organisation_id>/labels/<uuid:label_id>", methods=["GET", "POST"])
@for_editors
def propose_label_change(organisation_id: uuid.UUID, label_id: uuid.UUID) -> ResponseReturnValue:
    """Propose to correct or to end a label."""
    entry, form = queries.get_organisation(organisation_id), LabelForm()
    label = queries.get_label(entry, label_id)
    if not form.is_submitted():
        form.show_label(label)

    def ask() -> Proposal:
        return service.propose_label(entry, label, form.label_draft(), reason=_reason(form), actor=actor_id())

    return _propose(form, ask, parts=("label",), entry=entry)


@bp.get("/proposals/<uuid:proposal_id>")
@for_readers
def show_proposal(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """One change, field by field, for the second person."""
    return _proposal_page(queries.get_proposal(proposal_id))


@bp.post("/proposals/<uuid:proposal_id>/<any('approve','refuse'):name>")
@for_editors
def decide_proposal(proposal_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Make a change, refuse it, or take one's own back."""
    form = DecisionForm()
    act = {"approve": service.approve_proposal, "refuse": service.refuse_proposal}[name]
    remark = form.remark.data or ""
    if not form.validate():
        return _proposal_page(queries.get_proposal(proposal_id), " ".join(form.remark.errors), remark), 422
    try:
        with transaction():
            proposal = act(proposal_id, actor=actor_id(), remark=remark)
    except (service.NeedsSecondPerson, service.NeedsReason, Conflict) as problem:
        status = {service.NeedsSecondPerson: 403, service.NeedsReason: 422}.get(type(problem), 409)
        return _proposal_page(queries.get_proposal(proposal_id), _(problem.message), remark), status
    if name == "approve":
        flash(_("The register is changed. Every page follows within a minute."))
        return redirect(url_for("designations_staff.show_entry", organisation_id=proposal.organisation_id), 303)
    flash(_("The change is not made."))
    return redirect(url_for("designations_staff.list_entries"), 303)


def _propose(form: ReasonForm, ask: Callable[[], Proposal], *, parts: Sequence[str], entry: Any) -> ResponseReturnValue:
    """Show a form, refuse what is wrong at its field, or put the proposal before a second person."""
    problem, status = "", 200
    if form.is_submitted() and not form.validate():
        status = 422
    elif form.is_submitted():
        try:
            with transaction():
                proposal = ask()
        except BadEntry as refusal:
            form[refusal.field].errors = [str(_(refusal.message))]
            status = 422
        except service.NeedsReason as refusal:
            form.reason.errors = [str(_(refusal.message))]
            status = 422
        except DomainError as refusal:
            problem, status = str(_(refusal.message)), 409
        else:
            flash(_("The change waits for a second person. Until then the register says what it said."))
            return redirect(url_for("designations_staff.show_proposal", proposal_id=proposal.id), 303)
    page = render_template(
        "designations/staff/propose.html", form=form, parts=parts, problem=problem,
        entry=queries.get_organisation(entry.id) if entry is not None else None, language=current_language(),
        waiting=queries.find_waiting_proposal(entry.id) if entry is not None else None,
    )  # fmt: skip
    return page, status


def _proposal_page(proposal: Proposal, problem: str = "", remark: str = "") -> str:
    fields = [name for name in {**proposal.before, **proposal.after}
              if proposal.before.get(name) != proposal.after.get(name)]  # fmt: skip
    preview = find_preview(proposal, queries.find_organisation(proposal.organisation_id))
    return render_template(
        "designations/staff/proposal.html", proposal=proposal, fields=fields, problem=problem, remark=remark,
        may_approve=policy.can_approve(current_user, proposal), preview=preview,
        names=_names_in([proposal], set()), **_words(),
    )  # fmt: skip


def _names_in(shown: Sequence[Proposal], others: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    named = {each for proposal in shown for each in (proposal.asked_by, proposal.decided_by) if each is not None}
    return dict(names_of(named | others))


def _words() -> dict[str, Any]:
    return {
        "kind_words": KIND_WORDS, "what_words": WHAT_WORDS, "work_words": WORK_WORDS, "text_in": text_in,
        "value_words": KIND_WORDS | WHAT_WORDS | WORK_WORDS, "may_edit": policy.can_edit(current_user),
        "is_outdated": lambda label: label.ended_on is None and policy.is_outdated(label, clock.today()),
    }  # fmt: skip


def _reason(form: ReasonForm) -> str:
    return form.reason.data or ""
