"""The table of how many parcels each regime allows, with its sources; coordinators correct it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.needs.forms.staff_parcels import QuotaForm
from campaign.needs.models import Conditions, ParcelRegime
from campaign.needs.queries import quotas as queries
from campaign.needs.service.quotas import write_quota
from campaign.needs.staff_views.blueprint import bp, for_readers, for_workers, shared_words
from campaign.web.steps import actor_id, told


@bp.get("/quotas")
@for_readers
def list_quotas() -> str:
    """All regimes, also those of which nothing is known."""
    known = queries.quotas()
    rows = [
        (regime, each, known.get((regime, each)))
        for regime in ParcelRegime for each in Conditions
        if queries.key_of(regime, each) == (regime, each)
    ]  # fmt: skip
    old_before = clock.today() - queries.OLD_AFTER
    return render_template(
        "needs/staff/quotas.html", rows=rows, one_way=queries.ONE_WAY, old_before=old_before, **shared_words()
    )


@bp.route("/quotas/<regime>/<conditions>", methods=["GET", "POST"])
@for_workers
def edit_quota(regime: str, conditions: str) -> ResponseReturnValue:
    """Write down what one regime allows."""
    if regime not in set(ParcelRegime) or conditions not in set(Conditions):
        raise NotFound
    which = ParcelRegime(regime), Conditions(conditions)
    if queries.key_of(*which) != which:
        raise NotFound
    form, problem = QuotaForm(), ""
    if not form.is_submitted():
        form.show(queries.quotas().get(which))
    if form.validate_on_submit():
        try:
            with transaction():
                write_quota(*which, form.draft(), actor=actor_id())
        except DomainError as refusal:
            problem = told(refusal)
        else:
            flash(_("Written down. It holds for what is given from now on."))
            return redirect(url_for("needs_staff.list_quotas"), 303)
    earlier = queries.list_earlier(*which)
    page = render_template(
        "needs/staff/quota.html", form=form, regime=which[0], conditions=which[1], problem=problem,
        earlier=[(each, queries.quota_of(each)) for each in earlier], one_way=queries.ONE_WAY,
        names=names_of({each.written_by for each in earlier}), **shared_words(),
    )  # fmt: skip
    return page, 422 if form.errors or problem else 200
