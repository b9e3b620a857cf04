"""A PDF from outside: drawn apart, within bounds, or refused in one line."""

import io
import time

import pytest
from PIL import Image

from campaign.kernel import pdf_pages
from campaign.kernel.images import BadPicture, read_picture


def pdf(pages: int, size: tuple[int, int] = (620, 877)) -> bytes:
    first, *rest = [Image.new("L", size, 250) for _page in range(pages)]
    target = io.BytesIO()
    first.save(target, "PDF", save_all=True, append_images=rest, resolution=75)
    return target.getvalue()


def page_of(width: int, height: int, content: bytes = b"") -> bytes:
    """A PDF of one page, by hand; readers mend its missing table."""
    return b"".join(
        (
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
            b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R>>endobj\n" % (width, height),
            b"4 0 obj<</Length %d>>stream\n" % len(content), content, b"\nendstream endobj\n",
            b"trailer<</Root 1 0 R>>\n%%EOF",
        )
    )  # fmt: skip


def test_each_page_becomes_a_picture_of_about_150_dpi():
    pages = [read_picture(each) for each in pdf_pages.draw_pages(pdf(2))]
    assert [(1200 < each.width < 1280, 1700 < each.height < 1800) for each in pages] == [(True, True)] * 2


def test_a_page_as_large_as_a_house_is_drawn_small():
    [page] = pdf_pages.draw_pages(page_of(14_000, 7_000))
    assert max(read_picture(page).size) <= 2400


@pytest.mark.parametrize("raw", [b"%PDF-1.7 and nothing", pdf(41), b"%PDF-" + b"\0" * 11 * 1024 * 1024])
def test_what_cannot_be_drawn_is_refused(raw):
    with pytest.raises(BadPicture):
        list(pdf_pages.draw_pages(raw))


def test_one_that_never_ends_is_ended(monkeypatch):
    monkeypatch.setattr(pdf_pages, "SECONDS", 1)
    endless = page_of(2400, 2400, b"0 0 m " + b"2400 2400 l 0 1 l 2400 0 l S 0 0 m " * 200_000)
    before = time.monotonic()
    with pytest.raises(BadPicture):
        list(pdf_pages.draw_pages(endless))
    assert time.monotonic() - before < 10
