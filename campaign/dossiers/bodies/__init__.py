"""The forms of the bodies, as data (DOMAIN.md 5)."""

from campaign.dossiers.bodies import parliament, sanctions, special_procedures, wgad
from campaign.dossiers.bodies.form import BodyForm, Kind, Question, Section
from campaign.dossiers.models.words import Body

FORMS: dict[Body, BodyForm] = {
    each.body: each for each in (wgad.FORM, special_procedures.FORM, sanctions.EU, sanctions.MAGNITSKY, parliament.FORM)
}

__all__ = ["FORMS", "BodyForm", "Kind", "Question", "Section", "form_of"]


def form_of(body: str) -> BodyForm:
    """The form of one body."""
    return FORMS[Body(body)]
