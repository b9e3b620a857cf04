"""The link of a mail that asks: one's own page of that ask, where one says not now, never, or nothing for a while."""

import uuid
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select

from campaign.kernel import clock, tokens
from campaign.kernel.db import session
from campaign.people.models import SCOPE, Ask, AskState, Consent, Purpose
from campaign.people.queries.mail_wishes import select_paused, select_resting
from campaign.people.service.ladder.ask import addresses_of

PURPOSE = "ask"
KEPT = timedelta(days=365)


def token_of(row: Ask) -> str:
    """The token of an ask, for a year."""
    return tokens.derive(SCOPE, PURPOSE, row.id, version=1, expires_on=row.asked_on + KEPT)


def find_by_token(token: str) -> Ask | None:
    """The ask behind a link; None when it is gone. Raises BadToken, TokenExpired, KeyMissing, KeyDestroyed."""
    claim = tokens.parse(token)
    tokens.verify(claim, SCOPE, PURPOSE, version=1, today=clock.today())
    return session.get(Ask, claim.row, populate_existing=True)


def list_to_mail(asks: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[Ask, str]]:
    """Those that still wait for an answer and whose people still agree to it, by id: each with the address."""
    agrees = select(Consent.person_id).where(Consent.purpose == Purpose.NEWS, Consent.ended_on.is_(None))
    statement = select(Ask).where(Ask.id.in_(asks), Ask.state == AskState.ASKED, Ask.person_id.in_(agrees))
    statement = statement.where(Ask.person_id.not_in(select_paused()), Ask.person_id.not_in(select_resting()))
    rows = session.scalars(statement.execution_options(populate_existing=True)).all()
    addresses = addresses_of([row.person_id for row in rows])
    return {row.id: (row, addresses[row.person_id]) for row in rows if row.person_id in addresses}
