"""How attention is spread, who is below the floor, and what is needed of who writes to one person."""

import csv
import io
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel import audit, clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.kernel.spreadsheets import neutral
from campaign.penpals import policy
from campaign.penpals.charts import INKS, draw_history, draw_spread
from campaign.penpals.forms.attention import ONLY_WORDS, CareForm, FloorForm, letters_word
from campaign.penpals.queries import attention as queries
from campaign.penpals.queries import attention_list as lists
from campaign.penpals.queries.addressees import Addressee
from campaign.penpals.service import attention, care
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.regions import region_name
from campaign.web.guards import fresh, requires
from campaign.web.i18n import current_language
from campaign.web.paging import page_of

bp = Blueprint("attention_staff", __name__)
for_readers = requires(*policy.READERS)
MOST_SHARE = 1000


@bp.get("")
@for_readers
def show_attention() -> ResponseReturnValue:
    """How attention is spread, and who gets less than the floor; filters, sort and page stand in the address."""
    setting, everybody = queries.setting(), queries.list_reachable(clock.today())
    quarters = [each.quarters for each in everybody]
    spread, days = queries.spread_of(quarters), queries.list_days()
    asked = _asked()
    found = _found(everybody, setting, asked)
    page = page_of(found)
    people = lists.with_names(page.items)
    groups = {each.person.group_id for each in people if each.person.group_id}
    return render_template(
        "penpals/staff/attention/show.html", setting=setting, spread=spread, days=days, then=_then(days),
        people=len(everybody), with_none=quarters.count(0), below=sum(each < setting.floor for each in quarters),
        page=page, rows=people, asked=asked, only_words=ONLY_WORDS, letters_word=letters_word,
        regions=_regions(everybody), groups=lists.group_names(groups, current_language()),
        region_name=lambda code: region_name(code, current_language()), joined=_joined,
        may_offer=current_user.has_role(*policy.COORDINATORS),
    )  # fmt: skip


@bp.get("/spread-<ink>.svg")
@for_readers
def draw_shares(ink: str) -> Response:
    """The picture of ten shares (thousandths, joined by points) and, where `then` is given, of ten earlier ones.

    All it shows stands in its address, so that a picture of a proposal is one too.
    """
    now, then = _shares("now"), _shares("then")
    if ink not in INKS or not now or (then and len(then) != len(now)):
        raise NotFound
    picture = draw_spread(
        now, then, ink=INKS[ink], language=current_language(),
        axis=_("Tenths of the people, those with least on the left"), equal=_("if all got the same"),
    )  # fmt: skip
    return Response(picture, mimetype="image/svg+xml")


@bp.get("/history-<ink>.svg")
@for_readers
def draw_gini(ink: str) -> Response:
    """The picture of how unevenly attention was spread, day by day."""
    if ink not in INKS:
        raise NotFound
    days = [(each.day, each.gini) for each in queries.list_days()]
    return Response(draw_history(days, ink=INKS[ink], language=current_language()), mimetype="image/svg+xml")


@bp.route("/floor", methods=["GET", "POST"])
@for_readers
def set_floor() -> ResponseReturnValue:
    """Set the floor and the soft cap."""
    form, setting = FloorForm(), queries.setting()
    if not form.is_submitted():
        form.show(setting)
    if not form.validate_on_submit():
        return _floor_page(form, setting), 422 if form.errors else 200
    floor, soft_cap = form.values()
    try:
        with transaction():
            changed = attention.change_setting(floor, soft_cap, seen_version=form.seen_version, actor=current_user.id)
    except attention.BadSetting as problem:
        form.refuse(problem, _(problem.message))
        return _floor_page(form, setting), 422
    except Conflict as problem:
        now = queries.setting()
        form.version.data = str(now.version)
        return _floor_page(form, now, problem=_(problem.message)), 409
    flash(_("Saved.") if changed else _("Nothing differs from what was stored."))
    return redirect(url_for("attention_staff.show_attention"), 303)


