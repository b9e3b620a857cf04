"""Lines of a proposal on the staff side: one at a time or those that are ticked; and all of them as a file."""

import csv
import io
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.spreadsheets import neutral
from campaign.kernel.text import one_line
from campaign.penpals.forms import matching_words as words
from campaign.penpals.forms.matching import RefusalForm
from campaign.penpals.models import MatchLevel, ProposalState
from campaign.penpals.queries import matching as queries
from campaign.penpals.service.matching import accept, decide
from campaign.penpals.service.matching.export import begin_download, rows_of
from campaign.penpals.staff_views.matching import LINES_A_PAGE, bp, for_coordinators, line_filters
from campaign.penpals.staff_views.matching_names import interest_words
from campaign.web.guards import fresh
from campaign.web.i18n import current_language

COLUMNS = ("rank", "person", "writer", "group", "state", "pinned", "reasons", "note")


@bp.get("/<uuid:run_id>/lines/<uuid:line_id>")
@for_coordinators
def show_line(run_id: uuid.UUID, line_id: uuid.UUID) -> ResponseReturnValue:
    """One line: its reasons, and what can be done about it; with a search, who else could take its place."""
    return _line_page(run_id, line_id, RefusalForm())


@bp.post("/<uuid:run_id>/lines/<uuid:line_id>/accept")
@for_coordinators
def accept_line(run_id: uuid.UUID, line_id: uuid.UUID) -> ResponseReturnValue:
    """Give what this line proposes."""
    with transaction():
        state = accept.accept(run_id, line_id, actor=current_user.id)
    flash(_tell(Counter([state])))
    return _to_line(run_id, line_id)


@bp.post("/<uuid:run_id>/lines/<uuid:line_id>/pin")
@for_coordinators
def pin_line(run_id: uuid.UUID, line_id: uuid.UUID) -> ResponseReturnValue:
    """Keep it when the matching is run again, or let it go."""
    keeps = request.form.get("act") == "pin"
    with transaction():
        decide.pin(run_id, line_id, is_pinned=keeps, actor=current_user.id)
    flash(_("Pinned. Another run keeps it.") if keeps else _("Not pinned any more."))
    return _to_line(run_id, line_id)


@bp.post("/<uuid:run_id>/lines/<uuid:line_id>/refuse")
@for_coordinators
def refuse_line(run_id: uuid.UUID, line_id: uuid.UUID) -> ResponseReturnValue:
    """Not these two, now and in every later run."""
    form = RefusalForm()
    if not form.validate():
        return _line_page(run_id, line_id, form)
    with transaction():
        decide.refuse(run_id, line_id, form.reason.data, actor=current_user.id)
    flash(_("Refused. The two are not proposed again."))
    return _to_line(run_id, line_id)


@bp.post("/<uuid:run_id>/lines/<uuid:line_id>/take-back")
@for_coordinators
def take_back(run_id: uuid.UUID, line_id: uuid.UUID) -> ResponseReturnValue:
    """Take a refusal back."""
    with transaction():
        decide.take_refusal_back(run_id, line_id, actor=current_user.id)
    flash(_("The refusal is taken back; the line is open again."))
    return _to_line(run_id, line_id)


@bp.post("/<uuid:run_id>/lines/<uuid:line_id>/change")
@for_coordinators
def change_line(run_id: uuid.UUID, line_id: uuid.UUID) -> ResponseReturnValue:
    """Put somebody else in the place of the writer or group."""
    try:
        partner = uuid.UUID(request.form.get("partner", ""))
    except ValueError as problem:
        raise Conflict(_("Choose somebody first.")) from problem
    try:
        with transaction():
            decide.change_partner(run_id, line_id, partner, actor=current_user.id)
    except decide.NotPossible as refusal:
        return _line_page(run_id, line_id, RefusalForm(), [words.condition_words(each) for each in refusal.problems])
    flash(_("Changed and pinned. Another run keeps it."))
    return _to_line(run_id, line_id)


@bp.post("/<uuid:run_id>/chosen")
@for_coordinators
def act_on_chosen(run_id: uuid.UUID) -> ResponseReturnValue:
    """One act for the lines that are ticked: what stops one stops no other."""
    act, chosen = request.form.get("act", ""), _ticked()
    if not chosen:
        flash(_("Tick the lines first."))
    elif act == "accept":
        with transaction():
            states = accept.accept_chosen(run_id, chosen, actor=current_user.id)
        flash(_tell(states))
    elif act in {"pin", "unpin"}:
        count = sum(_pin(run_id, each, keeps=act == "pin") for each in chosen)
        if act == "pin":
            flash(ngettext("%(num)s line is pinned.", "%(num)s lines are pinned.", count))
        else:
            flash(ngettext("%(num)s line is not pinned any more.", "%(num)s lines are not pinned any more.", count))
    kept: dict[str, Any] = {name: value for name, value in line_filters(request.form).items() if value}
    page = request.form.get("page", "")
    if page.isdecimal() and page != "1":
        kept["page"] = page
    return redirect(url_for("matching_staff.show_run", run_id=run_id, **kept), 303)


