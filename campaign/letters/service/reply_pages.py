"""The scanned pages of an answer: drawn anew, sealed one by one, put in order, kept back, opened for few."""

import base64
import uuid
from collections.abc import Sequence
from enum import StrEnum

from PIL import Image
from sqlalchemy import select

from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.images import Encoded, encode, read_picture
from campaign.letters.models import SCOPE, Reply, ReplyPage, ReplyState
from campaign.letters.models.incoming import PAGE
from campaign.letters.queries.replies import get_reply, list_page_rows
from campaign.letters.service.errors import NotThatStep
from campaign.letters.service.reply_moves import UNSCREENED, locked, move, note

MOST_PAGES = 40
LONGEST_SIDE = 2000
LARGEST_PAGE = 600 * 1024
"""Bytes of one page as it is stored; a letter by hand stays legible far below."""


class WithheldReason(StrEnum):
    """Why a page is kept back, in words that quote nothing."""

    NAMES_OTHERS = "names_others"
    HARMS_SENDER = "harms_sender"
    HARMS_READER = "harms_reader"
    NOT_THEIRS = "not_theirs"


class TooManyPages(DomainError):
    """More pages than an answer may have."""


class Turn(StrEnum):
    """By a quarter."""

    LEFT = "left"
    RIGHT = "right"


def add_pages(reply_id: uuid.UUID, pictures: Sequence[bytes], *, actor: uuid.UUID) -> int:
    """Add pictures behind the pages that are there, all or none; gives how many pages that made.

    Raises BadPicture, TooManyPages, NotThatStep once it was screened.
    """
    drawn = [draw(raw) for raw in pictures]
    store_pages(open_for_scans(reply_id), drawn, actor=actor)
    return len(drawn)


def draw(raw: bytes) -> Encoded:
    """A picture from outside as it is stored. Raises BadPicture."""
    return _encoded(read_picture(raw))


def store_pages(reply: Reply, drawn: Sequence[Encoded], *, actor: uuid.UUID) -> None:
    """Put pages behind those that are there; the caller holds the lock of an answer that is open for scans.

    Raises TooManyPages.
    """
    taken = [each.position for each in list_page_rows(reply.id)]
    check_room(len(taken) + len(drawn))
    keyring.ensure(SCOPE)
    for position, page in enumerate(drawn, max(taken, default=0) + 1):
        _store(reply.id, position, page)
    # Whoever says that they have read every page has to have seen these.
    reply.version += 1
    if reply.state == ReplyState.LOGGED and drawn:
        move(reply, ReplyState.SCANNED, actor=actor)
    session.flush()
    audit.record("reply.scan", actor=actor, about=f"reply:{reply.id}", amount=len(drawn))


def check_room(pages: int) -> None:
    """Raise TooManyPages for more than an answer can have."""
    if pages > MOST_PAGES:
        raise TooManyPages(N_("An answer can have 40 pages at most. Log the rest as another envelope."))


def list_pages(reply_id: uuid.UUID) -> Sequence[ReplyPage]:
    """Its pages in order."""
    mine = select(ReplyPage).where(ReplyPage.reply_id == reply_id).order_by(ReplyPage.position)
    return session.scalars(mine).all()


def shift_page(reply_id: uuid.UUID, page_id: uuid.UUID, places: int) -> None:
    """Move a page by so many places among the others. Raises NotThatStep, NotFound."""
    reply = open_for_scans(reply_id)
    pages = [*list_pages(reply.id)]
    page = _among(pages, page_id)
    to = min(max(pages.index(page) + places, 0), len(pages) - 1)
    pages.remove(page)
    pages.insert(to, page)
    _number(pages)


