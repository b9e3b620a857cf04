"""Papers of a dossier: pictures and PDF files, drawn anew page by page and sealed, opened by a look on record."""

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select

from campaign.dossiers.models import (
    EDITABLE,
    PAGE,
    SCOPE,
    TITLE,
    DossierPage,
    DossierPaper,
    DossierState,
    Mark,
    PaperKind,
)
from campaign.dossiers.service.moves import BadDossier, NotThatStep, lock, touch
from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.images import Encoded, check_file_size, encode, read_picture
from campaign.kernel.pdf_pages import draw_pages, is_pdf

MOST_PAGES, MOST_AT_ONCE = 60, 20
LONGEST_SIDE, LARGEST_PAGE = 2000, 600 * 1024
LONGEST_TITLE = 200
_TOO_MANY = N_("A dossier has 60 pages of papers at most, and 20 are added at once. Add what proves something.")


@dataclass(frozen=True, slots=True)
class PaperDraft:
    """What staff say of a paper."""

    kind: PaperKind
    title: str
    """English, as the annex calls it."""
    mark: Mark


def draw(raw: bytes) -> list[Encoded]:
    """The pages of a file as they are stored: nothing of the file itself is kept. Outside a transaction, since a PDF
    takes seconds. Raises BadPicture, BadDossier for too many pages."""
    check_file_size(raw)
    pages = list(draw_pages(raw)) if is_pdf(raw) else [raw]
    if len(pages) > MOST_AT_ONCE:
        raise BadDossier(_TOO_MANY)
    return [encode(read_picture(each), longest_side=LONGEST_SIDE, most_bytes=LARGEST_PAGE) for each in pages]


def add_paper(dossier_id: uuid.UUID, draft: PaperDraft, pages: list[Encoded], *, actor: uuid.UUID) -> DossierPaper:
    """Put a paper into the annex. What the body answered is added to one that was sent, and changes nothing of what
    was said. Raises NotFound, BadDossier, NotThatStep."""
    dossier = lock(dossier_id)
    title = " ".join(draft.title.split())[:LONGEST_TITLE]
    if not title:
        raise BadDossier(N_("Say what the paper is, as the annex is to call it."))
    if not pages or _count(dossier_id) + len(pages) > MOST_PAGES:
        raise BadDossier(_TOO_MANY)
    # A consent proves that it may leave, and does not leave with it.
    mark = Mark.NEVER if draft.kind in {PaperKind.CONSENT, PaperKind.REPLY} else draft.mark
    if mark not in {Mark.BODY, Mark.NEVER}:
        raise BadDossier(N_("A paper goes to the body alone, or never leaves."))
    if dossier.state == DossierState.CLOSED:
        raise NotThatStep(N_("This dossier is closed."))
    if mark != Mark.NEVER:
        touch(dossier, actor=actor)
    keyring.ensure(SCOPE)
    row = uuid.uuid4()
    paper = DossierPaper(
        id=row, dossier_id=dossier_id, kind=draft.kind, mark=mark, title_sealed=TITLE.seal(SCOPE, row, title),
        pages=len(pages), added_by=actor, added_on=clock.today(),
    )  # fmt: skip
    session.add(paper)
    session.flush()
    for place, page in enumerate(pages, 1):
        own = uuid.uuid4()
        sealed = PAGE.seal_bytes(SCOPE, own, page.content)
        session.add(
            DossierPage(id=own, paper_id=row, place=place, content_sealed=sealed, width=page.width, height=page.height)
        )
        session.flush()
    audit.record("dossier.paper", actor=actor, about=f"dossier:{dossier_id}", amount=len(pages))
    return paper


def remove_paper(dossier_id: uuid.UUID, paper_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Delete a paper of one that was not sent. Raises NotFound, NotThatStep."""
    dossier = lock(dossier_id)
    paper = session.get(DossierPaper, paper_id)
    if paper is None or paper.dossier_id != dossier_id:
        raise NotFound
    if dossier.state not in EDITABLE or paper.mark != Mark.NEVER:
        touch(dossier, actor=actor)
    session.delete(paper)
    session.flush()
    audit.record("dossier.paper_removed", actor=actor, about=f"dossier:{dossier_id}")


def title_of(paper: DossierPaper) -> str:
    """What the annex calls it; the caller has put the look on record."""
    return TITLE.unseal(SCOPE, paper.id, paper.title_sealed)


def open_page(dossier_id: uuid.UUID, page_id: uuid.UUID) -> bytes:
    """A page of this dossier as WebP; the caller has put the look on record. Raises NotFound."""
    page = session.get(DossierPage, page_id)
    paper = session.get(DossierPaper, page.paper_id) if page is not None else None
    if page is None or paper is None or paper.dossier_id != dossier_id:
        raise NotFound
    return PAGE.unseal_bytes(SCOPE, page.id, page.content_sealed)


def open_pages(paper_id: uuid.UUID) -> list[bytes]:
    """Every page of a paper in its order, as WebP; the caller has put the look on record."""
    rows = session.scalars(select(DossierPage).where(DossierPage.paper_id == paper_id).order_by(DossierPage.place))
    return [PAGE.unseal_bytes(SCOPE, each.id, each.content_sealed) for each in rows]


def _count(dossier_id: uuid.UUID) -> int:
    mine = select(func.coalesce(func.sum(DossierPaper.pages), 0)).where(DossierPaper.dossier_id == dossier_id)
    return int(session.scalar(mine) or 0)
