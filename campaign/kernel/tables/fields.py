"""What the columns of a file can mean, and the meaning that somebody chose for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaign.kernel.errors import N_, DomainError


@dataclass(frozen=True, slots=True)
class Field:
    """One meaning of a column."""

    name: str
    label: str
    """Marked with N_, but of a field that staff defined."""
    synonyms: tuple[str, ...] = ()
    may_repeat: bool = False
    """Whether several columns may mean it."""


def field(name: str, label: str, synonyms: str = "", *, may_repeat: bool = False) -> Field:
    """A field with its synonyms as one text, parted by upright strokes."""
    return Field(name, label, tuple(word.strip() for word in synonyms.split("|") if word.strip()), may_repeat)


class BadMapping(DomainError):
    """Columns that cannot mean what they are said to mean; `values` fill the message's placeholders."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


def check_mapping(
    headings: Sequence[str], mapping: Mapping[str, str], fields: Mapping[str, Field]
) -> dict[str, str]:  # fmt: skip
    """The mapping without columns that mean nothing, in the order of the file. Raises BadMapping."""
    chosen = {heading: mapping[heading] for heading in headings if mapping.get(heading)}
    for heading, name in mapping.items():
        if heading not in headings:
            raise BadMapping(N_("There is no column called %(heading)s."), heading=heading)
        if name and name not in fields:
            raise BadMapping(N_("There is no field called %(field)s."), field=name)
    once = [name for name in chosen.values() if not fields[name].may_repeat]
    twice = {name for name in once if once.count(name) > 1}
    if twice:
        raise BadMapping(N_("Two columns cannot both be this: %(field)s."), field=fields[min(twice)].label)
    return chosen


def with_pairs(mapping: Mapping[str, str], pairs: Sequence[str], fields: Mapping[str, Field]) -> dict[str, str]:
    """The mapping with what the command line says instead, each pair HEADER=FIELD. Raises BadMapping."""
    mapped = dict(mapping)
    for pair in pairs:
        heading, separator, name = pair.rpartition("=")
        if not separator:
            raise BadMapping("Write --map as HEADER=FIELD: %(pair)s", pair=pair)
        if name not in fields or not fields[name].may_repeat:
            mapped = {known: each for known, each in mapped.items() if each != name}
        mapped[heading] = name
    return mapped
