"""What is typed when a field is defined: labels, and the options of a choice in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from campaign.kernel.text import one_line
from campaign.people.models import FieldKind, PersonField
from campaign.people.service.defining import LONGEST_LABEL, LONGEST_OPTION, MOST_OPTIONS, Option

BLANK_LINES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line for an option, as the form shows it."""

    was: str
    now: str
    place: str


def labels_of(form: MultiDict[str, str]) -> dict[str, str]:
    """What the field is called, by language."""
    # A character more than fits would be cut by the service; the fields of the form stop before that.
    return {code: one_line(form.get(f"label-{code}", ""), LONGEST_LABEL) for code in ("en", "ru")}


def typed_lines(form: MultiDict[str, str]) -> list[Line]:
    """The lines for options as they were sent."""
    parts = (form.getlist(name)[: MOST_OPTIONS + BLANK_LINES + 1] for name in ("was", "now", "place"))
    return [
        Line(was, one_line(now, LONGEST_OPTION), one_line(place, 4))
        for was, now, place in zip(*parts, strict=False)
    ]  # fmt: skip


def lines_of(field: PersonField) -> list[Line]:
    """The options there are, each with its place."""
    return [Line(each, each, str(number)) for number, each in enumerate(field.options, start=1)]


def with_blanks(lines: Sequence[Line]) -> list[Line]:
    """The same with room for new ones."""
    return [*lines, *(Line("", "", "") for _each in range(BLANK_LINES))]


def options_of(lines: Sequence[Line]) -> list[Option]:
    """The options in the order of their places; those without one stand behind the others as they were typed."""

    def place(pair: tuple[int, Line]) -> tuple[int, int]:
        number, each = pair
        return (int(each.place) if each.place.isdecimal() else 10_000, number)

    return [Option(each.was, each.now) for _number, each in sorted(enumerate(lines), key=place) if each.was or each.now]


def new_options(form: Mapping[str, str]) -> list[str]:
    """The options of a new choice, one a line."""
    return [each for each in form.get("options", "").splitlines() if each.strip()]


def kind_of(form: Mapping[str, str]) -> FieldKind | None:
    """The kind that was chosen."""
    kind = form.get("kind", "")
    return FieldKind(kind) if kind in set(FieldKind) else None
