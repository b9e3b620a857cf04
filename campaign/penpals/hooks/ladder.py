"""What pen-pals add to the ladder: joining a group, leading one, and who writes as much as they can."""

from campaign.kernel import clock
from campaign.kernel.errors import N_
from campaign.kernel.registry_ladder import AskHold, LadderStep, ask_holds, ladder_steps
from campaign.penpals.queries.members import days_of_joining, people_who_are_full, people_who_pause

STEPS = (
    LadderStep(
        "join_group", 3, N_("Joined a group"), N_("Join a group"),
        N_("Would you like to write together with others? Here are groups of people who do:"), "/groups",
        lambda: days_of_joining(leads=False),
    ),
    LadderStep(
        "lead", 4, N_("Leads a group"), N_("Lead a group"),
        N_("Would you help to lead a group? Here is what groups do; answer us, and we talk about it:"), "/groups",
        lambda: days_of_joining(leads=True),
    ),
)  # fmt: skip
HOLDS = (
    AskHold("pauses_writing", N_("have paused writing"), lambda: people_who_pause(clock.today())),
    AskHold("writes_enough", N_("write to as many people as they said they can"), people_who_are_full),
)


def register() -> None:
    """Fill the registries."""
    for step in STEPS:
        ladder_steps.register(step.name, step)
    for hold in HOLDS:
        ask_holds.register(hold.name, hold)
