"""The staff side of partners: who they are, with which key, how many let them write, and what was exported."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from campaign.accounts.queries import list_staff, names_of
from campaign.designations.policy import is_designated
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, Forbidden
from campaign.kernel.mail.delivery import post_office
from campaign.partners import policy, queries
from campaign.partners.forms import DecisionForm, ExportForm, PartnerForm, TermsForm
from campaign.partners.models import Partner, PartnerExport
from campaign.partners.service import exports, keys, terms
from campaign.petitions.models import Petition
from campaign.petitions.queries import get_petition
from campaign.web.guards import fresh, requires_in
from campaign.web.i18n import current_language
from campaign.web.steps import told

bp = Blueprint("partners_staff", __name__)
for_keepers = requires_in(policy.SCOPE, "petition_id", *policy.KEEPERS)


@bp.get("/<uuid:petition_id>/partners")
@for_keepers
def list_partners(petition_id: uuid.UUID) -> ResponseReturnValue:
    """Everybody who stands beside this petition, in the order of the sign form."""
    petition, partners = get_petition(petition_id), queries.list_partners(petition_id)
    return _page(
        "list", petition, partners=partners, tallies=queries.tallies_of([each.id for each in partners]),
        may_add=petition.state in terms.OFFERED_UNTIL,
    )  # fmt: skip


@bp.route("/<uuid:petition_id>/partners/new", methods=["GET", "POST"])
@for_keepers
@fresh
def add_partner(petition_id: uuid.UUID) -> ResponseReturnValue:
    """Propose an organisation with its words and its key."""
    petition, form = get_petition(petition_id), PartnerForm()
    form.offer(
        queries.list_organisations_to_choose(), current_language(), _("(designated: offered outside Russia only)")
    )
    if not form.is_submitted():
        return _page("edit", petition, form=form, partner=None)
    if not form.validate():
        form.forget_private_key()
        return _page("edit", petition, form=form, partner=None), 422
    try:
        with transaction():
            partner = terms.add_partner(
                petition, uuid.UUID(form.organisation.data), form.draft(), actor=current_user.id
            )  # fmt: skip
    except DomainError as problem:
        return _refused(petition_id, form, None, problem)
    flash(_("Proposed. Nobody is offered it before a second person has compared the fingerprint and approved."))
    return _to(partner)


@bp.route("/<uuid:petition_id>/partners/<uuid:partner_id>/edit", methods=["GET", "POST"])
@for_keepers
@fresh
def edit_partner(petition_id: uuid.UUID, partner_id: uuid.UUID) -> ResponseReturnValue:
    """Propose other words or another key."""
    petition, partner, form = get_petition(petition_id), queries.get_partner(petition_id, partner_id), TermsForm()
    if not form.is_submitted():
        form.show(partner.current or partner.terms[-1])
        return _page("edit", petition, form=form, partner=partner)
    if not form.validate():
        form.forget_private_key()
        return _page("edit", petition, form=form, partner=partner), 422
    try:
        with transaction():
            terms.propose_terms(partner, form.draft(), actor=current_user.id)
    except DomainError as problem:
        return _refused(petition_id, form, partner_id, problem)
    flash(_("Proposed. What stood there before stays until a second person approves."))
    return _to(partner)


@bp.get("/<uuid:petition_id>/partners/<uuid:partner_id>")
@for_keepers
def show_partner(petition_id: uuid.UUID, partner_id: uuid.UUID) -> ResponseReturnValue:
    """One partner: words, key, numbers, exports, and what was decided when."""
    return _partner_page(petition_id, partner_id)


@bp.post("/<uuid:petition_id>/partners/<uuid:partner_id>/decide")
@for_keepers
@fresh
def decide_terms(petition_id: uuid.UUID, partner_id: uuid.UUID) -> ResponseReturnValue:
    """Approve or put away what was proposed."""
    partner, form = queries.get_partner(petition_id, partner_id), DecisionForm()
    approve = request.form.get("decision") == "approve"
    try:
        with transaction():
            if approve:
                terms.approve_terms(
                    partner, form.seen_number, compared=bool(form.compared.data), actor=current_user.id
                )  # fmt: skip
            else:
                terms.refuse_terms(partner, form.seen_number, actor=current_user.id)
    except Forbidden:
        raise
    except DomainError as problem:
        return _partner_page(petition_id, partner_id, problem=told(problem)), 409
    flash(_("Approved: from now on it is offered like this.") if approve else _("Put away."))
    return _to(partner)


@bp.post("/<uuid:petition_id>/partners/<uuid:partner_id>/move-up")
@for_keepers
def move_up(petition_id: uuid.UUID, partner_id: uuid.UUID) -> ResponseReturnValue:
    """One place further up in the sign form."""
    with transaction():
        terms.move_up(queries.get_partner(petition_id, partner_id))
    return redirect(url_for("partners_staff.list_partners", petition_id=petition_id), 303)


@bp.post("/<uuid:petition_id>/partners/<uuid:partner_id>/end")
@for_keepers
def end_partner(petition_id: uuid.UUID, partner_id: uuid.UUID) -> ResponseReturnValue:
    """Offer it no more, and delete what has not left."""
    partner = queries.get_partner(petition_id, partner_id)
    with transaction():
        gone = terms.end_partner(partner, actor=current_user.id)
    flash(ngettext(
        "Ended. %(num)s opt-in that had not left is deleted.",
        "Ended. %(num)s opt-ins that had not left are deleted.", gone,
    ))  # fmt: skip
    return _to(partner)


@bp.post("/<uuid:petition_id>/partners/<uuid:partner_id>/exports")
@for_keepers
@fresh
def ask_for_export(petition_id: uuid.UUID, partner_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for what has come since the last one."""
    partner, form = queries.get_partner(petition_id, partner_id), ExportForm()
    if not form.validate():
        return _partner_page(petition_id, partner_id, form=form), 422
    try:
        with transaction():
            exports.ask_for_export(partner, actor=current_user.id, reason=form.reason.data)
    except DomainError as problem:
        return _partner_page(petition_id, partner_id, form=form, problem=told(problem)), 409
    flash(_("Asked for. It waits for a second person."))
    return _to(partner)


