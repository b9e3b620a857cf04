"""What pen-pals add to the rest, a module a part."""

from typing import Protocol

from campaign.penpals.hooks import (
    assignments,
    assignments_staff,
    attention,
    attention_staff,
    digest,
    evenings,
    group_mail,
    groups,
    ladder,
    matching,
    one_letter,
    own_data,
    people,
    record,
    reports,
    staff_lists,
    writers,
)


class Part(Protocol):
    """A module of this room."""

    def register(self) -> None:
        """Fill the registries."""
        ...


PARTS: tuple[Part, ...] = (
    assignments,
    assignments_staff,
    attention,
    matching,
    evenings,
    attention_staff,
    writers,
    groups,
    group_mail,
    digest,
    one_letter,
    staff_lists,
    people,
    record,
    own_data,
    ladder,
    reports,
)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
