"""A mailing as HTML: plain, without a picture, a pixel or anything that is loaded; readable in dark mode, since it sets
no colour but lines in a middle grey. Mail programs know no style sheets, so styles stand with what they are for."""

import re
from html import escape

import nh3
from markdown_it.token import Token

from campaign.kernel.registry_mail import mail_blocks
from campaign.mailings.documents.frame import CHOOSE, GONE, STOP, Frame, fill_marks, tame
from campaign.mailings.service.text.parts import Block, Button, Parsed, Prose
from campaign.mailings.service.text.read import MARKDOWN

TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "a", "h2", "h3", "h4", "blockquote", "code", "hr"}
_LINE = "1px solid #888888"
_PAGE = "margin:0;padding:16px;font-family:Georgia,serif;font-size:17px;line-height:1.5"
_BUTTON = (
    "display:inline-block;padding:8px 16px;border:2px solid;border-radius:4px;font-weight:bold;text-decoration:none;"
    "color:inherit"
)
_CARD = f"border:{_LINE};border-radius:4px;padding:12px 16px;margin:20px 0"
_TEXT = re.compile(r"(<[^>]*>)")
LATE = 60
LONGEST_LINE = 900
"""Bytes: a line of a mail holds 998 with its end (RFC 5321), and a name may still come in."""


def html_of(parsed: Parsed, frame: Frame, *, subject: str, why: str) -> str:
    """The whole document with slots; empty where a line of it would be too long for a mail."""
    body = "\n".join(_piece(piece, frame, parsed) for piece in parsed.pieces)
    body = fill_marks(body, parsed.used, frame, is_html=True)
    text = (
        f'<!DOCTYPE html>\n<html lang="{frame.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n<meta name="color-scheme" content="light dark">\n'
        f'<title>{escape(tame(subject))}</title>\n</head>\n<body style="{_PAGE}">\n'
        f'<div style="max-width:36em;margin:0 auto">\n{body}\n{_footer(frame, why)}\n</div>\n</body>\n</html>\n'
    )
    folded = fold(text)
    return folded if max(len(line.encode()) for line in folded.split("\n")) <= LONGEST_LINE else ""


def fold(html: str) -> str:
    """The same with line breaks for spaces between words, so that no line is long."""
    lines = []
    for line in html.split("\n"):
        pieces = _TEXT.split(line) if len(line) > 120 else [line]
        lines.append("".join(each if each.startswith("<") else _broken(each) for each in pieces))
    return "\n".join(lines)


def _broken(text: str) -> str:
    lines, line = [], ""
    for at, word in enumerate(text.split(" ")):
        if len(line) >= LATE:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if at else word
    return "\n".join([*lines, line])


def _piece(piece: Prose | Block | Button, frame: Frame, parsed: Parsed) -> str:
    if isinstance(piece, Prose):
        return _prose(piece, frame, {used.mark for used in parsed.used})
    if isinstance(piece, Button):
        address = frame.address_of(piece.target)
        return f"<p>{escape(frame.words[GONE])}</p>" if address is None else f"<p>{_button(piece.words, address)}</p>"
    card = frame.card_of(piece.ref.kind, piece.ref.slug)
    if card is None:
        return f"<p>{escape(frame.words[GONE])}</p>"
    words = frame.words[mail_blocks[piece.ref.kind].button]
    line = f'<p style="margin:0 0 12px">{escape(tame(card.line))}</p>' if card.line else ""
    title = f'<p style="margin:0 0 4px;font-weight:bold;font-size:19px">{escape(tame(card.title))}</p>'
    about = frame.without_dangers(title + line, is_html=True)
    button = _button(words, frame.alias_of(card))
    return f'<div style="{_CARD}">\n{about}\n<p style="margin:0">{button}</p>\n</div>'


def _button(words: str, address: str) -> str:
    return f'<a href="{escape(address)}" style="{_BUTTON}">{escape(tame(words))}</a>'


def _prose(piece: Prose, frame: Frame, marks: set[str]) -> str:
    tokens = MARKDOWN.parse(piece.markdown)
    for token in tokens:
        if token.children:
            token.children = lead(token.children, frame, marks)
        if token.tag in {"h1", "h5", "h6"}:
            token.tag = "h2" if token.tag == "h1" else "h4"
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    clean = nh3.clean(
        html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, link_rel=None
    )
    return frame.without_dangers(clean, is_html=True).strip()


def lead(children: list[Token], frame: Frame, marks: set[str]) -> list[Token]:
    """The tokens of a line with each link leading where readers are led; one whose page is gone goes with its words."""
    kept: list[Token] = []
    is_gone = False
    for child in children:
        if child.type == "link_open":
            target = str(child.attrGet("href") or "")
            address = target if target in marks else frame.address_of(target)
            is_gone = address is None
            if is_gone:
                kept.append(Token("text", "", 0, content=frame.words[GONE]))
            else:
                child.attrs = {"href": address or ""}
        if not is_gone:
            kept.append(child)
        if child.type == "link_close":
            is_gone = False
    return kept


def _footer(frame: Frame, why: str) -> str:
    rows = [escape(frame.words[why])]
    rows.append(f'<a href="[[unsubscribe]]" style="color:inherit">{escape(frame.words[STOP])}</a>')
    preferences = escape(f"{frame.base}/preferences")
    rows.append(f'<a href="{preferences}" style="color:inherit">{escape(frame.words[CHOOSE])}</a>')
    rows += [escape(line) for line in frame.organisation]
    lines = "<br>\n".join(rows)
    return f'<hr style="border:0;border-top:{_LINE};margin:32px 0 16px">\n<p style="font-size:14px">{lines}</p>'