@bp.post("/<uuid:petition_id>/partners/<uuid:partner_id>/exports/<uuid:export_id>/decide")
@for_keepers
@fresh
def decide_export(petition_id: uuid.UUID, partner_id: uuid.UUID, export_id: uuid.UUID) -> ResponseReturnValue:
    """Approve or decline what somebody else has asked for."""
    partner, row = _export(petition_id, partner_id, export_id)
    if not policy.can_decide_export(current_user, partner, row):
        raise Forbidden(_("Who asks for an export does not approve it. A second person must."))
    approve = request.form.get("decision") == "approve"
    try:
        with transaction():
            exports.decide_export(row, approve=approve, actor=current_user.id, mail_host=_mail_host())
    except Forbidden:
        raise
    except DomainError as problem:
        return _partner_page(petition_id, partner_id, problem=told(problem)), 409
    flash(_("Approved. Who asked for it can download it for seven days.") if approve else _("Declined."))
    return _to(partner)


@bp.post("/<uuid:petition_id>/partners/<uuid:partner_id>/exports/<uuid:export_id>/download")
@for_keepers
@fresh
def download_export(petition_id: uuid.UUID, partner_id: uuid.UUID, export_id: uuid.UUID) -> ResponseReturnValue:
    """The file for the partner, which nobody here can read."""
    partner, row = _export(petition_id, partner_id, export_id)
    if not policy.can_download(current_user, partner, row):
        raise Forbidden(_("Only who asked for an export may download it."))
    with transaction():
        content = exports.download(row, actor=current_user.id)
    response = Response(content, mimetype="application/zip")
    name = f"{partner.organisation.slug}-{row.id.hex[:8]}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _partner_page(
    petition_id: uuid.UUID, partner_id: uuid.UUID, *, form: ExportForm | None = None, problem: str = ""
) -> Response:
    petition, partner = get_petition(petition_id), queries.get_partner(petition_id, partner_id)
    rows = queries.list_exports(partner.id)
    who = {each.asked_by for each in rows} | {each.asked_by for each in partner.terms}
    who |= {each.decided_by for each in rows if each.decided_by} | {
        each.decided_by for each in partner.terms if each.decided_by
    }
    return make_response(_page(
        "show", petition, partner=partner, form=form or ExportForm(), problem=problem, rows=rows, names=names_of(who),
        decision=DecisionForm(formdata=None), tally=queries.tallies_of([partner.id])[partner.id],
        is_open=exports.is_open, has_others=_has_others(petition_id),
    ))  # fmt: skip


def _page(template: str, petition: Petition, **values: Any) -> str:
    return render_template(
        f"partners/staff/{template}.html", petition=petition, text=petition.text_in(current_language()), policy=policy,
        fingerprint=keys.fingerprint, is_designated=is_designated, **values,
    )  # fmt: skip


def _refused(
    petition_id: uuid.UUID, form: TermsForm, partner_id: uuid.UUID | None, problem: DomainError
) -> ResponseReturnValue:
    """The form again with what was typed, and the refusal at the field it is about or above all."""
    form.forget_private_key()
    above = ""
    if isinstance(problem, keys.BadKey | terms.KeyOfAnother):
        form.recipient.errors = [*form.recipient.errors, told(problem)]
    else:
        above = told(problem)
    partner = queries.get_partner(petition_id, partner_id) if partner_id is not None else None
    page = _page("edit", get_petition(petition_id), form=form, partner=partner, problem=above)
    return page, 409 if above else 422


def _to(partner: Partner) -> ResponseReturnValue:
    address = url_for("partners_staff.show_partner", petition_id=partner.petition_id, partner_id=partner.id)
    return redirect(address, 303)


def _export(petition: uuid.UUID, partner: uuid.UUID, export: uuid.UUID) -> tuple[Partner, PartnerExport]:
    found = queries.get_partner(petition, partner)
    return found, queries.get_export(found.id, export)


def _has_others(petition: uuid.UUID) -> bool:
    """Whether anybody but who is looking could be the second person; otherwise it waits, and the page says so."""
    return any(
        account.id != current_user.id and account.is_active and grant.role in policy.KEEPERS
        and grant.scope_id in {None, petition}
        for account, grant in list_staff()
    )  # fmt: skip


def _mail_host() -> str:
    return post_office.sender.host if post_office.sender is not None else "localhost"
