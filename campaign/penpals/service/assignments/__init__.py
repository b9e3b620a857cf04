"""Moves of assignments: each under the row's lock, with an event, and never two for one place."""

from campaign.penpals.service.assignments.blocks import block_pair, lift_block
from campaign.penpals.service.assignments.errors import (
    AlreadyTheirs,
    GroupClosed,
    NoPlaceLeft,
    NotReachable,
    NotThatStep,
    OnTheWay,
    PairBlocked,
    Unfit,
    WriterTakesNobody,
)
from campaign.penpals.service.assignments.holding import hold, hold_prisoner, release, release_prisoner
from campaign.penpals.service.assignments.letters import note_told, undo_note_of, unnote_dispatch
from campaign.penpals.service.assignments.offers import accept, decline, give_to_group, offer, withdraw
from campaign.penpals.service.assignments.relieve import (
    end_for_prisoner,
    relieve_group,
    relieve_writer,
    take_from_group,
)
from campaign.penpals.service.assignments.running import end, note_letter, pause, pause_writer, resume, resume_writer
from campaign.penpals.service.assignments.succession import ask_for_another, settle_succession

__all__ = [
    "AlreadyTheirs", "GroupClosed", "NoPlaceLeft", "NotReachable", "NotThatStep", "OnTheWay", "PairBlocked", "Unfit",
    "WriterTakesNobody", "accept", "ask_for_another", "block_pair", "decline", "end", "end_for_prisoner",
    "give_to_group", "hold", "hold_prisoner", "lift_block", "note_letter", "note_told", "offer", "pause",
    "pause_writer", "release", "release_prisoner", "relieve_group", "relieve_writer", "resume", "resume_writer",
    "settle_succession", "take_from_group", "undo_note_of", "unnote_dispatch", "withdraw",
]  # fmt: skip
