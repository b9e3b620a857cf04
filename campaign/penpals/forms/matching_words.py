"""The words of the matching: levels, states, reasons, conditions, and what overtook a line."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import format_decimal, get_locale, ngettext
from flask_babel import gettext as _

from campaign.kernel.errors import N_
from campaign.penpals.matching.problem import Condition
from campaign.penpals.matching.reasons import Reason
from campaign.penpals.models import MatchLevel, ProposalState, RunState
from campaign.penpals.queries.standing import Overtaken
from campaign.penpals.smoothing import OccasionKind

LEVEL_WORDS = {
    MatchLevel.GROUPS: N_("Prisoners to groups"),
    MatchLevel.WRITERS: N_("Prisoners to writers"),
}
RUN_WORDS = {
    RunState.WAITING: N_("Waiting to begin"),
    RunState.RUNNING: N_("At work"),
    RunState.READY: N_("Ready to be decided on"),
    RunState.CLOSED: N_("Over"),
    RunState.CANCELLED: N_("Stopped"),
    RunState.FAILED: N_("Failed"),
}
STATE_WORDS = {
    ProposalState.OPEN: N_("Open"),
    ProposalState.ACCEPTED: N_("Accepted"),
    ProposalState.REFUSED: N_("Refused"),
    ProposalState.OVERTAKEN: N_("Overtaken"),
}
STAGE_WORDS = {
    "": N_("Waiting for its turn"),
    "reading": N_("Reading who writes and who waits"),
    "build": N_("Looking at which pairs are possible"),
    "solve": N_("Working out who should get whom"),
    "price": N_("Proving that nothing is better"),
    "compare": N_("Comparing with the obvious way"),
    "explain": N_("Putting the reasons down"),
    "writing": N_("Writing the proposal down"),
    "accepting": N_("Accepting, line by line"),
}
OVERTAKEN_WORDS = {
    Overtaken.PAGE_WITHDRAWN: N_("The page of this person is not public any more."),
    Overtaken.RELEASED: N_("This person is free."),
    Overtaken.DIED: N_("This person has died."),
    Overtaken.MOVED: N_("This person was taken elsewhere, and nobody knows yet where letters reach them."),
    Overtaken.TRANSFERRED: N_("This person was transferred to another place. Run the matching again."),
    Overtaken.NO_LETTERS: N_("This person wants no letters from strangers, or has not been asked."),
    Overtaken.NOT_REACHED: N_("Where this person is held is not known well enough to write there."),
    Overtaken.WRITER_LEFT: N_("The writer has left."),
    Overtaken.WRITER_PAUSED: N_("The writer has paused."),
    Overtaken.WRITER_NOT_AT_WORK: N_("The writer takes nobody at present."),
    Overtaken.WRITER_FULL: N_("The writer has no place left."),
    Overtaken.LEFT_GROUP: N_("The writer or the person does not belong to the group any more."),
    Overtaken.GROUP_CLOSED: N_("The group is closed."),
    Overtaken.GROUP_FULL: N_("The group has no place left."),
    Overtaken.HAS_GROUP: N_("A group has this person already."),
    Overtaken.ALREADY_WRITES: N_("The two were brought together already."),
    Overtaken.ENOUGH_WRITERS: N_("This person has as many writers as they may have."),
    Overtaken.BLOCKED: N_("Somebody has refused these two since."),
}
CONDITION_WORDS = {
    Condition.LETTERS_POLICY: N_("wants no letters from strangers"),
    Condition.CONSENT: N_("has not been asked about letters"),
    Condition.ADDRESS: N_("cannot be reached by letter where they are, as far as we know"),
    Condition.STRANGERS: N_("the place refuses letters from strangers"),
    Condition.LANGUAGE: N_("no language in common"),
    Condition.CHANNEL: N_("no way of sending that the writer can use"),
    Condition.TRUST: N_("needs somebody who is trusted more"),
    Condition.RISK: N_("only for writers outside Russia"),
    Condition.AVOIDED: N_("the writer would rather not"),
    Condition.BLOCKED: N_("refused or parted before"),
    Condition.ELSEWHERE: N_("the writer is not in the group of this person"),
    Condition.NOT_READY: N_("not at work, paused, or closed"),
    Condition.FULL: N_("no place left"),
    Condition.ENOUGH: N_("has as many writers as they may have, or a group already"),
    Condition.TAKEN: N_("possible, but others have less and got the places"),
}
UNBLAMED = N_("there are no writers or groups at all")


def note_words(note: str) -> str:
    """What overtook a line, or why it was refused."""
    words = OVERTAKEN_WORDS.get(Overtaken(note)) if note in set(Overtaken) else note
    return str(_(words)) if words else ""


def blame_words(blame: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each condition with how many it ruled out, the most first."""
    order = list(Condition)
    ranked = sorted(blame.items(), key=lambda each: (-each[1], order.index(Condition(each[0]))))
    return [(condition_words(code), count) for code, count in ranked]


