"""What letters add to the ladder: writing one."""

from campaign.kernel.errors import N_
from campaign.kernel.registry_ladder import LadderStep, ladder_steps
from campaign.letters.queries.writers import days_of_writing

STEP = LadderStep(
    "write_one_letter", 2, N_("Wrote a letter"), N_("Write one letter"),
    N_("Would you write one letter to somebody who gets few? It takes half an hour, and we help with it:"), "/write",
    days_of_writing,
)  # fmt: skip


def register() -> None:
    """Fill the registry."""
    ladder_steps.register(STEP.name, STEP)
