"""`flask letters check`: text in, a finding a line out."""

import pytest
from sqlalchemy.exc import OperationalError

from campaign.kernel.db import session


@pytest.fixture
def command(app):
    def run(text, *arguments):
        result = app.test_cli_runner().invoke(args=["letters", "check", *arguments], input=text)
        session.remove()
        return result

    return run


def test_each_finding_is_a_line_with_its_place(command):
    result = command("Здравствуйте!\r\nЧто сказал следователь?")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("L08 block 26-37 Do not speak about the case")
    assert result.stdout.count("\n") == 1


def test_a_clean_text_gives_nothing(command):
    result = command("Здравствуйте! У нас цветёт сирень, и кот спит на окне.")
    assert (result.exit_code, result.output) == (0, "")


def test_the_advice_comes_in_other_languages(command):
    assert "Не пишите о деле" in command("Что сказал следователь?", "--language", "ru").stdout
    assert "Schreiben Sie nicht" in command("Что сказал следователь?", "--language", "de").stdout


def test_nothing_is_clean(command):
    assert (command("").exit_code, command("").output) == (0, "")


def test_what_is_no_text_is_refused(command):
    result = command(b"\xff\xfe\x00")
    assert result.exit_code == 2
    assert result.stdout == ""


def test_a_register_that_cannot_be_read_is_told(command, monkeypatch):
    def fail(words):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("campaign.letters.cli.find_designated", fail)
    result = command("Что сказал следователь?")
    assert result.exit_code == 1
    assert result.stdout.startswith("L08 block")
    assert "register" in result.stderr
