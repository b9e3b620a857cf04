"""What may stand in a text of a mailing, and what is refused with its line."""

import pytest

from campaign.mailings.service.text.links import is_shortener, is_unsafe, names_a_page, own_path
from campaign.mailings.service.text.parts import Block, Button, Field, Prose
from campaign.mailings.service.text.read import check_subject, read_plain, read_text

GOOD = """\
[[greeting]]

Hello [[name|friend]], *this* happened:

[[petition:open-the-windows]]

[Write](prisoner:anna-a) or [stop]([[unsubscribe]]), <https://example.org/a?b=1>

[[button:What you can do|/write]]
"""


def test_fields_blocks_buttons_and_links_are_read() -> None:
    parsed = read_text(GOOD)
    assert parsed.problems == []
    assert [type(piece) for piece in parsed.pieces] == [Prose, Block, Prose, Button]
    assert [(used.field, used.fallback) for used in parsed.used] == [
        (Field.GREETING, ""), (Field.NAME, "friend"), (Field.UNSUBSCRIBE, ""),
    ]  # fmt: skip
    assert [(ref.kind, ref.slug, ref.line) for ref in parsed.refs] == [
        ("petition", "open-the-windows", 5), ("prisoner", "anna-a", 7),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[[nickname]]", "nothing is called"),
        ("[[name.__class__]]", "nothing is called"),
        ("[[name", "not closed"),
        ("name]]", "not closed"),
        ("[[a[[name]]]]", "not closed"),
        ("[[name|[[name]]]]", "not closed"),
        ("Go [[petition:x]] now", "line of its own"),
        ("[[greeting|you]]", "needs no word"),
        ("[[name|" + "x" * 61 + "]]", "too long"),
        ("[[button:Only words]]", "a button is written"),
        ("{% for x in y %}", "template languages"),
        ("{{ config }}", "template languages"),
        ("{# c #}", "template languages"),
        ("<%= 7*7 %>", "template languages"),
        ("<b>loud</b>", "HTML is not used"),
        ("<img src=x onerror=alert(1)>", "HTML is not used"),
        ("<!-- hidden", "HTML is not used"),
        ("![alt](https://tracker.example/p.gif)", "no pictures"),
        ("[x](javascript:alert(1))", "runs something"),
        ("<javascript:alert(1)>", "runs something"),
        ("[x](&#106;avascript:alert(1))", "cannot be read"),
        ("[x](data:text/html,hi)", "runs something"),
        ("[x](ftp://example.org)", "links lead to"),
        ("[x](//example.org/y)", "can name somebody"),
        ("[x](https://anna@example.org)", "leads elsewhere"),
        ("[x](/prisoners/anna-a)", "can name somebody"),
        ("[x](petition:../../admin)", "after the colon"),
        ("[x]([[name]])", "is no address"),
        ("[see](https://evil.example/?n=[[name|friend]]&u=[[unsubscribe]])", "part of an address"),
        ("[see](https://[[name|friend]].evil.example/)", "part of an address"),
        ("[see](prisoner:[[name|friend]])", "part of an address"),
        ("Go to https://evil.example/[[name|friend]] now", "part of an address"),
        ("Go to evil.example/?u=[[unsubscribe]] now", "part of an address"),
        ("Go to <https://evil.example/?u=xslot%710q> now, [[unsubscribe]]", "part of an address"),
        ("[see](https://evil.example/?u=xslot&#113;0q) [[unsubscribe]]", "part of an address"),
        ("[x](https://e.example)[[name|a]]@evil.example", "part of an address"),
        ("Go to https://anna@example.org now", "leads elsewhere"),
        (r"\[\[name\]\]", "cannot be shown"),
        ("&#91;&#91;x&#93;&#93;", "cannot be shown"),
        ("*one* two [*[x]*]", "cannot be shown"),
        ("turned \u202e around", "U+202E"),
        ("left \u2066 alone", "U+2066"),
        ("bell \x07", "U+0007"),
        ("return \r alone", "U+000D"),
        ("mark \ufeff", "U+FEFF"),
        ("a" * 601, "too long to be mailed"),
    ],
)
def test_whatever_is_more_is_refused_with_its_line(line: str, words: str) -> None:
    problems = read_text(f"First.\n\n{line}").problems
    assert problems
    assert {problem.line for problem in problems} == {3}
    assert any(words in problem.message % problem.values for problem in problems)


def test_addresses_in_prose_are_links_once() -> None:
    links = read_text("See\nhttps://a.example/x, <https://b.example> [https://c.example](https://c.example)").links
    assert [(link.target, link.line) for link in links] == [
        ("https://a.example/x", 2), ("https://b.example", 1), ("https://c.example", 1),
    ]  # fmt: skip


def test_shown_brackets_are_told_with_their_own_line() -> None:
    assert [problem.line for problem in read_text("One\ntwo\n&#91;[x]]\n\n- a\n- [*[b*").problems] == [3, 3, 6]


def test_a_field_may_stand_beside_an_address_or_be_one() -> None:
    good = "[stop]([[unsubscribe]]) ([[preferences]]), [[name|you]]: https://example.org/a. Dear [[name|friend]]."
    assert read_text(good).problems == []
    assert read_plain("Stop: [[unsubscribe]], see https://example.org/a [[name|you]]").problems == []


@pytest.mark.parametrize(
    "line",
    [
        "[[nickname]]", "javascript:alert(1)", "<b>", "{{ x }}", "\u202e", "[[name", "https://evil.example/[[name|a]]",
        "www.evil.example/[[unsubscribe]]",
    ],
)  # fmt: skip
def test_a_plain_text_by_hand_is_read_as_strictly(line: str) -> None:
    assert [problem.line for problem in read_plain(f"First.\n{line}").problems][:1] == [2]


@pytest.mark.parametrize("subject", ["[[name]]", "a\nBcc: x@example.org", "\u202eabc", "{{ x }}", "<b>", "a\rb", "a]]"])
def test_a_subject_holds_nothing_but_words(subject: str) -> None:
    assert check_subject(subject)
    assert check_subject("What happened in November, and what is next") == []


def test_marks_of_fields_are_told_from_what_was_typed() -> None:
    parsed = read_text("xslotq0q [[name|friend]]")
    assert parsed.used[0].mark != "xslotq0q"


def test_what_links_look_like() -> None:
    assert is_shortener("https://bit.ly/x")
    assert not is_shortener("https://example.org")
    assert is_unsafe("http://example.org")
    hosts = frozenset({"unforgotten.example"})
    assert own_path("https://unforgotten.example/ru/prisoners/anna", hosts) == "/prisoners/anna"
    assert own_path("https://example.org/prisoners/anna", hosts) is None
    for same in ("https://UNFORGOTTEN.example", "https://a@unforgotten.example:443", "HTTP://unforgotten.example."):
        assert own_path(f"{same}/prisoners/anna", hosts) == "/prisoners/anna"
    assert own_path("https://[unforgotten.example/x", hosts) is None
    assert names_a_page("/prisoners/anna")
    assert not names_a_page("/write")
    assert not names_a_page("/l/abcdefgh")
