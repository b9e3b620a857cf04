"""The enumerations of this feature (DOMAIN.md 2.5 and 8), each named once."""

from enum import StrEnum


class PrisonerState(StrEnum):
    """draft > review > published <> hidden > archived."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    HIDDEN = "hidden"
    ARCHIVED = "archived"


class Publicity(StrEnum):
    """How much of attention somebody wants: none, a page without figures, or all we can give."""

    PRIVATE = "private"
    LIMITED = "limited"
    PUBLIC = "public"


class Gender(StrEnum):
    """As the person is addressed; decides the dative of the name and the colony."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class Precision(StrEnum):
    """How exactly a date is known; the parts beyond it are set to the first."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class LettersPolicy(StrEnum):
    """Who may write, as the person or the family wishes."""

    OPEN = "open"
    FAMILY_ONLY = "family_only"
    NONE = "none"
    UNKNOWN = "unknown"


class ReplyMeans(StrEnum):
    """How the person can answer, if at all."""

    PAPER_AND_STAMPS = "paper_and_stamps"
    REPLY_FORM = "reply_form"
    NONE = "none"
    UNKNOWN = "unknown"


class ConsentKind(StrEnum):
    """What was agreed to."""

    PUBLICITY = "publicity"
    LETTERS = "letters"
    APPEALS = "appeals"
    FUND = "fund"
    PICTURE = "picture"
    WORDS = "words"
    """That what they write may be shown, letter by letter."""


class ConsentGiver(StrEnum):
    """Who agreed: the person, or somebody who may speak for them."""

    SELF = "self"
    RELATIVE = "relative"
    LAWYER = "lawyer"


class ConsentEvidence(StrEnum):
    """How we know."""

    LETTER = "letter"
    CALL = "call"
    MESSAGE = "message"
    MEETING = "meeting"
    PUBLIC_STATEMENT = "public_statement"


class Liberty(StrEnum):
    """Where the law has put somebody; exactly one is current."""

    DETAINED_48H = "detained_48h"
    PRETRIAL_CUSTODY = "pretrial_custody"
    HOUSE_ARREST = "house_arrest"
    BAN_OF_ACTIONS = "ban_of_actions"
    RECOGNISANCE = "recognisance"
    BAIL = "bail"
    SERVING_COLONY = "serving_colony"
    SERVING_PRISON = "serving_prison"
    SERVING_SETTLEMENT = "serving_settlement"
    FORCED_LABOUR_CENTRE = "forced_labour_centre"
    PRISON_HOSPITAL = "prison_hospital"
    PSYCHIATRIC_EXPERTISE = "psychiatric_expertise"
    PSYCHIATRIC_HOSPITAL = "psychiatric_hospital"
    IN_TRANSIT = "in_transit"
    WHEREABOUTS_UNKNOWN = "whereabouts_unknown"
    RELEASED = "released"
    EXCHANGED = "exchanged"
    ABROAD_WANTED = "abroad_wanted"
    AT_LIBERTY_SENTENCED = "at_liberty_sentenced"
    DIED = "died"


AT_LIBERTY = frozenset({Liberty.RELEASED, Liberty.EXCHANGED, Liberty.ABROAD_WANTED, Liberty.AT_LIBERTY_SENTENCED})
"""Free, whatever the law still wants: no letter goes to a facility."""
OVER = AT_LIBERTY | {Liberty.DIED}
"""The imprisonment has ended."""


class ReleaseReason(StrEnum):
    """Why an imprisonment ended; a death is one of its ends and has a kind of its own."""

    TERM_SERVED = "term_served"
    PAROLE = "parole"
    REPLACED_LIGHTER = "replaced_lighter"
    QUASHED = "quashed"
    PARDONED = "pardoned"
    EXCHANGE = "exchange"
    AMNESTY = "amnesty"
    AFTER_TREATMENT = "after_treatment"
    TIME_SERVED = "time_served"
    MEASURE_CHANGED = "measure_changed"
    CHARGES_DROPPED = "charges_dropped"
    DEATH = "death"
    OTHER = "other"


class DeathKind(StrEnum):
    """How a death is tied to the imprisonment."""

    IN_CUSTODY = "in_custody"
    UNDER_INVESTIGATION = "under_investigation"
    DURING_DETENTION = "during_detention"
    AFTER_RELEASE_CONSEQUENCE = "after_release_consequence"


class Theme(StrEnum):
    """What the prosecution is really about."""

    ANTI_WAR = "anti_war"
    SPEECH = "speech"
    ASSEMBLY = "assembly"
    RELIGION = "religion"
    ASSOCIATION = "association"
    TREASON_ESPIONAGE = "treason_espionage"
    SABOTAGE_ARSON = "sabotage_arson"
    LGBT = "lgbt"
    FOREIGN_AGENT = "foreign_agent"
    UNDESIRABLE_ORG = "undesirable_org"
    EXTREMIST_ORG = "extremist_org"
    NAVALNY_FBK = "navalny_fbk"
    CRIMEA_TATAR = "crimea_tatar"
    UKRAINIAN_CIVILIAN = "ukrainian_civilian"
    SCIENTIST = "scientist"
    JOURNALIST = "journalist"
    LAWYER = "lawyer"
    ELECTION = "election"
    OTHER = "other"


class Stage(StrEnum):
    """How far a prosecution has come."""

    PRE_INVESTIGATION = "pre_investigation"
    UNDER_INVESTIGATION = "under_investigation"
    IN_COURT = "in_court"
    SENTENCED_NOT_FINAL = "sentenced_not_final"
    SENTENCE_IN_FORCE = "sentence_in_force"
    APPEAL = "appeal"
    CASSATION = "cassation"
    COMPULSORY_TREATMENT = "compulsory_treatment"
    TERMINATED = "terminated"
    ACQUITTED = "acquitted"
    IN_ABSENTIA = "in_absentia"


class Code(StrEnum):
    """Criminal code (UK) or code of administrative offences (KoAP)."""

    UK = "UK"
    KOAP = "KoAP"


class Openness(StrEnum):
    """Whether the public may attend a hearing."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Instance(StrEnum):
    """Which court speaks."""

    FIRST = "first"
    APPEAL = "appeal"
    CASSATION = "cassation"
    SUPERVISION = "supervision"


