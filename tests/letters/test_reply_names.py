"""Whom an excerpt names: found in three languages, whatever the case; never the person who wrote it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.letters.service.reply_names import find_named, names_person

OWN = ("Выдуманный Пётр Иванович", "Vydumanny", "Petr")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Передайте Лизе, что я помню. Марина Петровна тоже здесь.", ["Лизе", "Марина", "Петровна"]),
        ("Вчера мы с Романом Крапивиным чинили радио.", ["Романом", "Крапивиным"]),
        ("Пишет вам Пётр Выдуманный. Я, Пётр Иванович, здоров.", []),
        ("Спасибо Вам за письмо. Под Новый год шёл снег. Вера — это важно.", []),
        ("Меня перевели в ИК-7, пишите на anna@example.org", ["ИК-7", "anna@example.org"]),
        ("", []),
    ],
)
def test_russian_names_are_found_in_any_form(text, names):
    assert find_named({"ru": text}, OWN) == names


def test_in_english_a_capital_within_a_sentence_counts_and_in_german_what_is_named_elsewhere():
    texts = {
        "ru": "Передайте Лизе привет.",
        "en": "I met Thomas on Monday. Liza knows. Petr says hello.",
        "de": "Am Morgen fiel Schnee. Lisa und Thomas wissen es.",
    }
    assert find_named(texts, OWN) == ["Лизе", "Thomas", "Liza", "Lisa"]
    assert find_named({"de": "Der Schnee fiel am Morgen auf das Haus."}) == []


@pytest.mark.parametrize(
    ("text", "name", "is_named"),
    [
        ("Дорогая Ася, спасибо!", "Ася", True),
        ("Я рад письму от Аси.", "Ася", True),
        ("Привет, Тихой Реке.", "Тихая Река", True),
        ("Тихая ночь над рекой.", "Тихая Река", False),
        ("Лев спал, и я видел льва.", "Ася", False),
        ("Мария пишет.", "Марина", False),
        ("Dear River, thank you", "River", True),
        ("the river is near", "River", False),
        ("Кто угодно", "", False),
    ],
)
def test_the_writer_is_met_by_name_in_any_form(text, name, is_named):
    assert names_person(text, name) is is_named


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(["ru", "en", "de"]), st.text(max_size=300)), st.text(max_size=40))
def test_no_text_breaks_the_search_and_what_is_found_stands_in_it(texts, name):
    for found in find_named(texts, [name]):
        assert any(found in text for text in texts.values())
    for text in texts.values():
        names_person(text, name)
