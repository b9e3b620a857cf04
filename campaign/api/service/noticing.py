"""Notes what webhooks are told of, from the records that features keep of themselves.

Read and not announced: no feature has to know of webhooks, and what a process that died had not announced is found the
next minute. Each source is noted once, by its unique key, however often and by however many it is looked at.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from campaign.accounting.models import PublicReport, ReportState
from campaign.api.models import ApiToken, EventKind, Webhook, WebhookEvent, WebhookState
from campaign.api.service.webhooks import owe
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.months import month_of
from campaign.petitions.models import Audience, Petition, PetitionEvent, PetitionState
from campaign.prisoners.models import Prisoner, PrisonerState, PublicChange, Withdrawal

LOOKED_BACK = timedelta(days=2)
KEPT_DAYS = 30
_STEPS = {PetitionState.OPEN: EventKind.PETITION_OPENED, PetitionState.CLOSED: EventKind.PETITION_CLOSED}


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something that happened."""

    kind: EventKind
    source: str
    subject_id: uuid.UUID | None
    at: datetime
    details: dict[str, Any]
    outside_russia_only: bool = False


def notice() -> int:
    """Note what happened in the last two days and is not noted yet, and owe it to whoever wants to know; gives how
    many."""
    listening = _listening()
    if not listening:
        return 0
    now = clock.now()
    count = 0
    for each in _happened(now - LOOKED_BACK, now):
        event_id = _note(each)
        if event_id is not None:
            count += 1
            for webhook in listening:
                if _wants(webhook, each):
                    owe(webhook.id, event_id)
    return count


def forget_old(today: date) -> int:
    """Delete events with their deliveries after thirty days; gives how many. A retention rule."""
    before = datetime.combine(today - timedelta(days=KEPT_DAYS), time(), UTC)
    gone = session.execute(delete(WebhookEvent).where(WebhookEvent.noted_at < before).returning(WebhookEvent.id))
    return len(gone.all())


def _listening() -> Sequence[Webhook]:
    today = clock.today()
    return session.scalars(
        select(Webhook)
        .join(ApiToken, ApiToken.id == Webhook.token_id)
        .where(Webhook.state == WebhookState.ACTIVE, ApiToken.revoked_on.is_(None), ApiToken.expires_on >= today)
    ).all()


def _wants(webhook: Webhook, noticed: Noticed) -> bool:
    if noticed.kind not in webhook.events or noticed.at < webhook.made_at:
        return False
    return webhook.outside_russia or not noticed.outside_russia_only


def _note(noticed: Noticed) -> uuid.UUID | None:
    values = {
        "id": uuid.uuid4(), "kind": noticed.kind, "source": noticed.source, "subject_id": noticed.subject_id,
        "happened_on": noticed.at.date(), "details": noticed.details,
        "outside_russia_only": noticed.outside_russia_only, "noted_at": clock.now(),
    }  # fmt: skip
    statement = insert(WebhookEvent).values(**values).on_conflict_do_nothing(index_elements=["source"])
    return session.scalar(statement.returning(WebhookEvent.id))


def _happened(since: datetime, until: datetime) -> Iterator[Noticed]:
    yield from _petitions(since)
    yield from _people(since, until)
    yield from _gone(since.date())
    yield from _reports(since.date())


def _petitions(since: datetime) -> Iterator[Noticed]:
    statement = (
        select(
            PetitionEvent.id, PetitionEvent.at, PetitionEvent.to_state, Petition.id.label("petition"), Petition.audience
        )
        .join(Petition, Petition.id == PetitionEvent.petition_id)
        .where(
            PetitionEvent.at >= since, PetitionEvent.from_state.is_distinct_from(PetitionEvent.to_state),
            PetitionEvent.to_state.in_(_STEPS), PetitionEvent.from_state != PetitionState.PAUSED,
        )
        .order_by(PetitionEvent.id)
    )  # fmt: skip
    for row in session.execute(statement):
        yield Noticed(
            _STEPS[PetitionState(row.to_state)], f"petition_event:{row.id}", row.petition, row.at, {},
            outside_russia_only=row.audience == Audience.OUTSIDE_RUSSIA,
        )  # fmt: skip


def _people(since: datetime, until: datetime) -> Iterator[Noticed]:
    """What the public feed of changes tells, and what it takes back."""
    statement = (
        select(PublicChange)
        .join(Prisoner, Prisoner.id == PublicChange.prisoner_id)
        .where(PublicChange.shown_from <= until, Prisoner.state == PrisonerState.PUBLISHED)
        .where((PublicChange.shown_from >= since) | (PublicChange.corrected_on >= since.date()))
        .order_by(PublicChange.shown_from, PublicChange.id)
    )
    for each in session.scalars(statement):
        details = {
            "change": each.kind,
            "happened_on": each.happened_on.isoformat(),
            "precision": each.happened_precision,
        }
        if each.shown_from >= since:
            yield Noticed(
                EventKind.PERSON_CHANGED, f"public_change:{each.id}", each.prisoner_id, each.shown_from,
                {**details, "is_correction": False},
            )  # fmt: skip
        if each.corrected_on is not None:
            yield Noticed(
                EventKind.PERSON_CHANGED, f"public_change:{each.id}:corrected", each.prisoner_id,
                _end_of(each.corrected_on), {**details, "is_correction": True},
            )  # fmt: skip


def _gone(since: date) -> Iterator[Noticed]:
    for each in session.scalars(select(Withdrawal).where(Withdrawal.since_on >= since)):
        yield Noticed(
            EventKind.PERSON_GONE, f"withdrawal:{each.prisoner_id}:{each.since_on}", None, _end_of(each.since_on),
            {"slug_sha256": each.slug_digest.hex()},
        )  # fmt: skip


def _reports(since: date) -> Iterator[Noticed]:
    statement = select(PublicReport).where(
        PublicReport.state == ReportState.PUBLISHED, PublicReport.published_on >= since
    )
    for each in session.scalars(statement):
        day = each.published_on or since
        yield Noticed(
            EventKind.REPORT_PUBLISHED, f"public_report:{each.id}:{day}", each.id, _end_of(day),
            {"month": month_of(each.ends_on)},
        )  # fmt: skip


def _end_of(day: date) -> datetime:
    """Of what only the day is known, its end: whoever began to listen on that day is told."""
    return datetime.combine(day, time.max, UTC)
