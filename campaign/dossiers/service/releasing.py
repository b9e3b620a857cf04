"""Checked, proposed by one, released by another: then it may leave, and what left stands as it was.

Whoever asks, and whoever wrote last, does not release. A release keeps what it said and the file, with its digest.
"""

import hashlib
import uuid
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from campaign.dossiers.bodies import form_of
from campaign.dossiers.models import (
    PDF,
    SCOPE,
    SNAPSHOT,
    Dossier,
    DossierRelease,
    DossierState,
    Step,
)
from campaign.dossiers.queries.dossiers import find_consent
from campaign.dossiers.service.checking import Finding, blocks, check
from campaign.dossiers.service.content import Content, dump_content, load_content, read_content
from campaign.dossiers.service.moves import FASTER, BadDossier, NotThatStep, lock, move, touch
from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Forbidden, NotFound

_S = DossierState


class Render(Protocol):
    """Makes the file for the body."""

    def __call__(self, content: Content, *, with_papers: bool) -> tuple[bytes, int]:
        """The file and its pages, with the papers of annex B behind its own pages or without."""
        ...


def next_version(dossier: Dossier) -> int:
    """The number that the next release gets."""
    mine = select(func.coalesce(func.max(DossierRelease.version), 0)).where(DossierRelease.dossier_id == dossier.id)
    return int(session.scalar(mine) or 0) + 1


def draft_content(dossier: Dossier) -> Content:
    """What it says now, as the next version of it."""
    return read_content(dossier, version=next_version(dossier), as_of=clock.today())


def find_problems(dossier: Dossier, render: Render, changed: Sequence[str] = ()) -> list[Finding]:
    """What the check says now."""
    return _check(dossier, draft_content(dossier), render, changed)


def mark_checked(dossier_id: uuid.UUID, render: Render, *, seen_version: int, actor: uuid.UUID) -> Dossier:
    """Say that it has what its body asks for. Raises NotFound, Conflict, NotThatStep, and BadDossier while something
    stops it."""
    dossier = lock(dossier_id, seen_version)
    _refuse_blocked(dossier, render)
    move(dossier, _S.CHECKED, Step.CHECKED, actor=actor)
    return dossier


def propose(dossier_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> Dossier:
    """Ask that it be released. Raises NotFound, Conflict, NotThatStep."""
    dossier = lock(dossier_id, seen_version)
    dossier.asked_by = actor
    move(dossier, _S.PROPOSED, Step.PROPOSED, actor=actor)
    return dossier


def send_back(dossier_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> Dossier:
    """Make a draft of it again, though nothing of it changed. Raises NotFound, Conflict, NotThatStep."""
    dossier = lock(dossier_id, seen_version)
    if dossier.state == _S.DRAFT:
        raise NotThatStep(FASTER)
    move(dossier, _S.DRAFT, Step.SENT_BACK, actor=actor)
    return dossier


def release(dossier_id: uuid.UUID, render: Render, *, seen_version: int, actor: uuid.UUID) -> DossierRelease:
    """Let it go as a second person; what it says now is kept with its digest.

    Raises NotFound, Conflict, NotThatStep, Forbidden for the asker and whoever wrote last, and BadDossier when
    something stops it since the check: a consent that ended, a change of the person's situation.
    """
    dossier = lock(dossier_id, seen_version)
    if dossier.state != _S.PROPOSED or dossier.asked_by is None:
        raise NotThatStep(FASTER)
    if actor == dossier.asked_by:
        raise Forbidden(N_("You proposed it. Somebody else releases it."))
    if actor == dossier.written_by:
        raise Forbidden(N_("You wrote it as it stands. Somebody else releases it."))
    content = _refuse_blocked(dossier, render)
    file, pages = render(content, with_papers=True)
    keyring.ensure(SCOPE)
    row = uuid.uuid4()
    made = DossierRelease(
        id=row, dossier_id=dossier.id, version=content.version, digest=hashlib.sha256(file).hexdigest(), pages=pages,
        content_sealed=SNAPSHOT.seal(SCOPE, row, dump_content(content)), pdf_sealed=PDF.seal_bytes(SCOPE, row, file),
        asked_by=dossier.asked_by, released_by=actor, released_on=clock.today(),
    )  # fmt: skip
    session.add(made)
    dossier.released_by = actor
    move(dossier, _S.RELEASED, Step.RELEASED, actor=actor)
    return made


def take_up_again(dossier_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> Dossier:
    """Say that one has looked at it again since something happened to the person; it is a draft from there on, unless
    it was sent. Raises NotFound, Conflict."""
    dossier = lock(dossier_id, seen_version)
    dossier.look_change_id = dossier.look_kind = None
    if dossier.state in {_S.CHECKED, _S.PROPOSED, _S.RELEASED}:
        touch(dossier, actor=actor)
    session.flush()
    audit.record("dossier.looked_again", actor=actor, about=f"dossier:{dossier.id}")
    return dossier


def open_release(dossier_id: uuid.UUID, version: int, *, actor: uuid.UUID) -> bytes:
    """The file of one release, for whoever proved again who they are; the reading is on record. Raises NotFound, and
    BadDossier once it was erased, or where it has not been sent and nobody agrees any more."""
    row = _get_release(dossier_id, version)
    if session.get_one(Dossier, dossier_id).sent_on is None:
        _refuse_without_consent(dossier_id)
    audit.record("dossier.downloaded", actor=actor, about=f"dossier:{dossier_id}", amount=row.pages)
    return PDF.unseal_bytes(SCOPE, row.id, row.pdf_sealed or b"")


def open_snapshot(dossier_id: uuid.UUID, version: int, *, actor: uuid.UUID) -> Content:
    """What one release said, for an edition that everybody may be given: only while a consent holds, sent or not.

    Raises as `open_release` does.
    """
    row = _get_release(dossier_id, version)
    _refuse_without_consent(dossier_id)
    audit.record("dossier.downloaded", actor=actor, about=f"dossier:{dossier_id}", amount=row.pages)
    return load_content(SNAPSHOT.unseal(SCOPE, row.id, row.content_sealed or b""))


def _refuse_without_consent(dossier_id: uuid.UUID) -> None:
    if find_consent(dossier_id) is None:
        raise BadDossier(N_("The consent was withdrawn. Nothing leaves without one."))


def _get_release(dossier_id: uuid.UUID, version: int) -> DossierRelease:
    mine = (DossierRelease.dossier_id == dossier_id, DossierRelease.version == version)
    kept = (undefer(DossierRelease.pdf_sealed), undefer(DossierRelease.content_sealed))
    row = session.scalar(select(DossierRelease).where(*mine).options(*kept))
    if row is None:
        raise NotFound
    if row.pdf_sealed is None:
        raise BadDossier(N_("What was released is erased: only its number and its digest are left."))
    return row


def _refuse_blocked(dossier: Dossier, render: Render) -> Content:
    content = draft_content(dossier)
    if blocks(_check(dossier, content, render)):
        raise BadDossier(N_("Something is missing that the body asks for. Look at the check."))
    return content


def _check(dossier: Dossier, content: Content, render: Render, changed: Sequence[str] = ()) -> list[Finding]:
    # Laid out only where the body counts pages: the page of a dossier asks this each time.
    pages = render(content, with_papers=False)[1] if form_of(dossier.body).most_pages is not None else 0
    return check(content, pages=pages, changed=changed)