@bp.route("/people/<uuid:prisoner_id>", methods=["GET", "POST"])
@for_readers
def set_care(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Say what is needed of who writes to this person."""
    prisoner, form = get_prisoner(prisoner_id), CareForm()
    if not form.is_submitted():
        form.show(care.find_care(prisoner_id))
    if not form.validate_on_submit():
        page = render_template("penpals/staff/attention/care.html", form=form, prisoner=prisoner, problem="")
        return page, 422 if form.errors else 200
    try:
        with transaction():
            changed = care.change_care(prisoner_id, form.draft(), actor=current_user.id)
    except Conflict as problem:
        now = care.find_care(prisoner_id)
        form.version.data = str(now.version)
        told = _(problem.message)
        page = render_template("penpals/staff/attention/care.html", form=form, prisoner=prisoner, problem=told, now=now)
        return page, 409
    flash(_("Saved.") if changed else _("Nothing differs from what was stored."))
    return redirect(url_for("prisoners_staff.show_prisoner", prisoner_id=prisoner_id, _anchor="attention-title"), 303)


@bp.route("/export", methods=["GET", "POST"])
@for_readers
@fresh
def export_below() -> ResponseReturnValue:
    """The list as it is narrowed, as one file; audited before its first byte leaves."""
    asked = _asked()
    setting, everybody = queries.setting(), queries.list_reachable(clock.today())
    found = _found(everybody, setting, asked)
    if request.method == "GET":
        return render_template("penpals/staff/attention/export.html", amount=len(found), asked=asked)
    rows = lists.with_names(found)
    with transaction():
        audit.record("attention.exported", actor=current_user.id, amount=len(rows))
    response = Response(_csv(rows, setting), mimetype="text/csv")
    name = f"below-the-floor-{clock.today().isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _asked() -> dict[str, str]:
    """What the address narrows and sorts by, as far as it means anything."""
    only, sort = request.args.get("only", ""), request.args.get("sort", "")
    return {
        "only": only if only in lists.ONLY else "", "sort": sort if sort in lists.SORTS else "",
        "region": request.args.get("region", "")[:10],
    }  # fmt: skip


def _found(everybody: Sequence[Addressee], setting: queries.Setting, asked: Mapping[str, str]) -> list[Addressee]:
    found = lists.list_below(everybody, setting, **asked)
    return lists.in_name_order(found, asked["sort"]) if asked["sort"].endswith("name") else found


def _then(days: Sequence[Any]) -> Any:
    """The oldest day that is known, to compare with; None where there is none but today."""
    return days[0] if days and days[0].day < clock.today() else None


def _regions(everybody: Sequence[Addressee]) -> list[tuple[str, str]]:
    """Where those are to whom a letter can go, by name."""
    language = current_language()
    found = ((code, region_name(code, language)) for code in {each.region for each in everybody if each.region})
    return sorted(found, key=lambda each: each[1])


def _joined(shares: Sequence[int]) -> str:
    return ".".join(str(each) for each in shares)


def _shares(name: str) -> list[int]:
    """Ten shares from the address; nothing where it holds anything else."""
    parts = request.args.get(name, "").split(".")
    if len(parts) != queries.TENTHS or not all(part.isdecimal() and len(part) <= 4 for part in parts):
        return []
    found = [int(part) for part in parts]
    return found if max(found) <= MOST_SHARE else []


def _floor_page(form: FloorForm, setting: queries.Setting, problem: str = "") -> str:
    return render_template(
        "penpals/staff/attention/floor.html", form=form, setting=setting, problem=problem, letters_word=letters_word
    )


def _csv(rows: Sequence[lists.Needy], setting: queries.Setting) -> str:
    """One line a person, behind a mark of UTF-8, without which Excel shows Cyrillic as noise."""
    file = io.StringIO()
    file.write("\ufeff")
    out = csv.writer(file)
    out.writerow([
        "id", "name", "name_ru", "region", "letters_90_days", "short_of_floor", "last_letter_on", "waiting_since",
        "writers", "in_a_group",
    ])  # fmt: skip
    for each in rows:
        person, prisoner = each.person, each.prisoner
        out.writerow([
            str(person.id), neutral(prisoner.name_in("en")), neutral(prisoner.full_name_ru), person.region,
            person.quarters / 4, each.short_of(setting.floor) / 4, _day(person.last_letter_on),
            _day(person.waiting_since), person.writers, "yes" if person.group_id else "no",
        ])  # fmt: skip
    return file.getvalue()


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
