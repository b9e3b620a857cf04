"""The words of dossiers as staff read them."""

from flask_babel import lazy_gettext as _l

from campaign.dossiers.models import (
    Body,
    ConsentFrom,
    ConsentProof,
    DossierState,
    DueKind,
    Mark,
    Origin,
    Outcome,
    PaperKind,
    SentBy,
    Step,
)
from campaign.dossiers.queries.dossiers import LATE, LOOK, MINE, UNFINISHED, WITHIN_A_WEEK
from campaign.prisoners.models import ChangeKind

BODY_WORDS = {
    Body.WGAD: _l("UN Working Group on Arbitrary Detention"),
    Body.SPECIAL_PROCEDURES: _l("UN special procedures"),
    Body.EU_SANCTIONS: _l("EU sanctions"),
    Body.MAGNITSKY: _l("Magnitsky sanctions"),
    Body.PARLIAMENT: _l("European Parliament"),
}
STATE_WORDS = {
    DossierState.DRAFT: _l("draft"),
    DossierState.CHECKED: _l("checked"),
    DossierState.PROPOSED: _l("waits for its release"),
    DossierState.RELEASED: _l("released"),
    DossierState.SENT: _l("sent to the body"),
    DossierState.ANSWERED: _l("answered"),
    DossierState.CLOSED: _l("no longer worked on"),
}
FILTER_WORDS = {
    UNFINISHED: _l("All that are not closed"),
    MINE: _l("What waits for my release"),
    LOOK: _l("To be looked at again"),
    **{each.value: word for each, word in STATE_WORDS.items()},
    "": _l("All"),
}
DUE_WORDS_OF_FILTER = {"": _l("Any day"), LATE: _l("Something is late"), WITHIN_A_WEEK: _l("Within a week")}
MARK_WORDS = {
    Mark.PUBLIC: _l("may be public"), Mark.BODY: _l("for the body alone"), Mark.NEVER: _l("never leaves"),
}  # fmt: skip
ORIGIN_WORDS = {
    Origin.EMPTY: _l("no answer yet"), Origin.FILLED: _l("filled from the case"), Origin.WRITTEN: _l("written"),
}  # fmt: skip
CONSENT_WORDS = {
    ConsentFrom.SELF: _l("The prisoner"), ConsentFrom.RELATIVE: _l("A relative"),
    ConsentFrom.REPRESENTATIVE: _l("A lawyer or another representative"),
}  # fmt: skip
PROOF_WORDS = {
    ConsentProof.SIGNED: _l("a signed paper"), ConsentProof.LETTER: _l("a letter"),
    ConsentProof.MESSAGE: _l("a message"), ConsentProof.CALL: _l("a call"), ConsentProof.MEETING: _l("a meeting"),
}  # fmt: skip
PAPER_WORDS = {
    PaperKind.COURT: _l("a paper of the court"), PaperKind.EVIDENCE: _l("evidence"),
    PaperKind.MEDICAL: _l("a medical paper"), PaperKind.CONSENT: _l("the consent"),
    PaperKind.REPLY: _l("what the body answered"), PaperKind.OTHER: _l("another paper"),
}  # fmt: skip
OUTCOME_WORDS = {
    Outcome.ARBITRARY: _l("Opinion: the detention is arbitrary"),
    Outcome.PARTLY_ARBITRARY: _l("Opinion: the detention is arbitrary in part"),
    Outcome.NOT_ARBITRARY: _l("Opinion: the detention is not arbitrary"),
    Outcome.LETTER_SENT: _l("The mandates wrote to the government"),
    Outcome.LISTED: _l("The person was listed"),
    Outcome.ADOPTED: _l("A resolution was adopted"),
    Outcome.NOT_TAKEN: _l("It was not taken up"),
    Outcome.OTHER: _l("Something else"),
}
SENT_WORDS = {
    SentBy.EMAIL: _l("by e-mail"), SentBy.ONLINE_FORM: _l("by the body’s online form"), SentBy.POST: _l("by post"),
    SentBy.BY_HAND: _l("by hand"),
}  # fmt: skip
DUE_WORDS = {
    DueKind.ANSWER: _l("The time for an answer ends"), DueKind.COMMENTS: _l("Our comments are due"),
    DueKind.ASK_AGAIN: _l("Ask what became of it"), DueKind.OTHER: _l("Something else is due"),
}  # fmt: skip
STEP_WORDS = {
    Step.BEGUN: _l("begun"), Step.CHANGED: _l("changed, and a draft by that"), Step.CHECKED: _l("checked"),
    Step.PROPOSED: _l("proposed"), Step.SENT_BACK: _l("sent back"), Step.RELEASED: _l("released"),
    Step.SENT: _l("sent to the body"), Step.ANSWERED: _l("answered"), Step.CLOSED: _l("no longer worked on"),
    Step.CONSENT_RECORDED: _l("consent recorded"), Step.CONSENT_WITHDRAWN: _l("consent withdrawn"),
    Step.LOOKED_AGAIN: _l("looked at again"), Step.FILING_SHOWN: _l("the page tells that it was filed"),
    Step.OUTCOME_SHOWN: _l("the page tells what became of it"), Step.HIDDEN: _l("the page tells nothing of it"),
}  # fmt: skip
LOOK_WORDS = {
    ChangeKind.RELEASED.value: _l("The person was released."),
    ChangeKind.EXCHANGED.value: _l("The person was released in an exchange."),
    ChangeKind.DIED.value: _l("The person died."),
    ChangeKind.SENTENCED.value: _l("There is a new sentence."),
}
