"""What comes back, read: the forms of many servers, what is forged, and what is made to hurt."""

import time
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.kernel.mail.message import Sender
from campaign.kernel.mail.returns.classes import BOUNCES, ReturnKind, class_of
from campaign.kernel.mail.returns.reading import LONGEST, read
from campaign.kernel.mail.returns.verp import read_return_path
from tests.mail.corpus import BY_NAME, SAMPLES

SENDER = Sender("Us <petitions@example.org>", "example.org", b"a key of the tests, nobody else's")
MAIL = uuid.UUID("5f0c7a52-7d0e-4f8e-9d55-0c7a7b0f1c11")
PATH = SENDER.return_path(MAIL, "Anna@example.net")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_each_form_is_what_it_is(sample):
    found = read(sample.content(PATH), PATH, SENDER)
    assert (found.kind, found.code, found.mail) == (sample.kind, sample.code, MAIL)


def test_there_are_enough_of_them():
    assert len(SAMPLES) >= 40
    assert {sample.kind for sample in SAMPLES} == set(ReturnKind) - {ReturnKind.FORGED}


@pytest.mark.parametrize("sample", [each for each in SAMPLES if each.kind in BOUNCES], ids=lambda sample: sample.name)
@pytest.mark.parametrize(
    "recipient",
    [
        PATH.replace("b+", "b+a", 1),
        PATH.replace("@", "0@"),
        PATH[:30] + ("0" if PATH[30] != "0" else "1") + PATH[31:],
        SENDER.return_path(MAIL, "a@b").replace("example.org", "example.com"),
        Sender("x@y", "example.org", b"another key").return_path(MAIL, "Anna@example.net"),
        "petitions@example.org",
    ],
)
def test_what_cannot_prove_itself_is_forged_whatever_it_says(sample, recipient):
    found = read(sample.content("b+nothing-of-ours@example.org"), recipient, SENDER)
    assert (found.kind, found.claims, found.mail) == (ReturnKind.FORGED, sample.kind, None)


GATEWAY = b"""From: gateway@example.com
Subject: Your message
%sContent-Type: text/plain

Could not deliver message to the following recipient(s):

Failed Recipient: anna@example.net
Reason: Remote host said: 550 unknown user <anna@example.net>
"""


def test_at_a_return_path_of_ours_an_odd_gateway_is_believed_and_elsewhere_it_is_somebodys_letter():
    assert read(GATEWAY % b"", PATH, SENDER).kind == ReturnKind.HARD
    assert read(GATEWAY % b"Precedence: bulk\n", PATH, SENDER).kind == ReturnKind.HARD
    assert read(GATEWAY % b"", "petitions@example.org", SENDER).kind == ReturnKind.HUMAN


def test_somebody_who_is_away_is_no_bounce_even_at_a_return_path():
    away = b"From: Anna <anna@example.net>\nSubject: %s\n\nI am no longer available here until Monday.\n"
    assert read(away % b"Out of office", PATH, SENDER).kind == ReturnKind.AUTO
    assert read(away % b"Re: One step is left", PATH, SENDER).kind == ReturnKind.HUMAN


def test_a_version_among_the_words_is_no_code():
    assert class_of("Undeliverable: Release 2.0.12 of the list, user unknown") == (ReturnKind.HARD, "")


@pytest.mark.parametrize("words", ["is over disk quota", "552 would exceed mailbox quota", "the mail folder is full"])
def test_a_full_mailbox_has_many_words(words):
    assert class_of(words)[0] == ReturnKind.FULL


def test_the_return_path_proves_the_address_it_went_to():
    path = read_return_path(PATH.upper().replace("B+", "b+"), SENDER)
    assert path is not None
    assert path.went_to("anna@EXAMPLE.net", SENDER)
    assert not path.went_to("bert@example.net", SENDER)
    assert "anna" not in PATH


def test_a_complaint_may_quote_the_mail_it_is_about():
    found = read(BY_NAME["yahoo-complaint"].content(PATH), "complaints@example.org", SENDER)
    assert (found.kind, found.mail) == (ReturnKind.COMPLAINT, MAIL)
    assert found.addresses == ("anna@example.com",)


def test_the_verdict_shows_no_address():
    found = read(BY_NAME["postfix-no-user"].content(), PATH, SENDER)
    assert found.addresses == ("nobody@example.net",)
    assert "nobody" not in repr(found)


HEAD = b"From: MAILER-DAEMON@example.net\r\nSubject: failure notice\r\n"
NESTED = HEAD + b"".join(
    b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(5000)
)
HOSTILE = {
    "nested": NESTED,
    "deep-as-allowed": HEAD + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(30)
    ) + b"--\r\n" * 60_000,
    "rfc822": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 5000,
    "long-line": HEAD + b"\r\n" + b"a" * (LONGEST - 200),
    "short-lines": HEAD + b"\r\n" + b"\n" * (LONGEST - 200),
    "at-signs": HEAD + b"\r\n" + b"<a@" * 300_000,
    "addresses": HEAD + b"\r\n" + b"<a@example.net>\n" * 60_000,
    "endless-head": HEAD + b"X-A: b\r\n" * 100_000,
    "headers": HEAD + b"X-A: b\r\n" * 7_000 + b"\r\ntext",
    "encoded-subject": b"From: a@b.c\r\nSubject: " + b"=?utf-8?q?" * 20_000 + b"\r\n\r\n",
    "too-long": HEAD + b"\r\n" + b"a" * LONGEST,
    "spaces": HEAD + b"\r\n" + b" " * 500_000 + b"x",
    "fields": HEAD + b'Content-Type: multipart/report; boundary="q"\r\n\r\n--q\r\n'
    + b"Content-Type: message/delivery-status\r\n\r\n" + b"Status: 5.1.1\r\n\r\n" * 60_000,
}  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_is_made_to_hurt_is_read_in_bounded_time(content):
    begun = time.process_time()
    read(content, PATH, SENDER)
    assert time.process_time() - begun < 3


PIECES = st.sampled_from(
    [
        b"From: a@b.c\r\n", b"Subject: =?utf-8?b?////?=\r\n", b"Content-Type: multipart/report; boundary=\"\r\n",
        b"Content-Type: multipart/report; boundary=q; report-type=delivery-status\r\n", b"\r\n", b"\r\n--q\r\n",
        b"Content-Type: message/delivery-status\r\n\r\n", b"Status: 5.1.1\r\n", b"Status: \xff\r\n", b"--q--\r\n",
        b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n", b"X-Failed-Recipients: \x00\r\n",
        b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: text/plain; charset=nothing\r\n\r\n", b"\xd0\r\n",
        b"Content-Type: message/rfc822\r\n\r\n", b"Return-Path: <>\r\n", b"From: =?x?y?z?= <\r\n", b" \r\n", b"=\r\n",
        b"Content-Type: text/plain; charset*=utf-8''%ff\r\n", b"Content-Type: ;;;\r\n", b"From: MAILER-DAEMON\r\n",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.binary(max_size=2000), st.lists(st.one_of(PIECES, st.binary(max_size=20))).map(b"".join)), st.text()
)
def test_garbage_never_raises(content, recipient):
    assert read(content, recipient, SENDER).mail is None
    read(content, PATH, SENDER)
