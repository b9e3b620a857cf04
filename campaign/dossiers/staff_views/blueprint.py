"""What the staff views of dossiers share: who may come in, and that sanctions are shown outside Russia alone."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from campaign.dossiers import policy
from campaign.dossiers.bodies import form_of
from campaign.dossiers.documents import render_dossier
from campaign.dossiers.forms import words
from campaign.dossiers.forms.filling import fill_from_case
from campaign.dossiers.models import Dossier, DossierState, Mark
from campaign.dossiers.queries import dossiers as queries
from campaign.dossiers.queries.case import read_case
from campaign.kernel.places import Place
from campaign.web.guards import requires
from campaign.web.place import current_place

P = ParamSpec("P")
bp = Blueprint("dossiers_staff", __name__)
for_workers = requires(*policy.WORKERS)
render = render_dossier


def sees_sanctions() -> bool:
    """Whether whoever looks said that they are outside Russia."""
    return policy.can_see_sanctions(current_place())


def of_dossier(
    view: Callable[Concatenate[Dossier, P], ResponseReturnValue],
) -> Callable[..., ResponseReturnValue]:
    """A view of one dossier, which it is handed. One about sanctions does not open inside Russia, nor where nobody said
    where they are: the page says why, and holds no word of it."""

    @wraps(view)
    @for_workers
    def inner(dossier_id: uuid.UUID, *args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        found = queries.get_dossier(dossier_id)
        if not policy.can_see(found, current_place()):
            return outside_page(), 403
        return view(found, *args, **kwargs)

    inner.required_roles = policy.WORKERS  # type: ignore[attr-defined]
    return inner


def outside_page() -> str:
    """Why nothing is shown, and outside Russia the button that changes it."""
    return render_template("dossiers/staff/outside.html", is_in_russia=current_place() is Place.RUSSIA)


def fills_of(dossier: Dossier) -> dict[str, str]:
    """What the case answers now."""
    return fill_from_case(form_of(dossier.body), read_case(dossier.prisoner_id, dossier.official_id))


def shared_words() -> dict[str, Any]:
    """What the templates call things."""
    return {"words": words, "states": DossierState, "marks": Mark, "sees_sanctions": sees_sanctions()}


def about(dossier: Dossier) -> str:
    """What lies open when its answers do."""
    return f"dossier:{dossier.id}"


def seen_version() -> int:
    """The version that the page showed; 0 for what is no number."""
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0
