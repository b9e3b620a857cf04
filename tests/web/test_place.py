"""Where the visitor says they are: the one cookie, and coming back to where one was."""

import pytest

from tests.support import make
from tests.support.pages import field_values, parse


@pytest.mark.parametrize(
    ("prefix", "back"), [("", "/petitions?state=past"), ("/ru", "/ru/petitions"), ("/de", "/de/"), ("", "/")]
)
def test_the_answer_leads_back_to_the_page_in_its_language(client, prefix, back):
    answer = client.post(f"{prefix}/place", data={"place": "out", "next": back})
    assert (answer.status_code, answer.location) == (303, back)
    assert client.get_cookie("place").value == "out"
    assert client.get_cookie("place").path == "/"


@pytest.mark.parametrize("language", ["", "/ru", "/de"])
def test_the_form_in_the_footer_knows_where_it_stands(client, language):
    made = make.petition()
    page = client.get(f"{language}/petitions/{made.slug}").get_data(as_text=True)
    values = field_values(page, f"{language}/place")
    answer = client.post(f"{language}/place", data={**values, "place": "ru"})
    assert answer.location == f"{language}/petitions/{made.slug}"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/x", "/\\evil.example", "javascript:1"])
def test_it_never_leads_to_another_site(client, elsewhere):
    assert client.post("/ru/place", data={"place": "out", "next": elsewhere}).location == "/ru/"


def test_an_answer_can_be_taken_back(client):
    client.post("/place", data={"place": "ru"})
    client.post("/place", data={"place": ""})
    assert client.get_cookie("place") is None


def test_another_value_is_refused_and_sets_nothing(client):
    assert client.post("/place", data={"place": "de"}).status_code == 400
    assert client.get_cookie("place") is None


def test_another_site_cannot_answer_for_the_visitor(client):
    answer = client.post("/place", data={"place": "out"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 400
    assert client.get_cookie("place") is None


def test_pages_set_no_cookie_and_are_kept_by_place(client):
    for path in ("/", "/petitions", "/why", "/organisations", "/about", "/privacy"):
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers, path
        assert answer.headers["Cache-Control"].startswith("public"), path
        assert "Cookie" in answer.headers["Vary"], path


def test_a_strangers_query_does_not_get_into_the_page_for_all(client):
    client.get("/petitions?junk=evil-words&state=past")
    page = client.get("/petitions?state=past").get_data(as_text=True)
    assert "evil-words" not in page
    assert "/ru/petitions?state=past" in page


def test_the_page_for_a_wrong_form_offers_languages_that_exist(client):
    made = make.petition()
    values = field_values(client.get(f"/petitions/{made.slug}").get_data(as_text=True), "/sign")
    page = client.post(f"/petitions/{made.slug}/sign", data={**values, "email": ""})
    assert page.status_code == 422
    links = [link.get("href") for link in parse(page.get_data(as_text=True)).iter("a") if link.get("hreflang") == "ru"]
    assert set(links) == {f"/ru/petitions/{made.slug}"}


def test_static_files_with_a_fingerprint_are_kept_for_a_year(client):
    page = parse(client.get("/why").get_data(as_text=True))
    sheets = [link.get("href") for link in page.iter("link") if link.get("rel") == "stylesheet"]
    assert len(sheets) == 5
    for sheet in sheets:
        assert "immutable" in client.get(sheet).headers["Cache-Control"]
