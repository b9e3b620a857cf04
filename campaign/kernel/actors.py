"""Who acts: the roles (SAFETY.md 11) and what policies may ask of a signed-in person."""

import uuid
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What a person may do here. Admin runs the place and sees no letter text."""

    ADMIN = "admin"
    ORGANISER = "organiser"
    COORDINATOR = "coordinator"
    MODERATOR = "moderator"
    DATA_EDITOR = "data_editor"
    TREASURER = "treasurer"
    VOLUNTEER = "volunteer"


STAFF_ROLES = frozenset(Role) - {Role.VOLUNTEER}


class Actor(Protocol):
    """A signed-in account as policies see it."""

    @property
    def id(self) -> uuid.UUID:
        """The account's public id, which audit entries name."""
        ...

    def has_role(self, *roles: Role) -> bool:
        """Whether one of the roles is held everywhere, by a current grant that is not narrowed to a subject."""
        ...

    def has_role_in(self, kind: str, subject: uuid.UUID, *roles: Role) -> bool:
        """Whether one of the roles is held for this one group or petition, or everywhere."""
        ...

    def subjects_of(self, kind: str, *roles: Role) -> frozenset[uuid.UUID] | None:
        """The groups or petitions for which one of the roles is held; None when it is held everywhere."""
        ...
