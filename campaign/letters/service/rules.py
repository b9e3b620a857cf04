"""What the rules of the checker mean at one facility, where that was learned to differ, and reading again for it."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, or_, select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, NotFound
from campaign.letters.checker.rulebook import current_rulebook
from campaign.letters.models import Adjustment, HoldReason, Letter, LetterState, RuleAdjustment
from campaign.letters.service import bodies
from campaign.letters.service.checking import check_letter
from campaign.letters.service.moves import move
from campaign.letters.service.submitting import note_findings
from campaign.prisoners.models import Custody
from campaign.prisoners.queries.facilities import get_facility
from campaign.prisoners.service.situation import lock_prisoner

LEFT_ALONE = (HoldReason.BY_STAFF, HoldReason.GONE)
"""Holds about which a person decides."""
AT_ONCE = 100
"""So many letters are read again in one request; the button can be pressed anew."""


class NoReason(DomainError):
    """An adjustment without its reason."""


def set_rule(facility_id: uuid.UUID, rule: str, becomes: Adjustment, reason: str, *, actor: uuid.UUID) -> None:
    """From now on the rule means this for letters to that place; letters that were read already are left alone.

    Raises NotFound for an unknown place or rule, NoReason.
    """
    if rule not in current_rulebook().rules:
        raise NotFound
    if not reason.strip():
        raise NoReason(N_("Say why, so that others can judge whether it still holds."))
    get_facility(facility_id)
    row = find_rule(facility_id, rule, lock=True)
    if row is None:
        row = RuleAdjustment(facility_id=facility_id, rule=rule, becomes=becomes, reason="", set_on=clock.today())
        session.add(row)
    row.becomes, row.reason, row.set_by, row.set_on = becomes, reason.strip(), actor, clock.today()
    session.flush()
    audit.record("letter_rule.set", actor=actor, about=f"facility:{facility_id}", reason=f"{rule} {becomes}: {reason}")


def remove_rule(facility_id: uuid.UUID, rule: str, reason: str, *, actor: uuid.UUID) -> None:
    """The rule means there what it means everywhere. Raises NotFound, NoReason."""
    if not reason.strip():
        raise NoReason(N_("Say why, so that others can judge whether it still holds."))
    row = find_rule(facility_id, rule, lock=True)
    if row is None:
        raise NotFound
    session.delete(row)
    session.flush()
    audit.record("letter_rule.remove", actor=actor, about=f"facility:{facility_id}", reason=f"{rule}: {reason}")


def find_rule(facility_id: uuid.UUID, rule: str, *, lock: bool = False) -> RuleAdjustment | None:
    """What was set there for a rule."""
    return session.get(RuleAdjustment, (facility_id, rule), with_for_update=lock, populate_existing=lock)


def list_rules(facility_id: uuid.UUID) -> Sequence[RuleAdjustment]:
    """What was set there."""
    mine = select(RuleAdjustment).where(RuleAdjustment.facility_id == facility_id)
    return session.scalars(mine.order_by(RuleAdjustment.rule)).all()


def select_unread_since(facility_id: uuid.UUID) -> Select[Letter]:
    """Letters to people in that place which were read, have not left and lie in no batch."""
    there = select(Custody.prisoner_id).where(Custody.facility_id == facility_id, Custody.until_on.is_(None))
    return select(Letter).where(
        Letter.prisoner_id.in_(there), Letter.state.in_([LetterState.QUEUED, LetterState.HELD]),
        or_(Letter.held_reason.is_(None), Letter.held_reason.not_in(LEFT_ALONE)),
    )  # fmt: skip


def read_again(facility_id: uuid.UUID, *, actor: uuid.UUID) -> int:
    """Check them anew by the rules of today and put them back before a moderator; gives how many, AT_ONCE at most."""
    chosen = select_unread_since(facility_id).order_by(Letter.submitted_on, Letter.number).limit(AT_ONCE)
    ids = [(each.prisoner_id, each.id) for each in session.scalars(chosen)]
    for prisoner_id in sorted({prisoner for prisoner, _letter in ids}):
        lock_prisoner(prisoner_id)
    statement = select_unread_since(facility_id).where(Letter.id.in_([letter for _prisoner, letter in ids]))
    statement = statement.order_by(Letter.id).with_for_update().execution_options(populate_existing=True)
    letters = session.scalars(statement).all()
    for letter in letters:
        move(letter, LetterState.HELD, actor=actor, held_reason=HoldReason.RULE_CHANGE)
        note_findings(letter, check_letter(letter, bodies.read_body(letter).text))
        letter.approved_by, letter.override_reason = None, ""
        move(letter, LetterState.IN_MODERATION, actor=actor, reason=HoldReason.RULE_CHANGE)
    audit.record("letter_rule.read_again", actor=actor, about=f"facility:{facility_id}", amount=len(letters))
    return len(letters)
