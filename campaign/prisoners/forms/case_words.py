"""The words of cases as staff choose them."""

from flask_babel import lazy_gettext as _l

from campaign.prisoners.models import (
    Code,
    Instance,
    ListingSource,
    ListingStatus,
    Office,
    Openness,
    Punishment,
    Regime,
    Stage,
    Theme,
)

THEME_WORDS = {
    Theme.ANTI_WAR: _l("Against the war"),
    Theme.SPEECH: _l("Speech"),
    Theme.ASSEMBLY: _l("Assembly"),
    Theme.RELIGION: _l("Religion"),
    Theme.ASSOCIATION: _l("Association"),
    Theme.TREASON_ESPIONAGE: _l("Treason, espionage"),
    Theme.SABOTAGE_ARSON: _l("Sabotage, arson"),
    Theme.LGBT: _l("LGBT"),
    Theme.FOREIGN_AGENT: _l("“Foreign agents”"),
    Theme.UNDESIRABLE_ORG: _l("“Undesirable” organisations"),
    Theme.EXTREMIST_ORG: _l("“Extremist” organisations"),
    Theme.NAVALNY_FBK: _l("Navalny and his foundation"),
    Theme.CRIMEA_TATAR: _l("Crimean Tatars"),
    Theme.UKRAINIAN_CIVILIAN: _l("Ukrainian civilians"),
    Theme.SCIENTIST: _l("Scientists"),
    Theme.JOURNALIST: _l("Journalists"),
    Theme.LAWYER: _l("Lawyers"),
    Theme.ELECTION: _l("Elections"),
    Theme.OTHER: _l("Other"),
}
STAGE_WORDS = {
    Stage.PRE_INVESTIGATION: _l("Check before an investigation"),
    Stage.UNDER_INVESTIGATION: _l("Under investigation"),
    Stage.IN_COURT: _l("In court"),
    Stage.SENTENCED_NOT_FINAL: _l("Sentenced, not yet in force"),
    Stage.APPEAL: _l("On appeal"),
    Stage.SENTENCE_IN_FORCE: _l("Sentence in force"),
    Stage.CASSATION: _l("In cassation"),
    Stage.COMPULSORY_TREATMENT: _l("Compulsory treatment"),
    Stage.TERMINATED: _l("Closed without a verdict"),
    Stage.ACQUITTED: _l("Acquitted"),
    Stage.IN_ABSENTIA: _l("Tried in absence"),
}
CODE_WORDS = {Code.UK: _l("Criminal code"), Code.KOAP: _l("Code of administrative offences")}
INSTANCE_WORDS = {
    Instance.FIRST: _l("First instance"),
    Instance.APPEAL: _l("Appeal"),
    Instance.CASSATION: _l("Cassation"),
    Instance.SUPERVISION: _l("Supervision"),
}
OPENNESS_WORDS = {
    Openness.OPEN: _l("Open to the public"),
    Openness.CLOSED: _l("Behind closed doors"),
    Openness.UNKNOWN: _l("Not known"),
}
HEARING_WORDS = {
    "set": _l("set for this day"),
    "held": _l("held"),
    "moved": _l("put off"),
    "cancelled": _l("cancelled"),
}
PUNISHMENT_WORDS = {
    Punishment.IMPRISONMENT: _l("Imprisonment"),
    Punishment.SETTLEMENT_COLONY: _l("Settlement colony"),
    Punishment.FORCED_LABOUR: _l("Forced labour"),
    Punishment.SUSPENDED: _l("Suspended imprisonment"),
    Punishment.FINE: _l("Fine"),
    Punishment.RESTRICTION: _l("Restriction of liberty"),
    Punishment.CORRECTIVE: _l("Corrective labour"),
    Punishment.COMMUNITY: _l("Community work"),
    Punishment.COMPULSORY_PSYCHIATRIC: _l("Compulsory psychiatric treatment"),
    Punishment.BAN_ON_ACTIVITY: _l("Ban on an activity"),
    Punishment.NONE: _l("No punishment"),
}
REGIME_WORDS = {
    Regime.UNKNOWN: _l("Not known"),
    Regime.SETTLEMENT: _l("Settlement"),
    Regime.GENERAL: _l("General regime"),
    Regime.STRICT: _l("Strict regime"),
    Regime.SPECIAL: _l("Special regime"),
    Regime.PRISON_PART: _l("Partly in a prison"),
}
LISTING_WORDS = {
    ListingSource.MEMORIAL: _l("Memorial"),
    ListingSource.MEMORIAL_RELIGIOUS: _l("Memorial, persecuted for religion"),
    ListingSource.MEMORIAL_PROBABLE: _l("Memorial, probable victims"),
    ListingSource.OVD_INFO: _l("OVD-Info"),
    ListingSource.AMNESTY_POC: _l("Amnesty International, prisoners of conscience"),
    ListingSource.CRIMEAN_SOLIDARITY: _l("Crimean Solidarity"),
    ListingSource.JW_ORG: _l("Jehovah’s Witnesses"),
    ListingSource.REGIONAL_GROUP: _l("A regional group"),
    ListingSource.OTHER: _l("Another source"),
}
LISTING_STATUS_WORDS = {
    ListingStatus.RECOGNISED: _l("recognised"),
    ListingStatus.CANDIDATE: _l("being looked at"),
    ListingStatus.WITHDRAWN: _l("no longer listed"),
}
OFFICE_WORDS = {
    Office.JUDGE: _l("Judge"),
    Office.PROSECUTOR: _l("Prosecutor"),
    Office.INVESTIGATOR: _l("Investigator"),
    Office.FACILITY_HEAD: _l("Head of a facility"),
    Office.EXPERT: _l("Expert"),
    Office.OTHER: _l("Another office"),
}
