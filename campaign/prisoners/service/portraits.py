"""The portrait of a person: described, credited, made anew."""

import uuid

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.pictures import NotDescribed, PictureDraft, Size, described, render_into
from campaign.prisoners.models import (
    PortraitDescription,
    PortraitRendition,
    PortraitSize,
    Prisoner,
    PrisonerPicture,
)
from campaign.prisoners.service.facts import Source, Subject, record_facts
from campaign.prisoners.service.people import note_edit

SIZES: dict[str, Size] = {PortraitSize.SMALL: Size(480, 70_000), PortraitSize.LARGE: Size(1200, 300_000)}
NOT_DESCRIBED = N_(
    "Give the licence, whom to credit, and a description in each language in which the person is told of."
)
FACTS = ("licence", "credit", "source_url")


def set_portrait(prisoner: Prisoner, draft: PictureDraft, *, actor: uuid.UUID | None) -> None:
    """Add the picture or replace it; without a file only its words change. Raises BadPicture and NotDescribed.

    The history keeps whose picture it was and from where; the old file itself is gone.
    """
    languages = {text.language for text in prisoner.texts} or {"en"}
    descriptions = described(draft, languages, NOT_DESCRIBED)
    picture = session.get(PrisonerPicture, prisoner.id)
    before = {f"picture.{name}": getattr(picture, name, None) for name in FACTS}
    if picture is None:
        if draft.file is None:
            raise NotDescribed(N_("Choose a picture."))
        picture = PrisonerPicture(prisoner_id=prisoner.id, added_by=actor, added_at=clock.now())
        session.add(picture)
    picture.licence, picture.credit, picture.source_url = draft.licence, draft.credit, draft.source_url
    picture.descriptions = [PortraitDescription(language=language, alt=alt) for language, alt in descriptions.items()]
    if draft.file is not None:
        render_into(picture.renditions, draft.file, SIZES, lambda name: PortraitRendition(name=name))
        picture.added_by, picture.added_at = actor, clock.now()
    after = {f"picture.{name}": getattr(picture, name) for name in FACTS}
    _note(prisoner, before, after, Source(draft.credit, draft.source_url), actor)


def remove_portrait(prisoner: Prisoner, *, actor: uuid.UUID | None) -> None:
    """Take the picture away, bytes and all; doing it twice changes nothing more."""
    picture = session.get(PrisonerPicture, prisoner.id)
    if picture is None:
        return
    before = {f"picture.{name}": getattr(picture, name) for name in FACTS}
    source = Source(picture.credit, picture.source_url)
    session.delete(picture)
    _note(prisoner, before, dict.fromkeys(before), source, actor)


def _note(
    prisoner: Prisoner, before: dict[str, object], after: dict[str, object], source: Source, actor: uuid.UUID | None
) -> None:
    record_facts(Subject("prisoner_picture", prisoner.id, prisoner=prisoner.id), before, after, source, actor=actor)
    note_edit(prisoner, actor=actor)
    session.flush()
    audit.record("prisoner.picture", actor=actor, about=f"prisoner:{prisoner.id}")
