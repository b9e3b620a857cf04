"""Names of givers that those who are helped may be told: passed on by a treasurer, each once."""

import uuid

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.funds.queries import funds
from campaign.gifts.forms.staff_words import fund_choices
from campaign.gifts.queries import to_pass_on as queries
from campaign.gifts.service import donors
from campaign.gifts.staff_views.blueprint import for_keepers, shared_words, uuid_of
from campaign.gifts.staff_views.blueprint import gifts_bp as bp
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, step


@bp.get("/names")
@for_keepers
def list_names() -> str:
    """What is to be told to those who are helped, and to nobody else."""
    return _page()


@bp.post("/names/<uuid:donor_id>/<any(told, keep):how>")
@for_keepers
def decide_on_passing_on(donor_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """They were told it; or nobody is to be, and it is forgotten."""
    act, said = {
        "told": (donors.pass_on, _("Noted: they were told. The giver sees that on their own page.")),
        "keep": (donors.unname, _("The name is told to nobody, and is forgotten.")),
    }[how]
    fund = request.args.get("fund")
    return step(
        lambda: act(donor_id, actor=actor_id()), said, url_for("gifts_staff.list_names", fund=fund), _page
    )  # fmt: skip


def _page(problem: str = "") -> str:
    wanted = uuid_of("fund")
    page = paginate(queries.to_pass_on(wanted))
    ids = frozenset(each.id for each in page.items)
    whose = queries.funds_of(ids)
    return render_template(
        "gifts/staff/names.html", page=page, problem=problem, wanted=wanted, aliases=donors.aliases_of(ids),
        whose=whose, fund_choices=fund_choices(),
        funds=funds.names_of({fund for given in whose.values() for fund in given}, current_language()),
        **shared_words(),
    )  # fmt: skip
