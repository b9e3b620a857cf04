"""What the register adds to the rest: a warning to staff when nobody has looked at it for thirty days."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from campaign.designations import policy, queries
from campaign.designations.service.gate import clean_html, clean_text, current_gate
from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.places import Place
from campaign.kernel.registry import (
    Cleaned,
    Finding,
    LeftOut,
    Level,
    Need,
    StaffLink,
    TextGate,
    dashboard_needs,
    doctor_checks,
    staff_links,
    text_gates,
)

LINK = StaffLink("designations_staff.list_entries", N_("Designations"), frozenset(policy.READERS), 18)


def _clean_html(markup: str, place: Place, words: LeftOut) -> Cleaned:
    return clean_html(current_gate(), markup, place, words)


def _clean_text(text: str, place: Place, words: LeftOut) -> Cleaned:
    return clean_text(current_gate(), text, place, words)


GATE = TextGate(_clean_html, _clean_text)


def register() -> None:
    """Fill the registries."""
    staff_links.register("designations", LINK)
    dashboard_needs.register("designations", find_outdated)
    dashboard_needs.register("designation proposals", find_waiting)
    doctor_checks.register("designations", check_register)
    text_gates.register("designations", GATE)


def find_outdated(actor: Any) -> Sequence[Need]:
    """One need for those who may mend it: entries of the register that nobody has confirmed for thirty days."""
    if not policy.can_edit(actor):
        return []
    count = queries.count_outdated(clock.today())
    if count == 0:
        return []
    title = _("Designations that nobody has checked for 30 days. What visitors are shown depends on them.")
    return [Need(title, count, url_for("designations_staff.list_entries", age="old"), urgent=True)]


def find_waiting(actor: Actor) -> Sequence[Need]:
    """One need for who may be the second person for a change of the register."""
    count = sum(policy.can_approve(actor, each) for each in queries.list_waiting_proposals())
    url = url_for("designations_staff.list_entries")
    return [Need(_("Changes of designations wait for a second person"), count, url)] if count else []


def check_register() -> Sequence[Finding]:
    """The register's age, for `flask doctor`: what visitors in Russia are spared depends on it."""
    checked = queries.last_checked_on()
    if checked is None:
        return [Finding(Level.WARN, "designations", "the register is empty: flask designations load")]
    if queries.count_outdated(clock.today()):
        return [Finding(Level.WARN, "designations", f"the register was last checked on {checked}; check it anew")]
    return [Finding(Level.OK, "designations", f"checked on {checked}")]
