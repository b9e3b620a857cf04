"""Templates of mailings: all of them, making, changing, putting away; keeping what a mailing says as one."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, DomainError
from campaign.kernel.text import one_line
from campaign.mailings.forms.mailing import TemplateForm
from campaign.mailings.models import MailingTemplate
from campaign.mailings.queries import mailings as queries
from campaign.mailings.service import templates
from campaign.mailings.service.text.store import BadTexts
from campaign.mailings.staff_views.blocks import insert_if_asked, offer_blocks
from campaign.mailings.staff_views.blueprint import bp, for_writers, mailing_page, shared_words
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

LONGEST_SEARCH = 100


@bp.get("/templates")
@for_writers
def list_templates() -> str:
    """Those in use, or those that were put away."""
    search, is_away = one_line(request.args.get("q", ""), LONGEST_SEARCH), request.args.get("state") == "away"
    page = paginate(templates.select_templates(archived=is_away, search=search))
    makers = names_of({each.made_by for each in page.items if each.made_by is not None})
    return render_template(
        "mailings/staff/templates.html", page=page, search=search, is_away=is_away, makers=makers, **shared_words()
    )


@bp.route("/templates/new", methods=["GET", "POST"])
@for_writers
def write_template() -> ResponseReturnValue:
    """Write one."""
    form = TemplateForm()
    if insert_if_asked(form):
        return _edit_page(form, None)
    if not form.validate_on_submit():
        return _edit_page(form, None), 422 if form.errors else 200
    try:
        with transaction():
            templates.make_template(form.title.data or "", form.texts(), actor=actor_id())
    except BadTexts as problem:
        form.show_problems(problem.problems)
        return _edit_page(form, None, told(problem)), 422
    except DomainError as problem:
        return _edit_page(form, None, told(problem)), 422
    flash(_("The template is saved."))
    return _back()


@bp.route("/templates/<uuid:template_id>", methods=["GET", "POST"])
@for_writers
def edit_template(template_id: uuid.UUID) -> ResponseReturnValue:
    """Change one. Whoever comes second is told, and loses nothing."""
    found, form = templates.get_template(template_id), TemplateForm()
    if not form.is_submitted():
        form.title.data, form.version.data = found.title, str(found.version)
        form.show_texts(templates.texts_of(found))
    if insert_if_asked(form):
        return _edit_page(form, found)
    if not form.validate_on_submit():
        return _edit_page(form, found), 422 if form.errors else 200
    try:
        with transaction():
            texts, seen = form.texts(), form.seen_version
            templates.edit_template(template_id, form.title.data or "", texts, seen_version=seen, actor=actor_id())
    except BadTexts as problem:
        form.show_problems(problem.problems)
        return _edit_page(form, found, told(problem)), 422
    except Conflict as problem:
        session.expire_all()
        form.version.data = str(templates.get_template(template_id).version)
        return _edit_page(form, templates.get_template(template_id), told(problem)), 409
    except DomainError as problem:
        return _edit_page(form, found, told(problem)), 422
    flash(_("The template is saved."))
    return _back()


@bp.post("/templates/<uuid:template_id>/<any('put-away','take-out'):step>")
@for_writers
def put_template_away(template_id: uuid.UUID, step: str) -> ResponseReturnValue:
    """Put it away, or take it out again."""
    with transaction():
        templates.put_away(template_id, away=step == "put-away", actor=actor_id())
    flash(_("It is put away.") if step == "put-away" else _("It is in use again."))
    return _back()


@bp.post("/<uuid:mailing_id>/template")
@for_writers
def keep_as_template(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what a mailing says as a template."""
    found = queries.get_mailing(mailing_id)
    try:
        with transaction():
            made = templates.template_of(found.title, queries.texts_of(mailing_id), actor=actor_id())
    except BadTexts:
        session.expire_all()
        words = _(
            "The text names something that is not public any more. Put it right in the mailing, or write a template."
        )
        return mailing_page(queries.get_mailing(mailing_id), words), 409
    flash(_("It is kept as a template."))
    return redirect(url_for("mailings_staff.edit_template", template_id=made.id), 303)


def _edit_page(form: TemplateForm, found: MailingTemplate | None, problem: str = "") -> str:
    return render_template(
        "mailings/staff/template.html", form=form, template=found, problem=problem, **offer_blocks(), **shared_words()
    )


def _back() -> ResponseReturnValue:
    return redirect(url_for("mailings_staff.list_templates"), 303)
