"""What the rules of the checker mean at single facilities, for coordinators."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from campaign.accounts.queries import names_of
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.text import one_line
from campaign.letters.forms.rules import ADJUSTMENT_WORDS, LONGEST_REASON, RemoveForm, RuleForm, rule_words
from campaign.letters.models import Adjustment, RuleAdjustment
from campaign.letters.service import rules as service
from campaign.letters.staff_views.batches import LONGEST_SEARCH, for_coordinators
from campaign.prisoners.models import Facility
from campaign.prisoners.queries.facilities import find_facilities, get_facility
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

bp = Blueprint("letter_rules", __name__)


@bp.get("")
@for_coordinators
def list_places() -> ResponseReturnValue:
    """Places where a rule means something else, and a search for others."""
    words = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    counted = select(Facility, func.count()).join(RuleAdjustment, RuleAdjustment.facility_id == Facility.id)
    return render_template(
        "letters/staff/rules/list.html", words=words, found=find_facilities("", words) if words else [],
        page=paginate(counted.group_by(Facility.id).order_by(Facility.name_ru), whole_rows=True),
    )  # fmt: skip


@bp.route("/<uuid:facility_id>", methods=["GET", "POST"])
@for_coordinators
def show_place(facility_id: uuid.UUID) -> ResponseReturnValue:
    """What was set for one place, and setting a rule there."""
    form = RuleForm().offer(current_language())
    if not form.validate_on_submit():
        return _page(facility_id, form), 422 if form.errors else 200
    try:
        with transaction():
            service.set_rule(
                facility_id, form.rule.data, Adjustment(form.becomes.data), _reason(form), actor=actor_id()
            )
    except NotFound:
        raise
    except DomainError as problem:
        return _page(facility_id, form, told(problem)), 422
    flash(_("Saved. It holds for every check from now on; letters that were read already stay as they are."))
    return redirect(url_for("letter_rules.show_place", facility_id=facility_id), 303)


@bp.post("/<uuid:facility_id>/<rule>/remove")
@for_coordinators
def remove(facility_id: uuid.UUID, rule: str) -> ResponseReturnValue:
    """The rule means there what it means everywhere."""
    form = RemoveForm()
    try:
        with transaction():
            service.remove_rule(facility_id, rule, _reason(form), actor=actor_id())
    except NotFound:
        raise
    except DomainError as problem:
        return _page(facility_id, RuleForm(formdata=None).offer(current_language()), told(problem)), 422
    flash(_("Removed. The rule means there what it means everywhere."))
    return redirect(url_for("letter_rules.show_place", facility_id=facility_id), 303)


@bp.post("/<uuid:facility_id>/read-again")
@for_coordinators
def read_again(facility_id: uuid.UUID) -> ResponseReturnValue:
    """What has not left is checked anew and read once more."""
    get_facility(facility_id)
    with transaction():
        amount = service.read_again(facility_id, actor=actor_id())
    flash(ngettext("%(num)s letter waits to be read again.", "%(num)s letters wait to be read again.", amount))
    return redirect(url_for("letter_rules.show_place", facility_id=facility_id), 303)


def _reason(form: RuleForm | RemoveForm) -> str:
    return one_line(form.reason.data or "", LONGEST_REASON)


def _page(facility_id: uuid.UUID, form: RuleForm, problem: str = "") -> str:
    rows = service.list_rules(facility_id)
    waiting = select(func.count()).select_from(service.select_unread_since(facility_id).subquery())
    return render_template(
        "letters/staff/rules/place.html", place=get_facility(facility_id), rows=rows, form=form, problem=problem,
        names=names_of({each.set_by for each in rows if each.set_by}), words=ADJUSTMENT_WORDS,
        rule_words=rule_words, waiting=session.scalar(waiting) or 0,
    )  # fmt: skip
