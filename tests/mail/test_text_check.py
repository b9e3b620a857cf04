"""What is refused of a text that staff typed: unknown fields, tricks, what cannot be seen, links to elsewhere."""

import pytest
from flask import Flask

from campaign.kernel.mail.automatic import UNSUBSCRIBE, AutomaticMail, Slot, Why, page_link
from campaign.kernel.mail.text_check import LONGEST_BODY, LONGEST_SUBJECT, check_body, check_subject, tidy
from campaign.site.mail_texts import find_name
from tests.support import make

MAIL = AutomaticMail(
    "made.up", "Made up", "Never.", "nobody", Why.CONSENT,
    (page_link("/made-up"), Slot("extra", "something", "/extra", is_needed=False), UNSUBSCRIBE),
)  # fmt: skip
GOOD = "Hello,\n\nhere it is: [[link]]\n\nStop: [[unsubscribe]]\n"


def nobody(_subject: str) -> None:
    return None


def body_faults(body: str) -> list[str]:
    return [fault.message % fault.values for fault in check_body(MAIL, body, host="example.org")]


def subject_faults(subject: str) -> list[str]:
    return [fault.message % fault.values for fault in check_subject(subject, names=nobody)]


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        GOOD + "\nhttps://example.org/write and example.org\n",
        GOOD + "\nHTTPS://Example.org:443/write, (see https://example.org) and „https://example.org/x“.\n",
        GOOD + "\nWrite to hello@example.org.\n",
        GOOD + "\n„Так и пишите“, и т. д. – 5 < 7 & 3 > 2 (see [1]) 100 % … e.g. this\n",
        GOOD + "\n[[extra]]\n",
        GOOD + "\nDas geht z. B. so, d. h. am 12.05. um 18.30 Uhr\n",
    ],
)
def test_an_honest_text_passes(body: str) -> None:
    assert body_faults(body) == []


@pytest.mark.parametrize(
    ("added", "words"),
    [
        ("[[name]]", "knows no field [[name]]"),
        ("[[ link ]]", "without spaces"),
        ("[[link", "without spaces"),
        ("[[]]", "without spaces"),
        ("[[link.__class__]]", "without spaces"),
        ("{{ link }}", "no conditions"),
        ("{% for a in b %}x{% endfor %}", "no conditions"),
        ("{# hidden #}", "no conditions"),
        ("${7*7}", "no conditions"),
        ("<%= 7 %>", "no conditions"),
        ("<b>bold</b>", "without markup"),
        ("<!-- note -->", "without markup"),
        ("</pre><script>", "without markup"),
        ("&lt;b&gt;", "without markup"),
        ("[here](https://example.org)", "without markup"),
        ("JavaScript:alert(1)", "without markup"),
        ("\x00", "U+0000"),
        ("\x1b[31m", "U+001B"),
        ("\u202eevil", "U+202E"),
        ("\u2066x\u2069", "U+2066"),
        ("a\u200bb", "U+200B"),
        ("\ufeff", "U+FEFF"),
        ("\u2028", "U+2028"),
        ("\udc80", "U+DC80"),
        ("https://evil.example/x", "leads elsewhere"),
        ("http://example.org@evil.example/", "leads elsewhere"),
        ("https://example.org:80@evil.example/x", "leads elsewhere"),
        ("https://example.org:x@evil.example", "leads elsewhere"),
        ("https://example.org(@evil.example/", "leads elsewhere"),
        ("https://example.org'.evil.example/", "leads elsewhere"),
        ("https://example.org[@evil.example/", "leads elsewhere"),
        ("https://example.org\\@evil.example/", "leads elsewhere"),
        ("https://example.org\\.evil.example/", "leads elsewhere"),
        ("https:\\\\evil.example/", "leads elsewhere"),
        ("https:///evil.example/", "leads elsewhere"),
        ("https://example.org:99999999/", "leads elsewhere"),
        ("https://example.org／@evil.example/", "leads elsewhere"),
        ("https://example.org.evil.example/", "leads elsewhere"),
        ("//evil.example", "leads elsewhere"),
        ("evil.example", "leads elsewhere"),
        ("ftp://example.org/x", "leads elsewhere"),
        ("mailto:a@evil.example", "leads elsewhere"),
        ("сайт.рф", "leads elsewhere"),
        ("Write to anna.b@evil.example", "“anna.b@evil.example” leads elsewhere"),
        ("x" * LONGEST_BODY, "at most"),
    ],
)
def test_a_trick_is_refused_with_its_reason(added: str, words: str) -> None:
    assert words in " ".join(body_faults(f"{GOOD}\n{added}\n"))


def test_what_a_mail_cannot_do_without_must_be_there() -> None:
    assert "[[unsubscribe]] is missing" in " ".join(body_faults("Hello [[link]]\n"))
    assert "[[link]] is missing" in " ".join(body_faults("Hello [[unsubscribe]]\n"))
    assert body_faults(" \n") == ["A mail needs a text."]


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("", "needs a subject"),
        ("About [[link]]", "no fields"),
        ("Hi\r\nBcc: victim@evil.example", "U+000D"),
        ("Hi\nthere", "U+000A"),
        ("Hi\x85there", "U+0085"),
        ("Hi \u202ethere", "U+202E"),
        ("Look at {{ config }}", "no conditions"),
        ("<b>Hi</b>", "without markup"),
        ("See https://example.org", "no link"),
        ("See evil.example", "no link"),
        ("x" * (LONGEST_SUBJECT + 1), "at most"),
    ],
)
def test_a_subject_is_one_plain_line(subject: str, words: str) -> None:
    assert words in " ".join(subject_faults(subject))
    assert subject_faults("Please confirm") == []


def test_line_breaks_of_browsers_are_made_one(app: Flask) -> None:
    assert tidy("\r\n\r\nA  \r\nB\rC\n\n") == "A\nB\nC\n"


def test_a_name_on_our_pages_is_found_in_a_subject(app: Flask) -> None:
    make.public_prisoner(last_ru="Верещагин", last_latin="Vereshchagin")
    for subject in (
        "Письмо для Верещагина",
        "О Верещагиной",
        "верещагин",
        "News of Vereshchagin",
        "VERESHCHAGIN's day",
    ):
        assert find_name(subject) is not None, subject
    for subject in ("Please confirm", "Ваше письмо ушло", "Ваше Письмо", "Верещать не нужно"):
        assert find_name(subject) is None, subject
