"""Telling us something from outside: no account, no cookie, no address; a code to come back with."""

from flask import Blueprint, Response, g, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel.crypto.vault_door import NoVault
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError, NotFound
from campaign.kernel.images import BadPicture
from campaign.kernel.limits import Buckets, Rate
from campaign.prisoners.forms.reports import CodeForm, MoreForm, TellForm
from campaign.prisoners.models import Prisoner, Report, ReportKind, ReportState
from campaign.prisoners.queries import get_public_prisoner
from campaign.prisoners.queries.reports import list_messages
from campaign.prisoners.service import reports
from campaign.web.guards import checks_origin
from campaign.web.headers import public_page
from campaign.web.here import stands_at
from campaign.web.i18n import current_language
from campaign.web.network import client_network
from campaign.web.settings import settings

bp = Blueprint("tell_us", __name__)
# A lawyer may report a dozen people in an evening; a flood does not get far. Codes are looked up under a rate of their
# own, so that trying them leads nowhere while somebody who mistypes is not kept out.
sending = Buckets(Rate(burst=20, seconds=60))
looking = Buckets(Rate(burst=30, seconds=10))


@bp.get("/tell-us")
@public_page(survives_outage=True)
def show_form() -> ResponseReturnValue:
    """The form, and what becomes of what one sends."""
    return _form_page(TellForm(formdata=None))


@bp.get("/tell-us/about/<slug>")
@public_page(survives_outage=False)
def show_form_about(slug: str) -> ResponseReturnValue:
    """The form for a correction of one person's page."""
    prisoner = get_public_prisoner(slug)
    form = TellForm(formdata=None, kind=ReportKind.CORRECTION.value, about=slug)
    return _form_page(form, prisoner)


@bp.post("/tell-us")
@checks_origin
def send_report() -> ResponseReturnValue:
    """Take a report and show its code, once."""
    form = TellForm()
    prisoner = _about(form.about.data or "")
    if not form.validate():
        return _sealed_answer(_form_page(form, prisoner), 422)
    if not _may(sending):
        problem = _("Very much is coming in at once. Wait a few minutes and press the button again: your text is here.")
        return _sealed_answer(_form_page(form, prisoner, problem=problem), 429)
    if form.website.data:
        # A program filled in what people do not see. It is told that all went well, and nothing is kept.
        return _sent_page("x" * reports.CODE_LENGTH)
    draft = reports.ReportDraft(
        ReportKind(form.kind.data), form.body.data, form.contact.data or "", current_language(),
        prisoner.id if prisoner is not None else None, form.files(),
    )  # fmt: skip
    try:
        with transaction():
            code = reports.receive_report(draft)
    except BadPicture as problem:
        form.pictures.errors = [*form.pictures.errors, _(problem.message)]
        return _sealed_answer(_form_page(form, prisoner), 422)
    except NoVault as problem:
        return _sealed_answer(_form_page(form, prisoner, problem=_(problem.message)), 503)
    return _sent_page(code)


@bp.get("/tell-us/answer")
@public_page(survives_outage=True)
def show_code_form() -> ResponseReturnValue:
    """Where one comes back with a code."""
    return render_template("prisoners/tell_us/code.html", form=CodeForm(formdata=None))


@bp.post("/tell-us/answer")
@checks_origin
def show_answer() -> ResponseReturnValue:
    """What became of a report. A POST, so that the code stands in no address, log or history."""
    form = CodeForm()
    report = _behind(form)
    if report is None:
        return _sealed_answer(render_template("prisoners/tell_us/code.html", form=form), 422)
    return _conversation(report, MoreForm(formdata=None, code=form.code.data))


@bp.post("/tell-us/answer/more")
@checks_origin
def add_message() -> ResponseReturnValue:
    """Add something behind a code."""
    form = MoreForm()
    report = _behind(form)
    if report is None:
        return _sealed_answer(render_template("prisoners/tell_us/code.html", form=form), 422)
    if not form.validate():
        return _conversation(report, form, status=422)
    try:
        with transaction():
            reports.add_message(report, form.body.data)
    except (Conflict, NoVault) as problem:
        return _conversation(report, form, problem=problem, status=409)
    return _conversation(report, MoreForm(formdata=None, code=form.code.data), was_added=True)


def _behind(form: CodeForm) -> Report | None:
    """The report behind the code that was typed, or None with what is wrong said beside the field."""
    stands_at("/tell-us/answer")
    if not form.code.data:
        form.code.errors = [_("Enter the code that you were given.")]
        return None
    if not _may(looking):
        form.code.errors = [_("Too many codes were tried from your network. Wait a few minutes.")]
        return None
    report = reports.find_report(form.code.data)
    if report is None:
        form.code.errors = [_("There is no report with this code. A report is deleted 30 days after it was closed.")]
    return report


def _conversation(
    report: Report, form: MoreForm, *, was_added: bool = False, problem: DomainError | None = None, status: int = 200
) -> Response:
    messages = list_messages(report.id)
    page = render_template(
        "prisoners/tell_us/conversation.html", report=report, form=form, messages=messages, was_added=was_added,
        answers=reports.answers_of(report, messages), problem=_(problem.message) if problem else "",
        is_closed=report.state == ReportState.CLOSED, days=reports.KEPT_AFTER_CLOSING.days,
    )  # fmt: skip
    return _sealed_answer(page, status)


def _form_page(form: TellForm, prisoner: Prisoner | None = None, problem: str = "") -> str:
    stands_at("/tell-us" if prisoner is None else f"/tell-us/about/{prisoner.slug}")
    return render_template(
        "prisoners/tell_us/form.html", form=form, prisoner=prisoner, problem=problem, most=reports.MOST_PICTURES,
        days=reports.KEPT_AFTER_CLOSING.days, longest=reports.KEPT_AT_MOST.days,
    )  # fmt: skip


def _sent_page(code: str) -> Response:
    stands_at("/tell-us")
    return _sealed_answer(render_template("prisoners/tell_us/sent.html", code=reports.spelled(code)), 200)


def _sealed_answer(page: str, status: int) -> Response:
    """An answer that no cache keeps and no other site learns of."""
    g.token_page = True
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _may(buckets: Buckets) -> bool:
    network = client_network()
    return not settings().rate_limits or network is None or buckets.take(network)


def _about(slug: str) -> Prisoner | None:
    try:
        return get_public_prisoner(slug) if slug else None
    except NotFound:
        return None
