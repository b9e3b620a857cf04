"""Officials: the list, narrowed by the address; one of them; the same as a file."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.appeals.forms.staff import StepForm, TargetForm
from campaign.appeals.models import Target, TargetKind
from campaign.appeals.queries import targets as queries
from campaign.appeals.service import targets as service
from campaign.appeals.staff_views.blueprint import bp, for_organisers, shared_words
from campaign.kernel import audit, clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, DomainError
from campaign.kernel.text import one_line
from campaign.web.countries import CODES, country_choices
from campaign.web.csv_files import csv_answer
from campaign.web.guards import fresh
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

PER_PAGE, MOST_EXPORTED, LONGEST_SEARCH = 25, 20_000, 100
HEAD = (
    "kind", "name", "office", "body", "country", "constituency", "languages", "email", "postal", "salutation_en",
    "salutation_ru", "salutation_de", "source_title", "source_url", "checked_on", "id",
)  # fmt: skip
STEPS = {"confirm": service.confirm_target, "retire": service.retire_target}


@bp.get("/targets")
@for_organisers
def list_targets() -> str:
    """Officials; what narrows the list stands in the address."""
    wanted = wanted_here()
    page = paginate(queries.select_targets(wanted, clock.today()), per_page=PER_PAGE)
    return render_template(
        "appeals/staff/targets.html", page=page, wanted=wanted, countries=countries_known(), today=clock.today(),
        stale=queries.count_stale(clock.today()), staged=queries.list_staged(), target_kinds=TargetKind,
        is_narrowed=bool(wanted.search or wanted.kind or wanted.country or wanted.state), **shared_words(),
    )  # fmt: skip


@bp.route("/targets/export", methods=["GET", "POST"])
@for_organisers
@fresh
def export_targets() -> ResponseReturnValue:
    """The list as it is narrowed, in the columns that an import reads."""
    statement = queries.select_targets(wanted_here(), clock.today())
    if request.method == "GET":
        amount = min(paginate(statement, per_page=1).total, MOST_EXPORTED)
        return render_template("appeals/staff/targets_export.html", amount=amount, **shared_words())
    found = session.scalars(statement.limit(MOST_EXPORTED)).all()
    with transaction():
        audit.record("appeal-targets.exported", actor=actor_id(), amount=len(found))
    return csv_answer("officials", HEAD, [_row(each) for each in found])


@bp.route("/targets/new", methods=["GET", "POST"])
@for_organisers
def create_target() -> ResponseReturnValue:
    """Write an official down."""
    form = _form()
    if not form.is_submitted():
        form.checked_on.data = clock.today()
        return _edit_page(form, None)
    if not form.validate() or not _is_clean(form):
        return _edit_page(form, None), 422
    try:
        with transaction():
            service.add_target(form.draft(), actor=actor_id())
    except DomainError as problem:
        return _edit_page(form, None, told(problem)), 422
    flash(_("The official is written down."))
    return redirect(url_for("appeals_staff.list_targets"), 303)


@bp.route("/targets/<uuid:target_id>", methods=["GET", "POST"])
@for_organisers
def edit_target(target_id: uuid.UUID) -> ResponseReturnValue:
    """Change an official."""
    target, form = queries.get_target(target_id), _form()
    if not form.is_submitted():
        form.show(target)
        return _edit_page(form, target)
    if not form.validate() or not _is_clean(form):
        return _edit_page(form, target), 422
    try:
        with transaction():
            service.edit_target(target, form.draft(), seen_version=form.seen_version, actor=actor_id())
    except Conflict as problem:
        # What was typed stays; the form takes on the stored version, so that saving again replaces it knowingly.
        stored = queries.get_target(target_id)
        form.version.data = str(stored.version)
        return _edit_page(form, stored, told(problem)), 409
    except DomainError as problem:
        return _edit_page(form, queries.get_target(target_id), told(problem)), 422
    flash(_("Saved."))
    return redirect(url_for("appeals_staff.list_targets"), 303)


@bp.post("/targets/<uuid:target_id>/<any('confirm','retire'):name>")
@for_organisers
def step_target(target_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Say that it still holds, or that nobody is asked to write there any more."""
    target, form = queries.get_target(target_id), StepForm()
    try:
        with transaction():
            STEPS[name](target, seen_version=form.seen_version, actor=actor_id())
    except DomainError as problem:
        form, stored = _form(filled=False), queries.get_target(target_id)
        form.show(stored)
        return _edit_page(form, stored, told(problem)), 409
    flash(_("Checked today.") if name == "confirm" else _("Saved."))
    return redirect(url_for("appeals_staff.edit_target", target_id=target_id), 303)


def wanted_here() -> queries.Wanted:
    """What the address asks for; what means nothing is left out."""
    given = request.args.get
    kind, country, state, sort = given("kind", ""), given("country", ""), given("state", ""), given("sort", "")
    return queries.Wanted(
        one_line(given("q", ""), LONGEST_SEARCH), kind if kind in set(TargetKind) else "",
        country if country in CODES else "", state if state in {queries.STALE, queries.RETIRED} else "",
        sort if sort.removeprefix("-") in queries.SORTS else "",
    )  # fmt: skip


def countries_known() -> list[tuple[str, str]]:
    """Code and name of the countries for which officials are written down, by name."""
    known = set(queries.list_countries_of_targets())
    return [(code, name) for code, name in country_choices(current_language()) if code in known]


def _form(*, filled: bool = True) -> TargetForm:
    form = TargetForm() if filled else TargetForm(formdata=None)
    form.offer()
    return form


def _is_clean(form: TargetForm) -> bool:
    """Whether the service would take it; what it would not stands at its field."""
    found = service.clean(form.draft())
    for name, message in found.problems:
        form[name].errors = [*form[name].errors, _(message)]
    return not found.problems


def _row(target: Target) -> tuple[object, ...]:
    return (
        target.kind, target.name, target.office, target.body, target.country, target.constituency,
        ", ".join(target.languages), target.email, target.postal.replace("\n", " | "),
        *(target.salutation_in(code) for code in service.LANGUAGES), target.source_title, target.source_url,
        target.checked_on, target.key.removeprefix("id:") if target.key.startswith("id:") else "",
    )  # fmt: skip


def _edit_page(form: TargetForm, target: Target | None, problem: str = "") -> str:
    return render_template(
        "appeals/staff/target.html", form=form, target=target, problem=problem, today=clock.today(), **shared_words()
    )
