"""The words of somebody's situation as staff choose them."""

from flask_babel import lazy_gettext as _l

from campaign.prisoners.models import (
    Certainty,
    ChangeKind,
    DeathKind,
    Evidence,
    Liberty,
    Precision,
    ReleaseReason,
)
from campaign.prisoners.models import ConsequenceState as State

CHANGE_WORDS = {
    ChangeKind.TRANSFERRED: _l("Transferred to another place"),
    ChangeKind.IN_TRANSIT: _l("On the way, taken from the former place"),
    ChangeKind.WHEREABOUTS_UNKNOWN: _l("Nobody knows where"),
    ChangeKind.RELEASED: _l("Released"),
    ChangeKind.EXCHANGED: _l("Exchanged"),
    ChangeKind.DIED: _l("Died"),
    ChangeKind.SENTENCED: _l("Sentenced"),
    ChangeKind.HEARING_SET: _l("A hearing is set"),
    ChangeKind.DID_NOT_HAPPEN: _l("It did not happen"),
}
CHANGE_HINTS = {
    ChangeKind.TRANSFERRED: _l("It is known into which facility, surely or probably."),
    ChangeKind.IN_TRANSIT: _l("Taken away, and not arrived anywhere yet. Letters are held."),
    ChangeKind.WHEREABOUTS_UNKNOWN: _l("No longer in the former place, and no sign of a transport. Letters are held."),
    ChangeKind.RELEASED: _l("Free, for whatever reason."),
    ChangeKind.EXCHANGED: _l("Free abroad, in an exchange of prisoners."),
    ChangeKind.DIED: _l("In custody, or later because of it."),
    ChangeKind.SENTENCED: _l("A court decided, in any instance."),
    ChangeKind.HEARING_SET: _l("A day in court that people may want to know of."),
}
LIBERTY_WORDS = {
    Liberty.DETAINED_48H: _l("Detained for 48 hours"),
    Liberty.PRETRIAL_CUSTODY: _l("In pre-trial custody"),
    Liberty.HOUSE_ARREST: _l("Under house arrest"),
    Liberty.BAN_OF_ACTIONS: _l("Under a ban of certain actions"),
    Liberty.RECOGNISANCE: _l("On recognisance not to leave"),
    Liberty.BAIL: _l("On bail"),
    Liberty.SERVING_COLONY: _l("Serving in a colony"),
    Liberty.SERVING_PRISON: _l("Serving in a prison"),
    Liberty.SERVING_SETTLEMENT: _l("Serving in a colony settlement"),
    Liberty.FORCED_LABOUR_CENTRE: _l("In a forced labour centre"),
    Liberty.PRISON_HOSPITAL: _l("In a prison hospital"),
    Liberty.PSYCHIATRIC_EXPERTISE: _l("Under psychiatric examination"),
    Liberty.PSYCHIATRIC_HOSPITAL: _l("In a psychiatric hospital"),
    Liberty.IN_TRANSIT: _l("In transit"),
    Liberty.WHEREABOUTS_UNKNOWN: _l("Whereabouts unknown"),
    Liberty.RELEASED: _l("Released"),
    Liberty.EXCHANGED: _l("Exchanged"),
    Liberty.ABROAD_WANTED: _l("Abroad, wanted"),
    Liberty.AT_LIBERTY_SENTENCED: _l("At liberty, sentenced"),
    Liberty.DIED: _l("Died"),
}
REASON_WORDS = {
    ReleaseReason.TERM_SERVED: _l("Served the full term"),
    ReleaseReason.PAROLE: _l("Parole"),
    ReleaseReason.REPLACED_LIGHTER: _l("The rest was replaced by a lighter punishment"),
    ReleaseReason.QUASHED: _l("The sentence was quashed"),
    ReleaseReason.PARDONED: _l("Pardoned"),
    ReleaseReason.EXCHANGE: _l("Exchange"),
    ReleaseReason.AMNESTY: _l("Amnesty"),
    ReleaseReason.AFTER_TREATMENT: _l("After compulsory treatment"),
    ReleaseReason.TIME_SERVED: _l("Time in custody counted as served"),
    ReleaseReason.MEASURE_CHANGED: _l("The measure of restraint was changed"),
    ReleaseReason.CHARGES_DROPPED: _l("The charges were dropped"),
    ReleaseReason.DEATH: _l("Death"),
    ReleaseReason.OTHER: _l("Another reason"),
}
DEATH_WORDS = {
    DeathKind.IN_CUSTODY: _l("In custody"),
    DeathKind.UNDER_INVESTIGATION: _l("Under investigation, not in custody"),
    DeathKind.DURING_DETENTION: _l("While being detained"),
    DeathKind.AFTER_RELEASE_CONSEQUENCE: _l("After the release, because of the imprisonment"),
}
CERTAINTY_WORDS = {
    Certainty.CONFIRMED: _l("Confirmed"),
    Certainty.PROBABLE: _l("Probable"),
    Certainty.IN_TRANSIT: _l("In transit"),
    Certainty.UNKNOWN: _l("Unknown"),
}
EVIDENCE_WORDS = {
    Evidence.LETTER_REPLY: _l("A letter was answered from there"),
    Evidence.LAWYER: _l("The lawyer"),
    Evidence.FAMILY: _l("The family"),
    Evidence.COURT: _l("A court document"),
    Evidence.MEDIA: _l("Media"),
    Evidence.FSIN_REPLY: _l("An answer of the prison service"),
}
PRECISION_WORDS = {
    Precision.DAY: _l("exactly this day"),
    Precision.MONTH: _l("only the month is known"),
    Precision.YEAR: _l("only the year is known"),
}
STATE_WORDS = {
    State.WAITING: _l("waits"),
    State.DONE: _l("done"),
    State.UNDONE: _l("undone"),
    State.CORRECTED: _l("corrected"),
}
