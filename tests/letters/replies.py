"""Answers and scans, for tests."""

import io
import uuid

from PIL import Image

from campaign.kernel.db import session, transaction
from campaign.letters.models import LetterState, Reply, ReplyState
from campaign.letters.service import replies, reply_pages
from tests.support import post

STAFF = uuid.UUID(int=7)


def scan(kind: str = "JPEG", size: tuple[int, int] = (300, 400)) -> bytes:
    """A page as a scanner gives it, with words beside its pixels."""
    target = io.BytesIO()
    picture = Image.new("RGB", size, "ivory")
    exif = Image.Exif()
    exif[0x010E] = "the scanner of a fictional office"
    picture.save(target, kind, exif=exif)
    return target.getvalue()


def sent(person=None, writer=None):
    """A letter that left."""
    return post.letter(LetterState.DISPATCHED, person, writer)


def reply(state: ReplyState = ReplyState.LOGGED, letter=None, pages: int = 1, **draft) -> Reply:
    """A committed answer that went the plain way as far as `state`."""
    letter = letter or sent()
    with transaction():
        made = replies.log_envelope(replies.EnvelopeDraft("post", code=letter.code, **draft), actor=STAFF)
    way = (ReplyState.SCANNED, ReplyState.MATCHED, ReplyState.SCREENED, ReplyState.FORWARDED)
    for step in way[: way.index(state) + 1] if state in way else ():
        with transaction():
            if step is ReplyState.SCANNED:
                reply_pages.add_pages(made.id, [scan()] * pages, actor=STAFF)
            elif step is ReplyState.MATCHED:
                replies.match(made.id, letter_id=letter.id, has_arrived=True, actor=STAFF)
            elif step is ReplyState.SCREENED:
                replies.screen(made.id, actor=STAFF)
            else:
                replies.forward(made.id, actor=STAFF)
    session.expire_all()
    return session.get_one(Reply, made.id)
