"""Pictures: made anew, described, credited; and every file that is none, or is more than one, refused."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.kernel.images import LARGEST_FILE, BadPicture, encode, read_picture
from campaign.petitions.models import PetitionState, PictureRendition
from tests.petitions.pages import fresh, home, picture, send, write
from tests.support import make

WORDS = {"credit": "A made-up photographer", "licence": "CC BY 4.0", "alt_en": "An open window"}


def upload(client, petition, file, name="window.jpg", **changes):
    values = {**WORDS, "file": (file, name), **changes}
    return send(client, f"{home(petition)}/picture", "", **values)


def stored() -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(PictureRendition)) or 0


def test_a_picture_is_shown_with_its_credit_and_kept_by_caches_for_a_year(client, author):
    petition = make.petition()
    assert upload(author, petition.id, picture((2400, 1600))).status_code == 303
    page = client.get(f"/petitions/{petition.slug}").get_data(as_text=True)
    assert "A made-up photographer" in page
    assert "CC BY 4.0" in page
    assert 'alt="An open window"' in page
    for each in session.scalars(select(PictureRendition)):
        answer = client.get(f"/petitions/{petition.slug}/picture/{each.name}?v={each.digest}")
        assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("image/webp", "nosniff")
        assert "immutable" in answer.headers["Cache-Control"]
        assert len(answer.data) <= 300 * 1024
        assert Image.open(BytesIO(answer.data)).size == (each.width, each.height)
    plain = client.get(f"/petitions/{petition.slug}/picture/wide")
    assert "immutable" not in plain.headers["Cache-Control"]
    assert client.get(f"/petitions/{petition.slug}/picture/huge").status_code == 404


@pytest.mark.parametrize("state", [PetitionState.DRAFT, PetitionState.REVIEW])
def test_the_picture_of_a_petition_that_is_not_public_is_for_staff_only(client, author, state):
    petition = make.petition(state=state)
    upload(author, petition.id, picture())
    assert client.get(f"/petitions/{petition.slug}/picture/wide").status_code == 404
    answer = author.get(f"{home(petition.id)}/picture/wide")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_nothing_hidden_survives(author):
    exif = Image.Exif()
    exif[0x010E] = "secret-description"
    exif[0x8825] = {1: "N", 2: (55.0, 45.0, 0.0), 3: "E", 4: (37.0, 37.0, 0.0)}
    exif[0x0112] = 6
    petition = make.petition()
    upload(author, petition.id, picture((900, 600), exif=exif, comment=b"secret-comment"))
    session.rollback()
    for each in session.scalars(select(PictureRendition)):
        assert b"secret" not in each.content
        seen = Image.open(BytesIO(each.content))
        assert not dict(seen.getexif())
        assert "icc_profile" not in seen.info
        assert each.height > each.width, "turned upright before the note that says so is dropped"


def test_a_file_that_is_two_things_becomes_one(author):
    petition = make.petition()
    two = BytesIO(picture().getvalue() + b"<script>alert(1)</script>PK\x03\x04 evil.zip")
    assert upload(author, petition.id, two).status_code == 303
    session.rollback()
    assert all(b"script" not in each.content for each in session.scalars(select(PictureRendition)))


def bomb(width: int, height: int) -> BytesIO:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return BytesIO(b"\x89PNG\r\n\x1a\n" + body)


REFUSED = {
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "window.svg"),
    "svg-as-jpeg": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "window.jpg"),
    "html": (b"<html><script>alert(1)</script>", "window.png"),
    "pdf": (b"%PDF-1.7\n", "window.pdf"),
    "gif": (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "window.gif"),
    "empty-jpeg": (b"\xff\xd8\xff\xe0", "window.jpg"),
    "cut": (picture().getvalue()[:2000], "window.jpg"),
    "tiff": (picture((200, 200), kind="TIFF").getvalue(), "window.tiff"),
    "small": (picture((20, 20)).getvalue(), "window.jpg"),
    "bomb": (bomb(60_000, 60_000).getvalue(), "window.png"),
    "largest-bomb": (bomb(2_000_000_000, 2_000_000_000).getvalue(), "window.png"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_in_words(author, name):
    petition = make.petition()
    content, filename = REFUSED[name]
    answer = upload(author, petition.id, BytesIO(content), filename)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "error-summary" in page
    assert "A made-up photographer" in page, "what was typed stays"
    assert stored() == 0


def test_a_file_that_is_too_large_is_not_even_decoded():
    with pytest.raises(BadPicture, match="10 MB"):
        read_picture(picture().getvalue() + b"\0" * LARGEST_FILE)


def test_a_picture_that_shrinks_badly_is_made_smaller_until_it_fits():
    noise = Image.effect_noise((500, 500), 100).convert("RGB")
    made = encode(noise, longest_side=480, most_bytes=20_000)
    assert len(made.content) <= 20_000


@pytest.mark.parametrize("missing", ["credit", "licence", "alt_en"])
def test_a_picture_needs_credit_licence_and_words(author, missing):
    petition = make.petition()
    assert upload(author, petition.id, picture(), **{missing: " "}).status_code == 422
    assert stored() == 0


def test_words_change_without_a_new_file_and_the_picture_can_go(client, author):
    petition = write(author)
    upload(author, petition, picture())
    answer = send(author, f"{home(petition)}/picture", "", credit="Somebody else")
    assert answer.status_code == 303
    assert "Somebody else" in author.get(home(petition)).get_data(as_text=True)
    send(author, f"{home(petition)}/picture", "/remove")
    assert stored() == 0
    assert fresh(petition).state == PetitionState.DRAFT
