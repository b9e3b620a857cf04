"""In their own words: what the public reads of letters, in which language, and when no more."""

from datetime import date

import pytest

from campaign.designations.service import load_register
from campaign.kernel.db import session, transaction
from campaign.letters.models import Reply
from campaign.letters.service import reply_publication
from campaign.prisoners.models import ConsentKind, Prisoner
from campaign.prisoners.service.consent import find_consent, revoke_consent
from tests.letters.replies import sent
from tests.letters.words import ASKER, RUSSIAN, TEXTS, agree, approve, propose, shown, typed
from tests.support import make, pens
from tests.support.pages import parse


def person_with(amount, texts=None):
    """Somebody with so many letters of which words are shown."""
    person = pens.addressee()
    agree(person.id)
    for number in range(amount):
        made = typed(agreed=False, letter=sent(person), written_on=date(2026, 1 + number % 9, 3 + number))
        approve(propose(made, texts or {"ru": f"Слова номер {number}."}))
    return person


def quotes(text):
    return [each.text for each in parse(text).xpath("//figure[@class='own-words']/blockquote")]


def test_words_stand_on_the_page_with_the_month_and_nothing_more(client):
    person = person_with(1, TEXTS)
    text = client.get(f"/prisoners/{person.slug}").text
    section = parse(text).xpath("//section[@aria-labelledby='words-title']")[0]
    assert section.xpath("string(h2)") == "In their own words"
    assert quotes(text) == [TEXTS["en"]]
    caption = section.xpath("string(.//figcaption)")
    assert caption == "From a letter, January 2026 · translated; language of the letter: Russian"
    assert "3 January" not in "".join(section.itertext())
    assert not section.xpath(".//blockquote/@lang")


@pytest.mark.parametrize(
    ("prefix", "texts", "quote", "lang"),
    [
        ("/ru", TEXTS, RUSSIAN, []),
        ("/de", TEXTS, TEXTS["en"], ["en"]),
        ("/de", {"ru": RUSSIAN}, RUSSIAN, ["ru"]),
        ("", {"ru": RUSSIAN}, RUSSIAN, ["ru"]),
    ],
)
def test_the_reader_s_language_comes_first_and_another_says_which_it_is(client, prefix, texts, quote, lang):
    person = person_with(1, texts)
    for page in (f"{prefix}/prisoners/{person.slug}", f"{prefix}/prisoners/{person.slug}/words"):
        text = client.get(page).text
        assert quotes(text) == [quote]
        assert parse(text).xpath("//figure[@class='own-words']/blockquote/@lang") == lang


def test_without_words_there_is_neither_section_nor_page(client):
    person = make.public_prisoner()
    assert "In their own words" not in client.get(f"/prisoners/{person.slug}").text
    missing, never = client.get(f"/prisoners/{person.slug}/words"), client.get("/prisoners/nobody/words")
    assert missing.status_code == never.status_code == 404
    assert missing.text.replace(person.slug, "nobody") == never.text


def test_a_few_stand_on_the_page_and_all_of_them_beside_it_in_pages(client):
    person = person_with(12)
    page = client.get(f"/prisoners/{person.slug}").text
    assert len(quotes(page)) == 3
    assert f"/prisoners/{person.slug}/words" in page
    first = client.get(f"/prisoners/{person.slug}/words")
    second = client.get(f"/prisoners/{person.slug}/words?page=2")
    assert (len(quotes(first.text)), len(quotes(second.text))) == (10, 2)
    assert set(quotes(page)) <= set(quotes(first.text))
    assert first.headers["Cache-Control"] == "public, max-age=10, stale-while-revalidate=30"
    for made_up, canonical in (("page=7", ""), ("page=1", ""), ("page=x", ""), ("page=02", "?page=2")):
        answer = client.get(f"/prisoners/{person.slug}/words?{made_up}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/prisoners/{person.slug}/words{canonical}")
    assert client.get(f"/prisoners/{person.slug}/words?q=x&v=1").status_code == 200


def test_who_revokes_is_quoted_no_more(app, client):
    made = shown()
    person = session.get_one(Prisoner, made.prisoner_id)
    slug = person.slug
    assert RUSSIAN in client.get(f"/ru/prisoners/{slug}").text
    with transaction():
        found = session.get_one(Prisoner, made.prisoner_id)
        revoke_consent(found, find_consent(found.id, ConsentKind.WORDS).id, actor=ASKER)
    app.extensions["page_cache"].clear()
    assert RUSSIAN not in client.get(f"/ru/prisoners/{slug}").text
    assert client.get(f"/ru/prisoners/{slug}/words").status_code == 404


def test_designated_names_are_left_out_of_words_too(app, client):
    with transaction():
        load_register()
    text = "I read of OVD-Info."
    made = typed()
    approve(propose(made, {"en": text}, may_name=reply_publication.find_names(made, {"en": text})))
    slug = session.get_one(Prisoner, made.prisoner_id).slug
    in_russia = app.test_client()
    in_russia.post("/place", data={"place": "ru"})
    for page in (f"/prisoners/{slug}", f"/prisoners/{slug}/words"):
        assert "OVD-Info" not in in_russia.get(page).text
        assert "[name left out]" in in_russia.get(page).text


def test_words_cost_the_page_one_statement(client, statements):
    person = person_with(2)
    client.get(f"/prisoners/{person.slug}")
    with statements() as seen:
        client.get(f"/prisoners/{person.slug}")
    assert sum("published_text" in each for each in seen) == 1
    with statements() as seen:
        client.get(f"/prisoners/{person.slug}/words")
    assert len(seen) <= 3


def test_an_erased_person_leaves_no_words(app):
    made = shown()
    with transaction():
        session.delete(session.get_one(Prisoner, made.prisoner_id))
    assert session.query(Reply).count() == 0
