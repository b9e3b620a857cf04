"""To whom a mailing goes and when it begins: chosen while it is written, and never after a second person said yes."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign.kernel import audit, clock
from campaign.kernel.actors import Actor
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.versions import check_version
from campaign.mailings.models import Audience, Mailing, MailingState
from campaign.mailings.service.counting import ask_for_count
from campaign.mailings.service.states import move
from campaign.mailings.service.write import FREE_TOPICS, check_changeable, lock_mailing
from campaign.people.models import Topic
from campaign.people.service.segments.edit import seen_segment
from campaign.petitions.queries import get_petition

MOST_QUIET_DAYS = 90
MOST_SHARE, MOST_HOURS = 50, 72
FARTHEST = timedelta(days=366)


class BadSetting(DomainError):
    """What was chosen does not fit together."""


@dataclass(frozen=True, slots=True)
class AudienceChoice:
    """Among whom its recipients are found; a segment or a petition."""

    segment_id: uuid.UUID | None = None
    petition_id: uuid.UUID | None = None
    quiet_days: int = 3


@dataclass(frozen=True, slots=True)
class Schedule:
    """When it begins, and whether two subjects are tried."""

    send_at: datetime | None = None
    """None: as soon as a second person has said yes."""
    by_local_time: bool = False
    ab_share: int = 0
    ab_hours: int = 4


def set_audience(mailing_id: uuid.UUID, chosen: AudienceChoice, *, seen_version: int, actor: Actor) -> Mailing:
    """Choose to whom it goes, and let that be counted. Raises NotFound, Conflict, Frozen, BadSetting."""
    found = _begin(mailing_id, seen_version)
    if not 0 <= chosen.quiet_days <= MOST_QUIET_DAYS:
        raise BadSetting(N_("Choose between 0 and 90 days of quiet after another mailing."))
    if (chosen.segment_id is None) == (chosen.petition_id is None):
        raise BadSetting(N_("Choose either a segment or a petition."))
    if chosen.segment_id is not None:
        seen_segment(chosen.segment_id, actor)
        found.audience, found.segment_id, found.petition_id = Audience.SEGMENT, chosen.segment_id, None
        found.topic = found.topic if found.topic in FREE_TOPICS else Topic.NEWS
    elif chosen.petition_id is not None:
        get_petition(chosen.petition_id)
        found.audience, found.segment_id, found.petition_id = Audience.SIGNERS, None, chosen.petition_id
        found.topic = Topic.PETITION
    found.quiet_days = chosen.quiet_days
    _end(found, actor, "audience")
    ask_for_count(found)
    return found


def set_schedule(mailing_id: uuid.UUID, chosen: Schedule, *, seen_version: int, actor: Actor) -> Mailing:
    """Choose when it begins. Raises NotFound, Conflict, Frozen, BadSetting."""
    found = _begin(mailing_id, seen_version)
    if chosen.send_at is not None and not clock.now() <= chosen.send_at <= clock.now() + FARTHEST:
        raise BadSetting(N_("Choose a moment between now and a year from now."))
    if chosen.by_local_time and chosen.send_at is None:
        raise BadSetting(N_("By the time of each reader it needs a day and an hour."))
    if chosen.by_local_time and chosen.ab_share:
        raise BadSetting(N_("Two subjects are tried at the same moment for all, not by the time of each reader."))
    if not 0 <= chosen.ab_share <= MOST_SHARE or not 1 <= chosen.ab_hours <= MOST_HOURS:
        raise BadSetting(N_("A trial takes up to 50 of 100 readers for each subject, and 1 to 72 hours."))
    found.send_at, found.by_local_time = chosen.send_at, chosen.by_local_time
    found.ab_share, found.ab_hours = chosen.ab_share, chosen.ab_hours
    _end(found, actor, "schedule")
    if found.segment_id or found.petition_id:
        ask_for_count(found)
    return found


def _begin(mailing_id: uuid.UUID, seen_version: int) -> Mailing:
    found = lock_mailing(mailing_id)
    check_version(found.version, seen_version)
    check_changeable(found)
    return found


def _end(found: Mailing, actor: Actor, what: str) -> None:
    if found.state == MailingState.PROPOSED:
        found.proposed_by = None
        move(found, MailingState.DRAFT, actor=actor.id, reason="changed")
    session.flush()
    audit.record(f"mailing.{what}", actor=actor.id, about=f"mailing:{found.id}")
