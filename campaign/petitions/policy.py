"""Who may do what with a petition, as pure predicates."""

from campaign.kernel.actors import Actor, Role
from campaign.kernel.places import Place
from campaign.petitions.models import Audience, Petition, PetitionState, WordingChange

ORGANISERS = (Role.ADMIN, Role.ORGANISER)
READERS = (*ORGANISERS, Role.MODERATOR)
SCOPE = "petition"
"""The kind of subject to which these roles may be narrowed."""
ENDED = frozenset({PetitionState.CLOSED, PetitionState.DELIVERED})
COLLECTING = frozenset({PetitionState.OPEN, PetitionState.PAUSED})


def is_hidden_in(place: Place, audience: str) -> bool:
    """Whether a visitor there must not be shown anything of it: page, picture, chart or number (SAFETY.md 17)."""
    return audience == Audience.OUTSIDE_RUSSIA and place is Place.RUSSIA


def can_create(actor: Actor) -> bool:
    """Who writes new petitions: a role for one petition makes no further one."""
    return actor.has_role(*ORGANISERS)


def can_work_on(actor: Actor, petition: Petition) -> bool:
    """Who writes and runs this petition."""
    return actor.has_role_in(SCOPE, petition.id, *ORGANISERS)


def can_edit(actor: Actor, petition: Petition) -> bool:
    """Change what it says at once: drafts only. What somebody may have signed changes by `can_correct`."""
    return can_work_on(actor, petition) and petition.state == PetitionState.DRAFT


def can_set_goal(actor: Actor, petition: Petition) -> bool:
    """Raise or lower the goal while it collects."""
    return can_work_on(actor, petition) and petition.state in COLLECTING


def can_set_picture(actor: Actor, petition: Petition) -> bool:
    """Add, change or remove the picture."""
    return can_work_on(actor, petition) and petition.state != PetitionState.ARCHIVED


def can_choose_people(actor: Actor, petition: Petition) -> bool:
    """Say whom it is for."""
    return can_work_on(actor, petition) and petition.state != PetitionState.ARCHIVED


def can_set_frames(actor: Actor, petition: Petition) -> bool:
    """Say which other sites may show it in a frame."""
    return can_work_on(actor, petition) and petition.state != PetitionState.ARCHIVED


def can_submit(actor: Actor, petition: Petition) -> bool:
    """Hand a draft to a second person."""
    return can_work_on(actor, petition) and petition.state == PetitionState.DRAFT


def can_review(actor: Actor, petition: Petition) -> bool:
    """Send back what waits for review; its author may take it back in the same way."""
    return can_work_on(actor, petition) and petition.state == PetitionState.REVIEW


def can_publish(actor: Actor, petition: Petition) -> bool:
    """Open it to the public: a second person, who neither wrote it nor asked for the review."""
    return can_review(actor, petition) and not is_own_work(actor, petition)


def is_own_work(actor: Actor, petition: Petition) -> bool:
    """Whether a second person is needed because this one wrote or submitted it."""
    return actor.id in {petition.author_id, petition.submitter_id}


def can_pause(actor: Actor, petition: Petition) -> bool:
    """Stop and resume collecting."""
    return can_work_on(actor, petition) and petition.state in COLLECTING


def can_close(actor: Actor, petition: Petition) -> bool:
    """End the collecting."""
    return can_pause(actor, petition)


def can_reopen(actor: Actor, petition: Petition) -> bool:
    """Undo a closing, as long as the keys exist and nothing was handed in."""
    return (
        can_work_on(actor, petition) and petition.state == PetitionState.CLOSED and petition.keys_destroyed_on is None
    )


def can_deliver(actor: Actor, petition: Petition) -> bool:
    """Make packs, record hand-ins and answers."""
    return can_work_on(actor, petition) and petition.state in ENDED


def can_archive(actor: Actor, petition: Petition) -> bool:
    """Put it away for good."""
    return can_deliver(actor, petition)


def can_post_updates(actor: Actor, petition: Petition) -> bool:
    """Write and publish news of it, as long as the public sees it and it is not put away."""
    return can_work_on(actor, petition) and petition.is_public and petition.state != PetitionState.ARCHIVED


def can_correct(actor: Actor, petition: Petition) -> bool:
    """Ask for another wording of what is public; a second person publishes it, and the former stays readable."""
    return can_work_on(actor, petition) and petition.state in COLLECTING


def can_approve_wording(actor: Actor, petition: Petition, change: WordingChange) -> bool:
    """Publish another's change: asker is not approver."""
    return can_correct(actor, petition) and actor.id != change.asked_by
