"""What staff call states and steps of needs, and the regimes by which parcels are counted."""

from flask_babel import lazy_gettext as _l

from campaign.needs.forms.category_words import CATEGORY_WORDS
from campaign.needs.models import (
    CheckedBy,
    Conditions,
    NeedSource,
    NeedState,
    NeedVisibility,
    ParcelKind,
    ParcelRegime,
    PayeeKind,
    Period,
    SlotState,
    Urgency,
)

STATE_WORDS = {
    NeedState.REPORTED: _l("Reported"),
    NeedState.VERIFIED: _l("Verified by two"),
    NeedState.APPROVED: _l("Approved"),
    NeedState.IN_FULFILMENT: _l("Somebody sees to it"),
    NeedState.FULFILLED: _l("Fulfilled"),
    NeedState.DECLINED: _l("Declined"),
    NeedState.EXPIRED: _l("Ran out"),
}
URGENCY_WORDS = {
    Urgency.URGENT: _l("It cannot wait"), Urgency.SOON: _l("Within weeks"), Urgency.CAN_WAIT: _l("It can wait"),
}  # fmt: skip
SOURCE_WORDS = {
    NeedSource.LETTER: _l("A letter of the prisoner"), NeedSource.RELATIVE: _l("The family"),
    NeedSource.LAWYER: _l("A lawyer"), NeedSource.OTHER: _l("Somebody else"),
}  # fmt: skip
VISIBILITY_WORDS = {
    NeedVisibility.HIDDEN: _l("Nothing"),
    NeedVisibility.CATEGORY: _l("What kind of thing is needed"),
    NeedVisibility.AMOUNT: _l("What kind of thing is needed, and how much"),
}
PAYEE_WORDS = {
    PayeeKind.RELATIVE: _l("A relative"), PayeeKind.LAWYER: _l("A lawyer"),
    PayeeKind.FACILITY_ACCOUNT: _l("The prisoner’s account at the facility"),
    PayeeKind.VENDOR: _l("A shop or a service"), PayeeKind.CRYPTO: _l("A cryptocurrency address"),
}  # fmt: skip
CHECKED_WORDS = {
    CheckedBy.RELATIVE: _l("I asked the family"), CheckedBy.LAWYER: _l("I asked the lawyer"),
    CheckedBy.LETTER: _l("I read it in a letter"), CheckedBy.DOCUMENT: _l("I saw a document"),
    CheckedBy.FACILITY: _l("I asked the facility"), CheckedBy.KNOWN: _l("I know it in another way"),
}  # fmt: skip
EVENT_WORDS = {
    "reported": _l("Reported"), "changed": _l("Changed, to be verified anew"), "verified": _l("Verified"),
    "approved": _l("Approved"), "begun": _l("Somebody began to see to it"), "fulfilled": _l("Fulfilled"),
    "part": _l("A payment for a part of it arrived"),
    "unweighed": _l("A payment arrived in a currency of which no rate is known: somebody has to say what is open"),
    "back_in_part": _l("Open in part again: a payment for it came back"),
    "back": _l("Open again: what was to fulfil it did not"), "declined": _l("Declined"), "expired": _l("Ran out"),
    "again": _l("Taken up again"), "shown_less": _l("The public sees less of it"),
    "still_true": _l("Asked again: it still holds"), "erased": _l("Declined, since all about the person was erased"),
}  # fmt: skip
REGIME_WORDS = {
    ParcelRegime.REMAND: _l("Remand prison"), ParcelRegime.GENERAL: _l("Colony of the general regime"),
    ParcelRegime.STRICT: _l("Colony of the strict regime"), ParcelRegime.SPECIAL: _l("Colony of the special regime"),
    ParcelRegime.PRISON: _l("Prison"), ParcelRegime.SETTLEMENT: _l("Settlement colony"),
    ParcelRegime.WOMEN: _l("Women after the sentence"), ParcelRegime.JUVENILE: _l("Minors"),
}  # fmt: skip
CONDITION_WORDS = {
    Conditions.ORDINARY: _l("ordinary conditions"), Conditions.LIGHTER: _l("lighter conditions"),
    Conditions.STRICT: _l("strict conditions"),
}  # fmt: skip
KIND_WORDS = {
    ParcelKind.PARCEL: _l("A parcel"), ParcelKind.PACKET: _l("A small packet"),
    ParcelKind.WEIGHT: _l("Kilograms of parcels"),
}  # fmt: skip
PERIOD_WORDS = {Period.YEAR: _l("a year"), Period.MONTH: _l("a month")}
SLOT_WORDS = {
    SlotState.RESERVED: _l("Kept"), SlotState.USED: _l("Sent"), SlotState.RELEASED: _l("Given back"),
    SlotState.LAPSED: _l("Lapsed"),
}  # fmt: skip
__all__ = [
    "CATEGORY_WORDS", "CHECKED_WORDS", "CONDITION_WORDS", "EVENT_WORDS", "KIND_WORDS", "PAYEE_WORDS", "PERIOD_WORDS",
    "REGIME_WORDS", "SLOT_WORDS", "SOURCE_WORDS", "STATE_WORDS", "URGENCY_WORDS", "VISIBILITY_WORDS",
]  # fmt: skip
