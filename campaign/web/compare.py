"""Two versions of one form beside each other, field by field: what is stored, and what somebody has typed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, FormField, SelectFieldBase, SelectMultipleField, TextAreaField

# Where it is known from belongs to what one saves, and is no part of what is compared.
LEFT_OUT = {"csrf_token", "version", "source_url", "source_title", "retrieved_on"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which the two differ, as readers see both."""

    label: str
    anchor: str
    stored: str
    typed: str
    is_text: bool
    """Of several paragraphs, so that the differing words are worth marking."""
    language: str = ""


def differences(stored: Any, typed: Any) -> list[Difference]:
    """The fields in which two forms of one kind differ, in the order of the form."""
    return list(_differing(stored, typed, ""))


def _differing(stored: Any, typed: Any, language: str) -> Iterator[Difference]:
    for field in typed:
        name = field.short_name if language else field.name
        if name in LEFT_OUT:
            continue
        other = stored[name]
        if isinstance(field, FormField):
            yield from _differing(other.form, field.form, field.name)
            continue
        before, after = _text(other), _text(field)
        if before != after:
            label = f"{field.label.text} ({language})" if language else str(field.label.text)
            yield Difference(label, field.id, before, after, isinstance(field, TextAreaField), language)


def _text(field: Any) -> str:
    if isinstance(field, BooleanField):
        return str(_("yes") if field.data else _("no"))
    if isinstance(field, SelectMultipleField):
        return ", ".join(sorted(str(choice.label) for choice in field.choices or () if choice.value in _set(field)))
    if isinstance(field, SelectFieldBase):
        return next((str(choice.label) for choice in field.choices or () if choice.value == (field.data or "")), "")
    return str(field.data or "")


def _set(field: Any) -> set[str]:
    return set(field.data or ())
