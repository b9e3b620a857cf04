"""What a mail that came back means for the person to whom it went."""

from campaign.kernel.mail.returns.classes import ReturnKind
from campaign.kernel.mail.returns.follow import Returned, mail_returns
from campaign.people.service.returned import end_for_complaint, note_bounce


def follow(returned: Returned) -> None:
    """A dead mailbox is marked on the person's record; a complaint ends what they agreed to."""
    if returned.address is None:
        return
    if returned.kind == ReturnKind.HARD:
        note_bounce(returned.address)
    elif returned.kind == ReturnKind.COMPLAINT:
        end_for_complaint(returned.address)


def register() -> None:
    """Fill the registry."""
    mail_returns.register("people", follow)
