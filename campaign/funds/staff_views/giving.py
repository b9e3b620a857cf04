"""Where to give: written by one person, released by another, taken down by any."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.funds.forms.funds import GivingForm
from campaign.funds.queries import funds
from campaign.funds.service import giving as service
from campaign.funds.staff_views.blueprint import bp, for_readers, for_writers, shared_words
from campaign.funds.staff_views.funds import fund_page
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.web.i18n import LANGUAGES, current_language
from campaign.web.steps import actor_id, step, told


@bp.route("/<uuid:fund_id>/giving", methods=["GET", "POST"])
@for_writers
def propose_giving(fund_id: uuid.UUID) -> ResponseReturnValue:
    """Write down where to give; what is shown now stands there to be changed."""
    found, form, problem = funds.get_fund(fund_id), GivingForm(), ""
    shown = funds.find_released(fund_id)
    if not form.is_submitted() and shown is not None:
        for code in LANGUAGES:
            form[f"text_{code}"].data = shown.texts.get(code, "")
    if form.validate_on_submit():
        try:
            with transaction():
                service.propose_giving(fund_id, form.texts(), actor=actor_id())
        except DomainError as refusal:
            session.expire_all()
            problem = told(refusal)
        else:
            flash(_("Written down. Nothing is shown before a second person has released it."))
            return redirect(url_for("funds_staff.show_fund", fund_id=fund_id, _anchor="giving"), 303)
    page = render_template(
        "funds/staff/giving.html", found=found, form=form, problem=problem, language=current_language(),
        **shared_words(),
    )  # fmt: skip
    return page, 409 if problem else 422 if form.errors else 200


@bp.post("/<uuid:fund_id>/giving/<uuid:giving_id>/<any(release, refuse, take_down):how>")
@for_readers
def decide_giving(fund_id: uuid.UUID, giving_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """Release what another wrote, refuse it, or show it no more."""
    acts = {
        "release": (service.release_giving, _("It is shown now to visitors outside Russia.")),
        "refuse": (service.refuse_giving, _("It is not shown.")),
        "take_down": (service.take_down_giving, _("It is shown no more.")),
    }
    act, said = acts[how]
    return step(
        lambda: act(fund_id, giving_id, actor=actor_id()), said,
        url_for("funds_staff.show_fund", fund_id=fund_id, _anchor="giving"),
        lambda problem: fund_page(funds.get_fund(fund_id), problem),
    )  # fmt: skip
