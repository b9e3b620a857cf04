"""What coordinators do with one letter by hand, each noted in the audit trail."""

import uuid
from collections.abc import Callable

from campaign.kernel import audit
from campaign.kernel.versions import check_version
from campaign.letters.models import HoldReason, Letter, LetterState
from campaign.letters.service.moves import locked_with_prisoner
from campaign.letters.service.queue import free_by_hand, hold_by_hand


def hold(letter_id: uuid.UUID, *, actor: uuid.UUID, seen_version: int) -> Letter:
    """Stop a letter that waits until somebody lets it go on. Twice is once. Raises NotThatStep, Conflict."""
    letter = locked_with_prisoner(letter_id)
    if letter.held_reason != HoldReason.BY_STAFF:
        check_version(letter.version, seen_version)
        _act(hold_by_hand, letter, actor, "hold")
    return letter


def free(letter_id: uuid.UUID, *, actor: uuid.UUID, seen_version: int) -> Letter:
    """Let a letter go on; what else stands in its way holds it again. Twice is once. Raises NotThatStep, Conflict."""
    letter = locked_with_prisoner(letter_id)
    if letter.state != LetterState.QUEUED:
        check_version(letter.version, seen_version)
        _act(free_by_hand, letter, actor, "free")
    return letter


def _act(step: Callable[..., None], letter: Letter, actor: uuid.UUID, name: str) -> None:
    step(letter, actor=actor)
    audit.record(f"letter.{name}", actor=actor, about=f"letter:{letter.id}")
