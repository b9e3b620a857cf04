"""Handing a petition in, and keeping what was answered."""

import uuid

from flask import Response, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from campaign.kernel.images import BadPicture
from campaign.petitions import policy
from campaign.petitions.forms import AnswerForm, HandInForm
from campaign.petitions.models import AddresseeAnswer, HandIn, Petition
from campaign.petitions.queries import get_part, get_petition, totals_of
from campaign.petitions.service import outcome
from campaign.petitions.staff_views.blueprint import back_to, bp, for_organisers
from campaign.petitions.staff_views.lists import petition_page
from campaign.web.i18n import current_language
from campaign.web.pictures import picture_response
from campaign.web.steps import actor_id, told


@bp.route("/<uuid:petition_id>/hand-ins/new", methods=["GET", "POST"])
@for_organisers
def create_hand_in(petition_id: uuid.UUID) -> ResponseReturnValue:
    """Record who handed the petition to whom."""
    petition, form = _deliverable(petition_id), HandInForm()
    if not form.is_submitted():
        form.received_by.data = petition.text_in(current_language()).addressee
        return _hand_in_page(petition, form)
    if not form.validate():
        return _hand_in_page(petition, form), 422
    try:
        with transaction():
            outcome.record_hand_in(petition, form.draft(), actor=actor_id())
    except BadPicture as problem:
        form.receipt.errors = [*form.receipt.errors, told(problem)]
        return _hand_in_page(get_petition(petition_id), form), 422
    except outcome.NotInTime as problem:
        form.handed_on.errors = [*form.handed_on.errors, told(problem)]
        return _hand_in_page(get_petition(petition_id), form), 422
    except DomainError as problem:
        return petition_page(get_petition(petition_id), told(problem)), 409
    flash(_("The hand-in is recorded."))
    return back_to(petition_id)


@bp.post("/<uuid:petition_id>/hand-ins/<uuid:part_id>/remove")
@for_organisers
def delete_hand_in(petition_id: uuid.UUID, part_id: uuid.UUID) -> ResponseReturnValue:
    """Undo a record made by mistake."""
    petition, hand_in = _deliverable(petition_id), get_part(HandIn, petition_id, part_id)
    with transaction():
        outcome.remove_hand_in(petition, hand_in, actor=actor_id())
    flash(_("The record is removed."))
    return back_to(petition_id)


@bp.get("/<uuid:petition_id>/hand-ins/<uuid:part_id>/receipt")
@for_organisers
def show_receipt(petition_id: uuid.UUID, part_id: uuid.UUID) -> Response:
    """The picture of a receipt."""
    hand_in = get_part(HandIn, petition_id, part_id)
    if not hand_in.has_receipt_picture:
        raise NotFound
    session.refresh(hand_in, ["receipt_picture"])
    return picture_response(hand_in.receipt_picture or b"")


@bp.route("/<uuid:petition_id>/answers/new", methods=["GET", "POST"])
@for_organisers
def create_answer(petition_id: uuid.UUID) -> ResponseReturnValue:
    """Keep an answer."""
    return _edit_answer(_deliverable(petition_id), None)


@bp.route("/<uuid:petition_id>/answers/<uuid:part_id>", methods=["GET", "POST"])
@for_organisers
def edit_answer(petition_id: uuid.UUID, part_id: uuid.UUID) -> ResponseReturnValue:
    """Change an answer, or whether the public sees it."""
    return _edit_answer(_deliverable(petition_id), get_part(AddresseeAnswer, petition_id, part_id))


@bp.post("/<uuid:petition_id>/answers/<uuid:part_id>/remove")
@for_organisers
def delete_answer(petition_id: uuid.UUID, part_id: uuid.UUID) -> ResponseReturnValue:
    """Undo a record made by mistake."""
    petition, answer = _deliverable(petition_id), get_part(AddresseeAnswer, petition_id, part_id)
    with transaction():
        outcome.remove_answer(petition, answer, actor=actor_id())
    flash(_("The record is removed."))
    return back_to(petition_id)


def _edit_answer(petition: Petition, answer: AddresseeAnswer | None) -> ResponseReturnValue:
    form = AnswerForm()
    if not form.is_submitted():
        if answer is None:
            form.answered_by.data = petition.text_in(current_language()).addressee
        else:
            form.show(answer)
        return _answer_page(petition, answer, form)
    if not form.validate():
        return _answer_page(petition, answer, form), 422
    version = form.seen_version
    try:
        with transaction():
            outcome.record_answer(petition, form.draft(), actor=actor_id(), answer=answer, seen_version=version)
    except Conflict as problem:
        # What was typed stays; the form takes on the stored version, so that saving again replaces it knowingly.
        if answer is not None:
            form.version.data = str(get_part(AddresseeAnswer, petition.id, answer.id).version)
        return _answer_page(petition, answer, form, told(problem)), 409
    except DomainError as problem:
        return _answer_page(petition, answer, form, told(problem)), 422
    flash(_("The answer is recorded."))
    return back_to(petition.id)


def _deliverable(petition_id: uuid.UUID) -> Petition:
    petition = get_petition(petition_id)
    if not policy.can_deliver(current_user, petition):
        raise Forbidden(_("Close the petition first: what is handed in must be final."))
    return petition


def _hand_in_page(petition: Petition, form: HandInForm) -> str:
    text, total = petition.text_in(current_language()), totals_of([petition])[petition.id]
    return render_template("petitions/staff/hand_in.html", petition=petition, text=text, total=total, form=form)


def _answer_page(petition: Petition, answer: AddresseeAnswer | None, form: AnswerForm, problem: str = "") -> str:
    text = petition.text_in(current_language())
    return render_template(
        "petitions/staff/answer.html", petition=petition, text=text, answer=answer, form=form, problem=problem
    )
