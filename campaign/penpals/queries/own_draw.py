"""What the draw for one letter has to know of a writer who is signed in."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CompoundSelect, and_, literal, or_, select, union_all

from campaign.kernel.db import session
from campaign.penpals.models import (
    LIVE,
    Assignment,
    GroupMember,
    PairBlock,
    Reservation,
    ReservationState,
    WriterChannel,
    WriterPlace,
    WriterProfile,
)
from campaign.penpals.queries.field import E_LETTER, POST
from campaign.people.models import Volunteer, VolunteerState

WAYS_OF = {
    WriterChannel.PRINT_AND_POST: POST,
    WriterChannel.HANDWRITING: POST,
    WriterChannel.E_LETTER_CARD: E_LETTER,
}


@dataclass(frozen=True, slots=True)
class OwnDraw:
    """A writer, and whom they are not led to."""

    writer: Volunteer
    profile: WriterProfile
    blocked: frozenset[uuid.UUID]
    """The two must not be brought together."""
    writes_to: frozenset[uuid.UUID]
    """Whom they write to or are asked to, alone or with a group."""
    promised: frozenset[uuid.UUID]
    """Whom they have promised a letter that is not posted yet."""

    @property
    def apart(self) -> frozenset[uuid.UUID]:
        """Nobody of these is drawn for them."""
        return self.blocked | self.writes_to | self.promised

    @property
    def trust(self) -> int:
        """What coordinators have given them, as long as they are at work."""
        return self.writer.trust if self.writer.is_at_work else 0

    @property
    def is_in_russia(self) -> bool:
        """Where they said that they live."""
        return self.profile.lives == WriterPlace.RUSSIA

    @property
    def by(self) -> frozenset[str]:
        """How they can send a letter, in the draw's words."""
        return frozenset(WAYS_OF[WriterChannel(each)] for each in self.profile.channels)


def find_own_draw(account_id: uuid.UUID, now: datetime) -> OwnDraw | None:
    """The writer behind an account who has not left, in two statements; None for anybody else."""
    found = session.execute(
        select(Volunteer, WriterProfile)
        .join(WriterProfile, WriterProfile.volunteer_id == Volunteer.id)
        .where(Volunteer.account_id == account_id, Volunteer.state != VolunteerState.LEFT)
    ).one_or_none()
    if found is None:
        return None
    writer, profile = found
    apart: dict[str, set[uuid.UUID]] = {"blocked": set(), "writes": set(), "promised": set()}
    for why, prisoner_id in session.execute(_apart(writer.id, now)):
        apart[why].add(prisoner_id)
    return OwnDraw(
        writer, profile, frozenset(apart["blocked"]), frozenset(apart["writes"]), frozenset(apart["promised"])
    )


def _apart(volunteer_id: uuid.UUID, now: datetime) -> CompoundSelect[str, uuid.UUID]:
    my_groups = select(GroupMember.group_id).where(
        GroupMember.volunteer_id == volunteer_id, GroupMember.left_on.is_(None)
    )
    of_my_groups = and_(Assignment.volunteer_id.is_(None), Assignment.group_id.in_(my_groups))
    return union_all(
        select(literal("blocked"), PairBlock.prisoner_id).where(PairBlock.volunteer_id == volunteer_id),
        select(literal("writes"), Assignment.prisoner_id).where(
            Assignment.state.in_(LIVE), or_(Assignment.volunteer_id == volunteer_id, of_my_groups)
        ),
        select(literal("promised"), Reservation.prisoner_id).where(
            Reservation.volunteer_id == volunteer_id, Reservation.state == ReservationState.LIVE,
            Reservation.expires_at > now,
        ),
    )  # fmt: skip
