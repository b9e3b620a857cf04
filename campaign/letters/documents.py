"""What is printed of a batch, by typst: letters, envelopes, labels and the posting list.

All that was written or is known of somebody is data, never markup. Nothing is stored on the way: files in memory alone.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from flask_babel import force_locale
from flask_babel import gettext as _

from campaign.letters.models import DocumentKind
from campaign.letters.service.rendering import Part, Picture, Sheet
from campaign.penpals.service.codes import show_code
from campaign.web.i18n import day_in

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "letters" / "print"
HOME = "RU"
C6, DL = (162, 114), (220, 110)
"""Millimetres."""
REMEMBERED = 10


def render(part: Part, language: str) -> dict[DocumentKind, bytes]:
    """Every document of one part, as PDF; a part without letters has none."""
    if not part.sheets:
        return {}
    made = {
        DocumentKind.LETTERS: render_letters(part.sheets),
        DocumentKind.ENVELOPES_C6: _compile("envelopes.typ", {**_envelopes(part), **_size(C6)}),
        DocumentKind.ENVELOPES_DL: _compile("envelopes.typ", {**_envelopes(part), **_size(DL)}),
        DocumentKind.LABELS: _compile("labels.typ", _envelopes(part)),
        DocumentKind.POSTING_LIST: _compile("posting_list.typ", _posting_list(part, language)),
    }
    _forget()
    return made


def render_letters(sheets: Sequence[Sheet]) -> bytes:
    """The letters alone, each on a sheet of its own; nothing but what was written."""
    letters: list[dict[str, Any]] = []
    files: dict[str, bytes] = {}
    for number, sheet in enumerate(sheets):
        names = [f"picture-{number}-{place}.svg" for place, _content in enumerate(sheet.pictures)]
        files |= dict(zip(names, map(_framed, sheet.pictures), strict=True))
        letters.append(
            {"paragraphs": paragraphs_of(sheet.text), "pictures": names, "has_reply_page": sheet.has_reply_page}
        )
    return _compile("letters.typ", {"letters": letters}, files)


def render_take_away(text: str, sheet: Mapping[str, Any]) -> bytes:
    """One letter, and on a sheet of its own what stays with whoever posts it; PDF."""
    return _compile("take_away.typ", {"paragraphs": paragraphs_of(text), "sheet": sheet})


def paragraphs_of(text: str) -> list[list[str]]:
    """A text by its empty lines, each paragraph by its lines."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            blocks[-1].append(line.replace("\t", "    "))
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _framed(picture: Picture) -> bytes:
    """The picture within an SVG: files that typst is given in memory are text."""
    kind = "png" if picture.content.startswith(b"\x89PNG") else "jpeg"
    size = f'width="{picture.width}" height="{picture.height}"'
    data = f"data:image/{kind};base64,{b64encode(picture.content).decode()}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="{data}"/></svg>'.encode()


def _envelopes(part: Part) -> dict[str, Any]:
    is_abroad = part.sender_country != HOME
    return {
        "sender": part.sender,
        # Two lines for the post of the country in which it is posted, whose clerks read no Russian.
        "country": "РОССИЯ / RUSSIA" if is_abroad else "",
        "letters": [
            {
                "from": _sender_lines(part, sheet.code, is_abroad),
                "to": sheet.address.get("to", ""),
                "lines": list(filter(None, [sheet.address.get("facility"), *sheet.address.get("lines", [])])),
                "index": sheet.address.get("index", ""),
            }
            for sheet in part.sheets
        ],
    }  # fmt: skip


def _sender_lines(part: Part, code: str, is_abroad: bool) -> list[str]:
    """Where answers go; the code stands in it like the number of a flat, so that an answer brings it back."""
    first, *rest = part.sender_lines
    country = Locale("en").territories.get(part.sender_country, part.sender_country).upper()
    return [f"{first}, {show_code(code)}", *rest, *([country] if is_abroad else [])]


def _posting_list(part: Part, language: str) -> dict[str, Any]:
    with force_locale(language):
        day = day_in(language, part.batch.locked_on)
        return {
            "lang": language,
            "title": _("Batch %(number)s, %(day)s", number=part.batch.number, day=day),
            "place": part.facility,
            "how": _(
                "For whoever brings it to the post, and never into an envelope. One tick a letter; the last column is"
                " for the number that the post gives."
            ),
            "columns": ["№", _("Code"), _("To whom"), _("Index"), "", _("Number")],
            "rows": [
                [str(each.position), show_code(each.code), each.address.get("to", ""), each.address.get("index", "")]
                for each in part.sheets
            ],
        }


def _size(of: tuple[int, int]) -> Mapping[str, int]:
    width, height = of
    return {"width": width, "height": height}


def _compile(template: str, words: dict[str, Any], files: Mapping[str, bytes] | None = None) -> bytes:
    return _typeset(
        {"main": (TEMPLATES / template).read_bytes(), "words.json": json.dumps(words).encode(), **(files or {})}
    )


def _typeset(given: Mapping[str, bytes]) -> bytes:
    import typst  # loaded where it is used: most processes never make a document, and each start would pay for it

    # Without tags: this is for paper. typst's types know no dictionary of files, which is what keeps this in memory.
    return bytes(typst.compile(given, font_paths=_fonts(), pdf_tags=False))


@cache
def _fonts() -> Any:
    """The fonts of this machine, looked for once a process."""
    import typst

    return typst.Fonts()


def _forget() -> None:
    """Let typst drop what it remembers of the last ten compilations, so that memory is flat over many parts."""
    for _turn in range(REMEMBERED + 1):
        _typeset({"main": b""})
