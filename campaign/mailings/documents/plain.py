"""A mailing as plain text: made from its Markdown, with every address written out, or as somebody wrote it by hand."""

import textwrap
from collections.abc import Iterator

from markdown_it.tree import SyntaxTreeNode

from campaign.kernel.registry_mail import mail_blocks
from campaign.mailings.documents.frame import CHOOSE, GONE, STOP, Frame, fill_marks, tame
from campaign.mailings.documents.html import lead
from campaign.mailings.service.text.parts import Block, Button, Parsed, Prose
from campaign.mailings.service.text.read import MARKDOWN

WIDTH = 72


def plain_of(parsed: Parsed, frame: Frame, *, why: str, by_hand: bool) -> str:
    """The whole text with slots."""
    marks = {used.mark for used in parsed.used}
    parts = [_piece(piece, frame, marks, by_hand=by_hand) for piece in parsed.pieces]
    body = "\n\n".join(part for part in parts if part)
    body = fill_marks(body, parsed.used, frame, is_html=False)
    return f"{body}\n\n{_footer(frame, why)}\n"


def _piece(piece: Prose | Block | Button, frame: Frame, marks: set[str], *, by_hand: bool) -> str:
    if isinstance(piece, Prose):
        text = _as_typed(piece.markdown, frame) if by_hand else _prose(piece.markdown, frame, marks)
        return frame.without_dangers(text, is_html=False)
    if isinstance(piece, Button):
        address = frame.address_of(piece.target)
        return frame.words[GONE] if address is None else f"{tame(piece.words)}:\n{address}"
    card = frame.card_of(piece.ref.kind, piece.ref.slug)
    if card is None:
        return frame.words[GONE]
    about = [_wrapped(tame(words)) for words in (card.title, card.line) if words]
    told = frame.without_dangers("\n".join(about), is_html=False)
    return f"{told}\n{frame.words[mail_blocks[piece.ref.kind].button]}:\n{frame.alias_of(card)}"


def _footer(frame: Frame, why: str) -> str:
    # Two hyphens and a space: mail programs take what follows for a signature and quote it in no answer.
    rows = ["-- ", frame.words[why], f"{frame.words[STOP]}:", "[[unsubscribe]]"]
    rows += [f"{frame.words[CHOOSE]}:", f"{frame.base}/preferences"]
    return "\n".join([*rows, *frame.organisation])


def _as_typed(text: str, frame: Frame) -> str:
    lines = []
    for line in text.strip("\n").split("\n"):
        words = [frame.address_of(word) or word if word.startswith(("http://", "https://")) else word
                 for word in line.split(" ")]  # fmt: skip
        lines.append(_wrapped(" ".join(words)))
    return "\n".join(lines)


def _prose(markdown: str, frame: Frame, marks: set[str]) -> str:
    tokens = MARKDOWN.parse(markdown)
    for token in tokens:
        if token.children:
            token.children = lead(token.children, frame, marks)
    return "\n\n".join(_blocks(SyntaxTreeNode(tokens), "", ""))


def _blocks(node: SyntaxTreeNode, first: str, rest: str) -> Iterator[str]:
    """The paragraphs beneath a node; `first` stands before the very first line, `rest` before the others."""
    before = first
    for child in node.children:
        if child.type in {"bullet_list", "ordered_list"}:
            yield "\n".join(_items(child, rest))
        elif child.type == "blockquote":
            yield "\n".join(_blocks(child, f"{before}> ", f"{rest}> "))
        elif child.type in {"fence", "code_block"}:
            yield textwrap.indent(child.content.rstrip("\n"), f"{rest}    ")
        elif child.type == "hr":
            yield f"{rest}* * *"
        else:
            yield _wrapped(_inline(child), before, rest)
        before = rest


def _items(node: SyntaxTreeNode, rest: str) -> Iterator[str]:
    number = int(node.attrs.get("start", 1) or 1)
    for at, item in enumerate(node.children, number):
        mark = "- " if node.type == "bullet_list" else f"{at}. "
        yield "\n".join(_blocks(item, f"{rest}{mark}", rest + " " * len(mark)))


def _inline(node: SyntaxTreeNode) -> str:
    if node.type == "softbreak":
        return " "
    if node.type == "hardbreak":
        return "\n"
    if node.type in {"text", "code_inline"}:
        return node.content
    words = "".join(_inline(child) for child in node.children)
    if node.type != "link":
        return words
    address = str(node.attrs.get("href", ""))
    return address if words in {address, address.removeprefix("mailto:")} else f"{words} ({address})"


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    lines = []
    for at, line in enumerate(text.split("\n")):
        before = first if at == 0 else rest
        lines.append(
            textwrap.fill(
                line, WIDTH, initial_indent=before, subsequent_indent=rest, break_long_words=False,
                break_on_hyphens=False,
            )
        )  # fmt: skip
    return "\n".join(lines)
