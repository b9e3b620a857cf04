"""Writing: a section at a time, and taking over what the case says by now."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.dossiers.bodies import Section, form_of
from campaign.dossiers.forms.dossiers import SectionForm, section_form
from campaign.dossiers.models import EDITABLE, Dossier
from campaign.dossiers.queries import dossiers as queries
from campaign.dossiers.service import checking, releasing, writing
from campaign.dossiers.staff_views.blueprint import about, bp, fills_of, of_dossier, render, seen_version, shared_words
from campaign.dossiers.staff_views.show import url_of
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, DomainError, NotFound
from campaign.web.compare import differences
from campaign.web.opened import is_opened, note_opened
from campaign.web.steps import actor_id, told

STAY, NEXT = "stay", "next"


@bp.route("/<uuid:dossier_id>/sections/<section_key>", methods=["GET", "POST"])
@of_dossier
def edit_section(dossier: Dossier, section_key: str) -> ResponseReturnValue:
    """One section, for whoever has it open; what was typed is kept, whatever stands in the way."""
    section = form_of(dossier.body).section(section_key)
    if section is None:
        raise NotFound
    form = section_form(section)
    if not form.is_submitted():
        if not is_opened(about(dossier)):
            flash(_("Open what is written first: that is on record."))
            return redirect(url_of(dossier), 303)
        form.show(section, writing.open_answers(dossier), _stamp(dossier, section))
        return _page(dossier, section, form)
    if not form.validate():
        return _page(dossier, section, form), 422
    try:
        with transaction():
            changed = writing.save_section(
                dossier.id, section.key, form.drafts(section), seen_stamp=form.seen_version, actor=actor_id()
            )
    except Conflict as problem:
        session.expire_all()
        if not is_opened(about(dossier)):
            return _page(dossier, section, form, told(problem)), 409
        return _page_of_conflict(dossier, section, form), 409
    except DomainError as problem:
        session.expire_all()
        return _page(dossier, section, form, told(problem)), 409
    if is_opened(about(dossier)):
        # Whoever is at work keeps it open; what they wrote is on record as a look is.
        note_opened(about(dossier))
    flash(_("Saved.") if changed else _("Nothing differs from what was stored."))
    return redirect(_where_next(dossier, section), 303)


@bp.route("/<uuid:dossier_id>/take-over", methods=["GET", "POST"])
@of_dossier
def take_over(dossier: Dossier) -> ResponseReturnValue:
    """What the case says otherwise than the dossier, side by side; each is taken over or left."""
    if not is_opened(about(dossier)):
        flash(_("Open what is written first: that is on record."))
        return redirect(url_of(dossier), 303)
    fills = fills_of(dossier)
    problem = ""
    if request.method == "POST":
        try:
            with transaction():
                taken = writing.take_over(
                    dossier.id, request.form.getlist("question"), fills, seen_version=seen_version(), actor=actor_id()
                )
        except NotFound:
            raise
        except DomainError as refusal:
            session.expire_all()
            problem = told(refusal)
        else:
            flash(ngettext("%(num)s answer is taken over.", "%(num)s answers are taken over.", taken))
            return redirect(url_of(dossier), 303)
    found = queries.get_dossier(dossier.id)
    drifts = writing.find_drifts(form_of(dossier.body), writing.open_answers(found), fills)
    page = render_template(
        "dossiers/staff/take_over.html", found=found, drifts=drifts, problem=problem,
        may_edit=found.state in EDITABLE, **shared_words(),
    )  # fmt: skip
    return page, 409 if problem else 200


def _stamp(dossier: Dossier, section: Section) -> int:
    return writing.stamp_of(section.questions, queries.list_answers(dossier.id))


def _where_next(dossier: Dossier, section: Section) -> str:
    sections = form_of(dossier.body).sections
    at = sections.index(section)
    wanted = request.form.get("then", "")
    if wanted == NEXT and at + 1 < len(sections):
        return _url(dossier, sections[at + 1])
    return _url(dossier, section) if wanted == STAY else url_of(dossier)


def _url(dossier: Dossier, section: Section) -> str:
    return url_for("dossiers_staff.edit_section", dossier_id=dossier.id, section_key=section.key)


def _page_of_conflict(dossier: Dossier, section: Section, form: SectionForm) -> str:
    stored = section_form(section)
    stored.process(formdata=None)
    stored.show(section, writing.open_answers(dossier), _stamp(dossier, section))
    # The form now carries the stamp of what is stored: to save again, after having read it, is a choice.
    form.version.data = stored.version.data
    return _page(dossier, section, form, changed=differences(stored, form), has_conflict=True)


def _page(dossier: Dossier, section: Section, form: SectionForm, problem: str = "", **more: object) -> str:
    found = queries.get_dossier(dossier.id)
    own = {each.key for each in section.questions}
    is_shown = found.state in EDITABLE and is_opened(about(found))
    findings = releasing.find_problems(found, render) if is_shown else []
    sections = form_of(found.body).sections
    return render_template(
        "dossiers/staff/section.html", found=found, section=section, form=form, problem=problem,
        sections=sections, at=sections.index(section),
        findings={
            key: [each for each in findings if each.question == key and not _is_said(each)] for key in own
        },
        rows=queries.list_answers(found.id), may_edit=found.state in EDITABLE, **more, **shared_words(),
    )  # fmt: skip


def _is_said(finding: checking.Finding) -> bool:
    """That an answer is missing shows by itself while one writes."""
    return finding.message == checking.MISSING
