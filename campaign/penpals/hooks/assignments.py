"""What assignments add to the rest: mails, what follows from a status change, and what goes with a person."""

import uuid
from collections.abc import Callable, Mapping, Sequence

from flask_babel import force_locale
from sqlalchemy import delete, func, select

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import register_all
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.registry import PersonEraser, consequences, page_withdrawals, person_erasers
from campaign.penpals.hooks.assignment_mails import AT_ONCE, GROUPS_PAGE, MAILS, OWN_PAGE
from campaign.penpals.models import LIVE, Assignment, AssignmentState, EndReason, Health
from campaign.penpals.service.assignments.clock_turn import end_and_tell
from campaign.penpals.service.assignments.consequences import END, FREE, HOLD, NEWS
from campaign.penpals.service.assignments.holding import list_live
from campaign.penpals.service.assignments.mails import Tidings, tell_gone
from campaign.penpals.service.assignments.running import RUNNING
from campaign.web.i18n import day_of
from campaign.web.mailing import render_text
from campaign.web.settings import absolute_url

WRITING = frozenset({AssignmentState.ACCEPTED, AssignmentState.ACTIVE})
_HOLDS_WHILE: Mapping[Tidings, Callable[[Assignment], bool]] = {
    Tidings.OFFER: lambda each: each.state == AssignmentState.OFFERED,
    Tidings.REMIND: lambda each: each.state == AssignmentState.OFFERED and each.held_since_on is None,
    Tidings.EXPIRED: lambda each: each.state in {AssignmentState.EXPIRED, AssignmentState.WITHDRAWN},
    Tidings.HELD: lambda each: each.state in LIVE and each.held_since_on is not None,
    Tidings.NUDGE: lambda each: each.state in LIVE and each.health == Health.AT_RISK,
    Tidings.LAPSED: lambda each: each.state in LIVE and each.health == Health.LAPSED,
    Tidings.BIRTHDAY: lambda each: each.state in WRITING and each.held_since_on is None,
    Tidings.NOT_NEEDED: lambda each: each.state == AssignmentState.WITHDRAWN,
}
"""What must still be so when the mail leaves; whatever is not named here stays true."""


def register() -> None:
    """Fill the registries."""
    for what in Tidings:
        mail_kinds.register(what.value, MailKind(_BUILDERS[what], counts=what not in AT_ONCE))
    register_all(MAILS)
    for consequence in (HOLD, FREE, END, NEWS):
        consequences.register(consequence.name, consequence)
    page_withdrawals.register("assignments", page_withdrawn)
    person_erasers.register("assignments", ASSIGNMENTS)


def page_withdrawn(prisoner_id: uuid.UUID, actor: uuid.UUID | None) -> None:
    """Nobody writes any more to somebody whose page was taken away."""
    end_and_tell(prisoner_id, EndReason.PAGE_WITHDRAWN, actor=actor)


def _builder(what: Tidings) -> Callable[[Sequence[Claim]], Mapping[uuid.UUID, Mail]]:
    def build(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
        ids = {claim.ref for claim in claims}
        found = session.scalars(
            select(Assignment).where(Assignment.id.in_(ids)).execution_options(populate_existing=True)
        )
        known = {each.id: each for each in found}
        mails = {}
        for claim in claims:
            assignment = known.get(claim.ref) if claim.ref else None
            if what is Tidings.GONE or (assignment is not None and _holds(what, assignment)):
                text = render_text(what.value.replace(".", "_"), claim.language)
                mails[claim.id] = Mail(claim.recipient(), text, _slots(what, assignment, claim.language))
        return mails

    return build


def _holds(what: Tidings, assignment: Assignment) -> bool:
    condition = _HOLDS_WHILE.get(what)
    return condition is None or condition(assignment)


def _slots(what: Tidings, assignment: Assignment | None, language: str) -> dict[str, str]:
    # The list, never one assignment's page: a path in a mail says nothing.
    of_group = what is Tidings.LEAD or (assignment is not None and assignment.volunteer_id is None)
    slots = {"link": absolute_url(GROUPS_PAGE if of_group else OWN_PAGE, language)}
    if what in {Tidings.OFFER, Tidings.REMIND} and assignment is not None and assignment.answer_by is not None:
        with force_locale(language):
            slots["day"] = day_of(assignment.answer_by)
    return slots


def _count(prisoner_id: uuid.UUID) -> int:
    mine = select(func.count()).select_from(Assignment).where(Assignment.prisoner_id == prisoner_id)
    return session.scalar(mine) or 0


def _erase(prisoner_id: uuid.UUID) -> int:
    for each in list_live(prisoner_id):
        if each.state in RUNNING:
            tell_gone(each)
    gone = delete(Assignment).where(Assignment.prisoner_id == prisoner_id).returning(Assignment.id)
    return len(session.execute(gone).all())


_BUILDERS = {what: _builder(what) for what in Tidings}
ASSIGNMENTS = PersonEraser(N_("Who writes to them, with its history: %(count)s"), _count, _erase)
