"""What states, holds and severities are called, for writers and for staff."""

from flask_babel import lazy_gettext as _l

from campaign.letters.checker.findings import Severity
from campaign.letters.models import HoldReason, LetterEvent, LetterState, ReturnReason
from campaign.letters.service.moves import REDATED

S = LetterState
STATE_WORDS = {
    S.WAITING: _l("Waits for the button in the mail"),
    S.DRAFT: _l("Begun"),
    S.SUBMITTED: _l("Handed in"),
    S.IN_TRANSLATION: _l("Being translated"),
    S.CHECKING: _l("Being checked"),
    S.IN_MODERATION: _l("Waits to be read"),
    S.CHANGES_REQUESTED: _l("Something is to be changed"),
    S.REJECTED: _l("Not sent"),
    S.APPROVED: _l("Approved"),
    S.QUEUED: _l("Waits for the next post"),
    S.HELD: _l("Held back"),
    S.BATCHED: _l("In the next post"),
    S.PRINTED: _l("Printed"),
    S.HANDED_TO_SERVICE: _l("Typed into the letter service"),
    S.DISPATCHED: _l("On its way"),
    S.REPORTED: _l("Delivered, as we were told"),
    S.PRESUMED: _l("Probably delivered"),
    S.RETURNED: _l("Came back"),
    S.CENSORED: _l("Kept by the censor"),
    S.LOST: _l("Lost, for all we know"),
    S.WITHDRAWN: _l("Taken back"),
    S.GIVEN_UP: _l("Given up"),
}
MEANING = {
    S.WAITING: _l("It goes on once you press the button in the mail that we sent you."),
    S.DRAFT: _l("Only you can read it."),
    S.SUBMITTED: _l("It is about to be looked at."),
    S.IN_TRANSLATION: _l("A volunteer puts it into Russian. Both texts are then read by a moderator."),
    S.CHECKING: _l("It is about to be looked at."),
    S.IN_MODERATION: _l("Somebody of ours reads it before it leaves, so that it neither harms nor is stopped."),
    S.CHANGES_REQUESTED: _l("Please read what we ask for, change the text and hand it in again."),
    S.REJECTED: _l("It does not leave. Your text is still there for a month."),
    S.APPROVED: _l("It was read and can leave."),
    S.QUEUED: _l("It was read and leaves with the next post to that place."),
    S.HELD: _l("It was read, and waits until it can reach them."),
    S.BATCHED: _l("It is being printed with others."),
    S.PRINTED: _l("It is on paper and leaves soon."),
    S.HANDED_TO_SERVICE: _l("It stands in the service’s own system and leaves soon."),
    S.DISPATCHED: _l("It has left. Sent is not yet delivered: a censor reads it first."),
    S.REPORTED: _l("Somebody who knows told us that it arrived."),
    S.PRESUMED: _l("Nobody told us anything in the time that a letter takes. It has probably arrived; we do not know."),
    S.RETURNED: _l("The post brought it back. Staff decide whether it is sent again."),
    S.CENSORED: _l("The censor did not hand it over, or not all of it."),
    S.LOST: _l("We were told that it did not arrive."),
    S.WITHDRAWN: _l("You took it back. Its text is still there for a month."),
    S.GIVEN_UP: _l("It cannot reach them any more."),
}
HOLD_WORDS = {
    HoldReason.IN_TRANSIT: _l("They are being moved, or nobody knows where they are: letters would be lost."),
    HoldReason.UNREACHABLE: _l("There is no address that we may believe just now, or they want no letters."),
    HoldReason.FACILITY_STOP: _l("Their prison takes no letters by this way at the moment."),
    HoldReason.RULE_CHANGE: _l("A rule has changed, and it is read once more."),
    HoldReason.GONE: _l("They are not in prison any more."),
    HoldReason.BY_STAFF: _l("Somebody of ours stopped it for now."),
}
RETURN_WORDS = {
    ReturnReason.MOVED: _l("They had been moved by then."),
    ReturnReason.NOT_KNOWN: _l("Nobody of that name was found there."),
    ReturnReason.REFUSED: _l("The prison would not take it in."),
    ReturnReason.DECLINED: _l("The prisoner did not want it."),
    ReturnReason.BAD_ADDRESS: _l("The address was wrong or incomplete."),
    ReturnReason.UNCLAIMED: _l("Nobody fetched it from the post office."),
}
SEVERITY_WORDS = {
    Severity.BLOCK: _l("Would be stopped"),
    Severity.WARN: _l("Risky"),
    Severity.INFO: _l("A hint"),
}
CHANNEL_WORDS = {"post": _l("On paper, by post"), "f_pismo": _l("F-Pismo"), "zt": _l("Zonatelecom")}


def event_words(event: LetterEvent) -> str:
    """What one step was, with the reason where it is one of ours."""
    words = str(STATE_WORDS[LetterState(event.now)]) if event.was else str(_l("Begun"))
    why = None
    if event.reason in set(HoldReason):
        why = HOLD_WORDS[HoldReason(event.reason)]
    elif event.reason in set(ReturnReason):
        why = RETURN_WORDS[ReturnReason(event.reason)]
    if event.reason == REDATED:
        return str(_l("The day was put right: %(what)s", what=words))
    return f"{words}: {why}" if why else words
