"""Pictures that go with a letter: drawn anew without what the file carried, grey where that is printed, sealed."""

import uuid
from base64 import b64decode, b64encode
from collections.abc import Sequence
from io import BytesIO

from PIL import Image
from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.images import read_picture
from campaign.letters.models import EDITABLE, SCOPE, Letter, LetterPicture
from campaign.letters.models.outgoing import PICTURE
from campaign.letters.queries.pages import room_for
from campaign.letters.service.errors import NotThatStep, Unsendable

MOST = 3
LONGEST_SIDE = 1600
QUALITY = 82


def list_pictures(letter_id: uuid.UUID) -> Sequence[LetterPicture]:
    """The pictures of a letter in their order."""
    mine = select(LetterPicture).where(LetterPicture.letter_id == letter_id)
    return session.scalars(mine.order_by(LetterPicture.position)).all()


def add_picture(letter: Letter, raw: bytes) -> LetterPicture:
    """Enclose a picture; the caller holds the lock. Raises BadPicture, Unsendable for one too many, NotThatStep."""
    _check_open(letter)
    last = session.scalar(select(func.max(LetterPicture.position)).where(LetterPicture.letter_id == letter.id)) or 0
    if len(list_pictures(letter.id)) >= MOST:
        raise Unsendable(N_("Three pictures go with a letter. Take one out first."))
    picture = read_picture(raw)
    is_grey = room_for(letter.prisoner_id, letter.channel).prints_grey
    content, size = _encoded(picture, is_grey=is_grey)
    keyring.ensure(SCOPE)
    identity = uuid.uuid4()
    row = LetterPicture(
        id=identity, letter_id=letter.id, position=last + 1, width=size[0], height=size[1], is_grey=is_grey,
        content_sealed=_sealed(identity, content), added_on=clock.today(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def remove_picture(letter: Letter, picture_id: uuid.UUID) -> None:
    """Take a picture out. Raises NotThatStep, NotFound."""
    _check_open(letter)
    session.delete(_of(letter, picture_id))
    session.flush()


def open_picture(letter: Letter, picture_id: uuid.UUID) -> bytes:
    """A picture as JPEG. Raises NotFound."""
    row = _of(letter, picture_id)
    return b64decode(PICTURE.unseal(SCOPE, row.id, row.content_sealed))


def make_fit(letter: Letter) -> None:
    """Turn to grey what was enclosed before the channel was chosen; asked when the letter is handed in."""
    if not room_for(letter.prisoner_id, letter.channel).prints_grey:
        return
    for row in list_pictures(letter.id):
        if not row.is_grey:
            coloured = Image.open(BytesIO(open_picture(letter, row.id)), formats=("JPEG",))
            content, (row.width, row.height) = _encoded(coloured, is_grey=True)
            row.content_sealed, row.is_grey = _sealed(row.id, content), True
    session.flush()


def _encoded(picture: Image.Image, *, is_grey: bool) -> tuple[bytes, tuple[int, int]]:
    small = picture.convert("L" if is_grey else "RGB")
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    target = BytesIO()
    small.save(target, "JPEG", quality=QUALITY)
    return target.getvalue(), small.size


def _sealed(identity: uuid.UUID, content: bytes) -> bytes:
    return PICTURE.seal(SCOPE, identity, b64encode(content).decode())


def _of(letter: Letter, picture_id: uuid.UUID) -> LetterPicture:
    row = session.get(LetterPicture, picture_id)
    if row is None or row.letter_id != letter.id:
        raise NotFound
    return row


def _check_open(letter: Letter) -> None:
    if letter.state not in EDITABLE:
        raise NotThatStep(N_("This letter was handed in, so its pictures stand. Take it back to change them."))
