"""The enumerations of this feature as readers are told them; translated where they are shown.

Nouns and adverbs rather than verbs: in Russian a verb would have to know whether it speaks of a woman or a man.
"""

from datetime import date
from functools import lru_cache

from babel.dates import format_date

from campaign.kernel.errors import N_
from campaign.prisoners.models import (
    ChangeKind,
    Channel,
    DeathKind,
    FacilityKind,
    Instance,
    Liberty,
    ListingSource,
    ListingStatus,
    Openness,
    Precision,
    Punishment,
    Regime,
    ReleaseReason,
    ReplyMeans,
    Stage,
)
from campaign.web.i18n import current_language, day_in, ngettext

LIBERTY: dict[str, str] = {
    Liberty.DETAINED_48H: N_("In police detention"),
    Liberty.PRETRIAL_CUSTODY: N_("In pretrial custody"),
    Liberty.HOUSE_ARREST: N_("Under house arrest"),
    Liberty.BAN_OF_ACTIONS: N_("Under a court’s ban on certain actions"),
    Liberty.RECOGNISANCE: N_("Under a written promise not to leave"),
    Liberty.BAIL: N_("On bail"),
    Liberty.SERVING_COLONY: N_("In a penal colony"),
    Liberty.SERVING_PRISON: N_("In a prison, the strictest regime"),
    Liberty.SERVING_SETTLEMENT: N_("In a settlement colony"),
    Liberty.FORCED_LABOUR_CENTRE: N_("In a forced labour centre"),
    Liberty.PRISON_HOSPITAL: N_("In a prison hospital"),
    Liberty.PSYCHIATRIC_EXPERTISE: N_("Under psychiatric examination"),
    Liberty.PSYCHIATRIC_HOSPITAL: N_("In a psychiatric hospital by court order"),
    Liberty.IN_TRANSIT: N_("Being moved, destination unknown"),
    Liberty.WHEREABOUTS_UNKNOWN: N_("Whereabouts unknown"),
    Liberty.RELEASED: N_("Free"),
    Liberty.EXCHANGED: N_("Free after an exchange"),
    Liberty.ABROAD_WANTED: N_("Abroad, wanted in Russia"),
    Liberty.AT_LIBERTY_SENTENCED: N_("Sentenced, at liberty"),
    Liberty.DIED: N_("Died"),
}
STATUS_GROUP = {
    "pretrial": N_("Awaiting a verdict in custody"),
    "serving": N_("Serving a sentence"),
    "hospital": N_("In a hospital or under examination"),
    "moving": N_("Being moved, or whereabouts unknown"),
    "restricted": N_("House arrest and other bans"),
    "free": N_("Free"),
    "died": N_("Died"),
}
LISTING: dict[str, str] = {
    ListingSource.MEMORIAL: N_("Memorial"),
    ListingSource.MEMORIAL_RELIGIOUS: N_("Memorial, persecuted for religion"),
    ListingSource.MEMORIAL_PROBABLE: N_("Memorial, probable victims"),
    ListingSource.OVD_INFO: N_("OVD-Info"),
    ListingSource.AMNESTY_POC: N_("Amnesty International, prisoners of conscience"),
    ListingSource.CRIMEAN_SOLIDARITY: N_("Crimean Solidarity"),
    ListingSource.JW_ORG: N_("Jehovah’s Witnesses"),
    ListingSource.REGIONAL_GROUP: N_("A regional group"),
    ListingSource.OTHER: N_("Another source"),
}
LISTING_STATUS: dict[str, str] = {
    ListingStatus.RECOGNISED: N_("recognised"),
    ListingStatus.CANDIDATE: N_("being looked at"),
    ListingStatus.WITHDRAWN: N_("no longer listed"),
}
STAGE: dict[str, str] = {
    Stage.PRE_INVESTIGATION: N_("Check before an investigation"),
    Stage.UNDER_INVESTIGATION: N_("Under investigation"),
    Stage.IN_COURT: N_("In court"),
    Stage.SENTENCED_NOT_FINAL: N_("Sentenced, not yet in force"),
    Stage.SENTENCE_IN_FORCE: N_("Sentence in force"),
    Stage.APPEAL: N_("On appeal"),
    Stage.CASSATION: N_("In cassation"),
    Stage.COMPULSORY_TREATMENT: N_("Compulsory treatment"),
    Stage.TERMINATED: N_("Closed without a verdict"),
    Stage.ACQUITTED: N_("Acquitted"),
    Stage.IN_ABSENTIA: N_("Tried in absence"),
}
INSTANCE: dict[str, str] = {
    Instance.FIRST: N_("Sentence"),
    Instance.APPEAL: N_("Decision on appeal"),
    Instance.CASSATION: N_("Decision in cassation"),
    Instance.SUPERVISION: N_("Decision of the supervising court"),
}
HEARING: dict[str, str] = {
    Instance.FIRST: N_("Hearing"),
    Instance.APPEAL: N_("Hearing on appeal"),
    Instance.CASSATION: N_("Hearing in cassation"),
    Instance.SUPERVISION: N_("Hearing in the supervising court"),
}
HEARING_STATE = {"held": "", "set": "", "moved": N_("put off"), "cancelled": N_("cancelled")}
OPENNESS: dict[str, str] = {
    Openness.OPEN: N_("open to the public"),
    Openness.CLOSED: N_("behind closed doors"),
    Openness.UNKNOWN: "",
}
PUNISHMENT: dict[str, str] = {
    Punishment.IMPRISONMENT: N_("imprisonment"),
    Punishment.SETTLEMENT_COLONY: N_("settlement colony"),
    Punishment.FORCED_LABOUR: N_("forced labour"),
    Punishment.SUSPENDED: N_("suspended imprisonment"),
    Punishment.FINE: N_("a fine"),
    Punishment.RESTRICTION: N_("restriction of liberty"),
    Punishment.CORRECTIVE: N_("corrective labour"),
    Punishment.COMMUNITY: N_("community work"),
    Punishment.COMPULSORY_PSYCHIATRIC: N_("compulsory psychiatric treatment"),
    Punishment.BAN_ON_ACTIVITY: N_("a ban on an activity"),
    Punishment.NONE: N_("no punishment"),
}
REGIME: dict[str, str] = {
    Regime.SETTLEMENT: N_("in a settlement colony"),
    Regime.GENERAL: N_("general regime"),
    Regime.STRICT: N_("strict regime"),
    Regime.SPECIAL: N_("special regime"),
    Regime.PRISON_PART: N_("partly in a prison"),
    Regime.UNKNOWN: "",
}
RELEASE: dict[str, str] = {
    ReleaseReason.TERM_SERVED: N_("the whole term served"),
    ReleaseReason.PAROLE: N_("on parole"),
    ReleaseReason.REPLACED_LIGHTER: N_("the rest replaced by a lighter punishment"),
    ReleaseReason.QUASHED: N_("the verdict quashed"),
    ReleaseReason.PARDONED: N_("pardoned"),
    ReleaseReason.EXCHANGE: N_("in an exchange of prisoners"),
    ReleaseReason.AMNESTY: N_("by amnesty"),
    ReleaseReason.AFTER_TREATMENT: N_("after compulsory treatment"),
    ReleaseReason.TIME_SERVED: N_("the time already served was enough"),
    ReleaseReason.MEASURE_CHANGED: N_("custody replaced by a lighter measure"),
    ReleaseReason.CHARGES_DROPPED: N_("charges dropped"),
    ReleaseReason.DEATH: "",
    ReleaseReason.OTHER: "",
}
DEATH: dict[str, str] = {
    DeathKind.IN_CUSTODY: N_("in custody"),
    DeathKind.UNDER_INVESTIGATION: N_("under investigation"),
    DeathKind.DURING_DETENTION: N_("during the detention"),
    DeathKind.AFTER_RELEASE_CONSEQUENCE: N_("after release, from what imprisonment did"),
}
FACILITY: dict[str, str] = {
    FacilityKind.IVS: N_("police detention centre"),
    FacilityKind.SIZO: N_("pretrial detention centre"),
    FacilityKind.FSB_SIZO: N_("pretrial detention centre under the FSB"),
    FacilityKind.PFRSI: N_("pretrial wing of a colony"),
    FacilityKind.TRANSIT_POINT: N_("transit prison"),
    FacilityKind.COLONY_SETTLEMENT: N_("settlement colony"),
    FacilityKind.IK_GENERAL: N_("penal colony, general regime"),
    FacilityKind.IK_STRICT: N_("penal colony, strict regime"),
    FacilityKind.IK_SPECIAL: N_("penal colony, special regime"),
    FacilityKind.WOMEN_IK: N_("penal colony for women"),
    FacilityKind.JUVENILE_VK: N_("colony for minors"),
    FacilityKind.PRISON_T: N_("prison"),
    FacilityKind.MEDICAL: N_("prison hospital"),
    FacilityKind.TB_HOSPITAL: N_("prison hospital for tuberculosis"),
    FacilityKind.PSYCH_HOSPITAL: N_("psychiatric hospital"),
    FacilityKind.FORCED_LABOUR: N_("forced labour centre"),
    FacilityKind.SPECIAL_RECEPTION: N_("short-term detention centre"),
    FacilityKind.UNKNOWN: "",
}
CHANNEL: dict[str, str] = {
    Channel.POST: N_("Post"),
    Channel.F_PISMO: N_("F-Pismo, an electronic letter service"),
    Channel.ZT: N_("Zonatelecom, an electronic letter service"),
    Channel.SHOP_ONLINE: N_("Online shop of the prison"),
    Channel.PARCELS: N_("Parcels"),
}
REPLY: dict[str, str] = {
    ReplyMeans.PAPER_AND_STAMPS: N_("Has paper and stamps to answer with."),
    ReplyMeans.REPLY_FORM: N_("Can answer on a reply form that the sender pays for with the letter."),
    ReplyMeans.NONE: N_("Has no means to answer now. The letter still arrives."),
    ReplyMeans.UNKNOWN: "",
}
CHANGE: dict[str, str] = {
    ChangeKind.TRANSFERRED: N_("Transfer to another place"),
    ChangeKind.IN_TRANSIT: N_("Being moved, destination unknown"),
    ChangeKind.WHEREABOUTS_UNKNOWN: N_("Whereabouts unknown"),
    ChangeKind.RELEASED: N_("Release"),
    ChangeKind.EXCHANGED: N_("Release in an exchange of prisoners"),
    ChangeKind.DIED: N_("Death"),
    ChangeKind.SENTENCED: N_("Sentence"),
    ChangeKind.HEARING_SET: N_("Day in court set"),
    ChangeKind.DID_NOT_HAPPEN: N_("Correction: what was reported did not happen"),
}
DATE_KIND = {
    "birthday": N_("Birthday"),
    "hearing": N_("Day in court"),
    "release": N_("Expected release"),
}
DATE_KINDS = {"birthday": N_("Birthdays"), "hearing": N_("Days in court"), "release": N_("Expected releases")}


def day_in_words(day: date, precision: str = Precision.DAY) -> str:
    """A date as exactly as it is known and no more exactly."""
    return _day_in(current_language(), day, precision)


@lru_cache(maxsize=8192)
def _day_in(language: str, day: date, precision: str) -> str:
    if precision == Precision.YEAR:
        return str(day.year)
    if precision == Precision.MONTH:
        return str(format_date(day, "LLLL yyyy", locale=language))
    return day_in(language, day)


def term_in_words(months: int) -> str:
    """A term in years and months."""
    years, rest = divmod(months, 12)
    parts = []
    if years:
        parts.append(ngettext("%(num)s year", "%(num)s years", years))
    if rest:
        parts.append(ngettext("%(num)s month", "%(num)s months", rest))
    return " ".join(parts)
