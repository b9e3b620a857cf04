"""Made-up needs, and who sees to them."""

import uuid
from datetime import date, timedelta
from typing import Any

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.money import Money
from campaign.needs.models import CheckedBy, Need, NeedCategory, NeedState
from campaign.needs.service import fulfilment, needs
from campaign.needs.service.needs import NeedDraft
from campaign.prisoners.models import ConsentEvidence, ConsentGiver, ConsentKind, Prisoner
from campaign.prisoners.service.consent import ConsentDraft, record_consent
from tests.support import make

AUTHOR, FIRST, SECOND, OTHER = (uuid.UUID(int=number) for number in range(1, 5))


def draft(**changes: Any) -> NeedDraft:
    """A lawyer for 300 euros."""
    values: dict[str, Any] = {
        "category": NeedCategory.LAWYER, "amount": Money(30_000, "EUR"), "words": "The appeal is in March.",
        "expires_on": clock.today() + timedelta(days=60),
    }  # fmt: skip
    return NeedDraft(**{**values, **changes})


def need(state: NeedState = NeedState.REPORTED, *, prisoner: uuid.UUID | None = None, **changes: Any) -> Need:
    """A committed need that has come as far as `state`."""
    whose = prisoner or make.prisoner().id
    with transaction():
        found = needs.report(whose, draft(**changes), actor=AUTHOR)
        if state in {NeedState.VERIFIED, NeedState.APPROVED, NeedState.IN_FULFILMENT, NeedState.FULFILLED}:
            needs.verify(found.id, CheckedBy.RELATIVE, seen_version=found.version, actor=FIRST)
            needs.verify(found.id, CheckedBy.LAWYER, seen_version=found.version, actor=SECOND)
        if state in {NeedState.APPROVED, NeedState.IN_FULFILMENT, NeedState.FULFILLED}:
            needs.approve(found.id, seen_version=found.version, actor=OTHER)
        if state in {NeedState.IN_FULFILMENT, NeedState.FULFILLED}:
            fulfilment.begin_fulfilment(found.id, actor=OTHER)
        if state == NeedState.FULFILLED:
            fulfilment.fulfil(found.id, actor=OTHER)
        if state == NeedState.DECLINED:
            needs.decline(found.id, "made up", seen_version=found.version, actor=FIRST)
    return found


def again(found: Need) -> Need:
    """The same as it is now."""
    session.expire_all()
    return session.get_one(Need, found.id)


def agreeing() -> uuid.UUID:
    """Somebody with a public page who agreed to a fund."""
    who = make.public_prisoner().id
    given = ConsentDraft(ConsentKind.FUND, ConsentGiver.RELATIVE, date(2026, 3, 1), ConsentEvidence.CALL)
    with transaction():
        record_consent(session.get_one(Prisoner, who), given, actor=None)
    return who
