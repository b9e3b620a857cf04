"""Words of the work list: what is doubtful, and what to do about it."""

from flask_babel import lazy_gettext as _l

from campaign.prisoners.forms.source import SourceForm
from campaign.prisoners.queries.recheck import Doubt, Group

GROUP_WORDS = {
    Group.STALE: _l("Looked up too long ago"),
    Group.CONTRADICTORY: _l("Contradicts itself"),
    Group.MISSING: _l("Missing"),
}
DOUBT_WORDS = {
    Doubt.STALE_STAY: _l("Custody looked up too long ago"),
    Doubt.STALE_FACILITY: _l("Facility looked up too long ago"),
    Doubt.FREE_IN_CUSTODY: _l("Free or dead, and yet in a facility"),
    Doubt.SERVING_WITHOUT_SENTENCE: _l("Serves a term without a sentence"),
    Doubt.CHARGE_AFTER_END: _l("Charged after the imprisonment ended"),
    Doubt.SENTENCE_BEFORE_ARREST: _l("Sentenced before the arrest"),
    Doubt.HEARING_PAST: _l("A day in court has passed without an outcome"),
    Doubt.RELEASE_PAST: _l("The expected day of release has passed"),
    Doubt.ARRESTED_AS_CHILD: _l("Arrested at less than 14 years"),
    Doubt.NO_STATUS: _l("No status at all"),
    Doubt.NO_PLACE: _l("In custody, nobody has said where"),
    Doubt.NO_ADDRESS: _l("A facility with people and no address"),
    Doubt.NO_BIRTH_YEAR: _l("No year of birth"),
    Doubt.NO_PATRONYMIC: _l("No patronymic"),
    Doubt.DATIVE_UNCONFIRMED: _l("The line of the envelope is unchecked"),
    Doubt.LETTERS_UNKNOWN: _l("Nobody has asked about letters"),
    Doubt.CONSENT_OPEN: _l("Nobody has asked about publicity"),
    Doubt.NOTHING_LOOKED_UP: _l("No fact was looked up by a second person"),
}
ADVICE = {
    Doubt.STALE_STAY: _l("Ask the lawyer or the family, or look for a reply; then say that it still holds."),
    Doubt.STALE_FACILITY: _l("Look up address, channels and rules; then say that they still hold."),
    Doubt.FREE_IN_CUSTODY: _l("End the stay, or correct the release."),
    Doubt.SERVING_WITHOUT_SENTENCE: _l("Write down the sentence, or correct the status."),
    Doubt.CHARGE_AFTER_END: _l("Write down the new arrest, or correct the day of the charge."),
    Doubt.SENTENCE_BEFORE_ARREST: _l("Correct one of the two days, or mark the sentence as given in absence."),
    Doubt.HEARING_PAST: _l("Write down what happened, or to which day it was moved."),
    Doubt.RELEASE_PAST: _l("Find out whether the person is free, and say so; or correct the day."),
    Doubt.ARRESTED_AS_CHILD: _l("Correct the birth or the arrest."),
    Doubt.NO_STATUS: _l("Write down the arrest, or what the law says of the person now."),
    Doubt.NO_PLACE: _l("Write down the facility, or that it is not known: letters wait for it."),
    Doubt.NO_ADDRESS: _l("Write down the address: no letter goes there without one."),
    Doubt.NO_BIRTH_YEAR: _l("Find out the year: a letter without it comes back."),
    Doubt.NO_PATRONYMIC: _l("Find it out, or say that there is none."),
    Doubt.DATIVE_UNCONFIRMED: _l("Read the line aloud and tick it."),
    Doubt.LETTERS_UNKNOWN: _l("Ask the person, the family or the lawyer whether strangers may write."),
    Doubt.CONSENT_OPEN: _l("Ask whether the story may be told, and record the answer."),
    Doubt.NOTHING_LOOKED_UP: _l("Open the sources and press the button beside what you found there."),
}


class LookUpForm(SourceForm):
    """Many stays and facilities that still hold, and the one source that says so."""
