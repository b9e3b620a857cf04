"""The room of mailings: all of them, writing one, changing it, deleting a draft."""

import uuid
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, DomainError
from campaign.kernel.text import one_line
from campaign.mailings.forms.mailing import MailingForm
from campaign.mailings.models import LONGEST_TITLE, Audience, Mailing, MailingState, MailingTemplate
from campaign.mailings.queries import mailings as queries
from campaign.mailings.service import templates, write
from campaign.mailings.service.text.store import BadTexts
from campaign.mailings.staff_views.blocks import insert_if_asked, offer_blocks
from campaign.mailings.staff_views.blueprint import back_to, bp, for_watchers, for_writers, mailing_page, shared_words
from campaign.people.models import Topic
from campaign.web.paging import paginate
from campaign.web.settings import settings
from campaign.web.steps import actor_id, told

LONGEST_SEARCH = 100
MOST_TEMPLATES = 30


@bp.get("")
@for_watchers
def list_mailings() -> str:
    """Every mailing; what narrows and sorts the list stands in the address."""
    search, sort = one_line(request.args.get("q", ""), LONGEST_SEARCH), request.args.get("sort", "")
    state, topic = request.args.get("state", ""), request.args.get("topic", "")
    state, topic = state if state in set(MailingState) else "", topic if topic in set(Topic) else ""
    page = paginate(queries.select_mailings(state=state, topic=topic, search=search, sort=sort))
    writers = names_of({each.written_by for each in page.items if each.written_by is not None})
    return render_template(
        "mailings/staff/list.html", page=page, search=search, state=state, topic=topic, sort=sort, writers=writers,
        **shared_words(),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@for_writers
def write_mailing() -> ResponseReturnValue:
    """Write one: from nothing, or with the text of another as a beginning. Nothing is stored before it is saved."""
    form = MailingForm()
    if not form.is_submitted():
        _begin_with(form)
    if insert_if_asked(form):
        return _edit_page(form, None)
    if not form.validate_on_submit():
        return _edit_page(form, None), 422 if form.errors else 200
    try:
        with transaction():
            # On a demonstration everybody is made up, and so is what they get.
            made = write.create_mailing(form.draft(), actor=actor_id(), is_demo=settings().demo)
    except BadTexts as problem:
        form.show_problems(problem.problems)
        return _edit_page(form, None, told(problem)), 422
    except DomainError as problem:
        return _edit_page(form, None, told(problem)), 422
    flash(_("The draft is saved. Nobody gets it before a second person has said yes."))
    return back_to(made.id)


@bp.get("/<uuid:mailing_id>")
@for_watchers
def show_mailing(mailing_id: uuid.UUID) -> str:
    """One mailing: how far it is, what it says, what happened."""
    return mailing_page(queries.get_mailing(mailing_id))


@bp.route("/<uuid:mailing_id>/edit", methods=["GET", "POST"])
@for_writers
def edit_mailing(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """Change what it says. Whoever comes second is told, and loses nothing."""
    found = queries.get_mailing(mailing_id)
    if request.method == "GET" and found.state not in write.CHANGEABLE:
        return mailing_page(found, _("A second person has said yes to this mailing, so its text stays as it is.")), 409
    form = _form(found)
    if not form.is_submitted():
        form.show(found, write.drafts_of(list(queries.texts_of(mailing_id).values())))
    if insert_if_asked(form):
        return _edit_page(form, found)
    if not form.validate_on_submit():
        return _edit_page(form, found), 422 if form.errors else 200
    try:
        with transaction():
            write.edit_mailing(mailing_id, form.draft(), seen_version=form.seen_version, actor=actor_id())
    except Conflict as problem:
        return _written_at_once(form, mailing_id, told(problem))
    except BadTexts as problem:
        form.show_problems(problem.problems)
        return _edit_page(form, found, told(problem)), 422
    except DomainError as problem:
        return _edit_page(form, found, told(problem)), 422
    flash(_("Saved."))
    return back_to(mailing_id)


@bp.post("/<uuid:mailing_id>/delete")
@for_writers
def delete_mailing(mailing_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a draft."""
    typed = request.form.get("version", "")
    seen = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0
    try:
        with transaction():
            write.delete_mailing(mailing_id, seen_version=seen, actor=actor_id())
    except Conflict as problem:
        session.expire_all()
        return mailing_page(queries.get_mailing(mailing_id), told(problem)), 409
    flash(_("The draft is deleted."))
    return redirect(url_for("mailings_staff.list_mailings"), 303)


def _begin_with(form: MailingForm) -> None:
    """Take over the text of the template or the mailing that the address names; a made-up one leaves it empty."""
    template = _template_named(request.args.get("template", ""))
    if template is not None:
        form.show_texts(templates.texts_of(template))
        form.title.data = template.title
        return
    found = _named(request.args.get("copy", ""))
    if found is None:
        return
    form.show_texts(write.drafts_of(list(queries.texts_of(found.id).values())))
    form.title.data = _("Copy of %(title)s", title=found.title)[:LONGEST_TITLE]
    if found.topic in write.FREE_TOPICS:
        form.topic.data = found.topic


def _named(typed: str) -> Mailing | None:
    try:
        return session.get(Mailing, uuid.UUID(typed))
    except ValueError:
        return None


def _template_named(typed: str) -> MailingTemplate | None:
    try:
        return session.get(MailingTemplate, uuid.UUID(typed))
    except ValueError:
        return None


def _offered(found: Mailing | None) -> Sequence[MailingTemplate]:
    """Templates to begin with, where nothing is written yet."""
    if found is not None or request.method != "GET":
        return []
    return session.scalars(templates.select_templates().limit(MOST_TEMPLATES)).all()


def _form(found: Mailing) -> MailingForm:
    form = MailingForm()
    if found.audience != Audience.SEGMENT:
        del form.topic
    return form


def _written_at_once(form: MailingForm, mailing_id: uuid.UUID, problem: str) -> ResponseReturnValue:
    """Two people wrote at once: what was typed stays in the form, and what is stored stands beside it.

    The form now carries the stored version, so that saving again, after having read it, replaces it.
    """
    session.expire_all()
    found = queries.get_mailing(mailing_id)
    form.version.data = str(found.version)
    return _edit_page(form, found, problem, is_stored=True), 409


def _edit_page(form: MailingForm, found: Mailing | None, problem: str = "", *, is_stored: bool = False) -> str:
    stored = queries.texts_of(found.id) if found is not None and is_stored else {}
    return render_template(
        "mailings/staff/edit.html", form=form, found=found, problem=problem, stored=stored, templates=_offered(found),
        **offer_blocks(), **shared_words(),
    )  # fmt: skip
