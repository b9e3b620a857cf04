"""Work for volunteers: letters to translate, taken for a week, with the writer's words beside the Russian ones.

Nobody but who has taken a letter sees its words.
"""

import uuid

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.views.visitor import signed_in
from campaign.activities.service import tasks as service
from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import N_, DomainError, NotFound
from campaign.letters.forms.marks import pieces_of, remarks_of
from campaign.letters.forms.tasks import LANGUAGE_WORDS, TranslationForm
from campaign.letters.forms.words import SEVERITY_WORDS
from campaign.letters.queries import own
from campaign.letters.queries import tasks as queries
from campaign.letters.queries.pages import room_for
from campaign.letters.service import bodies, translating
from campaign.letters.service.checking import check_letter
from campaign.letters.service.errors import ChangedElsewhere
from campaign.penpals.models import WriterProfile
from campaign.penpals.queries.writers import find_own
from campaign.people.models import Volunteer
from campaign.web.i18n import current_language
from campaign.web.paging import paginate

bp = Blueprint("tasks", __name__)


@bp.get("")
def list_tasks() -> ResponseReturnValue:
    """What one has taken, and what is open and fits."""
    me = _find_me()
    page = paginate(queries.select_open(me[0], me[1].languages), whole_rows=True) if me is not None else None
    return render_template(
        "letters/tasks/list.html", is_at_work=me is not None, page=page, today=clock.today(),
        has_offered=find_own(signed_in().id) is not None, written=me[1].languages if me is not None else [],
        mine=queries.list_mine(me[0].id) if me is not None else [], language_words=LANGUAGE_WORDS,
    )  # fmt: skip


@bp.post("/<uuid:task_id>/take")
def take(task_id: uuid.UUID) -> ResponseReturnValue:
    """Take it for a week."""
    me, profile = _me()
    try:
        with transaction():
            if queries.find_work(task_id, me.id) is None and not queries.may_take(task_id, me, profile):
                raise service.TakenByAnother(N_("This is not open to you, or somebody else has taken it meanwhile."))
            service.claim(task_id, me.id)
            translating.note_reading(task_id, actor=signed_in().id)
    except service.TakenByAnother as problem:
        flash(_(problem.message), "alarm")
        return redirect(url_for("tasks.list_tasks"), 303)
    return redirect(url_for("tasks.show_task", task_id=task_id), 303)


@bp.post("/<uuid:task_id>/give-back")
def give_back(task_id: uuid.UUID) -> ResponseReturnValue:
    """Leave it to others; what is translated so far stays for them."""
    me, _profile = _me()
    with transaction():
        service.give_back(task_id, me.id)
    flash(_("Given back. What you have translated stays for whoever goes on."))
    return redirect(url_for("tasks.list_tasks"), 303)


@bp.get("/<uuid:task_id>")
def show_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """The desk: the writer's words left, the Russian right."""
    return _desk(task_id)


@bp.post("/<uuid:task_id>")
def save(task_id: uuid.UUID) -> ResponseReturnValue:
    """Save what was typed, and check it or hand it in where that button was pressed."""
    form, step, (me, _profile) = TranslationForm(), request.form.get("step", "save"), _me()
    try:
        with transaction():
            _task, letter = translating.open_work(task_id, me.id)
            translating.save_translation(letter, form.text.data or "", seen_text_version=form.seen_version)
    except NotFound:
        raise
    except ChangedElsewhere as problem:
        return _desk(task_id, form, _(problem.message), shows_other=True), 409
    except DomainError as problem:
        return _lost(form, _(problem.message)), 409
    if step == "submit":
        return _hand_in(task_id, me)
    if step == "check":
        return _desk(task_id, checks=True)
    flash(_("Saved. You can go on later."))
    return redirect(url_for("tasks.show_task", task_id=task_id), 303)


@bp.post("/<uuid:task_id>/autosave")
def autosave(task_id: uuid.UUID) -> ResponseReturnValue:
    """Save while somebody types; gives the version to go on from, or why it was not saved."""
    form, (me, _profile) = TranslationForm(), _me()
    try:
        with transaction():
            _task, letter = translating.open_work(task_id, me.id)
            translating.save_translation(letter, form.text.data or "", seen_text_version=form.seen_version)
    except NotFound:
        raise
    except DomainError as problem:
        return jsonify({"problem": _(problem.message)}), 409
    return jsonify({"seen": letter.text_version, "characters": letter.characters, "pages": letter.pages})


def _hand_in(task_id: uuid.UUID, me: Volunteer) -> ResponseReturnValue:
    try:
        with transaction():
            translating.hand_in(*translating.open_work(task_id, me.id), actor=signed_in().id)
    except NotFound:
        raise
    except DomainError as problem:
        return _desk(task_id, None, _(problem.message)), 422
    flash(_("Handed in. Thank you: a moderator reads both texts now."))
    return redirect(url_for("tasks.list_tasks"), 303)


def _desk(
    task_id: uuid.UUID, form: TranslationForm | None = None, problem: str = "", *, shows_other: bool = False,
    checks: bool = False,
) -> str:  # fmt: skip
    me, _profile = _me()
    work = queries.find_work(task_id, me.id)
    if work is None:
        raise NotFound
    task, letter = work
    body, language = bodies.read_body(letter), current_language()
    form = form or TranslationForm.of(letter, body)
    text = form.text.data or ""
    report = check_letter(letter, text) if checks and text.strip() else None
    remarks = remarks_of(report, text, language) if report is not None else []
    return render_template(
        "letters/tasks/desk.html", task=task, letter=letter, body=body, form=form, problem=problem, checked=checks,
        shows_other=shows_other, remarks=remarks, room=room_for(letter.prisoner_id, letter.channel),
        pieces=pieces_of(report, text, remarks) if report is not None else [], severity_words=SEVERITY_WORDS,
        person=own.get_person(letter.prisoner_id), language_words=LANGUAGE_WORDS,
    )  # fmt: skip


def _lost(form: TranslationForm, problem: str) -> str:
    """It is not theirs any more: what they typed comes back, and nothing of the letter."""
    return render_template("letters/tasks/lost.html", text=form.text.data or "", problem=problem)


def _find_me() -> tuple[Volunteer, WriterProfile] | None:
    found = find_own(signed_in().id)
    if found is None or found[1] is None or not found[0].is_at_work:
        return None
    return found[0], found[1]


def _me() -> tuple[Volunteer, WriterProfile]:
    found = _find_me()
    if found is None:
        raise NotFound
    return found
