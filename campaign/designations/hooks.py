"""What the register adds to the rest: a warning to staff when nobody has looked at it for thirty days."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from campaign.designations import queries
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.registry import Finding, Level, Need, dashboard_needs, doctor_checks

EDITORS = (Role.ADMIN, Role.ORGANISER, Role.DATA_EDITOR)


def register() -> None:
    """Fill the registries."""
    dashboard_needs.register("designations", find_outdated)
    doctor_checks.register("designations", check_register)


def find_outdated(actor: Any) -> Sequence[Need]:
    """One need for those who may mend it: entries of the register that nobody has confirmed for thirty days."""
    if not actor.has_role(*EDITORS):
        return []
    count = queries.count_outdated(clock.today())
    if count == 0:
        return []
    title = _("Designations that nobody has checked for 30 days. What visitors are shown depends on them.")
    return [Need(title, count, url_for("site.show_organisations"), urgent=True)]


def check_register() -> Sequence[Finding]:
    """The register's age, for `flask doctor`: what visitors in Russia are spared depends on it."""
    checked = queries.last_checked_on()
    if checked is None:
        return [Finding(Level.WARN, "designations", "the register is empty: flask designations load")]
    if queries.count_outdated(clock.today()):
        return [Finding(Level.WARN, "designations", f"the register was last checked on {checked}; check it anew")]
    return [Finding(Level.OK, "designations", f"checked on {checked}")]
