"""The register of automatic mails is whole, and every shipped text keeps the rules that staff are held to."""

import re
from pathlib import Path

import pytest
from flask import Flask

from campaign.kernel.mail import text_check
from campaign.kernel.mail.automatic import UNSUBSCRIBE, Why, automatic_mails
from campaign.kernel.mail.kinds import mail_kinds
from campaign.site.mail_tests import MAIL as TEST
from campaign.site.mail_texts import find_name
from campaign.web.i18n import LANGUAGES
from campaign.web.mail_examples import show_mail
from campaign.web.mailing import shipped_text
from campaign.web.settings import settings

FOLDERS = Path(__file__).resolve().parents[2] / "templates" / "email"
NOT_AUTOMATIC = {TEST, "mailing", "mailing.test", "mailing.test_b"}
"""A test that staff ask for, and what they write themselves."""


def test_every_kind_is_in_the_register(app: Flask) -> None:
    kinds = {name for name, _kind in mail_kinds.items()}
    assert {mail.kind for mail in automatic_mails} == kinds - NOT_AUTOMATIC


def test_every_text_is_in_the_register(app: Flask) -> None:
    texts = {folder.name for folder in FOLDERS.iterdir() if folder.is_dir()}
    assert {key for key, _mail in automatic_mails.items()} == texts


def test_shipped_texts_have_no_logic(app: Flask) -> None:
    """Only words to translate and fields, as in the texts of staff: the same mail for everybody who gets it."""
    plain = re.compile(r"\{\{ _\('[^{}]*'\) \}\}")
    for path in sorted(FOLDERS.rglob("*.txt")):
        assert "{" not in plain.sub("", path.read_text()), path.parent.name


def test_every_entry_says_what_it_is(app: Flask) -> None:
    for mail in automatic_mails:
        assert mail.name, mail.key
        assert mail.reader, mail.key
        assert mail.trigger.endswith("."), mail.key


def test_what_goes_out_by_consent_says_so(app: Flask) -> None:
    for mail in automatic_mails:
        assert (mail.why is Why.CONSENT) == (UNSUBSCRIBE in mail.slots), mail.key
        if mail_kinds[mail.kind].by_consent:
            assert mail.why is Why.CONSENT, mail.key


def test_answers_to_an_act_of_a_moment_ago_never_wait(app: Flask) -> None:
    assert [mail.key for mail in automatic_mails if mail.why is Why.ACT and mail_kinds[mail.kind].counts] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_shipped_texts_keep_the_rules(app: Flask, language: str) -> None:
    faults = {}
    for mail in automatic_mails:
        text = shipped_text(mail.key, language)
        found = text_check.check_subject(text.subject, names=find_name)
        found += text_check.check_body(mail, text_check.tidy(text.body), host=settings().public_host)
        if found:
            faults[mail.key] = found
    assert faults == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_can_be_shown_as_it_would_leave(app: Flask, language: str) -> None:
    for mail in automatic_mails:
        shown = show_mail(mail, shipped_text(mail.key, language), language)
        assert shown.subject, mail.key
        assert "[[" not in shown.body, mail.key
        names = {name for name, _value in shown.headers}
        assert ("List-Unsubscribe" in names) == (mail.why is Why.CONSENT), mail.key


def test_shipped_texts_stand_in_each_language(app: Flask) -> None:
    """A text that was forgotten in one language would leave in English."""
    for mail in automatic_mails:
        bodies = {shipped_text(mail.key, language).body for language in LANGUAGES}
        assert len(bodies) == len(LANGUAGES), mail.key