def condition_words(condition: str | None) -> str:
    """What rules two out."""
    return str(_(CONDITION_WORDS[Condition(condition)] if condition in set(Condition) else UNBLAMED))


def language_word(code: str) -> str:
    """A language by its name."""
    locale = get_locale()
    return str(locale.languages.get(code, code)) if locale else code


def letters(quarters: int) -> str:
    """Quarters of a letter as letters."""
    return str(format_decimal(quarters / 4))


def reason_words(reasons: Mapping[str, Any], interests: Mapping[str, str]) -> list[str]:
    """Why two are brought together, the weightiest first; `interests` are the words of interests by slug."""
    # Who gets nothing is below any floor: once is enough.
    known = [
        code for code in Reason
        if code in reasons and not (code is Reason.BELOW_FLOOR and not reasons[code].get("quarters"))
    ]  # fmt: skip
    return [_reason(code, reasons[code], interests) for code in known]


def _reason(code: Reason, details: Mapping[str, Any], interests: Mapping[str, str]) -> str:
    days = int(details.get("days", 0))
    sentences: dict[Reason, Callable[[], Any]] = {
        Reason.PINNED: lambda: _("pinned by a coordinator"),
        Reason.NEVER_WRITTEN: lambda: _("gets no letters"),
        Reason.BELOW_FLOOR: lambda: _(
            "gets %(count)s of %(floor)s letters in 90 days", count=letters(details.get("quarters", 0)),
            floor=letters(details.get("floor", 0)),
        ),
        Reason.SHARED_LANGUAGES: lambda: _(
            "language: %(names)s", names=", ".join(language_word(each) for each in details.get("languages", ()))
        ),
        Reason.SHARED_INTERESTS: lambda: _(
            "interests: %(names)s", names=", ".join(interests.get(each, each) for each in details.get("interests", ()))
        ),
        Reason.SAME_PROFESSION: lambda: _(
            "profession: %(names)s", names=", ".join(details.get("professions", ()))
        ),
        Reason.PROMISE: lambda: ngettext("a letter every day", "a letter every %(num)s days", days),
        Reason.WAITING: lambda: ngettext("waiting for %(num)s day", "waiting for %(num)s days", days),
        Reason.OCCASION: lambda: _occasion(days, details),
        Reason.TRUSTED: lambda: _("needs a trusted writer, and this is one"),
    }  # fmt: skip
    return str(sentences[code]())


def _occasion(days: int, details: Mapping[str, Any]) -> str:
    if details.get("kind") == OccasionKind.BIRTHDAY:
        return str(ngettext("birthday in %(num)s day", "birthday in %(num)s days", days))
    if details.get("is_late"):
        # The day itself counts: whoever is expected to go today goes within one.
        return str(
            ngettext(
                "release expected within %(num)s day, too soon for a letter",
                "release expected within %(num)s days, too soon for a letter", days + 1,
            )
        )  # fmt: skip
    return str(ngettext("release expected in %(num)s day", "release expected in %(num)s days", days))
