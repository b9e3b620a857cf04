"""The page of one dossier: how far it is, what the check says, who agreed, its annexes, and what comes next."""

import uuid
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.dossiers.bodies import BodyForm, form_of
from campaign.dossiers.forms.dossiers import ConsentForm, DueForm, OutcomeForm, PaperForm, SentForm, SourceForm
from campaign.dossiers.models import EDITABLE, GONE_OUT, TOLD, Dossier, DossierState, Origin
from campaign.dossiers.queries import dossiers as queries
from campaign.dossiers.queries.case import list_known_sources
from campaign.dossiers.service import checking, consent, papers, releasing, writing
from campaign.dossiers.service.content import find_usable_picture
from campaign.dossiers.service.keeping import RELEASED_DAYS, WORKING_DAYS
from campaign.dossiers.staff_views.blueprint import about, bp, fills_of, of_dossier, render, shared_words
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.prisoners.models import Official
from campaign.prisoners.queries import get_prisoner
from campaign.web.guards import fresh
from campaign.web.i18n import current_language
from campaign.web.opened import is_opened, open_on_record
from campaign.web.steps import actor_id


@bp.get("/<uuid:dossier_id>")
@of_dossier
def show_dossier(dossier: Dossier) -> ResponseReturnValue:
    """One of them."""
    return dossier_page(dossier)


@bp.post("/<uuid:dossier_id>/open")
@of_dossier
@fresh
def open_dossier(dossier: Dossier) -> ResponseReturnValue:
    """Open what it says, which is on record."""
    open_on_record(about(dossier), lambda: writing.look(dossier.id, actor=actor_id()), actor_id())
    return redirect(url_of(dossier), 303)


def dossier_page(dossier: Dossier, problem: str = "", **typed: Any) -> str:
    """The page; `typed` are forms as somebody sent them, `problem` what stood in the way."""
    dossier = queries.get_dossier(dossier.id)
    form, opened = form_of(dossier.body), is_opened(about(dossier))
    events, rows = queries.list_events(dossier.id), queries.list_answers(dossier.id)
    consents, releases = queries.list_consents(dossier.id), queries.list_releases(dossier.id)
    people = {each.actor_id for each in events} | {each.recorded_by for each in consents}
    people |= {each for row in releases for each in (row.asked_by, row.released_by)}
    official = session.get(Official, dossier.official_id) if dossier.official_id else None
    return render_template(
        "dossiers/staff/show.html", found=dossier, form=form, problem=problem, opened=opened, events=events,
        progress=_progress(form, {key for key, each in rows.items() if each.origin != Origin.EMPTY}),
        prisoner=get_prisoner(dossier.prisoner_id), official=official, consents=consents, releases=releases,
        sizes=queries.sizes_of_releases(dossier.id),
        sources=queries.list_sources(dossier.id), papers=queries.list_papers(dossier.id),
        pages=queries.list_pages(dossier.id), dues=queries.list_dues(dossier.id), today=clock.today(),
        names=names_of({*filter(None, people)}), may=_may(dossier), actor=current_user,
        has_picture=find_usable_picture(dossier.prisoner_id) is not None, is_old=checking.is_old,
        kept_days=(WORKING_DAYS, RELEASED_DAYS), language=current_language(),
        **{**_forms(form), **_opened(dossier, form, opened), **typed}, **shared_words(),
    )  # fmt: skip


def url_of(dossier: Dossier, anchor: str | None = None) -> str:
    """Where it stands."""
    return url_for("dossiers_staff.show_dossier", dossier_id=dossier.id, _anchor=anchor)


def _forms(form: BodyForm) -> dict[str, Any]:
    outcome = OutcomeForm(formdata=None)
    outcome.offer(form)
    return {
        "consenting": ConsentForm(formdata=None), "sourcing": SourceForm(formdata=None),
        "papering": PaperForm(formdata=None), "sending": SentForm(formdata=None), "dueing": DueForm(formdata=None),
        "answering": outcome,
    }  # fmt: skip


def _opened(dossier: Dossier, form: BodyForm, opened: bool) -> dict[str, Any]:
    """What only whoever opened it sees: the check names answers, and papers have names."""
    if not opened or dossier.state == DossierState.CLOSED:
        return {"findings": [], "drifts": [], "titles": {}, "notes": {}, "offered": []}
    is_editable = dossier.state in EDITABLE
    drifts = writing.find_drifts(form, writing.open_answers(dossier), fills_of(dossier)) if is_editable else []
    known = {each.url for each in queries.list_sources(dossier.id)}
    return {
        "findings": releasing.find_problems(dossier, render, [each.question.key for each in drifts])
        if is_editable else [],
        "drifts": drifts,
        "titles": {each.id: papers.title_of(each) for each in queries.list_papers(dossier.id)},
        "notes": {each.id: consent.open_note(each) for each in queries.list_consents(dossier.id)},
        "offered": [each for each in list_known_sources(dossier.prisoner_id) if each.url not in known]
        if is_editable else [],
    }  # fmt: skip


def _progress(form: BodyForm, answered: set[str]) -> list[dict[str, Any]]:
    return [
        {
            "section": section, "answered": sum(each.key in answered for each in section.questions),
            "missing": sum(each.is_required and each.key not in answered for each in section.questions),
        }
        for section in form.sections
    ]  # fmt: skip


def _may(dossier: Dossier) -> dict[str, bool]:
    me: uuid.UUID = current_user.id
    states = DossierState
    return {
        "edit": dossier.state in EDITABLE,
        "release": dossier.state == states.PROPOSED and me not in {dossier.asked_by, dossier.written_by},
        "send_back": dossier.state in {states.CHECKED, states.PROPOSED, states.RELEASED},
        "tell": dossier.body in TOLD and dossier.state in GONE_OUT,
        "close": dossier.state != states.CLOSED,
    }
