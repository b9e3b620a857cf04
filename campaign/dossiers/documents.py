"""A dossier as a PDF, by typst: English, A4, with numbered questions and annexes. What was written is data, not markup.

The papers of annex B stand in the same file behind its own pages, so that what two persons release is all that leaves.
What is marked to stay never reaches the paper; an edition for the public leaves out what is for the body alone, too.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from flask_babel import force_locale

from campaign.dossiers.bodies import BodyForm, Kind, Question, form_of
from campaign.dossiers.bodies.shared import OFFICES
from campaign.dossiers.models import Body, ConsentFrom, Mark
from campaign.dossiers.service.content import Content, ToldAct, ToldAnswer, ToldPaper, ToldSource
from campaign.dossiers.service.papers import open_pages
from campaign.kernel.errors import NotFound
from campaign.prisoners.models import PortraitSize
from campaign.prisoners.queries.portraits import get_rendition
from campaign.prisoners.spoken import day_in_words

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "dossiers" / "print"
SHORT = 120
PAGE_QUALITY = 78
"""Of a page of a paper as JPEG: small print stays legible, and sixty pages still go by mail."""
CONSENTS = {
    ConsentFrom.SELF: "the person concerned", ConsentFrom.RELATIVE: "the family of the person concerned",
    ConsentFrom.REPRESENTATIVE: "the representative of the person concerned",
}  # fmt: skip
HEADED = frozenset({"headline", "who", "submitter", "submitter_contact"})
"""What a brief says in its head and its foot rather than under a title."""
_CONFIDENTIAL = "Confidential"


class Edition(StrEnum):
    """For whom it is."""

    BODY = "body"
    PUBLIC = "public"


GOES = {Edition.BODY: {Mark.PUBLIC, Mark.BODY}, Edition.PUBLIC: {Mark.PUBLIC}}
"""Which answers each holds."""


def render_dossier(content: Content, *, with_papers: bool) -> tuple[bytes, int]:
    """The file for the body, and how many pages it has: what a release keeps, or without the papers of annex B, whose
    pages no body counts, what the check measures."""
    return render(content, Edition.BODY, with_papers=with_papers)


def render(
    content: Content, edition: Edition, *, is_draft: bool = False, with_papers: bool = False
) -> tuple[bytes, int]:
    """One edition as PDF with its pages; a draft says so across each. The caller has put the look on record."""
    portrait = _portrait(content)
    annex, drawn = _annex(content) if with_papers and edition is Edition.BODY else ([], {})
    with force_locale("en"):
        words = {**_head(content, edition, is_draft, bool(portrait)), **_inside(content, edition), "annex": annex}
    template = "brief.typ" if content.body == Body.PARLIAMENT else "dossier.typ"
    files = {
        "main": (TEMPLATES / template).read_bytes(), "annex.typ": (TEMPLATES / "annex.typ").read_bytes(),
        "words.json": json.dumps(words).encode(), **portrait, **drawn,
    }  # fmt: skip
    import typst  # loaded where it is used: most processes never make a document, and each start would pay for it

    # Files in memory alone: nothing of it is written anywhere on the way.
    file = bytes(typst.compile(files, font_paths=_fonts()))
    return file, _count_pages(file)


def _head(content: Content, edition: Edition, is_draft: bool, has_picture: bool) -> dict[str, Any]:
    form, day, is_public = form_of(content.body), day_in_words(content.as_of), edition is Edition.PUBLIC
    what = f"{content.code}, version {content.version}, {day}"
    name = _allowed_text(content, edition, "family_name")
    first = _allowed_text(content, edition, "first_name")
    consent = ""
    if content.consent is not None and edition is Edition.BODY and content.body != Body.PARLIAMENT:
        given = day_in_words(content.consent.given_on)
        consent = f"Submitted with the consent of {CONSENTS[content.consent.given_by]}, given on {given}."
    return {
        "title": form.paper_title, "over": what,
        "line": "Answers in the order of the questions; sources in annex A" + (
            ", papers in annex B." if _going(content) and not is_public else "."
        ),
        "name": f"{first} {name}".strip() or _allowed_text(content, edition, "official_name"), "consent": consent,
        "mark": "DRAFT" if is_draft else "", "foot": what + (", edition for the public" if is_public else ""),
        "picture": has_picture, "credit": content.picture_credit, "unknown": "Not known, or not given.",
        "confidential": _CONFIDENTIAL,
    }  # fmt: skip


def _inside(content: Content, edition: Edition) -> dict[str, Any]:
    form = form_of(content.body)
    allowed = {each.question: each for each in content.answers if _may_go(each, edition)}
    shared = {
        "sources_title": "Annex A: sources" if content.body != Body.PARLIAMENT else "Sources",
        "sources": [_source(number, each) for number, each in enumerate(content.sources, 1)],
        "papers_title": "Annex B: papers" if content.body != Body.PARLIAMENT else "Papers",
        "papers": [] if edition is Edition.PUBLIC else _papers(content),
    }  # fmt: skip
    if content.body == Body.PARLIAMENT:
        return {**shared, **_brief(form, allowed)}
    return {
        **shared, "sections": _sections(content, form, allowed, edition), "acts_title": "Acts and their evidence",
        "acts_columns": ["Day", "Acted as", "What was done", "Source"],
    }  # fmt: skip


def _may_go(answer: ToldAnswer, edition: Edition) -> bool:
    return bool(answer.text) and answer.mark in GOES[edition]


def _allowed_text(content: Content, edition: Edition, key: str) -> str:
    found = next((each for each in content.answers if each.question == key), None)
    return found.text if found is not None and _may_go(found, edition) else ""


def _sections(
    content: Content, form: BodyForm, allowed: Mapping[str, ToldAnswer], edition: Edition
) -> list[dict[str, Any]]:
    numbers = {each.key: number for number, each in enumerate(form.questions(), 1)}
    made = []
    for section in form.sections:
        # For the body what is held back looks like what is unknown, so that no gap tells of it.
        shown = [each for each in section.questions if edition is Edition.BODY or each.key in allowed]
        acts = [_act(each, content.sources) for each in content.acts] if section.key == "acts" else []
        if shown:
            made.append({
                "title": section.title, "acts": acts if edition is Edition.BODY else [],
                "questions": [_asked(each, numbers[each.key], allowed.get(each.key)) for each in shown],
            })  # fmt: skip
    return made


def _asked(question: Question, number: int, answer: ToldAnswer | None) -> dict[str, Any]:
    text = answer.text if answer is not None else ""
    if question.kind is Kind.CHOICE:
        text = dict(question.options).get(text, text)
    confidential = answer is not None and answer.mark == Mark.BODY
    is_short = question.kind is not Kind.TEXT or (len(text) <= SHORT and "\n" not in text)
    return {
        "number": number, "label": question.label, "answer": blocks_of(text), "is_short": is_short,
        "tag": _CONFIDENTIAL if confidential else "",
    }  # fmt: skip


def blocks_of(text: str) -> list[dict[str, Any]]:
    """A text by its paragraphs; lines that begin with a hyphen or a star are points of a list."""
    blocks: list[dict[str, Any]] = []
    kind = ""
    for line in text.splitlines():
        words = line.strip()
        is_point = words[:2] in {"- ", "* ", "– "}
        if not words:
            kind = ""
        elif kind == ("list" if is_point else "plain"):
            blocks[-1]["lines"].append(words[2:].strip() if is_point else words)
        else:
            kind = "list" if is_point else "plain"
            blocks.append({"kind": kind, "lines": [words[2:].strip() if is_point else words]})
    return blocks


def _act(act: ToldAct, sources: Sequence[ToldSource]) -> list[str]:
    number = next((str(place) for place, each in enumerate(sources, 1) if each.url == act.source_url), "")
    day = day_in_words(act.acted_on) if act.acted_on else "not known"
    return [day, OFFICES[act.office], act.act, f"A{number}" if number else "–"]


def _source(number: int, source: ToldSource) -> dict[str, str]:
    return {
        "number": f"A{number}", "title": source.title, "url": source.url,
        "read": f"read on {day_in_words(source.retrieved_on)}",
    }  # fmt: skip


def _papers(content: Content) -> list[dict[str, str]]:
    return [
        {"number": number, "title": each.title, "pages": f"{each.pages} {'page' if each.pages == 1 else 'pages'}"}
        for number, each in _going(content)
    ]  # fmt: skip


def _going(content: Content) -> list[tuple[str, ToldPaper]]:
    going = [each for each in content.papers if each.mark == Mark.BODY]
    return [(f"B{number}", each) for number, each in enumerate(going, 1)]


def _annex(content: Content) -> tuple[list[dict[str, str]], dict[str, bytes]]:
    """Each page of the papers that go, and its picture by the name of its file."""
    pages, drawn = [], {}
    for number, paper in _going(content):
        opened = open_pages(paper.paper_id) if paper.paper_id is not None else []
        for place, page in enumerate(opened, 1):
            name = f"{number}-{place}.svg"
            drawn[name] = _as_svg(page)
            which = f"page {place} of {len(opened)}"
            pages.append({"file": name, "number": number, "title": paper.title, "which": which, "place": str(place)})
    return pages, drawn


def _brief(form: BodyForm, allowed: Mapping[str, ToldAnswer]) -> dict[str, Any]:
    def text(key: str) -> str:
        return allowed[key].text if key in allowed else ""

    asked = [each for each in form.questions() if each.key not in HEADED and each.key in allowed]
    author = " · ".join(filter(None, [text("submitter"), " ".join(text("submitter_contact").split())]))
    return {
        "headline": text("headline"), "lead": blocks_of(text("who")), "author": author,
        "parts": [{"title": each.label.partition(":")[0], "answer": blocks_of(text(each.key))} for each in asked],
    }  # fmt: skip


def _portrait(content: Content) -> dict[str, bytes]:
    if content.picture_of is None:
        return {}
    try:
        rendition = get_rendition(content.picture_of, PortraitSize.LARGE)
    except NotFound:
        return {}
    return {"portrait.svg": _as_svg(rendition.content, (500, 700))}


def _as_svg(webp: bytes, most: tuple[int, int] | None = None) -> bytes:
    """A picture within an SVG: files that typst is given in memory are text. The JPEG reaches the PDF as it is."""
    from PIL import Image

    target = BytesIO()
    picture = Image.open(BytesIO(webp), formats=("WEBP",)).convert("RGB")
    if most is not None:
        picture.thumbnail(most)
    picture.save(target, "JPEG", quality=85 if most is not None else PAGE_QUALITY)
    size = f'width="{picture.width}" height="{picture.height}"'
    data = f"data:image/jpeg;base64,{b64encode(target.getvalue()).decode()}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="{data}"/></svg>'.encode()


def _count_pages(file: bytes) -> int:
    """Of a file that we have just made ourselves."""
    import pypdfium2

    document = pypdfium2.PdfDocument(file)
    try:
        return len(document)
    finally:
        document.close()


@cache
def _fonts() -> Any:
    """The fonts of this machine, looked for once a process."""
    import typst

    return typst.Fonts()
