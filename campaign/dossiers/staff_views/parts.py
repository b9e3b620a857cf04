"""Consent, sources, papers and the picture of a dossier."""

import uuid

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.dossiers.forms.dossiers import ConsentForm, PaperForm, SourceForm
from campaign.dossiers.models import Dossier
from campaign.dossiers.queries.case import list_known_sources
from campaign.dossiers.service import consent, papers, writing
from campaign.dossiers.staff_views.blueprint import about, bp, of_dossier, seen_version
from campaign.dossiers.staff_views.show import dossier_page, url_of
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, Forbidden, NotFound
from campaign.web.opened import is_opened
from campaign.web.steps import actor_id, step, told


@bp.post("/<uuid:dossier_id>/consent")
@of_dossier
def record_consent(dossier: Dossier) -> ResponseReturnValue:
    """Write down who agreed."""
    form = ConsentForm()
    if not form.validate():
        return dossier_page(dossier, consenting=form), 422
    return step(
        lambda: consent.record_consent(dossier.id, form.draft(), actor=actor_id()), _("The consent is recorded."),
        url_of(dossier, "consent"), lambda problem: dossier_page(dossier, problem, consenting=form),
    )  # fmt: skip


@bp.post("/<uuid:dossier_id>/consent/withdraw")
@of_dossier
def withdraw_consent(dossier: Dossier) -> ResponseReturnValue:
    """Write down that they do not agree any more."""
    return step(
        lambda: consent.withdraw_consent(dossier.id, actor=actor_id()),
        _("The consent is withdrawn. Nothing leaves any more, and nothing is told."), url_of(dossier, "consent"),
        lambda problem: dossier_page(dossier, problem),
    )  # fmt: skip


@bp.post("/<uuid:dossier_id>/sources")
@of_dossier
def add_source(dossier: Dossier) -> ResponseReturnValue:
    """Add a source that somebody typed."""
    form = SourceForm()
    if not form.validate():
        return dossier_page(dossier, sourcing=form), 422
    return step(
        lambda: writing.add_source(dossier.id, form.source(), actor=actor_id()), _("The source stands in the annex."),
        url_of(dossier, "sources"), lambda problem: dossier_page(dossier, problem, sourcing=form),
    )  # fmt: skip


@bp.post("/<uuid:dossier_id>/sources/case")
@of_dossier
def add_case_sources(dossier: Dossier) -> ResponseReturnValue:
    """Add those of the case that were chosen."""
    chosen = set(request.form.getlist("url"))
    known = [each for each in list_known_sources(dossier.prisoner_id) if each.url in chosen]

    def add() -> None:
        for each in known:
            writing.add_source(dossier.id, each, actor=actor_id(), is_from_case=True)

    said = ngettext("%(num)s source of the case is added.", "%(num)s sources of the case are added.", len(known))
    return step(add, said, url_of(dossier, "sources"), lambda problem: dossier_page(dossier, problem))


@bp.post("/<uuid:dossier_id>/sources/<uuid:source_id>/remove")
@of_dossier
def remove_source(dossier: Dossier, source_id: uuid.UUID) -> ResponseReturnValue:
    """Take one out."""
    return step(
        lambda: writing.remove_source(dossier.id, source_id, actor=actor_id()), _("The source is taken out."),
        url_of(dossier, "sources"), lambda problem: dossier_page(dossier, problem),
    )  # fmt: skip


@bp.post("/<uuid:dossier_id>/papers")
@of_dossier
def add_paper(dossier: Dossier) -> ResponseReturnValue:
    """Add a paper."""
    form = PaperForm()
    raw = form.content() if form.validate() else None
    if raw is None:
        if not form.errors:
            form.file.errors = [*form.file.errors, _("Choose a file.")]
        return dossier_page(dossier, papering=form), 422
    try:
        # Drawn before the transaction: a PDF takes seconds, and nobody waits for it with a lock.
        pages = papers.draw(raw)
        session.rollback()
        with transaction():
            papers.add_paper(dossier.id, form.draft(), pages, actor=actor_id())
    except NotFound:
        raise
    except DomainError as problem:
        session.expire_all()
        form.file.errors = [told(problem)]
        return dossier_page(dossier, papering=form), 422
    flash(_("The paper is added."))
    return redirect(url_of(dossier, "papers"), 303)


@bp.get("/<uuid:dossier_id>/papers/<uuid:page_id>.webp")
@of_dossier
def show_page(dossier: Dossier, page_id: uuid.UUID) -> ResponseReturnValue:
    """One page, while they lie open for whoever looks."""
    if not is_opened(about(dossier)):
        raise Forbidden
    response = Response(papers.open_page(dossier.id, page_id), mimetype="image/webp")
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/<uuid:dossier_id>/papers/<uuid:paper_id>/remove")
@of_dossier
def remove_paper(dossier: Dossier, paper_id: uuid.UUID) -> ResponseReturnValue:
    """Delete one."""
    return step(
        lambda: papers.remove_paper(dossier.id, paper_id, actor=actor_id()), _("The paper is deleted."),
        url_of(dossier, "papers"), lambda problem: dossier_page(dossier, problem),
    )  # fmt: skip


@bp.post("/<uuid:dossier_id>/picture/<any('with','without'):how>")
@of_dossier
def set_picture(dossier: Dossier, how: str) -> ResponseReturnValue:
    """Put the person's picture into it, or leave it out."""
    return step(
        lambda: writing.want_picture(
            dossier.id, is_wanted=how == "with", seen_version=seen_version(), actor=actor_id()
        ),
        _("Saved."), url_of(dossier, "parts"), lambda problem: dossier_page(dossier, problem),
    )  # fmt: skip
