"""Tables of pen-pals. An invariant is a constraint here before it is a check anywhere else."""

from campaign.penpals.models.assignments import (
    LIVE,
    Assignment,
    AssignmentEvent,
    AssignmentState,
    EndReason,
    Health,
    Mark,
    PairBlock,
)
from campaign.penpals.models.attention import (
    AttentionDay,
    AttentionEntry,
    AttentionSetting,
    AttentionSource,
    Counted,
)
from campaign.penpals.models.groups import (
    Group,
    GroupInvitation,
    GroupKind,
    GroupMember,
    GroupMessage,
    GroupState,
    GroupTurn,
    MemberRole,
    TurnState,
)
from campaign.penpals.models.matching import (
    MatchLevel,
    MatchProposal,
    MatchRun,
    MatchUnplaced,
    ProposalState,
    RunState,
)
from campaign.penpals.models.reservations import Evening, EveningState, Reservation, ReservationState
from campaign.penpals.models.writers import PrisonerCare, WriterChannel, WriterMode, WriterPlace, WriterProfile

__all__ = [
    "LIVE", "Assignment", "AssignmentEvent", "AssignmentState", "AttentionDay", "AttentionEntry",
    "AttentionSetting", "AttentionSource", "Counted", "EndReason", "Evening", "EveningState", "Group",
    "GroupInvitation", "GroupKind", "GroupMember", "GroupMessage", "GroupState", "GroupTurn", "Health", "Mark",
    "MatchLevel", "MatchProposal", "MatchRun", "MatchUnplaced", "MemberRole", "PairBlock", "PrisonerCare",
    "ProposalState", "Reservation", "ReservationState", "RunState", "TurnState", "WriterChannel", "WriterMode",
    "WriterPlace", "WriterProfile",
]  # fmt: skip
