"""The picture of a petition."""

import uuid

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.pictures import NotDescribed, PictureDraft, Size, described, render_into
from campaign.petitions.models import (
    EventKind,
    Petition,
    PetitionPicture,
    PetitionState,
    PictureDescription,
    PictureRendition,
    Rendition,
)
from campaign.petitions.service.record import note
from campaign.petitions.service.states import NotPossible

SIZES: dict[str, Size] = {Rendition.SMALL: Size(640, 90_000), Rendition.WIDE: Size(1440, 300_000)}
NOT_DESCRIBED = N_(
    "Give the licence, whom to credit, and a description in each language that the petition is written in."
)


def set_picture(petition: Petition, draft: PictureDraft, *, actor: uuid.UUID | None) -> None:
    """Add the picture or replace it; without a file only its words change. Raises BadPicture and NotDescribed."""
    if petition.state == PetitionState.ARCHIVED:
        raise NotPossible(N_("An archived petition stays as it is."))
    descriptions = described(draft, (text.language for text in petition.texts), NOT_DESCRIBED)
    picture = session.get(PetitionPicture, petition.id)
    if picture is None:
        if draft.file is None:
            raise NotDescribed(N_("Choose a picture."))
        picture = PetitionPicture(petition_id=petition.id, added_by=actor, added_at=clock.now())
        session.add(picture)
    picture.licence, picture.credit = draft.licence, draft.credit
    picture.descriptions = [PictureDescription(language=language, alt=alt) for language, alt in descriptions.items()]
    if draft.file is not None:
        render_into(picture.renditions, draft.file, SIZES, lambda name: PictureRendition(name=name))
        picture.added_by, picture.added_at = actor, clock.now()
    session.flush()
    note(petition, EventKind.PICTURE, actor)


def remove_picture(petition: Petition, *, actor: uuid.UUID | None) -> None:
    """Take the picture away, bytes and all; doing it twice changes nothing more."""
    picture = session.get(PetitionPicture, petition.id)
    if picture is not None:
        session.delete(picture)
        session.flush()
        note(petition, EventKind.PICTURE, actor, "removed")
