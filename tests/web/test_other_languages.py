"""A text that is not in the language of its page says so, to the eye and to a voice."""

from tests.petitions.pages import text_of
from tests.support import make


def test_a_petition_that_is_not_translated_says_in_which_language_it_is(client):
    petition = make.petition()
    there = client.get(f"/ru/petitions/{petition.slug}").get_data(as_text=True)
    assert "Этот текст на английском." in text_of(there)
    assert '<h1 lang="en">' in there
    assert "This text is in" not in text_of(client.get(f"/petitions/{petition.slug}").get_data(as_text=True))


def test_the_name_of_a_court_is_read_in_russian_on_a_page_that_is_not(client):
    person = make.public_prisoner()
    make.case(person, court="Выдуманный районный суд")
    assert '<span lang="ru">Выдуманный районный суд</span>' in client.get(f"/de/prisoners/{person.slug}").text
    assert '<span lang="ru">' not in client.get(f"/ru/prisoners/{person.slug}").text
