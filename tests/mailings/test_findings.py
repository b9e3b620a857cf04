"""What is found before a mailing goes to a second person."""

import uuid

import pytest
from flask import Flask

from campaign.kernel.db import session, transaction
from campaign.mailings.models import Mailing
from campaign.mailings.service import write
from campaign.mailings.service.text.findings import MOST_TOLD, Finding, Level, check_mailing, has_errors, named_in
from campaign.mailings.service.text.store import TextDraft
from campaign.mailings.service.write import MailingDraft
from campaign.petitions.models import PetitionState
from campaign.petitions.queries import get_petition
from campaign.petitions.service import change_state
from tests.support import make

ACTOR = uuid.UUID(int=7)
QUIET = TextDraft("What happened in November", body="Hello.")
ALL = {
    "en": QUIET,
    "ru": TextDraft("Что было в ноябре", body="Здравствуйте."),
    "de": TextDraft("Was war", body="Hallo."),
}


def made(**texts: TextDraft) -> Mailing:
    """A committed draft in these languages."""
    with transaction():
        return write.create_mailing(MailingDraft("November", texts=texts), actor=ACTOR)


def found(level: Level = Level.WARNING, **texts: TextDraft) -> list[Finding]:
    """What of this level is found of texts that are good in all other languages."""
    return [each for each in check_mailing(made(**{**ALL, **texts})) if each.level is level]


def test_a_quiet_mailing_has_notes_alone(app: Flask) -> None:
    findings = check_mailing(made(**ALL))
    assert {each.level for each in findings} == {Level.NOTE}
    assert not has_errors(findings)


def test_what_is_missing_stops_it(app: Flask) -> None:
    findings = check_mailing(made(ru=TextDraft("Тема")))
    errors = [(each.language, each.level) for each in findings if each.level is Level.ERROR]
    assert errors == [("ru", Level.ERROR), ("en", Level.ERROR)]
    assert [each.language for each in findings if each.level is Level.WARNING] == ["de"]
    assert has_errors(check_mailing(made()))


@pytest.mark.parametrize(
    ("subject", "names"),
    [
        ("News of Vymyshlennyi and others", ["Vymyshlennyi"]),
        ("Письмо Вымышленному от нас", ["Вымышленному"]),
        ("О Вымышленных днях", ["Вымышленных"]),
        ("Nachricht von Wymyschlennyj", ["Wymyschlennyj"]),
        ("What happened in November", []),
        ("вымышленный мир", []),
    ],
)
def test_the_name_of_a_prisoner_in_a_subject_is_seen_in_any_spelling(
    app: Flask, subject: str, names: list[str]
) -> None:
    make.prisoner()
    assert [name for name, _is_certain in named_in(subject)] == names


def test_a_name_in_the_subject_stops_it(app: Flask) -> None:
    make.prisoner()
    errors = found(Level.ERROR, ru=TextDraft("Письмо Вымышленному", body="Да."))
    assert [each.values for each in errors] == [{"name": "Вымышленному"}]


def test_the_title_of_a_petition_in_the_subject_is_told(app: Flask) -> None:
    make.petition()
    assert found(en=TextDraft("Please sign: Open the windows", body="Hello."))


@pytest.mark.parametrize(
    "subject", ["READ THIS NOW", "Now!! Today!", "Last chance to help", "x" * 71, "СРОЧНО прочтите"]
)
def test_a_loud_or_long_subject_is_told(app: Flask, subject: str) -> None:
    assert found(en=TextDraft(subject, body="Hello."))


@pytest.mark.parametrize(
    "body",
    [
        "[x](http://example.org)", "[x](https://bit.ly/abc)", "Call +49 30 1234567", "Write to anna@example.org",
        "word " * 1_700, "[x](https://example.org) " * 13,
    ],
)  # fmt: skip
def test_what_a_reader_should_not_find_in_a_body_is_told(app: Flask, body: str) -> None:
    assert found(en=TextDraft("Subject", body=body))
    assert found(Level.ERROR, en=TextDraft("Subject", body=body)) == []


def test_a_name_without_a_word_for_those_without_stops_it(app: Flask) -> None:
    [error] = found(Level.ERROR, en=TextDraft("Subject", body="First.\n\nHi [[name]]"))
    assert (error.language, error.line) == ("en", 3)
    assert found(Level.ERROR, en=TextDraft("Subject", body="Hi [[name|friend]]")) == []


def test_no_more_is_told_than_somebody_reads(app: Flask) -> None:
    warnings = found(en=TextDraft("Subject", body="a@b.c\n" * 400))
    assert len([each for each in warnings if each.language == "en"]) == MOST_TOLD + 1
    assert warnings[-1].values == {"count": "350"}


def test_a_card_that_is_gone_stops_it(app: Flask) -> None:
    petition = make.petition()
    mailing = made(**{**ALL, "en": TextDraft("Subject", body=f"[[petition:{petition.slug}]]")})
    assert not has_errors(check_mailing(mailing))
    with transaction():
        change_state(get_petition(petition.id), PetitionState.CLOSED, actor=ACTOR)
    assert has_errors(check_mailing(mailing))


def test_a_plain_text_by_hand_is_read_again_when_the_text_changes(app: Flask) -> None:
    mailing = made(**{**ALL, "en": TextDraft("Subject", body="One.", plain="One, by hand.")})
    assert [each.level for each in check_mailing(mailing) if each.level is not Level.NOTE] == []
    with transaction():
        draft = MailingDraft("November", texts={**ALL, "en": TextDraft("Subject", body="Two.", plain="One, by hand.")})
        write.edit_mailing(mailing.id, draft, seen_version=mailing.version, actor=ACTOR)
    assert [each.language for each in check_mailing(mailing) if each.level is Level.WARNING] == ["en"]


def test_two_subjects_that_are_tried_have_to_be_written(app: Flask) -> None:
    mailing = made(**ALL)
    mailing.ab_share = 10
    assert [each.language for each in check_mailing(mailing) if each.level is Level.ERROR] == ["de", "en", "ru"]
    session.rollback()
