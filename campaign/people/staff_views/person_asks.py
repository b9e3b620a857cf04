"""Asking one person, what they answered, taking an ask back, and leaving somebody in peace for a while."""

import uuid

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel.db import transaction
from campaign.kernel.errors import NotFound
from campaign.people.forms.ladder_words import hold_words
from campaign.people.models import AskState, AskWay
from campaign.people.service.ladder import answers
from campaign.people.service.ladder.ask import MayNotAsk, note_ask
from campaign.people.staff_views.blueprint import back_to, bp, of_person
from campaign.people.staff_views.page import Refused, show_page
from campaign.web.i18n import day_of
from campaign.web.steps import actor_id, told

AT = "ladder"


@bp.post("/<uuid:person_id>/asks")
@of_person
def note_asked(person_id: uuid.UUID) -> ResponseReturnValue:
    """Write down that the actor asked them for the next step, unless somebody else did meanwhile."""
    try:
        with transaction():
            note_ask(person_id, request.form.get("step", ""), way=AskWay.IN_PERSON, actor=actor_id())
    except MayNotAsk as problem:
        refusal = problem.refusal
        why = _("Not written down: they %(why)s.", why=hold_words(refusal.hold))
        if refusal.until is not None:
            why += " " + _("Until %(day)s nothing may be asked.", day=day_of(refusal.until))
        return show_page(person_id, refused=Refused(AT, why)), 409
    return back_to(person_id, AT)


@bp.post("/<uuid:person_id>/asks/<uuid:ask_id>/answer")
@of_person
def note_answer(person_id: uuid.UUID, ask_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what they said; another answer later takes its place."""
    said = request.form.get("said", "")
    if said not in set(answers.ANSWERS):
        raise NotFound
    with transaction():
        answers.answer(ask_id, AskState(said), person_id=person_id, actor=actor_id())
    return back_to(person_id, AT)


@bp.post("/<uuid:person_id>/asks/<uuid:ask_id>/undo")
@of_person
def undo_ask(person_id: uuid.UUID, ask_id: uuid.UUID) -> ResponseReturnValue:
    """It did not happen."""
    try:
        with transaction():
            answers.take_back(ask_id, person_id=person_id, actor=actor_id())
    except answers.TooLate as problem:
        return show_page(person_id, refused=Refused(AT, told(problem))), 409
    flash(_("Taken back: they were not asked."))
    return back_to(person_id, AT)


@bp.post("/<uuid:person_id>/rest")
@of_person
def set_rest(person_id: uuid.UUID) -> ResponseReturnValue:
    """Ask them for nothing for a while, as they wish; or let them be asked again."""
    months = answers.read_months(request.form.get("months", ""))
    with transaction():
        if months == 0:
            answers.end_rest(person_id, actor=actor_id())
        else:
            answers.rest(person_id, months, actor=actor_id())
    return back_to(person_id, AT)
