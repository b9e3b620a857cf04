"""What is drawn and printed of something that is passed on: pictures for posts, posters, leaflets, sheets to sign."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import segno
from flask_babel import gettext as _
from PIL import Image

from campaign.kernel.places import Place
from campaign.kernel.registry_sharing import ShareMatter, SharePicture
from campaign.sharing.drawing import SHAPES, TEMPLATES, digest_of, draw, drawings, may_be_changed
from campaign.sharing.texts import clean_share_text, clean_words
from campaign.web.left_out import words_left_out

LINES_A_SHEET = 16
EDITION = 2
"""Goes up with the templates, so that caches of browsers ask for a new drawing."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of print."""

    template: str
    paper: str
    scale: float
    """Of type and picture, beside A4."""
    label: str
    """As a printer says it, the same in every language."""
    on_a_sheet: int = 1
    """How many stand side by side, to be cut."""


PRINTS: Mapping[str, Sheet] = {
    "poster-a3": Sheet("poster.typ", "a3", 1.414, "A3"),
    "poster-a4": Sheet("poster.typ", "a4", 1.0, "A4"),
    "leaflet": Sheet("poster.typ", "a5", 0.707, "A5"),
    "leaflets": Sheet("poster.typ", "a4", 0.707, "A4", on_a_sheet=2),
    "sheet": Sheet("sheet.typ", "a4", 1.0, "A4"),
}


@dataclass(frozen=True, slots=True)
class Order:
    """One thing to draw, named by everything that goes into it."""

    digest: str
    words: Mapping[str, Any]
    matter: ShareMatter

    @property
    def picture(self) -> bytes | None:
        """The stored picture, where there is one that may be cut and put beside words."""
        shown = self.matter.picture
        return shown.load() if shown is not None and may_be_changed(shown.licence) else None


def order_of(name: str, matter: ShareMatter, language: str, place: Place, address: str) -> Order:
    """What is drawn of `matter` as the picture or print `name`; `address` leads to its page."""
    text = clean_share_text(matter, language, place, words_left_out())
    shown = matter.picture if matter.picture is not None and may_be_changed(matter.picture.licence) else None
    words: dict[str, Any] = {
        "lang": language,
        "kind": _(matter.kind),
        "title": text.title,
        "sentence": text.sentence,
        "call": _(matter.call),
        "address": address.partition("://")[2],
        "credit": clean_words(_credit_of(shown), place, words_left_out()) if shown else "",
    }
    if name == "sheet":
        words |= _sheet_words(text.addressee)
    return Order(digest_of(EDITION, name, words, address, shown.digest if shown else ""), words, matter)


def _credit_of(shown: SharePicture) -> str:
    return str(_("Picture: %(credit)s", credit=f"{shown.credit} · {shown.licence}"))


def render_picture(shape: str, order: Order) -> bytes:
    """A JPEG, drawn or from memory; raises Busy."""
    return drawings.get(order.digest, lambda: draw(SHAPES[shape], order.words, order.picture))


def render_print(name: str, order: Order, address: str) -> bytes:
    """A PDF, made or from memory; raises Busy."""
    return drawings.get(order.digest, lambda: _make_print(PRINTS[name], order, address))


def _make_print(sheet: Sheet, order: Order, address: str) -> bytes:
    picture = order.picture if sheet.template == "poster.typ" else None
    words = {**order.words, "paper": sheet.paper, "scale": sheet.scale, "has_picture": picture is not None}
    words["on_a_sheet"] = sheet.on_a_sheet
    code = BytesIO()
    segno.make(address, error="m").save(code, kind="svg", border=0, scale=4)
    files = {
        "main": (TEMPLATES / sheet.template).read_bytes(),
        "words.json": json.dumps(words).encode(),
        "mark.svg": (TEMPLATES.parents[2] / "campaign" / "static" / "favicon.svg").read_bytes(),
        "code.svg": code.getvalue(),
        "picture.svg": _as_drawing(picture) if picture else b"",
    }
    import typst  # loaded where it is used: most processes never make a document, and each start would pay for it

    # typst's types know no dictionary of files, which is what keeps this in memory.
    return bytes(typst.compile(files))  # type: ignore[call-overload]


def _as_drawing(picture: bytes) -> bytes:
    """A stored picture inside an SVG, since files in memory are text to typst."""
    shown, target = Image.open(BytesIO(picture), formats=["WEBP"]).convert("RGB"), BytesIO()
    shown.save(target, "JPEG", quality=90)
    size = f'width="{shown.width}" height="{shown.height}"'
    data = base64.b64encode(target.getvalue()).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {shown.width} {shown.height}">'
        f'<image {size} href="data:image/jpeg;base64,{data}"/></svg>'
    ).encode()


def _sheet_words(addressee: str) -> dict[str, Any]:
    return {
        "to": _("To"),
        "addressee": addressee,
        "columns": [_("Name"), _("Town, country"), _("Signature")],
        "lines": LINES_A_SHEET,
        "notes": [
            _(
                "What happens with what you write: this sheet is handed to the addressee as it is, and whoever receives"
                " it reads your name. We type nothing in, keep no copy and write to nobody."
            ),
            _(
                "Signatures on paper are not part of the number on the website. Please sign once: here, or there."
            ),
            _("Do not sign where your name on this sheet could harm you, and not in Russia."),
            _("To whoever collects: keep it out of sight, take no picture of it, and destroy what is not handed in."),
        ],
    }  # fmt: skip
