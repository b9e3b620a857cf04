"""What a text says of designated organisations, in every spelling and disguise, and what is left of it for whom."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.designations.service.gate import Entry, Gate, Kind, clean_html, clean_text
from campaign.designations.service.gate.clean import clean_whole
from campaign.kernel.places import Place
from campaign.kernel.registry import LeftOut

WORDS = LeftOut("[name]", "[address]")
ENTRIES = [
    Entry("lamp", ["OVD-Lamp", "«ОВД-Лампа»"], ["https://en.ovdlamp.example/", "ovdlamp.example", "t.me/ovdlamp"]),
    Entry("memorial", ["Memorial", "«Мемориал»"], ["memo.example"]),
    Entry("rus", ["Russia Behind Bars", "«Русь сидящая»", "Russland hinter Gittern (Rus Sidjaschtschaja)"], []),
    Entry("meduza", ["Медуза", "Meduza"], ["meduza.example"]),
    Entry("cyrillic", ["Team 29"], ["пример.рф"]),
]
GATE = Gate.compile(ENTRIES)


def found(text, kind):
    return [text[span.start : span.end] for span in GATE.find(text) if span.kind is kind]


@pytest.mark.parametrize(
    "name",
    [
        "OVD-Lamp", "OVD Lamp", "ovd-lamp", "OVDLamp", "ovdlamp", "ОВД-Лампа", "ОВД Лампы", "овд-лампой", "OVD–Lamp",
        "О\u200bВД-Ла\u00adмпа", "ОVD-Lаmp", "0VD-Lamp", "ＯＶＤ-Ｌａｍｐ", "OVD-Lampa", "OVD_Lamp",
        "Memorial", "Memorials", "Мемориал", "Мемориала", "«Мемориалом»", "МЕМОРИАЛ", "Memoriala", "Mеmоrial",
        "М е м о р и а л", "M-e-m-o-r-i-a-l", "M3morial",
        "Russia Behind Bars", "Русь сидящая", "Руси сидящей", "Rus Sidyashchaya", "Rus Sidjaschtschaja", "Русь Сидящую",
        "Медуза", "Медузы", "Meduza", "Team 29",
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_spelled(name):
    [found_name] = found(f"Yesterday {name} told of it.", Kind.NAME)
    assert found_name.strip("«»") == name.strip("«»")


@pytest.mark.parametrize(
    "text",
    [
        "a memorial for the dead", "ein altes memorial", "мемориальная доска", "Мемориальный комплекс", "медуза в море",
        "Russia behind the walls", "лампа", "the OVD took her to a lamp shop", "the team of 29", "Медузообразные",
        "Memorialised", "Russia", "barsik", "",
    ],
)  # fmt: skip
def test_what_is_no_name_is_left_alone(text):
    assert GATE.find(text) == []


@pytest.mark.parametrize(
    "address",
    [
        "ovdlamp.example", "https://ovdlamp.example/about?x=1#y", "OVDLAMP.EXAMPLE", "en.ovdlamp.example/ru",
        "hxxps://ovdlamp.example", "ovdlamp[.]example", "ovdlamp(.)example", "ovdlamp dot example",
        "ovdlamp [dot] example", "ovdlamp точка example", "ovdlamp . example", "оvdlаmр.ехаmрlе",
        "ovd\u200blamp.example", "ovdlamp。example", "somebody@ovdlamp.example", "t.me/ovdlamp", "пример.рф",
        "https://t.me/ovdlamp/123", "https://user.memo.example:8080/x", "ovdlamp{.}example",
    ],
)  # fmt: skip
def test_an_address_is_found_however_it_is_disguised(address):
    assert found(f"Look at {address} today", Kind.ADDRESS) == [address]


@pytest.mark.parametrize(
    "text",
    ["notovdlamp.example", "my-ovdlamp.example", "t.me/somebody", "https://example.org/a", "ovdlamps.example.org"],
)
def test_another_address_is_left_alone(text):
    assert found(text, Kind.ADDRESS) == []


@pytest.mark.parametrize(
    ("place", "left"),
    [
        (Place.ELSEWHERE, "OVD-Lamp (ovdlamp.example) told Memorial"),
        (Place.NOT_SAID, "OVD-Lamp ([address]) told Memorial"),
        (Place.RUSSIA, "[name] ([address]) told [name]"),
    ],
)
def test_what_is_left_of_a_text_for_whom(place, left):
    assert clean_text(GATE, "OVD-Lamp (ovdlamp.example) told Memorial", place, WORDS).text == left


LINK = '<p>See <a href="https://ovdlamp.example/x" title="OVD-Lamp">the <em>report</em> of OVD-Lamp</a> &amp; more.</p>'


@pytest.mark.parametrize(
    ("place", "left", "names", "links"),
    [
        (Place.ELSEWHERE, LINK, 0, 0),
        (Place.NOT_SAID, "<p>See the <em>report</em> of OVD-Lamp &amp; more.</p>", 0, 1),
        (Place.RUSSIA, "<p>See the <em>report</em> of [name] &amp; more.</p>", 1, 1),
    ],
)
def test_a_link_is_taken_off_its_words_and_in_russia_the_name_goes_too(place, left, names, links):
    cleaned = clean_html(GATE, LINK, place, WORDS)
    assert (cleaned.text, cleaned.names, cleaned.links) == (left, names, links)


@pytest.mark.parametrize(
    "href",
    [
        "https://ovdlamp.example", "https://OVDLAMP.example/", "//ovdlamp.example/", "https://%6fvdlamp.example/x",
        "https://archive.example/web/2026/https://ovdlamp.example/", "mailto:x@ovdlamp.example",
        "https://go.example/?to=https%3A%2F%2Fovdlamp.example", "https://xn--e1afmkfd.xn--p1ai/", "https://t.me/ovdlamp",
        "https&#58;//ovdlamp.example",
    ],
)  # fmt: skip
def test_a_link_is_known_by_where_it_leads(href):
    assert clean_html(GATE, f'<a href="{href}">here</a>', Place.NOT_SAID, WORDS).text == "here"


@pytest.mark.parametrize(
    "kept", ['<a href="/organisations#ovdlamp.example">x</a>', '<a href="https://good.example/">x</a>',
             '<textarea name="t">ovdlamp.example</textarea>', "<!-- ovdlamp.example -->", "<p>1 &lt; 2 &amp; 3</p>"]
)  # fmt: skip
def test_what_leads_elsewhere_or_was_typed_stays(kept):
    assert clean_html(GATE, kept, Place.NOT_SAID, WORDS).text == kept


def test_two_links_in_a_row_are_told_apart():
    markup = '<a href="https://memo.example/">one</a> <a href="https://good.example/">two</a>'
    cleaned = clean_html(GATE, markup, Place.NOT_SAID, WORDS)
    assert cleaned.text == 'one <a href="https://good.example/">two</a>'


def test_a_name_across_tags_is_one_name_and_paragraphs_are_apart():
    assert clean_html(GATE, "<p>Memo<em>rial</em> said</p>", Place.RUSSIA, WORDS).text == "<p>[name]<em></em> said</p>"
    apart = "<p>Русь</p><p>сидящая</p>"
    assert clean_html(GATE, apart, Place.RUSSIA, WORDS).text == apart


def test_attributes_that_are_read_aloud_are_cleaned_and_nothing_is_let_out_of_them():
    markup = '<img src="/x.jpg" alt="A poster of Memorial &quot;&gt;&lt;script&gt;">'
    cleaned = clean_html(GATE, markup, Place.RUSSIA, WORDS).text
    assert cleaned == '<img src="/x.jpg" alt="A poster of [name] &quot;&gt;&lt;script&gt;">'


@pytest.mark.parametrize(
    "before", ['<script>a title="</script>', '<script>a href="</script>', '<i title="x=">', '<!-- alt=" -->', "<br>"]
)
@pytest.mark.parametrize(
    ("tag", "left"),
    [
        ('<img alt="by Memorial">', '<img alt="by [name]">'),
        ('<b aria-label="by Memorial">', '<b aria-label="by [name]">'),
        ('<IMG ALT="by Memorial">', '<IMG ALT="by [name]">'),
        ('<a href="/&#47;memo.example">', ""),
        ('<A HREF="//memo.example">', ""),
        ('<q cite="https://memo.example">', "<q >"),
    ],
)
def test_one_tag_alone_is_found_whatever_stands_before_it(before, tag, left):
    assert clean_html(GATE, before + tag, Place.RUSSIA, WORDS).text == before + left


def test_text_that_looks_like_markup_stays_text():
    cleaned = clean_html(GATE, "<p>Memorial &lt;script&gt;alert(1)&lt;/script&gt;</p>", Place.RUSSIA, WORDS)
    assert cleaned.text == "<p>[name] &lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_a_page_of_twenty_kilobytes_takes_as_long_whatever_the_size_of_the_register():
    small, large = (
        Gate.compile([
            Entry(f"org-{n}", [f"Вымышленный Союз {n} Города", f"Madeup{n} Union"], [f"madeup{n}.example"])
            for n in range(size)
        ])
        for size in (20, 2000)
    )  # fmt: skip
    paragraph = "<p>Суд продлил арест, а <a href='/x'>адвокат</a> говорит о письмах; Madeup7 Union wrote twice. " * 2
    page = (paragraph + '<a href="https://madeup9.example/">more</a></p>') * 90
    assert 19_000 < len(page) < 24_000

    def quickest(gate):
        took = []
        for _ in range(7):
            begun = time.process_time()
            cleaned = clean_html(gate, page, Place.RUSSIA, WORDS)
            took.append(time.process_time() - begun)
            assert (cleaned.names, cleaned.links) == (180, 90)
        return min(took)

    # A hundred times the entries; reading each of them for itself would take a hundred times as long.
    assert quickest(large) < 10 * quickest(small)


BLOCKS = (
    "<p>Nobody is named here.", "<li>Memorial said", '<a href="https://good.example/">one', "</a> of Мемориал",
    '<a href="https://memo.example/">a link that ends in another block', "t.me/ovdlamp", "</a>", "Русь ", "сидящая",
    '<img title="a &lt; b" alt="by OVD-Lamp">', '<i title="x', '" href="https://%6fvdlamp.example/">', "<b title=",
    "<!-- memo.example -->", '<script src="/x.js"></script>', "<em>Mem</em>orial", "M e m o r i a l",
    "<textarea>ovdlamp.example</textarea>", "ovdlamp", ".example", "1 &lt; 2", 'a "', "&amp;", "",
)  # fmt: skip
ENDS = ("</p>", "</li>", "</h2>", "</div>", "</time>", "</em>", "</a>", " ")


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(BLOCKS), st.sampled_from(ENDS)).map("".join), max_size=8).map("".join),
        min_size=1, max_size=4,
    )
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_a_page_read_block_by_block_and_from_memory_is_the_page_read_whole(pages):
    gate = Gate.compile(ENTRIES)
    for page in [*pages, *reversed(pages)]:
        for place in (Place.NOT_SAID, Place.RUSSIA):
            assert clean_html(gate, page, place, WORDS) == clean_whole(gate, page, place, WORDS)
