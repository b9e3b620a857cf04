"""The picture of a petition."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.images import Encoded, encode, read_picture
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

SIDES = {Rendition.SMALL: 640, Rendition.WIDE: 1440}
MOST_BYTES = {Rendition.SMALL: 90_000, Rendition.WIDE: 300_000}


class NotDescribed(DomainError):
    """A picture that is shown needs words, a licence and a credit."""


@dataclass(frozen=True, slots=True)
class PictureDraft:
    """A picture's words, and its file where a new one is given."""

    licence: str
    credit: str
    descriptions: Mapping[str, str]
    """Alternative text by language."""
    file: bytes | None


def set_picture(petition: Petition, draft: PictureDraft, *, actor: uuid.UUID | None) -> None:
    """Add the picture or replace it; without a file only its words change. Raises BadPicture and NotDescribed."""
    if petition.state == PetitionState.ARCHIVED:
        raise NotPossible(N_("An archived petition stays as it is."))
    descriptions = {language: alt for language, alt in draft.descriptions.items() if alt}
    missing = {text.language for text in petition.texts} - set(descriptions)
    if not (draft.licence and draft.credit) or missing:
        raise NotDescribed(
            N_("Give the licence, whom to credit, and a description in each language that the petition is written in.")
        )
    picture = session.get(PetitionPicture, petition.id)
    if picture is None:
        if draft.file is None:
            raise NotDescribed(N_("Choose a picture."))
        picture = PetitionPicture(petition_id=petition.id, added_by=actor, added_at=clock.now())
        session.add(picture)
    picture.licence, picture.credit = draft.licence, draft.credit
    picture.descriptions = [PictureDescription(language=language, alt=alt) for language, alt in descriptions.items()]
    if draft.file is not None:
        _replace_file(picture, draft.file, actor)
    session.flush()
    note(petition, EventKind.PICTURE, actor)


def remove_picture(petition: Petition, *, actor: uuid.UUID | None) -> None:
    """Take the picture away, bytes and all; doing it twice changes nothing more."""
    picture = session.get(PetitionPicture, petition.id)
    if picture is not None:
        session.delete(picture)
        session.flush()
        note(petition, EventKind.PICTURE, actor, "removed")


def _replace_file(picture: PetitionPicture, raw: bytes, actor: uuid.UUID | None) -> None:
    image = read_picture(raw)
    known = {rendition.name: rendition for rendition in picture.renditions}
    for name, side in SIDES.items():
        rendition = known.get(name) or PictureRendition(name=name)
        _fill(rendition, encode(image, longest_side=side, most_bytes=MOST_BYTES[name]))
        if name not in known:
            picture.renditions.append(rendition)
    picture.added_by, picture.added_at = actor, clock.now()


def _fill(rendition: PictureRendition, encoded: Encoded) -> None:
    rendition.content, rendition.width, rendition.height = encoded.content, encoded.width, encoded.height
    rendition.digest = hashlib.sha256(encoded.content).hexdigest()[:16]
