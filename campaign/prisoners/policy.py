"""Who may do what with a person's record, as pure predicates."""

from campaign.kernel.actors import Actor, Role

EDITORS = (Role.ADMIN, Role.DATA_EDITOR, Role.COORDINATOR)
"""Who writes down and corrects facts."""
READERS = (*EDITORS, Role.ORGANISER, Role.MODERATOR, Role.TREASURER)
"""Who reads what is not sealed."""
REPORT_READERS = (Role.ADMIN, Role.COORDINATOR, Role.DATA_EDITOR)
"""Who works on what people outside told us; reading it needs the open vault besides."""


def can_edit(actor: Actor) -> bool:
    """Write down people, cases, stays and facilities."""
    return actor.has_role(*EDITORS)


def can_read(actor: Actor) -> bool:
    """Read the staff pages of people; family and state watch have narrower rules."""
    return actor.has_role(*READERS)


def can_see_watch(actor: Actor) -> bool:
    """See whether somebody stands on the financial monitoring list: coordinators only."""
    return actor.has_role(Role.COORDINATOR, Role.ADMIN)


OFFICIALS_READERS = (*EDITORS, Role.ORGANISER)
"""Who collects what officials did: those who write facts down, and those who make dossiers of them."""


def can_see_officials(actor: Actor) -> bool:
    """See and write down who acted in a case. Nobody else does, unless a released dossier names them."""
    return actor.has_role(*OFFICIALS_READERS)
