"""The words of cases as staff choose them."""

from flask_babel import lazy_gettext as _l

from campaign.prisoners import spoken
from campaign.prisoners.models import (
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
STAGE_WORDS = {Stage(stage): _l(word) for stage, word in spoken.STAGE.items()}
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
LISTING_WORDS = {ListingSource(source): _l(word) for source, word in spoken.LISTING.items()}
LISTING_STATUS_WORDS = {ListingStatus(status): _l(word) for status, word in spoken.LISTING_STATUS.items()}
OFFICE_WORDS = {
    Office.JUDGE: _l("Judge"),
    Office.PROSECUTOR: _l("Prosecutor"),
    Office.INVESTIGATOR: _l("Investigator"),
    Office.FACILITY_HEAD: _l("Head of a facility"),
    Office.EXPERT: _l("Expert"),
    Office.OTHER: _l("Another office"),
}
