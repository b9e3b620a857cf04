"""Assignments in words that writers read too; nobody is blamed in any of them."""

from flask_babel import lazy_gettext as _l

from campaign.penpals.models import AssignmentEvent, AssignmentState, EndReason, Health, Mark

STATE_WORDS = {
    AssignmentState.PROPOSED: _l("proposed"),
    AssignmentState.OFFERED: _l("asked, no answer yet"),
    AssignmentState.ACCEPTED: _l("agreed, no letter yet"),
    AssignmentState.ACTIVE: _l("letters go"),
    AssignmentState.PAUSED: _l("paused"),
    AssignmentState.DECLINED: _l("declined"),
    AssignmentState.EXPIRED: _l("ran out without an answer"),
    AssignmentState.WITHDRAWN: _l("taken back before an answer"),
    AssignmentState.ENDED: _l("ended"),
}
HEALTH_WORDS = {
    Health.FINE: _l("as promised"),
    Health.AT_RISK: _l("a letter is overdue"),
    Health.LAPSED: _l("no letter for long"),
}
END_WORDS = {
    EndReason.RELEASED: _l("The person is free."),
    EndReason.DIED: _l("The person has died."),
    EndReason.TRANSFERRED_BLOCKED: _l("No letters get through where the person is now."),
    EndReason.LOST_CONTACT: _l("The contact was lost."),
    EndReason.MUTUAL: _l("It came to a good end."),
    EndReason.SAFETY: _l("It was a matter of safety."),
    EndReason.CAPACITY: _l("There was no time left for it."),
    EndReason.LOST_INTEREST: _l("It was no longer the right thing."),
    EndReason.WRITER_LEFT: _l("The writer has left."),
    EndReason.GROUP_CLOSED: _l("The group has closed."),
    EndReason.PAGE_WITHDRAWN: _l("The person's page was taken away."),
    EndReason.OTHER: _l("For a reason of its own."),
}
OWN_ENDS = (
    (EndReason.CAPACITY.value, _l("I have no time for it now")),
    (EndReason.LOST_INTEREST.value, _l("It is not the right thing for me")),
    (EndReason.LOST_CONTACT.value, _l("There is no answer any more")),
    (EndReason.MUTUAL.value, _l("We have come to a good end")),
    (EndReason.SAFETY.value, _l("It does not feel safe")),
    (EndReason.OTHER.value, _l("Something else, or I would rather not say")),
)
DECLINE_WORDS = (
    ("", _l("I would rather not say")),
    ("not_now", _l("Not now")),
    ("too_many", _l("I write to enough people")),
    ("language", _l("I cannot write in a language they read")),
    ("not_a_fit", _l("Not this person")),
    ("safety", _l("It does not feel safe")),
)
MARK_WORDS = {
    Mark.LETTER: _l("a letter left"),
    Mark.LETTER_TAKEN_BACK: _l("a letter was taken back: it had not left"),
    Mark.HELD: _l("waits: the person is on the way"),
    Mark.FREED: _l("goes on: the person has arrived"),
    Mark.AT_RISK: _l("a letter is overdue; asked how it is going"),
    Mark.LAPSED: _l("no letter for long"),
    Mark.TAKEN_UP: _l("whoever wrote before has written again"),
    Mark.REMINDED: _l("reminded of the question"),
    Mark.UNDONE: _l("put back: what ended it was not so"),
    Mark.SUCCESSOR_ASKED: _l("somebody is to take over"),
    Mark.SUCCESSOR_SETTLED: _l("nobody needs to take over any more"),
    Mark.ANOTHER_ASKED: _l("asked for somebody else to write to"),
}


def event_words(event: AssignmentEvent) -> str:
    """One step of the history."""
    if event.code == Mark.LETTER_TAKEN_BACK or (event.was == event.now and event.code in set(Mark)):
        return str(MARK_WORDS[Mark(event.code)])
    words = str(STATE_WORDS[AssignmentState(event.now)])
    if event.reason == Mark.TAKEN_UP:
        return f"{words}. {MARK_WORDS[Mark.TAKEN_UP]}"
    if event.reason in set(EndReason):
        return f"{words}. {END_WORDS[EndReason(event.reason)]}"
    return words
