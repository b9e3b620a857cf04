"""How long each way of sending takes before silence means something."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.letters.forms.staff_letters import BECOMES_WORDS, DeadlineForm
from campaign.letters.forms.words import CHANNEL_WORDS
from campaign.letters.models import LetterDeadline
from campaign.letters.queries.deadlines import list_deadlines
from campaign.letters.service.deadlines import set_deadline
from campaign.penpals import policy
from campaign.web.guards import requires

bp = Blueprint("letter_deadlines", __name__)
for_coordinators = requires(*policy.COORDINATORS)


@bp.get("")
@for_coordinators
def show_deadlines() -> ResponseReturnValue:
    """The deadline of every way."""
    stored = {each.channel: each for each in session.query(LetterDeadline)}
    return render_template(
        "letters/staff/letters/deadlines.html", deadlines=list_deadlines(), stored=stored,
        channel_words=CHANNEL_WORDS, becomes_words=BECOMES_WORDS,
    )  # fmt: skip


@bp.route("/<channel>", methods=["GET", "POST"])
@for_coordinators
def change_deadline(channel: str) -> ResponseReturnValue:
    """Set the deadline of one way."""
    now, form = list_deadlines().get(channel), DeadlineForm()
    if now is None:
        raise NotFound
    if not form.is_submitted():
        form.show(now)
    if not form.validate_on_submit():
        return _page(form, channel), 422 if form.errors else 200
    try:
        with transaction():
            changed = set_deadline(channel, form.deadline(), seen=form.seen(), actor=current_user.id)
    except Conflict as problem:
        form.note(list_deadlines()[channel])
        return _page(form, channel, _(problem.message)), 409
    flash(_("Saved.") if changed else _("Nothing differs from what was stored."))
    return redirect(url_for("letter_deadlines.show_deadlines"), 303)


def _page(form: DeadlineForm, channel: str, problem: str = "") -> str:
    return render_template(
        "letters/staff/letters/deadline.html", form=form, channel=channel, problem=problem,
        now=list_deadlines()[channel], channel_words=CHANNEL_WORDS, becomes_words=BECOMES_WORDS,
    )  # fmt: skip
