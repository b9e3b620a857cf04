"""One mailbox has one canonical address; what mail cannot reach is refused in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.kernel.addresses import (
    BadAddress,
    canonical_address,
    canonical_of_stored,
    deliverable_address,
    read_address,
)

DOMAINS = ["example.org", "Example.ORG", "gmail.com", "GoogleMail.com", "ya.ru", "yandex.kz", "пример.рф", "faß.de"]
LOCALS = st.text("abcXYZ019.+-_'", min_size=1, max_size=30)
WRITTEN = st.builds("{}@{}".format, LOCALS, st.sampled_from(DOMAINS))


def canonical_or_none(raw: str) -> str | None:
    try:
        return canonical_address(raw)
    except BadAddress:
        return None


@given(WRITTEN)
def test_a_canonical_address_is_its_own_canonical_form(raw: str) -> None:
    canonical = canonical_or_none(raw)
    if canonical is not None:
        assert canonical_address(canonical) == canonical
        assert canonical_address(deliverable_address(raw)) == canonical
        assert canonical_of_stored(deliverable_address(raw)) == canonical
        assert deliverable_address(deliverable_address(raw)) == deliverable_address(raw)


@settings(max_examples=30)
@given(st.text() | st.builds("{}@{}".format, st.text(max_size=20), st.text(max_size=20)))
def test_any_text_is_an_address_or_a_domain_error(raw: str) -> None:
    canonical = canonical_or_none(raw)
    assert canonical is None or (canonical.isascii() and canonical == canonical.lower() and len(canonical) <= 254)


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("Anna@Example.ORG", "anna@example.org"),
        ("anna+petition@example.org", "anna@example.org"),
        ("anna+a+b@example.org", "anna@example.org"),
        ("anna.+b@example.org", "anna@example.org"),
        ("+anna@example.org", "+anna@example.org"),
        ("a.n.na@example.org", "a.n.na@example.org"),
        ("A.n.na+x@GoogleMail.com", "anna@gmail.com"),
        ("anna@ya.ru", "anna@yandex.ru"),
        ("an.na+x@Yandex.BY", "an.na@yandex.ru"),
        ("an-na@yandex.com", "an-na@yandex.ru"),
        ("anna@ПРИМЕР.рф", "anna@xn--e1afmkfd.xn--p1ai"),
        ("anna@xn--e1afmkfd.xn--p1ai", "anna@xn--e1afmkfd.xn--p1ai"),
        ("anna@ｅxample.org", "anna@example.org"),
        ("  anna@example.org\u00a0", "anna@example.org"),
    ],
)
def test_spellings_of_one_mailbox_are_one(raw: str, canonical: str) -> None:
    assert canonical_address(raw) == canonical


def test_the_address_to_send_to_keeps_what_the_person_wrote_before_the_at() -> None:
    assert deliverable_address(" An.Na+List@ПРИМЕР.РФ ") == "An.Na+List@xn--e1afmkfd.xn--p1ai"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "anna",
        "anna@",
        "@example.org",
        "anna@localhost",
        "anna@example..org",
        ".anna@example.org",
        "an na@example.org",
        "anna@example.org, boris@example.org",
        "Anna <anna@example.org>",
        "anna@[127.0.0.1]",
        '"anna"@example.org',
        "анна@example.org",
        "ann\u212a@example.org",
        "ａnna@example.org",
        "anna\x00@example.org",
        "anna@example.org\r\nBcc: boris@example.org",
        "anna@example.org\n",
        "anna\u202e@example.org",
        "anna@exam\u200bple.org",
        "anna\u2028@example.org",
        "anna\ud800@example.org",
        "a" * 65 + "@example.org",
        "a@" + "b" * 300 + ".org",
        "a@" + ".".join(["b" * 60] * 4) + ".example.org",
        "x" * 100_000,
    ],
)
def test_what_mail_cannot_reach_is_refused_without_being_repeated(raw: str) -> None:
    with pytest.raises(BadAddress) as refused:
        deliverable_address(raw)
    assert canonical_or_none(raw) is None
    assert refused.value.message.endswith(".")
    assert "anna" not in refused.value.message


def test_a_message_says_what_to_do() -> None:
    with pytest.raises(BadAddress, match="Latin letters"):
        deliverable_address("анна@example.org")
    with pytest.raises(BadAddress, match="invisible"):
        deliverable_address("anna\u200f@example.org")


def test_the_domain_is_what_limits_are_kept_by() -> None:
    assert read_address("Anna@Mail.RU").domain == "mail.ru"
