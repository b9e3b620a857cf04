"""The vocabulary of interests: added to, renamed and merged."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.text import one_line
from campaign.prisoners import policy
from campaign.prisoners.forms.interests import MergeForm, WordForm
from campaign.prisoners.models import Interest
from campaign.prisoners.queries import interests as queries
from campaign.prisoners.queries.people_list import list_interests as list_words
from campaign.prisoners.service import interests as service
from campaign.prisoners.staff_views.blueprint import bp, for_editors, for_readers
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

LONGEST_SEARCH = 60
PER_PAGE = 50


@bp.get("/interests")
@for_readers
def list_interests() -> ResponseReturnValue:
    """Every word with how many people it is noted for; search and sort in the address."""
    search, sort = one_line(request.args.get("q", ""), LONGEST_SEARCH), request.args.get("sort", "")
    page = paginate(queries.interests(search=search, sort=sort, language=current_language()), per_page=PER_PAGE)
    ids = [each.id for each in page.items]
    return render_template(
        "prisoners/staff/interests/list.html", page=page, search=search, sort=sort, people=queries.count_people(ids),
        merged=queries.list_merged(ids), may_edit=policy.can_edit(current_user),
    )  # fmt: skip


@bp.route("/interests/new", methods=["GET", "POST"])
@for_editors
def add_interest() -> ResponseReturnValue:
    """Add a word in English and Russian, and in German if one knows it."""
    form = WordForm()
    if not form.validate_on_submit():
        return _word_page(form, None), 422 if form.errors else 200
    try:
        with transaction():
            service.add_interest(form.labels(), actor=actor_id())
    except service.WordExists as problem:
        return _exists(form, None, problem)
    flash(_("The word is added."))
    return _back()


@bp.post("/interests/start")
@for_editors
def load_interests() -> ResponseReturnValue:
    """Add the words that the vocabulary begins with."""
    with transaction():
        added = service.load_starting_words(actor=actor_id())
    flash(ngettext("%(num)s word is added.", "%(num)s words are added.", added))
    return _back()


@bp.route("/interests/<uuid:interest_id>", methods=["GET", "POST"])
@for_editors
def edit_interest(interest_id: uuid.UUID) -> ResponseReturnValue:
    """Change what a word is called."""
    interest, form = queries.get_interest(interest_id), WordForm()
    if not form.is_submitted():
        form.show(interest)
    if not form.validate_on_submit():
        return _word_page(form, interest), 422 if form.errors else 200
    try:
        with transaction():
            service.rename_interest(interest, form.labels(), seen=form.seen_labels, actor=actor_id())
    except service.WordExists as problem:
        return _exists(form, interest, problem)
    except Conflict as problem:
        form.remember(interest)
        return _word_page(form, interest, problem=told(problem)), 409
    flash(_("The word is changed."))
    return _back()


@bp.route("/interests/<uuid:interest_id>/merge", methods=["GET", "POST"])
@for_editors
def merge_interest(interest_id: uuid.UUID) -> ResponseReturnValue:
    """Let another word stand for this one."""
    loser, form, problem = queries.get_interest(interest_id), MergeForm(), ""
    language = current_language()
    form.offer([(str(each.id), each.label_in(language)) for each in list_words() if each.id != loser.id])
    if form.validate_on_submit():
        try:
            with transaction():
                winner = queries.get_interest(uuid.UUID(form.winner.data))
                service.merge_interests(loser, winner, actor=actor_id())
        except service.NotMergeable as refusal:
            problem = told(refusal)
        else:
            flash(_("The two words are one now."))
            return _back()
    page = render_template(
        "prisoners/staff/interests/merge.html", form=form, interest=loser, problem=problem,
        people=queries.count_people([loser.id]).get(loser.id, 0),
    )  # fmt: skip
    return page, 409 if problem else 422 if form.errors else 200


def _exists(form: WordForm, interest: Interest | None, problem: service.WordExists) -> ResponseReturnValue:
    form.refuse(problem, told(problem))
    return _word_page(form, interest, twin=problem.interest), 422


def _word_page(form: WordForm, interest: Interest | None, *, problem: str = "", twin: Interest | None = None) -> str:
    return render_template(
        "prisoners/staff/interests/word.html", form=form, interest=interest, problem=problem, twin=twin
    )


def _back() -> ResponseReturnValue:
    return redirect(url_for("prisoners_staff.list_interests"), 303)
