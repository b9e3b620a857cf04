"""Tables of dossiers."""

from campaign.dossiers.models.dossiers import PDF, SNAPSHOT, Dossier, DossierDue, DossierEvent, DossierRelease
from campaign.dossiers.models.parts import (
    ANSWER,
    CONSENT_NOTE,
    FILLED,
    NOTE,
    PAGE,
    TITLE,
    DossierAnswer,
    DossierConsent,
    DossierPage,
    DossierPaper,
    DossierSource,
)
from campaign.dossiers.models.words import (
    EDITABLE,
    GONE_OUT,
    OPEN,
    SANCTIONS,
    SCOPE,
    TOLD,
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

__all__ = [
    "ANSWER", "CONSENT_NOTE", "EDITABLE", "FILLED", "GONE_OUT", "NOTE", "OPEN", "PAGE", "PDF", "SANCTIONS", "SCOPE",
    "SNAPSHOT", "TITLE", "TOLD", "Body", "ConsentFrom", "ConsentProof", "Dossier", "DossierAnswer", "DossierConsent",
    "DossierDue", "DossierEvent", "DossierPage", "DossierPaper", "DossierRelease", "DossierSource", "DossierState",
    "DueKind", "Mark", "Origin", "Outcome", "PaperKind", "SentBy", "Step",
]  # fmt: skip
