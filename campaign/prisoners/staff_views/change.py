"""The guided act: choose what happened, fill in the form of that kind, see what will follow, confirm."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError
from campaign.kernel.registry import consequences
from campaign.prisoners.forms.change import FORMS, ChangeForm, WithdrawForm
from campaign.prisoners.models import ChangeKind, Prisoner, StatusChange
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.cases import list_cases
from campaign.prisoners.queries.changes import get_change, list_later
from campaign.prisoners.queries.situation import situation_stamp
from campaign.prisoners.service.changes import act
from campaign.prisoners.service.changes.draft import draft_of
from campaign.prisoners.service.changes.ledger import StoodUpon
from campaign.prisoners.service.situation import BadSituation
from campaign.prisoners.staff_views.blueprint import bp, for_editors
from campaign.prisoners.staff_views.situation_pages import put, situation_page
from campaign.web.steps import actor_id, told

CHOICE = "choice"


@dataclass(slots=True)
class Asked:
    """One asking for an act: whose, of which kind, and what it corrects."""

    prisoner: Prisoner
    form: ChangeForm
    corrects: StatusChange | None

    @property
    def corrects_id(self) -> uuid.UUID | None:
        """The act that this one corrects."""
        return self.corrects.id if self.corrects is not None else None


@bp.route("/<uuid:prisoner_id>/change", methods=["GET", "POST"])
@for_editors
def change_situation(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Say what happened to somebody. Only the last button, below what will follow, changes anything."""
    prisoner, corrects = get_prisoner(prisoner_id), _corrected(prisoner_id)
    kind = _kind(corrects)
    if kind is None:
        return situation_page("prisoners/staff/situation/kinds.html", prisoner, corrects=corrects, kinds=ChangeKind)
    asked = Asked(prisoner, _form(prisoner_id, kind, corrects), corrects)
    if not asked.form.is_submitted():
        asked.form.begin(situation_stamp(prisoner_id))
        return _form_page(asked)
    if request.form.get("act") == "edit":
        return _form_page(asked)
    if not asked.form.validate():
        return _form_page(asked), 422
    return _answered(asked, confirmed=request.form.get("act") == "confirm")


def _answered(asked: Asked, *, confirmed: bool) -> ResponseReturnValue:
    """Show what would follow, or do it; whatever stands in the way is said where it can be put right."""
    try:
        return _confirm(asked) if confirmed else _preview_page(asked, _preview(asked))
    except BadSituation as problem:
        put(asked.form, problem.field, problem)
        return _form_page(asked), 422
    except act.ForecastChanged as problem:
        return _preview_page(asked, _preview(asked), told(problem)), 409
    except StoodUpon as problem:
        return _form_page(asked, told(problem), stands_on=_later(asked, problem)), 409
    except (Conflict, act.TooEarly) as problem:
        # The form now carries what is stored, so that sending it again, after having read it, is a choice.
        asked.form.seen.data = situation_stamp(asked.prisoner.id)
        return _form_page(asked, told(problem)), 409


def _preview(asked: Asked) -> act.Forecasts:
    form = asked.form
    with transaction():
        return act.preview_change(
            asked.prisoner.id, form.draft(_choices()), form.source(), seen_stamp=form.seen.data or "",
            corrects=asked.corrects_id,
        )  # fmt: skip


def _confirm(asked: Asked) -> ResponseReturnValue:
    form = asked.form
    with transaction():
        change = act.make_change(
            form.number, asked.prisoner.id, form.draft(_choices()), form.source(), seen_stamp=form.seen.data or "",
            seen_forecast=request.form.get("forecast", ""), actor=actor_id(), corrects=asked.corrects_id,
        )  # fmt: skip
    flash(_("It is written down. What protects somebody is being done now; what goes out waits ten minutes."))
    return redirect(url_for("prisoners_staff.show_change", prisoner_id=change.prisoner_id, change_id=change.id), 303)


def _form(prisoner_id: uuid.UUID, kind: ChangeKind, corrects: StatusChange | None) -> ChangeForm:
    form = FORMS[kind]()
    if isinstance(form, WithdrawForm) and corrects is not None:
        form.reported_on = corrects.happened_on
    form.offer_cases(list_cases(prisoner_id))
    if corrects is not None and corrects.kind == kind and not form.is_submitted():
        form.show(draft_of(corrects))
    return form


def _form_page(asked: Asked, problem: str = "", stands_on: Any = ()) -> str:
    return situation_page(
        "prisoners/staff/situation/form.html", asked.prisoner, form=asked.form, corrects=asked.corrects,
        problem=problem, stands_on=stands_on,
    )  # fmt: skip


def _preview_page(asked: Asked, forecasts: act.Forecasts, problem: str = "") -> str:
    following = [(name, consequences[name], forecast) for name, forecast in forecasts.items()]
    return situation_page(
        "prisoners/staff/situation/preview.html", asked.prisoner, form=asked.form, corrects=asked.corrects,
        at_once=[each for each in following if each[1].is_immediate],
        later=[each for each in following if not each[1].is_immediate],
        digest=act.digest_of(forecasts), chosen=_choices(), problem=problem,
    )  # fmt: skip


def _choices() -> dict[str, dict[str, str]]:
    """What was decided about each row: fields named choice:<consequence>:<key>."""
    choices: dict[str, dict[str, str]] = {}
    for name, value in request.form.items():
        mark, _colon, rest = name.partition(":")
        consequence, _colon, key = rest.partition(":")
        if mark == CHOICE and consequence in consequences:
            choices.setdefault(consequence, {})[key] = value
    return choices


def _kind(corrects: StatusChange | None) -> ChangeKind | None:
    text = request.args.get("kind", "")
    if text not in set(ChangeKind) or (text == ChangeKind.DID_NOT_HAPPEN and corrects is None):
        return None
    return ChangeKind(text)


def _corrected(prisoner_id: uuid.UUID) -> StatusChange | None:
    try:
        return get_change(prisoner_id, uuid.UUID(request.args["corrects"])) if "corrects" in request.args else None
    except (ValueError, DomainError):
        return None


def _later(asked: Asked, problem: StoodUpon) -> list[StatusChange]:
    rows = frozenset(row.id for row in problem.rows)
    return list_later(asked.corrects, rows) if asked.corrects is not None else []
