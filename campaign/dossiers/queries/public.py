"""What the public may know of dossiers: that a complaint was filed at the UN, and what became of it, if somebody said
so. No table of contents, no author, and nothing of sanctions."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from campaign.dossiers.models import TOLD, Body, Dossier, Outcome
from campaign.kernel.db import session
from campaign.kernel.kept import Kept

REREAD_AFTER = 10.0


@dataclass(frozen=True, slots=True)
class PublicFiling:
    """One complaint that a person's page tells of."""

    body: Body
    sent_on: date
    outcome: Outcome | None
    answered_on: date | None


def list_filings(prisoner_id: uuid.UUID) -> list[PublicFiling]:
    """Those that somebody decided to show, oldest first; asked of the database for those people alone who have any."""
    if prisoner_id not in _told.current():
        return []
    statement = (
        select(
            Dossier.body, Dossier.sent_on, Dossier.outcome, Dossier.answered_on, Dossier.outcome_shown_on
        )
        .where(Dossier.prisoner_id == prisoner_id, Dossier.filing_shown_on.is_not(None), Dossier.body.in_(TOLD))
        .order_by(Dossier.sent_on, Dossier.number)
    )  # fmt: skip
    return [
        PublicFiling(Body(body), sent_on, Outcome(outcome) if shown_on and outcome else None, answered_on)
        for body, sent_on, outcome, answered_on, shown_on in session.execute(statement)
        if sent_on is not None
    ]


# Of whom anything is told at all, which every person's page asks; what it is, is asked for each page of theirs.
_told = Kept(
    lambda: frozenset(
        session.scalars(select(Dossier.prisoner_id).where(Dossier.filing_shown_on.is_not(None)).distinct())
    ),
    REREAD_AFTER,
)


def forget_told() -> None:
    """Read anew, in this process, of whom anything is told."""
    _told.forget()
