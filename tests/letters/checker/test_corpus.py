"""The rules against fictional letters: what they find, what they leave alone, and what the documentation says of it."""

from functools import cache
from pathlib import Path

import pytest
import yaml

from campaign.letters.checker.check import check
from tests.letters.checker import corpus_table
from tests.letters.checker.corpus_table import FEW, HELD_OUT, Example, clean_part, overall, read_corpus, score

SENTENCES = yaml.safe_load(Path(__file__).with_name("sentences.yaml").read_text())


@cache
def part(held_out: bool) -> tuple[Example, ...]:
    return tuple(each for each in read_corpus() if (each.theme == HELD_OUT) is held_out)


def test_the_corpus_is_large_enough_and_about_half_of_it_is_harmless():
    everything = read_corpus()
    harmless = [each for each in everything if not each.expected]
    assert len(everything) >= 200
    assert len(part(held_out=True)) >= 40
    assert 0.48 < len(harmless) / len(everything) < 0.52
    assert len({each.text for each in everything}) == len(everything)


def test_every_rule_has_a_letter():
    covered = {rule for each in read_corpus() for rule in each.expected}
    assert covered == {f"L{number:02}" for number in range(1, 37)}


@pytest.mark.parametrize("held_out", [False, True], ids=["tuned", "held out"])
def test_the_rules_find_what_they_should_and_little_else(held_out):
    found = overall(score(part(held_out)))
    least = 0.85 if held_out else 0.9
    assert found.precision >= least, found
    assert found.recall >= least, found
    clean, harmless = clean_part(part(held_out))
    assert clean >= 0.9 * harmless


def test_no_rule_does_badly():
    for rule, found in score(part(held_out=False)).items():
        if found.positives >= FEW:
            assert found.precision >= 0.8, (rule, found.letters)
            assert found.recall >= 0.8, (rule, found.letters)


def test_the_documentation_says_what_comes_out():
    document = corpus_table.DOCUMENT.read_text()
    assert corpus_table.with_tables(document) == document, "python -m tests.letters.checker.corpus_table"


@pytest.mark.parametrize("sentence", SENTENCES["harmless"])
def test_harmless_sentences_stay_clean(sentence):
    assert check(sentence).is_clean


@pytest.mark.parametrize(
    ("rule", "sentence"), [(rule, each) for rule, sentences in SENTENCES["found"].items() for each in sentences]
)
def test_plain_sentences_are_found(rule, sentence):
    assert rule in check(sentence).rules