@bp.route("/<uuid:run_id>/export", methods=["GET", "POST"])
@for_coordinators
@fresh
def export_lines(run_id: uuid.UUID) -> ResponseReturnValue:
    """Every line as a CSV file, in the reader's language; the page says first what stands in it."""
    run = queries.get_run(run_id)
    if request.method == "GET":
        return render_template("penpals/staff/matching/export.html", run=run, words=words)
    with transaction():
        begin_download(run_id, actor=current_user.id)
    answer = Response(stream_with_context(_csv(run_id)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=matching.csv"
    return answer


def _csv(run_id: uuid.UUID) -> Iterator[str]:
    interests, language = interest_words(), current_language()
    yield "\ufeff" + _csv_line(COLUMNS)
    for line, prisoner, volunteer, group in rows_of(run_id):
        yield _csv_line(
            (
                str(line.rank), prisoner.name_in(language), volunteer.pseudonym if volunteer else "",
                group.name_in(language) if group else "", line.state, "yes" if line.is_pinned else "",
                "; ".join(words.reason_words(line.reasons, interests)), words.note_words(line.note),
            )
        )  # fmt: skip


def _csv_line(cells: tuple[str, ...]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([neutral(cell) for cell in cells])
    return buffer.getvalue()


def _pin(run_id: uuid.UUID, line_id: uuid.UUID, *, keeps: bool) -> bool:
    """False when somebody has decided on the line meanwhile."""
    try:
        with transaction():
            decide.pin(run_id, line_id, is_pinned=keeps, actor=current_user.id)
    except Conflict:
        return False
    return True


def _ticked() -> list[uuid.UUID]:
    """The lines that are ticked, at most a page of them."""
    found = []
    for text in request.form.getlist("line")[:LINES_A_PAGE]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _tell(states: Counter[ProposalState]) -> str:
    """What became of lines that were to be accepted."""
    said = []
    if count := states[ProposalState.ACCEPTED]:
        said.append(ngettext("%(num)s line accepted.", "%(num)s lines accepted.", count))
    if count := states[ProposalState.OVERTAKEN]:
        said.append(ngettext("%(num)s line was overtaken: it says by what.",
                             "%(num)s lines were overtaken: each says by what.", count))  # fmt: skip
    if count := states[ProposalState.REFUSED]:
        said.append(ngettext("%(num)s line had been refused.", "%(num)s lines had been refused.", count))
    return " ".join(said)


def _line_page(
    run_id: uuid.UUID, line_id: uuid.UUID, form: RefusalForm, problems: list[str] | None = None
) -> ResponseReturnValue:
    run = queries.get_run(run_id)
    line, prisoner, volunteer, group = queries.get_line(run_id, line_id)
    search = one_line(request.args.get("q", ""), 100)
    body = render_template(
        "penpals/staff/matching/line.html", run=run, line=line, prisoner=prisoner, volunteer=volunteer, group=group,
        form=form, problems=problems or [], search=search, found=_partners(run.level, search), words=words,
        interests=interest_words(), language=current_language(), is_of_groups=run.level == MatchLevel.GROUPS,
    )  # fmt: skip
    return make_response(body, 409 if problems else 422 if form.errors else 200)


def _partners(level: str, search: str) -> list[tuple[uuid.UUID, str, str]]:
    """Who fits what was typed, with the languages they write and how many places they hold free."""
    if not search:
        return []
    if level == MatchLevel.GROUPS:
        return [
            (group.id, group.name_in(current_language()), _offer(group.languages, group.capacity - live))
            for group, live in queries.search_groups(search)
        ]
    return [
        (volunteer.id, volunteer.pseudonym, _offer(profile.languages, profile.capacity - live))
        for volunteer, profile, live in queries.search_writers(search)
    ]


def _offer(languages: Sequence[str], places: int) -> str:
    free = ngettext("%(num)s place free", "%(num)s places free", max(places, 0))
    return ", ".join([*(words.language_word(each) for each in languages), free])


def _to_line(run_id: uuid.UUID, line_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("matching_staff.show_line", run_id=run_id, line_id=line_id), 303)
