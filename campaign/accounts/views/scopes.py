"""What roles are narrowed to, in words: for lists of roles, and for the form that asks for one."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence

from flask_babel import gettext as _

from campaign.accounts.forms import ROLE_NAMES
from campaign.accounts.models import Invitation, RoleGrant, RoleRequest
from campaign.accounts.service.roles import Scope, scope_of
from campaign.kernel.actors import Role
from campaign.kernel.registry import role_scopes

Narrowed = RoleGrant | RoleRequest


def role_words(items: Iterable[Narrowed]) -> Callable[[Narrowed], str]:
    """What says the role of each of `items` in words, with what it is narrowed to; the names are read once."""
    names = _names_of({scope for each in items if (scope := scope_of(each)) is not None})

    def role_word(item: Narrowed) -> str:
        role, scope = str(ROLE_NAMES[Role(item.role)]), scope_of(item)
        return role if scope is None else str(_("%(role)s of “%(subject)s” only", role=role, subject=names[scope]))

    return role_word


def roles_words(invitations: Sequence[Invitation]) -> dict[uuid.UUID, str]:
    """What each invitation is to, in words."""
    names = _names_of({scope for each in invitations if (scope := scope_of(each)) is not None})
    return {each.id: _roles_of(each, names) for each in invitations}


def list_scopes() -> list[tuple[str, str]]:
    """Value and words of each subject to which a role can be narrowed."""
    return [
        (f"{kind}:{subject}", f"{_(scope.label)}: {name}")
        for kind, scope in role_scopes.items()
        for subject, name in scope.list_subjects()
    ]


def read_scope(value: str) -> Scope:
    """The scope behind a value of the form; raises ValueError for what is none."""
    if not value:
        return None
    kind, _colon, subject = value.partition(":")
    return kind, uuid.UUID(subject)


def _roles_of(invitation: Invitation, names: Mapping[tuple[str, uuid.UUID], str]) -> str:
    roles, scope = ", ".join(str(ROLE_NAMES[Role(role)]) for role in invitation.roles), scope_of(invitation)
    return roles if scope is None else str(_("%(role)s of “%(subject)s” only", role=roles, subject=names[scope]))


def _names_of(scopes: set[tuple[str, uuid.UUID]]) -> Mapping[tuple[str, uuid.UUID], str]:
    found: dict[tuple[str, uuid.UUID], str] = {}
    for kind in {kind for kind, _id in scopes}:
        ids = frozenset(subject for at, subject in scopes if at == kind)
        known = role_scopes[kind].names_of(ids) if kind in role_scopes else {}
        found |= {(kind, each): known.get(each, str(_("something that is gone"))) for each in ids}
    return found
