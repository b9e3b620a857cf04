"""The enumerations of dossiers."""

from enum import StrEnum

SCOPE = "dossiers"
"""Answers, notes, papers and releases are sealed under a key of their own: they hold what families and lawyers told."""


class Body(StrEnum):
    """To whom a dossier goes."""

    WGAD = "wgad"
    """UN Working Group on Arbitrary Detention."""
    SPECIAL_PROCEDURES = "special_procedures"
    """Special rapporteurs and working groups of the UN: an urgent appeal or an allegation letter."""
    EU_SANCTIONS = "eu_sanctions"
    MAGNITSKY = "magnitsky"
    PARLIAMENT = "parliament"
    """European Parliament, a debate on a breach of human rights."""


SANCTIONS = frozenset({Body.EU_SANCTIONS, Body.MAGNITSKY})
"""To call for these is a crime in Russia: shown and made outside it alone, and never public (SAFETY.md 17)."""
TOLD = frozenset({Body.WGAD, Body.SPECIAL_PROCEDURES})
"""A person's page may tell that a complaint was filed there, once somebody decides so."""


class DossierState(StrEnum):
    """draft > checked > proposed > released > sent > answered > closed; any change before it was sent makes a draft."""

    DRAFT = "draft"
    CHECKED = "checked"
    PROPOSED = "proposed"
    RELEASED = "released"
    SENT = "sent"
    ANSWERED = "answered"
    CLOSED = "closed"


class Mark(StrEnum):
    """How far an answer may go."""

    PUBLIC = "public"
    BODY = "body"
    """To the body alone, which is asked to keep it confidential."""
    NEVER = "never"


class Origin(StrEnum):
    """Who wrote an answer as it stands."""

    EMPTY = "empty"
    FILLED = "filled"
    """As the case says it, touched by nobody."""
    WRITTEN = "written"


class ConsentFrom(StrEnum):
    """Who agreed that the dossier is submitted."""

    SELF = "self"
    RELATIVE = "relative"
    REPRESENTATIVE = "representative"


class ConsentProof(StrEnum):
    """How we know."""

    SIGNED = "signed"
    LETTER = "letter"
    MESSAGE = "message"
    CALL = "call"
    MEETING = "meeting"


class PaperKind(StrEnum):
    """What an uploaded paper is."""

    CONSENT = "consent"
    COURT = "court"
    MEDICAL = "medical"
    EVIDENCE = "evidence"
    REPLY = "reply"
    """What the body, or the government through it, answered."""
    OTHER = "other"


class Outcome(StrEnum):
    """What became of it."""

    ARBITRARY = "arbitrary"
    PARTLY_ARBITRARY = "partly_arbitrary"
    NOT_ARBITRARY = "not_arbitrary"
    LETTER_SENT = "letter_sent"
    LISTED = "listed"
    ADOPTED = "adopted"
    NOT_TAKEN = "not_taken"
    """Declined, filed away, or left without a word."""
    OTHER = "other"


class SentBy(StrEnum):
    """The way it left."""

    EMAIL = "email"
    ONLINE_FORM = "online_form"
    POST = "post"
    BY_HAND = "by_hand"


class DueKind(StrEnum):
    """What is awaited, or to be done, by a day."""

    ANSWER = "answer"
    COMMENTS = "comments"
    ASK_AGAIN = "ask_again"
    OTHER = "other"


class Step(StrEnum):
    """What happened to a dossier: a list, since a text would name somebody."""

    BEGUN = "begun"
    CHANGED = "changed"
    CHECKED = "checked"
    PROPOSED = "proposed"
    SENT_BACK = "sent_back"
    RELEASED = "released"
    SENT = "sent"
    ANSWERED = "answered"
    CLOSED = "closed"
    CONSENT_RECORDED = "consent_recorded"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    LOOKED_AGAIN = "looked_again"
    FILING_SHOWN = "filing_shown"
    OUTCOME_SHOWN = "outcome_shown"
    HIDDEN = "hidden"


EDITABLE = frozenset({DossierState.DRAFT, DossierState.CHECKED, DossierState.PROPOSED, DossierState.RELEASED})
"""Not sent yet: it can be changed, and is a draft by that."""
GONE_OUT = frozenset({DossierState.SENT, DossierState.ANSWERED})
OPEN = EDITABLE | {DossierState.SENT}
"""Those that a change of somebody's situation concerns."""
