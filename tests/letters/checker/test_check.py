"""What a check finds in a text alone, and what it does about where, how often and how the words are written."""

import pytest
import yaml

from campaign.letters.checker.check import LONGEST, check
from campaign.letters.checker.context import Context
from campaign.letters.checker.findings import Severity
from campaign.letters.checker.rulebook import BadRules, current_rulebook, read_rulebook, wording

CLEAN = (
    "Здравствуйте, Мария! Меня зовут Аня, я живу у моря и преподаю биологию. Вчера был холодный фронт, пошёл снег,"
    " и мы с сыном устроили обстрел снежками. Перечитываю «Войну и мир». А что вы любите читать?"
)


def rules_of(text, context=None):
    return {each.rule for each in check(text, context or Context()).findings}


def places(text, rule):
    return [text[each.start : each.end] for each in check(text).findings if each.rule == rule]


def test_a_letter_about_ordinary_things_is_clean():
    report = check(CLEAN)
    assert report.is_clean
    assert not report.is_blocked
    assert report.rules_version == current_rulebook().version


def test_a_finding_tells_the_place_and_advises():
    text = "Что сказал следователь?"
    (found,) = check(text).findings
    assert (found.rule, found.severity, text[found.start : found.end]) == ("L08", Severity.BLOCK, "следователь")
    assert "дел" in wording(found.advice, "ru")


def test_the_words_stay_out_of_what_is_printed():
    (found,) = check("Что сказал следователь?").findings
    assert found.words == "следователь"
    assert "следователь" not in repr(found)


@pytest.mark.parametrize(
    "written",
    [
        "обстрел", "ОБСТРЕЛОМ", "oбcтpeл", "обс\u00adтрел", "об\u200bстрел", "о\u0336б\u0336с\u0336т\u0336рел",
        "обстре\u0301л", "𝐨бстрел", "обстре\u2060л",
    ],
)  # fmt: skip
def test_a_word_is_found_however_it_is_disguised(written):
    text = f"Вчера был {written} рядом."
    assert places(text, "L07") == [written]


def test_look_alikes_in_capitals_are_read_as_they_look():
    assert places("Он ушёл на CBO вчера.", "L07") == ["CBO"]


def test_two_places_are_graver_than_one():
    assert {each.severity for each in check("Опять обстрел.").findings} == {Severity.WARN}
    assert {each.severity for each in check("Опять обстрел, дядя на фронте.").findings} == {Severity.BLOCK}


def test_a_facility_may_be_known_to_be_stricter_or_milder():
    text = "Опять обстрел."
    assert not check(text, Context(adjustments={"L07": "off"})).findings
    assert check(text, Context(adjustments={"L07": "block"})).is_blocked


def test_words_of_two_sentences_make_no_expression():
    assert "L09" not in rules_of("Мы на даче. Вор унёс яблоки. Власть сна велика")


def test_designated_organisations_come_from_the_register():
    text = "Читал про «Синюю птицу» вчера."
    assert places(text, "L10") == []
    start = text.index("Синюю")
    context = Context(designated=lambda words: [(start, start + 11)])
    (found,) = check(text, context).findings
    assert (found.rule, found.words) == ("L10", "Синюю птицу")
    assert rules_of(text, Context(designated=[(start, start + 11)])) == {"L10"}


def test_a_text_beyond_the_limit_is_not_passed_off_as_read():
    report = check("Дождь идёт. " * 10_000)
    (cut,) = [each for each in report.findings if each.advice == "L26.cut"]
    assert (cut.start, cut.end, cut.severity) == (LONGEST, 120_000, Severity.BLOCK)


def test_every_advice_has_its_words():
    book = current_rulebook()
    assert set(book.rules) == {f"L{number:02}" for number in range(1, 37)}
    for key, texts in book.wordings.items():
        assert set(texts) == {"en", "ru", "de"}, key
        for language in texts:
            assert 20 < len(book.wording(key, language)) < 200, key


def test_every_word_of_the_lists_is_a_dictionary_form():
    """Anything else would never be met: forms are written with "=", beginnings with "*"."""
    assert current_rulebook().unknown_lemmas() == []


@pytest.mark.parametrize(
    "change",
    [
        {"severity": "grave"},
        {"wrods": ["слово"]},
        {"words": ["?слово"]},
        {"words": ["сл*"]},
        {"regex": ["("]},
        {"groups": [{"words": ["слово"], "advice": "nowhere"}]},
        {"advice": {"en": "Only in one language, which is not enough."}},
    ],
)
def test_misspelt_rules_are_refused(change, tmp_path):
    advice = dict.fromkeys(("en", "ru", "de"), "Take it out, please.")
    rule = {"id": "L99", "name": "test", "severity": "warn", "source": ["test"], "advice": advice, **change}
    (tmp_path / "version.yaml").write_text("version: '1'")
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump([rule], allow_unicode=True))
    with pytest.raises(BadRules):
        read_rulebook(tmp_path)
