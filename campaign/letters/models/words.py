"""The enumerations of letters (DOMAIN.md 10), each named once."""

from enum import StrEnum


class LetterState(StrEnum):
    """Where an outgoing letter is; service/moves.py says which step follows which.

    waiting > submitted; draft > submitted > (in_translation >) checking > in_moderation > approved |
    changes_requested | rejected; approved > queued (> held) > batched > printed | handed_to_service > dispatched >
    reported | presumed | returned | censored | lost; withdrawn and given_up end what has not left.
    """

    WAITING = "waiting"
    """Handed over without an account, until the button in the mail is pressed."""
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_TRANSLATION = "in_translation"
    CHECKING = "checking"
    IN_MODERATION = "in_moderation"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    APPROVED = "approved"
    QUEUED = "queued"
    HELD = "held"
    BATCHED = "batched"
    PRINTED = "printed"
    HANDED_TO_SERVICE = "handed_to_service"
    DISPATCHED = "dispatched"
    REPORTED = "reported"
    """Somebody told us that it was delivered: the prisoner, the service, a lawyer."""
    PRESUMED = "presumed"
    """Nobody said anything in the time that the channel takes."""
    RETURNED = "returned"
    CENSORED = "censored"
    LOST = "lost"
    WITHDRAWN = "withdrawn"
    """Taken back by whoever wrote it."""
    GIVEN_UP = "given_up"
    """It cannot reach them any more, or came back and is not sent again."""


EDITABLE = frozenset({LetterState.DRAFT, LetterState.CHANGES_REQUESTED})
"""The writer may change the text."""
IN_BATCH = frozenset({LetterState.BATCHED, LetterState.PRINTED, LetterState.HANDED_TO_SERVICE})
"""It lies in exactly one batch that has not left."""
GONE_OUT = frozenset(
    {
        LetterState.DISPATCHED, LetterState.REPORTED, LetterState.PRESUMED, LetterState.RETURNED,
        LetterState.CENSORED, LetterState.LOST,
    }
)  # fmt: skip
"""It has left in a batch, which it keeps."""
NOT_LEFT = frozenset(LetterState) - GONE_OUT - {
    LetterState.REJECTED, LetterState.WITHDRAWN, LetterState.GIVEN_UP,
}  # fmt: skip
"""It is on its way to leaving."""
ENDED = frozenset({LetterState.REJECTED, LetterState.WITHDRAWN, LetterState.GIVEN_UP})


class HoldReason(StrEnum):
    """Why a letter that was approved does not leave."""

    IN_TRANSIT = "in_transit"
    """On the way, or where nobody knows."""
    UNREACHABLE = "unreachable"
    """No address that may be believed, or letters are not wanted now."""
    FACILITY_STOP = "facility_stop"
    RULE_CHANGE = "rule_change"
    GONE = "gone"
    """Released, exchanged or dead: a person decides what becomes of it."""
    BY_STAFF = "by_staff"


class ReturnReason(StrEnum):
    """Why a letter came back, as far as the envelope tells."""

    MOVED = "moved"
    NOT_KNOWN = "not_known"
    """Nobody of that name, or not without the year of birth."""
    REFUSED = "refused"
    """The prison would not take it in, or the censor sent it back."""
    DECLINED = "declined"
    """The prisoner did not want it."""
    BAD_ADDRESS = "bad_address"
    UNCLAIMED = "unclaimed"


class LetterKind(StrEnum):
    """What is in the envelope."""

    PERSONAL = "personal"
    CARD = "card"
    DIGEST = "digest"


class Severity(StrEnum):
    """What a finding of the checker means: a moderator may override a block, with a reason."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class Adjustment(StrEnum):
    """What a rule means at one facility, where that was learned to differ."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"
    OFF = "off"


class BatchState(StrEnum):
    """locked > rendered > printed > posted > reconciled; locked, rendered, printed > cancelled."""

    LOCKED = "locked"
    RENDERED = "rendered"
    PRINTED = "printed"
    POSTED = "posted"
    RECONCILED = "reconciled"
    CANCELLED = "cancelled"


class DocumentKind(StrEnum):
    """What is printed of a batch."""

    LETTERS = "letters"
    ENVELOPES_C6 = "envelopes_c6"
    ENVELOPES_DL = "envelopes_dl"
    LABELS = "labels"
    POSTING_LIST = "posting_list"


class ReplyState(StrEnum):
    """logged > scanned > matched | unmatched > screened > forwarded > closed; unmatched > matched, closed.

    An envelope may be closed without a scan, with a reason.
    """

    LOGGED = "logged"
    SCANNED = "scanned"
    UNMATCHED = "unmatched"
    MATCHED = "matched"
    SCREENED = "screened"
    FORWARDED = "forwarded"
    CLOSED = "closed"


class Original(StrEnum):
    """What became of the paper."""

    STORED = "stored"
    SENT_ON = "sent_on"
    DESTROYED = "destroyed"


class ScanState(StrEnum):
    """waiting > (row deleted when its pages are drawn) | failed, with the file gone."""

    WAITING = "waiting"
    FAILED = "failed"


class TextKind(StrEnum):
    """What somebody typed of an answer."""

    TRANSCRIPTION = "transcription"
    TRANSLATION = "translation"


class PublicationState(StrEnum):
    """asked > approved > published > withdrawn; only with the prisoner's recorded consent."""

    NONE = "none"
    ASKED = "asked"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class IncidentKind(StrEnum):
    """What an answer tells that must not wait."""

    ILL_TREATMENT = "ill_treatment"
    THREAT = "threat"
    SELF_HARM = "self_harm"
    COERCION = "coercion"
    MONEY_REQUEST = "money_request"


class IncidentState(StrEnum):
    """open > triage > escalated > closed; triage > closed."""

    OPEN = "open"
    TRIAGE = "triage"
    ESCALATED = "escalated"
    CLOSED = "closed"


class NeedKind(StrEnum):
    """What a prisoner asks for in a letter, by the words of the funds (DOMAIN.md 10)."""

    PARCEL = "parcel"
    MEDICINE = "medicine"
    LAWYER = "lawyer"
    MONEY = "money"
    BOOKS = "books"
    VISIT = "visit"
    LETTERS = "letters"
    OTHER = "other"
