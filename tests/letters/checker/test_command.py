"""`flask letters check`: text in, a finding a line out."""

import pytest
from sqlalchemy.exc import OperationalError

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.letters.models import RuleAdjustment
from campaign.prisoners.models import Custody
from tests.support import pens


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


CLEAN = "Здравствуйте! У нас цветёт сирень, и кот спит на окне."


def test_with_somebody_the_rules_of_their_place_and_means_are_added(command):
    person = pens.addressee()
    slug = person.slug
    alone, known = command(CLEAN), command(CLEAN, "--prisoner", slug)
    assert (alone.stdout, known.exit_code) == ("", 0)
    rules = {line.split(" ")[0] for line in known.stdout.splitlines()}
    assert rules == {"L29"}, "no way to answer is named"
    with transaction():
        place = session.query(Custody.facility_id).filter_by(prisoner_id=person.id, until_on=None).scalar()
        session.add(
            RuleAdjustment(facility_id=place, rule="L08", becomes="off", reason="Learned.", set_on=clock.today())
        )
    question = "Что сказал следователь?"
    assert "L08 block" in command(question).stdout
    assert "L08" not in command(question, "--prisoner", slug).stdout


def test_the_way_decides_how_much_fits(command):
    slug = pens.addressee().slug
    long = CLEAN * 250
    assert "L26 info" in command(long, "--prisoner", slug, "--channel", "post").stdout
    assert "L26 warn" in command(long, "--prisoner", slug, "--channel", "zt").stdout


@pytest.mark.parametrize(
    "arguments", [("--prisoner", "nobody"), ("--channel", "zt"), ("--prisoner", "nobody", "--channel", "parcels")]
)
def test_whoever_does_not_exist_is_no_clean_letter(command, arguments):
    result = command(CLEAN, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
