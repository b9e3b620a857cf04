"""What coordinators do with one letter, and with many at once by their codes."""

import uuid
from collections.abc import Callable, Mapping

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError
from campaign.letters.forms.staff_letters import Answered, ManyForm, OutcomeForm, code_in, outcomes_for
from campaign.letters.queries import staff_letters as queries
from campaign.letters.service import by_hand, outcomes
from campaign.letters.staff_views.letters import bp, for_some, get_mine, letter_page, within
from campaign.penpals.service.codes import show_code
from campaign.web.fields import VersionForm


@bp.post("/<uuid:letter_id>/hold")
@for_some
def hold_letter(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Stop it until somebody lets it go on."""
    return _step(letter_id, by_hand.hold, _("It is held until somebody lets it go on."))


@bp.post("/<uuid:letter_id>/free")
@for_some
def free_letter(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Let it go on, unless something else stands in its way."""
    get_mine(letter_id)
    try:
        with transaction():
            letter = by_hand.free(letter_id, actor=current_user.id, seen_version=VersionForm().seen_version)
            is_held = letter.held_reason is not None
    except DomainError as problem:
        return letter_page(get_mine(letter_id), problem=_(problem.message)), 409
    flash(_("Something else still stands in its way: it stays held.") if is_held else _("It waits for the next post."))
    return _back(letter_id)


@bp.post("/<uuid:letter_id>/give-up")
@for_some
def give_up_letter(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Try nothing more."""
    return _step(letter_id, outcomes.give_up, _("Given up. The writer is told."))


@bp.post("/<uuid:letter_id>/outcome")
@for_some
def report_outcome(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what was heard of it, or put right what was written down before."""
    known, form = get_mine(letter_id), OutcomeForm()
    if not form.validate_on_submit():
        if not form.outcome.data:
            form.outcome.errors = [_("Choose what was heard.")]
        return letter_page(known, form=form), 422
    try:
        with transaction():
            if form.is_noted_of(known.letter):
                outcomes.put_day_right(letter_id, form.on.data, actor=current_user.id, seen_version=form.seen_version)
            else:
                outcomes.report_outcome(
                    letter_id, form.state, actor=current_user.id, is_partly=form.is_partly, reason=form.reason,
                    on=form.on.data, seen_version=form.seen_version,
                )  # fmt: skip
    except outcomes.BadDay as problem:
        form.on.errors = [_(problem.message)]
        return letter_page(get_mine(letter_id), form=form), 422
    except DomainError as problem:
        return letter_page(get_mine(letter_id), form=form, problem=_(problem.message)), 409
    flash(_("Noted."))
    return _back(letter_id)


@bp.post("/<uuid:letter_id>/send-again")
@for_some
def send_letter_again(letter_id: uuid.UUID) -> ResponseReturnValue:
    """A second letter with the same words; pressed twice it leads to that one."""
    get_mine(letter_id)
    known = queries.find_second_try(letter_id)
    if known is None:
        try:
            with transaction():
                known = outcomes.send_again(letter_id, actor=current_user.id)
        except DomainError as problem:
            known = queries.find_second_try(letter_id)
            if known is None:
                return letter_page(get_mine(letter_id), problem=_(problem.message)), 409
    flash(_("This is the second letter, with the same words and a code of its own."))
    return _back(known.id)


@bp.route("/outcomes", methods=["GET", "POST"])
@for_some
def report_many() -> ResponseReturnValue:
    """The same outcome of many letters: each line is answered on its own, and a bad one stops no other."""
    form = ManyForm()
    if not form.validate_on_submit():
        if form.is_submitted() and not form.outcome.data:
            form.outcome.errors = [_("Choose what was heard.")]
        page = render_template("letters/staff/letters/outcomes.html", form=form, answers=[])
        return page, 422 if form.is_submitted() else 200
    lines = form.lines()
    codes = {line: code_in(line) for line in lines}
    known = queries.find_by_codes([code for code, _problem in codes.values() if code], within())
    answers = [_answer(line, *codes[line], known, form) for line in dict.fromkeys(lines)]
    left = [each.line for each in answers if not each.is_done]
    done = len(answers) - len(left)
    # What could not be noted stays in the field, to be mended and sent again.
    form.codes.data = "\n".join(left)
    told = ngettext("%(num)s letter is noted.", "%(num)s letters are noted.", done)
    return render_template("letters/staff/letters/outcomes.html", form=form, answers=answers, told=told, left=left)


def _answer(line: str, code: str, problem: str, known: Mapping[str, uuid.UUID], form: ManyForm) -> Answered:
    if not code:
        return Answered(line, _(problem), is_done=False)
    letter_id = known.get(code)
    if letter_id is None:
        return Answered(line, _("No letter has this code."), is_done=False)
    try:
        with transaction():
            outcomes.report_outcome(
                letter_id, form.state, actor=current_user.id, is_partly=form.is_partly, reason=form.reason,
                on=form.on.data,
            )  # fmt: skip
    except DomainError as refused:
        letter = queries.get_letter(letter_id).letter
        has_left = letter.dispatched_on is not None
        words = _(refused.message) if has_left or outcomes_for(letter) else _("It has not left yet.")
        return Answered(show_code(code), words, is_done=False, letter_id=letter_id)
    return Answered(show_code(code), _("Noted."), is_done=True, letter_id=letter_id)


def _step(letter_id: uuid.UUID, step: Callable[..., object], told: str) -> ResponseReturnValue:
    get_mine(letter_id)
    try:
        with transaction():
            step(letter_id, actor=current_user.id, seen_version=VersionForm().seen_version)
    except DomainError as problem:
        return letter_page(get_mine(letter_id), problem=_(problem.message)), 409
    flash(told)
    return _back(letter_id)


def _back(letter_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("letters_staff.show_letter", letter_id=letter_id), 303)
