"""The steps of a dossier: checked, proposed, released by another, sent, answered, closed, and what a page tells."""

import uuid
from collections.abc import Callable

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.dossiers.bodies import form_of
from campaign.dossiers.documents import Edition, render
from campaign.dossiers.documents import render_dossier as for_body
from campaign.dossiers.forms.dossiers import DueForm, OutcomeForm, SentForm
from campaign.dossiers.models import Dossier
from campaign.dossiers.queries import dossiers as queries
from campaign.dossiers.service import releasing, steps, writing
from campaign.dossiers.staff_views.blueprint import bp, of_dossier, seen_version
from campaign.dossiers.staff_views.show import dossier_page, url_of
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.web.guards import fresh
from campaign.web.steps import actor_id, step, told


@bp.post("/<uuid:dossier_id>/check")
@of_dossier
def mark_checked(dossier: Dossier) -> ResponseReturnValue:
    """Say that it has what the body asks for."""
    return _take(
        dossier,
        lambda: releasing.mark_checked(dossier.id, for_body, seen_version=seen_version(), actor=actor_id()),
        _("Checked. It can be proposed for its release."),
    )  # fmt: skip


@bp.post("/<uuid:dossier_id>/propose")
@of_dossier
def propose(dossier: Dossier) -> ResponseReturnValue:
    """Ask that it be released."""
    return _take(
        dossier, lambda: releasing.propose(dossier.id, seen_version=seen_version(), actor=actor_id()),
        _("Proposed. Somebody who did not write it last releases it."),
    )  # fmt: skip


@bp.post("/<uuid:dossier_id>/back")
@of_dossier
def send_back(dossier: Dossier) -> ResponseReturnValue:
    """Make a draft of it again."""
    return _take(
        dossier, lambda: releasing.send_back(dossier.id, seen_version=seen_version(), actor=actor_id()),
        _("It is a draft again."),
    )  # fmt: skip


@bp.post("/<uuid:dossier_id>/release")
@of_dossier
@fresh
def release(dossier: Dossier) -> ResponseReturnValue:
    """Let it go as a second person, who proves again who they are."""
    return _take(
        dossier, lambda: releasing.release(dossier.id, for_body, seen_version=seen_version(), actor=actor_id()),
        _("Released. What it says is kept as it is now."),
    )  # fmt: skip


@bp.post("/<uuid:dossier_id>/looked")
@of_dossier
def look_again(dossier: Dossier) -> ResponseReturnValue:
    """Say that one has looked at it since something happened to the person."""
    return _take(
        dossier, lambda: releasing.take_up_again(dossier.id, seen_version=seen_version(), actor=actor_id()),
        _("Noted: you have looked at it again."),
    )  # fmt: skip


@bp.post("/<uuid:dossier_id>/sent")
@of_dossier
def mark_sent(dossier: Dossier) -> ResponseReturnValue:
    """Say that it has left."""
    form = SentForm()
    if not form.validate():
        return dossier_page(dossier, sending=form), 422
    return _take(
        dossier,
        lambda: steps.mark_sent(
            dossier.id, form.sent_on.data, form.way, seen_version=form.seen_version, actor=actor_id()
        ),
        _("It has left."), lambda problem: dossier_page(dossier, problem, sending=form),
    )  # fmt: skip


@bp.post("/<uuid:dossier_id>/answered")
@of_dossier
def mark_answered(dossier: Dossier) -> ResponseReturnValue:
    """Say what became of it."""
    form = OutcomeForm()
    form.offer(form_of(dossier.body))
    if not form.validate():
        return dossier_page(dossier, answering=form), 422
    return _take(
        dossier,
        lambda: steps.mark_answered(
            dossier.id, form.chosen, form.answered_on.data, seen_version=form.seen_version, actor=actor_id()
        ),
        _("What became of it is noted."), lambda problem: dossier_page(dossier, problem, answering=form),
    )  # fmt: skip


@bp.post("/<uuid:dossier_id>/close")
@of_dossier
def close(dossier: Dossier) -> ResponseReturnValue:
    """Nothing more is done about it."""
    return _take(
        dossier, lambda: steps.close(dossier.id, seen_version=seen_version(), actor=actor_id()),
        _("Closed. What is sealed of it goes after a time."),
    )  # fmt: skip


@bp.post("/<uuid:dossier_id>/dues")
@of_dossier
def set_due(dossier: Dossier) -> ResponseReturnValue:
    """Note that something is due."""
    form = DueForm()
    if not form.validate():
        return dossier_page(dossier, dueing=form), 422
    return _take(
        dossier, lambda: steps.set_due(dossier.id, form.chosen, form.due_on.data, actor=actor_id()), _("Noted."),
        lambda problem: dossier_page(dossier, problem, dueing=form),
    )  # fmt: skip


@bp.post("/<uuid:dossier_id>/dues/<uuid:due_id>/done")
@of_dossier
def end_due(dossier: Dossier, due_id: uuid.UUID) -> ResponseReturnValue:
    """It has come, or is done."""
    return _take(dossier, lambda: steps.end_due(dossier.id, due_id, actor=actor_id()), _("Noted."))


@bp.post("/<uuid:dossier_id>/tell/<any('filing','outcome','nothing'):what>")
@of_dossier
def tell_public(dossier: Dossier, what: str) -> ResponseReturnValue:
    """Let the person's page tell of it, or nothing any more."""
    run = {"filing": steps.show_filing, "outcome": steps.show_outcome, "nothing": steps.hide}[what]
    said = _("The page tells nothing of it any more.") if what == "nothing" else _("The person’s page tells of it now.")
    return _take(dossier, lambda: run(dossier.id, seen_version=seen_version(), actor=actor_id()), said)


@bp.post("/<uuid:dossier_id>/draft.pdf")
@of_dossier
@fresh
def preview(dossier: Dossier) -> ResponseReturnValue:
    """The paper as it would be now, marked as a draft."""
    with transaction():
        writing.look(dossier.id, actor=actor_id())
    content = releasing.draft_content(queries.get_dossier(dossier.id))
    return _pdf(render(content, Edition.BODY, is_draft=True, with_papers=True)[0], f"{dossier.code}-draft")


@bp.post("/<uuid:dossier_id>/releases/<int:version>/<any('body','public'):edition>.pdf")
@of_dossier
@fresh
def download_release(dossier: Dossier, version: int, edition: str) -> ResponseReturnValue:
    """What was released: the very file for the body, or the same without what is for the body alone. Of sanctions there
    is none of the second kind: nothing of them is ever public."""
    if edition == Edition.PUBLIC and dossier.is_about_sanctions:
        raise NotFound
    try:
        with transaction():
            if edition == Edition.BODY:
                file = releasing.open_release(dossier.id, version, actor=actor_id())
            else:
                content = releasing.open_snapshot(dossier.id, version, actor=actor_id())
                file = render(content, Edition.PUBLIC)[0]
    except NotFound:
        raise
    except DomainError as problem:
        session.expire_all()
        return dossier_page(dossier, told(problem)), 409
    return _pdf(file, f"{dossier.code}-{version}{'' if edition == Edition.BODY else '-public'}")


def _pdf(file: bytes, name: str) -> Response:
    response = Response(file, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _take(
    dossier: Dossier, act: Callable[[], object], said: str, again: Callable[[str], str] | None = None
) -> ResponseReturnValue:
    return step(act, said, url_of(dossier), again or (lambda problem: dossier_page(dossier, problem)))
