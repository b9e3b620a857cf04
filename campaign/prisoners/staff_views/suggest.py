"""Spellings that a program can suggest for a name; somebody confirms them, and nothing is saved by asking."""

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from campaign.kernel.text import one_line
from campaign.prisoners.forms.person import LONGEST_NAME, PersonForm
from campaign.prisoners.models import Gender
from campaign.prisoners.service.names import dative_of, latin_of
from campaign.prisoners.staff_views.blueprint import bp, for_editors


@bp.post("/suggest")
@for_editors
def suggest_names() -> ResponseReturnValue:
    """The suggestions as JSON, for the form's script. A POST, so that no name stands in an address that is logged."""
    given = {name: one_line(request.form.get(name, ""), LONGEST_NAME) for name in ("last", "first", "patronymic")}
    answer: Response = jsonify(
        last_latin=latin_of(given["last"]), first_latin=latin_of(given["first"]),
        dative_ru=dative_of(gender=_gender(request.form.get("gender")), **given),
    )  # fmt: skip
    return answer


def fill_in(form: PersonForm) -> None:
    """Put suggestions where nothing was typed: the same without a script. What is suggested is unchecked."""
    for name in ("last", "first"):
        if not form[f"{name}_latin"].data:
            form[f"{name}_latin"].data = latin_of(form[f"{name}_ru"].data or "")
    if not form.dative_ru.data:
        form.dative_ru.data = dative_of(
            last=form.last_ru.data or "", first=form.first_ru.data or "", patronymic=form.patronymic_ru.data or "",
            gender=_gender(form.gender.data),
        )  # fmt: skip
        form.is_dative_confirmed.data = False


def _gender(text: str | None) -> Gender:
    return Gender(text) if text in set(Gender) else Gender.UNKNOWN
