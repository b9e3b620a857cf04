"""Charges as newspapers, courts and people in a hurry write them."""

import pytest

from campaign.prisoners.articles import article_label, articles
from campaign.prisoners.models import Code
from campaign.prisoners.service.cases.charges import ARTICLE, label_of
from campaign.prisoners.service.charge_text import Unreadable, read_charges

D = "п. «д» ч. 2 ст. 207.3 УК"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("ст. 207.3 ч. 2 п. «д» УК РФ", [D]),
        ("п. «д» ч. 2 ст. 207.3 УК РФ", [D]),
        ("статья 207.3, часть 2, пункт д", [D]),
        ("207.3 p.2 d", [D]),
        ("207.3(2)(d)", [D]),
        ("207³ ч. 2 п. д", [D]),
        ("282.1(2)", ["ч. 2 ст. 282.1 УК"]),
        ("art. 275", ["ст. 275 УК"]),
        ("п. «а» и «д» ч. 2 ст. 207.3", ["п. «а», «д» ч. 2 ст. 207.3 УК"]),
        ("п. «и» ч. 2 ст. 105", ["п. «и» ч. 2 ст. 105 УК"]),
        ("ст. 205.2 ч. 2, ст. 280.3 ч. 1 УК РФ", ["ч. 2 ст. 205.2 УК", "ч. 1 ст. 280.3 УК"]),
        ("ч. 1 ст. 282.2, ч. 2 ст. 282.3 УК РФ", ["ч. 1 ст. 282.2 УК", "ч. 2 ст. 282.3 УК"]),
        ("ст. 282.2 ч. 1, 2", ["ч. 1 ст. 282.2 УК", "ч. 2 ст. 282.2 УК"]),
        ("280.3 ч.1 и 282.4 ч.1", ["ч. 1 ст. 280.3 УК", "ч. 1 ст. 282.4 УК"]),
        ("ст. 282.2 ч. 1 ч. 2", ["ч. 1 ст. 282.2 УК", "ч. 2 ст. 282.2 УК"]),
        ("20.3.3 КоАП, 280.3 УК", ["ст. 20.3.3 КоАП", "ст. 280.3 УК"]),
        ("20.2 ч. 5", ["ч. 5 ст. 20.2 КоАП"]),
        ("205.2 часть 1.1\n275", ["ч. 1.1 ст. 205.2 УК", "ст. 275 УК"]),
        ("275; 275", ["ст. 275 УК"]),
        (" ", []),
    ],
)
def test_charges_are_read_as_people_write_them(text, read):
    assert [label_of(each) for each in read_charges(text)] == read


@pytest.mark.parametrize("text", ["ч. 2", "275 за разговор", "207.3 п. 2", "ч.2 и ч.3 ст.205.2", "275 👍", "1 " * 400])
def test_what_is_no_charge_is_refused_and_not_guessed(text):
    with pytest.raises(Unreadable):
        read_charges(text)


def test_a_refusal_names_the_words():
    with pytest.raises(Unreadable) as refusal:
        read_charges("275 сговор")
    assert refusal.value.words == "сговор"


def test_the_register_speaks_three_languages_and_knows_the_founding_case():
    assert all(dict(each.labels).keys() == {"en", "ru", "de"} for each in articles().values())
    assert all(ARTICLE.fullmatch(number) for _code, number in articles())
    assert article_label(Code.UK, "282.1", "de") == "extremistische Gemeinschaft"
    assert article_label(Code.UK, "999", "en") == ""
