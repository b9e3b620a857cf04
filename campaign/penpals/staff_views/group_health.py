"""The report on groups: which of them need something, what that is, and where it is done."""

import uuid
from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import NotFound
from campaign.penpals import policy
from campaign.penpals.forms import health_words as words
from campaign.penpals.queries.group_health import DAYS, GroupHealth, Trouble, list_health
from campaign.people import policy as people_policy
from campaign.web.charts import INKS
from campaign.web.csv_files import csv_answer
from campaign.web.guards import requires_some
from campaign.web.i18n import current_language
from campaign.web.paging import page_of
from campaign.web.report_bars import Bar, draw_bars
from campaign.web.report_charts import SHEETS, WIDE

bp = Blueprint("group_health", __name__)
for_some = requires_some(people_policy.SCOPE, *people_policy.READERS)
MOST_BARS, FEW_BARS = 15, 5
SILENT_FILL = 2


@bp.get("")
@for_some
def show_health() -> str:
    """Every open group that one works on, with a word, what is wrong, and what to do next."""
    found = _found(current_user)
    return render_template(
        "penpals/staff/groups/health.html", found=found, page=page_of(found), words=words, finding=words.finding(found),
        days=DAYS, name_of=_name, may_open=lambda each: policy.can_run_group(current_user, each.group.id),
        address_of=_address, most_bars=MOST_BARS,
    )  # fmt: skip


@bp.get("/picture-<scheme>.svg")
@for_some
def draw_health(scheme: str) -> Response:
    """The members of the groups that need something most, and how many of them are silent."""
    if scheme not in INKS:
        raise NotFound
    sheet = SHEETS.get(request.args.get("sheet", ""), WIDE)
    is_small = "small" in request.args.get("sheet", "")
    bars = [
        Bar(
            _name(each),
            (each.wrote, each.members - each.wrote - each.silent, each.silent),
            str(words.LEVEL_WORDS[each.level]),
        )
        for each in _found(current_user)[: FEW_BARS if is_small else MOST_BARS]
    ]
    legend = [(0, _("wrote in %(days)s days", days=DAYS)), (1, _("were here")), (SILENT_FILL, _("silent"))]
    return Response(draw_bars(bars, sheet=sheet, scheme=scheme, legend=legend), mimetype="image/svg+xml")


@bp.get("/groups.csv")
@for_some
def save_health() -> Response:
    """The table, as a file."""
    head = [
        _("Group"), _("State"), _("Members"), _("Active leads"), _("Write to"), _("Letters in 60 days"),
        _("Members who wrote"), _("Silent members"), _("Turns overdue"), _("Invited, not come yet"),
    ]  # fmt: skip
    rows = [
        (
            _name(each), words.LEVEL_WORDS[each.level], each.members, each.leads, each.prisoners, each.letters,
            each.wrote, each.silent, each.overdue, each.invited,
        )
        for each in _found(current_user)
    ]  # fmt: skip
    return csv_answer("groups", head, rows)


def _found(actor: Actor) -> Sequence[GroupHealth]:
    within = people_policy.groups_of(actor)
    return list_health(within, clock.today(), current_language())


def _name(each: GroupHealth) -> str:
    return each.group.name_in(current_language())


def _address(group_id: uuid.UUID, trouble: Trouble) -> str:
    """Where one puts it right."""
    page = "show_members" if trouble in words.PEOPLE else "show_group"
    return url_for(f"groups_staff.{page}", group_id=group_id)
