"""Who may do what with appeals, as pure predicates."""

from campaign.appeals.models import Appeal, AppealState
from campaign.kernel.actors import Actor, Role

ORGANISERS = (Role.ADMIN, Role.ORGANISER)
RUNNING = frozenset({AppealState.PUBLISHED, AppealState.PAUSED})


def can_work(actor: Actor) -> bool:
    """Who writes appeals, keeps the officials and what they answered."""
    return actor.has_role(*ORGANISERS)


def can_edit(actor: Actor, appeal: Appeal) -> bool:
    """Change what it says, for whom and to whom: drafts only, so that what is public was seen by two persons."""
    return can_work(actor) and appeal.state == AppealState.DRAFT


def is_own_work(actor: Actor, appeal: Appeal) -> bool:
    """Whether a second person is needed because this one wrote or submitted it."""
    return actor.id in {appeal.author_id, appeal.submitter_id}


def can_publish(actor: Actor, appeal: Appeal) -> bool:
    """Open it to the public: a second person, who neither wrote it nor asked for the review."""
    return can_work(actor) and appeal.state == AppealState.REVIEW and not is_own_work(actor, appeal)
