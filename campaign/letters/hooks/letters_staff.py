"""All letters in the staff navigation, and on the dashboard what wants a coordinator's decision."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.errors import N_
from campaign.kernel.registry import Need, StaffLink, dashboard_needs, staff_links
from campaign.letters.models import LetterState
from campaign.letters.queries import staff_letters as queries
from campaign.penpals import policy

LINK = StaffLink(
    "letters_staff.list_letters", N_("All letters"), frozenset(policy.COORDINATORS), 23, scope=policy.SCOPE
)


def register() -> None:
    """Fill the registries."""
    staff_links.register("letters", LINK)
    dashboard_needs.register("letters", list_needs)


def list_needs(actor: Actor) -> Sequence[Need]:
    """Letters that came back, that a person has to let go on or to give up, or that do not leave."""
    within = actor.subjects_of(policy.SCOPE, *policy.COORDINATORS)
    if within == frozenset():
        return []
    amounts = queries.count_needs(within, clock.today())
    page = "letters_staff.list_letters"
    needs = [
        Need(_("Letters came back: send them again, or give them up"), amounts["back"], url_for(page, only="back")),
        Need(
            _("Letters are held until a person decides"), amounts["held"],
            url_for(page, state=LetterState.HELD.value),
        ),
        Need(_("Letters were handed in two weeks ago and have not left"), amounts["overdue"],
             url_for(page, only="overdue")),
    ]  # fmt: skip
    return [need for need in needs if need.count]
