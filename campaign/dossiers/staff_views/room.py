"""The list of dossiers, and beginning one."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.dossiers.bodies import FORMS, form_of
from campaign.dossiers.forms.dossiers import BeginForm, Named
from campaign.dossiers.forms.filling import fill_from_case
from campaign.dossiers.models import SANCTIONS, Body, DossierState
from campaign.dossiers.queries import dossiers as queries
from campaign.dossiers.queries.case import list_acts, list_known_sources, read_case
from campaign.dossiers.service import writing
from campaign.dossiers.staff_views.blueprint import bp, for_workers, outside_page, sees_sanctions, shared_words
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.text import id_in, one_line
from campaign.prisoners.models import Prisoner
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.search import search_people
from campaign.prisoners.service.names import fold
from campaign.web.i18n import current_language
from campaign.web.opened import note_opened
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

PER_PAGE, MOST_FOUND, LONGEST_SEARCH = 25, 50, 80


@bp.get("")
@for_workers
def list_dossiers() -> str:
    """All of them, as far as whoever looks may be shown them; what narrows the list stands in the address."""
    typed = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    wanted = _wanted(typed)
    page = paginate(
        queries.select_dossiers(wanted, account=actor_id(), today=clock.today()), per_page=PER_PAGE
    )  # fmt: skip
    ids = [each.id for each in page.items]
    people = {each: session.get(Prisoner, each) for each in {one.prisoner_id for one in page.items}}
    return render_template(
        "dossiers/staff/list.html", page=page, wanted=wanted, typed=typed, today=clock.today(),
        names={key: each.name_in(current_language()) for key, each in people.items() if each},
        dues=queries.next_dues(ids), answered=queries.count_answered(ids), is_narrowed=wanted != _plain(),
        totals={body.value: sum(1 for _each in form.questions()) for body, form in FORMS.items()},
        bodies=[each for each in Body if each not in SANCTIONS or sees_sanctions()], **shared_words(),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@for_workers
def begin_dossier() -> ResponseReturnValue:
    """Begin one: about whom first, unless the address says so; then to which body."""
    prisoner_id = id_in(request.args.get("prisoner", ""))
    if prisoner_id is None:
        return _choose_page()
    prisoner, form = get_prisoner(prisoner_id), BeginForm()
    officials = _officials(prisoner_id) if sees_sanctions() else []
    form.offer(officials, with_sanctions=sees_sanctions())
    if not form.validate_on_submit():
        if form.body.data in SANCTIONS and not sees_sanctions():
            return outside_page(), 403
        return _begin_page(form, prisoner), 422 if form.errors else 200
    body, official_id = form.chosen
    try:
        facts = read_case(prisoner_id, official_id if body in SANCTIONS else None)
        with transaction():
            made = writing.begin(
                prisoner_id, body, official_id, fills=fill_from_case(form_of(body), facts),
                sources=list_known_sources(prisoner_id), actor=actor_id(),
            )  # fmt: skip
    except NotFound:
        raise
    except DomainError as problem:
        return _begin_page(form, prisoner, told(problem)), 409
    note_opened(f"dossier:{made.id}")
    flash(_("Begun, and filled from the case. Go through it section by section."))
    return redirect(url_for("dossiers_staff.show_dossier", dossier_id=made.id), 303)


def _plain() -> queries.Wanted:
    return queries.Wanted(with_sanctions=sees_sanctions())


def _wanted(typed: str) -> queries.Wanted:
    given = request.args
    state, due = given.get("state", queries.UNFINISHED), given.get("due", "")
    known = {*DossierState, queries.UNFINISHED, queries.MINE, queries.LOOK, ""}
    prisoner_id = id_in(given.get("prisoner", ""))
    number = typed.upper().removeprefix("D").removeprefix("-")
    is_number = number.isascii() and number.isdecimal() and len(number) < 16
    people = [prisoner_id] if prisoner_id else None
    if typed and not is_number:
        people = list(search_people(fold(typed), published_only=False, limit=MOST_FOUND)) if fold(typed) else []
    return queries.Wanted(
        state=state if state in known else queries.UNFINISHED, body=given.get("body", ""), prisoners=people,
        number=int(number) if is_number else None, sort=given.get("sort", ""),
        due=due if due in {queries.LATE, queries.WITHIN_A_WEEK} else "", with_sanctions=sees_sanctions(),
    )  # fmt: skip


def _officials(prisoner_id: uuid.UUID) -> Named:
    named = {each.official.id: each.official for each in list_acts(prisoner_id)}
    is_russian = current_language() == "ru"
    shown = {key: each.name if is_russian else each.name_latin or each.name for key, each in named.items()}
    return sorted(shown.items(), key=lambda each: each[1])


def _begin_page(form: BeginForm, prisoner: Prisoner, problem: str = "") -> str:
    return render_template(
        "dossiers/staff/begin.html", form=form, prisoner=prisoner, problem=problem, forms=FORMS,
        has_officials=len(form.official_id.choices) > 1, **shared_words(),
    )  # fmt: skip


def _choose_page() -> str:
    text = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    found = search_people(fold(text), published_only=False, limit=MOST_FOUND) if fold(text) else []
    return render_template(
        "dossiers/staff/choose.html", search=text, people=[get_prisoner(each) for each in found], **shared_words()
    )  # fmt: skip
