"""What people's records add to the reports: lines of the timeline that staff or others wrote down."""

from collections.abc import Callable

from sqlalchemy import literal, select

from campaign.kernel.errors import N_
from campaign.kernel.registry import StaffLink, staff_links
from campaign.kernel.registry_reports import Doing, Rows, doings
from campaign.people import policy
from campaign.people.models import Interaction, InteractionKind


def _lines(kind: InteractionKind) -> Callable[[], Rows]:
    amount = Interaction.amount if kind is InteractionKind.GAVE_TIME else literal(1)
    statement = select(Interaction.person_id, Interaction.happened_on, amount).where(Interaction.kind == kind)
    return lambda: statement


DOINGS = {
    "wrote": Doing(N_("Letters as told"), _lines(InteractionKind.WROTE), rank=20),
    "called": Doing(N_("Calls"), _lines(InteractionKind.CALLED), is_theirs=False, rank=60),
    "came": Doing(N_("Visits to events"), _lines(InteractionKind.CAME), rank=30),
    "hours": Doing(N_("Hours given"), _lines(InteractionKind.GAVE_TIME), is_minutes=True, rank=40),
    "shared": Doing(N_("Shared"), _lines(InteractionKind.SHARED), rank=70),
}


LINK = StaffLink(
    "people_reports.show_reports", N_("Reports in pictures"), frozenset(policy.READERS), 43, scope=policy.SCOPE
)


def register() -> None:
    """Fill the registries."""
    staff_links.register("people-reports", LINK)
    for name, doing in DOINGS.items():
        doings.register(name, doing)
