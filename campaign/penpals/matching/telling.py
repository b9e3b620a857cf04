"""Tells why a pair is proposed."""

from typing import Any

from campaign.penpals.matching.conditions import shared_languages
from campaign.penpals.matching.problem import Helper, Recipient
from campaign.penpals.matching.reasons import Reason
from campaign.penpals.matching.weights import Settings


def reasons_of(
    helper: Helper, recipient: Recipient, *, level: int, settings: Settings, is_pinned: bool
) -> dict[str, dict[str, Any]]:  # fmt: skip
    """Codes with their figures, the weightiest first; `level` is the recipient's attention before the run."""
    found: dict[Reason, dict[str, Any]] = {}
    if is_pinned:
        found[Reason.PINNED] = {}
    if level <= 0 and not recipient.had_letter:
        found[Reason.NEVER_WRITTEN] = {}
    if level < settings.floor:
        found[Reason.BELOW_FLOOR] = {"quarters": level, "floor": settings.floor}
    found[Reason.SHARED_LANGUAGES] = {"languages": shared_languages(helper, recipient)}
    if interests := sorted(set(helper.topics) & set(recipient.interests)):
        found[Reason.SHARED_INTERESTS] = {"interests": interests}
    if professions := sorted(set(helper.professions) & set(recipient.professions)):
        found[Reason.SAME_PROFESSION] = {"professions": professions}
    found[Reason.PROMISE] = {"days": helper.promise_days}
    if recipient.waiting_days > 0:
        found[Reason.WAITING] = {"days": recipient.waiting_days}
    if recipient.near is not None and settings.occasion:
        found[Reason.OCCASION] = {
            "kind": recipient.near.kind.value, "days": recipient.near.days, "is_late": recipient.near.weight < 1,
        }  # fmt: skip
    if recipient.trust_needed > 0:
        found[Reason.TRUSTED] = {"trust": helper.trust}
    return {code.value: figures for code, figures in found.items()}
