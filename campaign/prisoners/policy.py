"""Who may do what with a person's record, as pure predicates."""

from campaign.kernel.actors import Actor, Role

EDITORS = (Role.ADMIN, Role.DATA_EDITOR, Role.COORDINATOR)
"""Who writes down and corrects facts."""
READERS = (*EDITORS, Role.ORGANISER, Role.MODERATOR, Role.TREASURER)
"""Who reads what is not sealed."""
FAMILY_READERS = (Role.ADMIN, Role.COORDINATOR)
"""Who keeps contacts of families and looks people up on the state's list; reading a contact needs the open vault."""
REPORT_READERS = (Role.ADMIN, Role.COORDINATOR, Role.DATA_EDITOR)
"""Who works on what people outside told us; reading it needs the open vault besides."""


def can_edit(actor: Actor) -> bool:
    """Write down people, cases, stays and facilities."""
    return actor.has_role(*EDITORS)


def can_see_family(actor: Actor) -> bool:
    """See that contacts of a family are sealed, and whether somebody stands on the financial monitoring list."""
    return actor.has_role(*FAMILY_READERS)


OFFICIALS_READERS = (*EDITORS, Role.ORGANISER)
"""Who collects what officials did: those who write facts down, and those who make dossiers of them."""


def can_see_officials(actor: Actor) -> bool:
    """See and write down who acted in a case. Nobody else does, unless a released dossier names them."""
    return actor.has_role(*OFFICIALS_READERS)


EXPORTERS = (*EDITORS, Role.ORGANISER)
"""Who may take what is public away as one file; everybody else's data are for two editors."""
