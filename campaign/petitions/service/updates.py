"""News of a petition: written as a draft, shown once published, taken back with one press."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.versions import check_version
from campaign.petitions.models import EventKind, Petition, PetitionState, PetitionUpdate, PetitionUpdateText
from campaign.petitions.service.record import note
from campaign.petitions.service.states import NotPossible


class NotWritten(DomainError):
    """An update needs a title and a text in each language it begins."""


@dataclass(frozen=True, slots=True)
class UpdateText:
    """An update in one language."""

    language: str
    title: str
    body: str


def write_update(
    petition: Petition, texts: Sequence[UpdateText], *, actor: uuid.UUID | None, update: PetitionUpdate | None = None,
    seen_version: int = 0,
) -> PetitionUpdate:  # fmt: skip
    """Store a new update as a draft, or change `update`; raises NotWritten, NotPossible, Conflict."""
    if not petition.is_public or petition.state == PetitionState.ARCHIVED:
        raise NotPossible(N_("Updates are written while the petition is public and not archived."))
    written = [text for text in texts if text.title or text.body]
    if not written or not all(text.title and text.body for text in written):
        raise NotWritten(N_("Write title and text in one language at least; a language with one of them needs both."))
    moment = clock.now()
    if update is None:
        update = PetitionUpdate(id=uuid.uuid4(), petition_id=petition.id, author_id=actor, created_at=moment)
        session.add(update)
    else:
        check_version(update.version, seen_version)
    update.edited_at = moment
    known = {text.language: text for text in update.texts}
    update.texts = [
        _filled(known.get(text.language) or PetitionUpdateText(language=text.language), text) for text in written
    ]
    session.flush()
    if update.published_on is not None:
        note(petition, EventKind.UPDATE, actor, "edited")
    return update


def publish_update(petition: Petition, update: PetitionUpdate, *, seen_version: int, actor: uuid.UUID | None) -> None:
    """Show it on the petition's page, dated today; doing it twice changes nothing more."""
    check_version(update.version, seen_version)
    if update.published_on is None:
        update.published_on = clock.today()
        session.flush()
        note(petition, EventKind.UPDATE, actor, "published")


def take_back_update(petition: Petition, update: PetitionUpdate, *, actor: uuid.UUID | None) -> None:
    """Make a draft of it again; doing it twice changes nothing more."""
    if update.published_on is not None:
        update.published_on = None
        session.flush()
        note(petition, EventKind.UPDATE, actor, "taken back")


def delete_update(petition: Petition, update: PetitionUpdate, *, actor: uuid.UUID | None) -> None:
    """Delete a draft; raises NotPossible while it is published."""
    if update.published_on is not None:
        raise NotPossible(N_("Take the update back before you delete it."))
    session.delete(update)
    session.flush()
    note(petition, EventKind.UPDATE, actor, "deleted")


def _filled(row: PetitionUpdateText, text: UpdateText) -> PetitionUpdateText:
    row.title, row.body = text.title, text.body
    return row
