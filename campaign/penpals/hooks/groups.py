"""What groups add to the rest: the staff navigation, the dashboard, and roles for one group alone."""

import uuid
from collections.abc import Mapping, Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.actors import Actor, Role
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, RoleScope, StaffLink, dashboard_needs, role_scopes, staff_links
from campaign.penpals import policy
from campaign.penpals.queries import groups as queries
from campaign.web.i18n import current_language

STAFF_LINK = StaffLink(
    "groups_staff.list_groups", N_("Pen-pal groups"), frozenset(policy.READERS), 30, scope=policy.SCOPE
)


def list_subjects() -> Sequence[tuple[uuid.UUID, str]]:
    """The groups to which a role can be narrowed."""
    return queries.list_names(current_language())


def names_of(ids: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """The names of these groups."""
    return dict(queries.list_names(current_language(), ids))


ROLE_SCOPE = RoleScope(N_("Pen-pal group"), frozenset({Role.COORDINATOR}), list_subjects, names_of)


def register() -> None:
    """Fill the registries."""
    staff_links.register("groups", STAFF_LINK)
    dashboard_needs.register("groups", list_needs)
    role_scopes.register(policy.SCOPE, ROLE_SCOPE)


def list_needs(actor: Actor) -> Sequence[Need]:
    """Groups in which something is not as it should be; lines without any are left out."""
    within = actor.subjects_of(policy.SCOPE, *policy.COORDINATORS)
    if within == frozenset():
        return []
    needs = [
        Need(
            _("Groups have fewer than two leads"), len(queries.list_short_of_leads(within)),
            url_for("groups_staff.list_groups", only="short"),
        ),
        Need(
            _("In groups a letter is overdue"), queries.count_overdue_groups(clock.today(), within),
            url_for("groups_staff.list_groups", only="overdue"),
        ),
    ]  # fmt: skip
    return [need for need in needs if need.count]