class Punishment(StrEnum):
    """What a sentence imposes."""

    IMPRISONMENT = "imprisonment"
    SETTLEMENT_COLONY = "settlement_colony"
    FORCED_LABOUR = "forced_labour"
    SUSPENDED = "suspended"
    FINE = "fine"
    RESTRICTION = "restriction"
    CORRECTIVE = "corrective"
    COMMUNITY = "community"
    COMPULSORY_PSYCHIATRIC = "compulsory_psychiatric"
    BAN_ON_ACTIVITY = "ban_on_activity"
    NONE = "none"


class Regime(StrEnum):
    """Where a term is to be served."""

    SETTLEMENT = "settlement"
    GENERAL = "general"
    STRICT = "strict"
    SPECIAL = "special"
    PRISON_PART = "prison_part"
    UNKNOWN = "unknown"


class ListingSource(StrEnum):
    """Who recognises somebody as a political prisoner; never a single yes or no."""

    MEMORIAL = "memorial"
    MEMORIAL_RELIGIOUS = "memorial_religious"
    MEMORIAL_PROBABLE = "memorial_probable"
    OVD_INFO = "ovd_info"
    AMNESTY_POC = "amnesty_poc"
    CRIMEAN_SOLIDARITY = "crimean_solidarity"
    JW_ORG = "jw_org"
    REGIONAL_GROUP = "regional_group"
    OTHER = "other"


class ListingStatus(StrEnum):
    """What the source says."""

    RECOGNISED = "recognised"
    CANDIDATE = "candidate"
    WITHDRAWN = "withdrawn"


class Office(StrEnum):
    """In which capacity an official acted."""

    JUDGE = "judge"
    PROSECUTOR = "prosecutor"
    INVESTIGATOR = "investigator"
    FACILITY_HEAD = "facility_head"
    EXPERT = "expert"
    OTHER = "other"


class Certainty(StrEnum):
    """How well a stay is known. In transit and unknown are states of their own, not an empty address."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    IN_TRANSIT = "in_transit"
    UNKNOWN = "unknown"


LOCATED = frozenset({Certainty.CONFIRMED, Certainty.PROBABLE})


class Evidence(StrEnum):
    """What a stay is known from."""

    LETTER_REPLY = "letter_reply"
    LAWYER = "lawyer"
    FAMILY = "family"
    COURT = "court"
    MEDIA = "media"
    FSIN_REPLY = "fsin_reply"


class FacilityKind(StrEnum):
    """What kind of place of detention; decides how long a stay may be believed unchecked."""

    IVS = "ivs"
    SIZO = "sizo"
    FSB_SIZO = "fsb_sizo"
    PFRSI = "pfrsi"
    TRANSIT_POINT = "transit_point"
    COLONY_SETTLEMENT = "colony_settlement"
    IK_GENERAL = "ik_general"
    IK_STRICT = "ik_strict"
    IK_SPECIAL = "ik_special"
    WOMEN_IK = "women_ik"
    JUVENILE_VK = "juvenile_vk"
    PRISON_T = "prison_t"
    MEDICAL = "medical"
    TB_HOSPITAL = "tb_hospital"
    PSYCH_HOSPITAL = "psych_hospital"
    FORCED_LABOUR = "forced_labour"
    SPECIAL_RECEPTION = "special_reception"
    UNKNOWN = "unknown"


SHORT_STAYS = frozenset(
    {
        FacilityKind.IVS, FacilityKind.SIZO, FacilityKind.FSB_SIZO, FacilityKind.PFRSI, FacilityKind.TRANSIT_POINT,
        FacilityKind.SPECIAL_RECEPTION, FacilityKind.UNKNOWN,
    }
)  # fmt: skip
"""Places people leave within months: a stay there is checked again after 60 days, elsewhere after 180."""


class Channel(StrEnum):
    """A way for a letter or a parcel to reach somebody."""

    POST = "post"
    F_PISMO = "f_pismo"
    ZT = "zt"
    SHOP_ONLINE = "shop_online"
    PARCELS = "parcels"


class StrangersPolicy(StrEnum):
    """Whether a facility lets through letters of people who are no relatives."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """Whether a facility's rule stops a letter or warns its writer."""

    WARN = "warn"
    BLOCK = "block"
