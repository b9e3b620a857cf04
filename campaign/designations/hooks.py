"""What the register adds to the rest: a warning to staff when nobody has looked at it for thirty days."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from campaign.designations import queries
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.registry import Need, dashboard_needs

EDITORS = (Role.ADMIN, Role.ORGANISER, Role.DATA_EDITOR)


def register() -> None:
    """Fill the registries."""
    dashboard_needs.register("designations", find_outdated)


def find_outdated(actor: Any) -> Sequence[Need]:
    """One need for those who may mend it: entries of the register that nobody has confirmed for thirty days."""
    if not actor.has_role(*EDITORS):
        return []
    count = queries.count_outdated(clock.today())
    if count == 0:
        return []
    title = _("Designations that nobody has checked for 30 days. What visitors are shown depends on them.")
    return [Need(title, count, url_for("site.show_organisations"), urgent=True)]