def remove_page(reply_id: uuid.UUID, page_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Delete a page that was scanned by mistake. Raises NotThatStep, NotFound."""
    reply = open_for_scans(reply_id)
    pages = [*list_pages(reply.id)]
    page = _among(pages, page_id)
    pages.remove(page)
    session.delete(page)
    session.flush()
    _number(pages)
    audit.record("reply.page_removed", actor=actor, about=f"reply:{reply.id}")


def turn_page(reply_id: uuid.UUID, page_id: uuid.UUID, turn: Turn) -> None:
    """Turn a page by a quarter. Raises NotThatStep, NotFound."""
    reply = open_for_scans(reply_id)
    page = _among(list_pages(reply.id), page_id)
    angle = 90 if turn is Turn.LEFT else -90
    drawn = _encoded(read_picture(open_page(page)).rotate(angle, expand=True))
    page.width, page.height, page.content_sealed = drawn.width, drawn.height, _sealed(page.id, drawn)
    session.flush()


def withhold_page(
    reply_id: uuid.UUID, page_id: uuid.UUID, reason: WithheldReason | None, *, actor: uuid.UUID
) -> None:  # fmt: skip
    """Keep a page from the writer, or with None let them have it after all. Raises NotThatStep once it is passed on."""
    reply = locked(reply_id)
    if reply.state not in UNSCREENED | {ReplyState.SCREENED}:
        raise NotThatStep(N_("This was passed on or closed already."))
    page = _among(list_pages(reply.id), page_id)
    if page.is_withheld == (reason is not None):
        return
    page.is_withheld, page.is_for_volunteers = reason is not None, False
    note(reply, f"withheld:{page.position}:{reason}" if reason else f"shown:{page.position}", actor=actor)
    audit.record("reply.withhold" if reason else "reply.show", actor=actor, about=f"reply:{reply.id}")


def get_page(reply_id: uuid.UUID, page_id: uuid.UUID) -> ReplyPage:
    """A page of this answer. Raises NotFound."""
    found = session.get(ReplyPage, page_id)
    if found is None or found.reply_id != reply_id:
        raise NotFound
    return found


def open_page(page: ReplyPage) -> bytes:
    """The page as WebP."""
    return base64.b64decode(PAGE.unseal(SCOPE, page.id, page.content_sealed))


def look(reply_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Put on record that somebody of staff opens an answer: its pages and what was typed of them. Raises NotFound."""
    audit.record("reply.look", actor=actor, about=f"reply:{get_reply(reply_id).id}")


def open_for_scans(reply_id: uuid.UUID) -> Reply:
    """The answer under its lock, while pages may be added. Raises NotThatStep, NotFound, Conflict once it is erased."""
    reply = locked(reply_id)
    if reply.state not in UNSCREENED:
        raise NotThatStep(N_("This was screened already, so its pages stand. Match it anew to change them."))
    if reply.body_erased_on is not None:
        raise Conflict(N_("The pages of this answer were erased."))
    return reply


def _among(pages: Sequence[ReplyPage], page_id: uuid.UUID) -> ReplyPage:
    found = next((each for each in pages if each.id == page_id), None)
    if found is None:
        raise NotFound
    return found


def _encoded(picture: Image.Image) -> Encoded:
    return encode(picture, longest_side=LONGEST_SIDE, most_bytes=LARGEST_PAGE)


def _store(reply_id: uuid.UUID, position: int, drawn: Encoded) -> None:
    row = uuid.uuid4()
    session.add(
        ReplyPage(
            id=row, reply_id=reply_id, position=position, width=drawn.width, height=drawn.height,
            content_sealed=_sealed(row, drawn), added_on=clock.today(),
        )
    )  # fmt: skip


def _sealed(row: uuid.UUID, drawn: Encoded) -> bytes:
    return PAGE.seal(SCOPE, row, base64.b64encode(drawn.content).decode())


def _number(pages: Sequence[ReplyPage]) -> None:
    """Number them anew from 1, by way of numbers that none has: no two may have one number for a moment."""
    for offset in (10_000, 0):
        for position, page in enumerate(pages, 1):
            page.position = offset + position
        session.flush()
