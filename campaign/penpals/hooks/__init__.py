"""What pen-pals add to the rest, a module a part."""

from typing import Protocol


class Part(Protocol):
    """A module of this room."""

    def register(self) -> None:
        """Fill the registries."""
        ...


PARTS: tuple[Part, ...] = ()


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
