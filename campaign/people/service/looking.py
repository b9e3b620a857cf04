"""How many people's names and addresses somebody is shown in an hour (SAFETY.md 14): counted before they are read."""

from campaign.kernel.actors import Actor
from campaign.kernel.alarms import AlarmKind, raise_alarm
from campaign.kernel.allowance import DECRYPTING, take
from campaign.kernel.errors import N_, DomainError


class ShownEnough(DomainError):
    """The hour's allowance does not cover it."""


def count_shown(actor: Actor, amount: int = 1) -> None:
    """Take `amount` records from the allowance of `actor`, in a transaction that is committed before they are read.

    Raises ShownEnough, whose alarm `note_shown_enough` puts up.
    """
    if not take(DECRYPTING, actor.id, amount):
        raise ShownEnough(
            N_(
                "You have been shown as many records as one person may see in an hour. Please wait for the next hour;"
                " an alarm has told those who look after this place."
            )
        )


def note_shown_enough(actor: Actor) -> None:
    """Raise the alarm that goes with ShownEnough, in a transaction of its own, since the first was rolled back."""
    raise_alarm(AlarmKind.BUDGET_SPENT, about=f"account:{actor.id}")
