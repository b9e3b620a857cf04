"""Writing: all languages in one form, the preview, two editors at once, and whatever somebody may type."""

import pytest

from campaign.kernel.slugs import slug_from
from campaign.petitions.models import PetitionState
from tests.petitions.pages import TEXTS, fresh, home, press, send, step, text_of, values_of, write
from tests.support import make
from tests.support.pages import parse

RUSSIAN = {
    "ru-title": "Откройте окна", "ru-summary": "Придуманное.", "ru-addressee": "Придуманный совет",
    "ru-body": "Придуманный *текст*.",
}  # fmt: skip


def test_a_petition_is_written_in_several_languages(author):
    petition = fresh(write(author, goal="2500", audience="outside_russia", keys_days="14", **RUSSIAN))
    assert {text.language: text.title for text in petition.texts} == {"en": "Open the windows", "ru": "Откройте окна"}
    assert (petition.goal, petition.audience, petition.keys_days) == (2500, "outside_russia", 14)
    assert (petition.state, petition.author_id) == (PetitionState.DRAFT, author.person.id)
    assert petition.slug == "open-the-windows"


def test_an_address_is_made_from_a_russian_title_and_never_twice(author):
    only_russian = dict.fromkeys(TEXTS, "") | RUSSIAN
    assert fresh(write(author, **only_russian)).slug == "otkroite-okna"
    assert fresh(write(author, **only_russian)).slug == "otkroite-okna-2"
    taken = send(author, "/staff/petitions/new", "", **TEXTS, slug="otkroite-okna")
    assert taken.status_code == 422
    assert "Another petition stands at this address" in taken.get_data(as_text=True)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Свободу! Всем, кто в тюрьме за слова", "svobodu-vsem-kto-v-tiurme-za-slova"),
        ("Größe & Übermut", "groesse-uebermut"), ("The judge's robe", "the-judges-robe"), ("窓", ""), ("", ""),
        ("word " * 40, "-".join(["word"] * 16)),
    ],
)  # fmt: skip
def test_slugs_are_latin_words(title, slug):
    assert slug_from(title, 80) == slug


@pytest.mark.parametrize("slug", ["Окна", "a b", "-a", "a--b", "../x", "a/b", "a" * 81, "<script>"])
def test_an_address_that_is_no_address_is_refused(author, slug):
    answer = send(author, "/staff/petitions/new", "", **TEXTS, slug=slug)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"goal": "0"}, {"goal": "a lot"}, {"goal": "100000001"}, {"goal": ""}, {"keys_days": "0"}, {"keys_days": "366"},
        {"audience": "inside"}, {"en-title": "x" * 161}, {"en-summary": "x" * 401}, {"en-body": "x" * 40_001},
        {"en-title": " \u200e ", "en-summary": "", "en-body": "", "en-addressee": ""},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_and_nothing_typed_is_lost(author, changes):
    answer = send(author, "/staff/petitions/new", "", **{**TEXTS, "de-body": "Bleibt hier stehen", **changes})
    assert answer.status_code == 422
    assert "Bleibt hier stehen" in answer.get_data(as_text=True)


def test_the_preview_shows_the_text_and_saves_nothing(author):
    petition = write(author)
    answer = send(author, f"{home(petition)}/edit", "", act="preview", **{"en-body": "Now **bold**."})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<strong>bold</strong>" in page
    assert "Now **bold**." in page, "what was typed stands in the form"
    assert fresh(petition).texts[0].body == TEXTS["en-body"]


def test_two_editors_at_once_and_neither_loses_a_word(author, second):
    petition = write(author)
    old = author.get(f"{home(petition)}/edit").get_data(as_text=True)
    values = values_of(old, "") | {"en-body": "What the first typed."}
    send(second, f"{home(petition)}/edit", "", **{"en-body": "What the second saved."})
    answer = author.post(f"{home(petition)}/edit", data=values)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Someone else saved meanwhile" in page
    assert "What the first typed." in page
    assert "What the second saved." in page
    assert fresh(petition).texts[0].body == "What the second saved."
    again = author.post(f"{home(petition)}/edit", data=values_of(page, ""))
    assert again.status_code == 303
    assert fresh(petition).texts[0].body == "What the first typed."


def test_saving_what_is_no_draft_any_more_changes_nothing(author, second):
    petition = write(author)
    values = values_of(author.get(f"{home(petition)}/edit").get_data(as_text=True), "") | {"en-body": "Too late."}
    step(author, petition, "submit")
    step(second, petition, "publish")
    answer = author.post(f"{home(petition)}/edit", data=values)
    assert answer.status_code == 409
    assert "Too late." in answer.get_data(as_text=True)
    assert fresh(petition).texts[0].body == TEXTS["en-body"]
    assert author.get(f"{home(petition)}/edit").status_code == 403


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)", "![x](https://evil.example/pixel.gif)", "<style>*{}</style>",
        '<a href="https://x" onclick="x">y</a>', "# One\n\n###### Six", "<!-- --><iframe src=//evil.example>",
        "\u202egnihton\u202c", "a\x00b", "`" * 500, "[" * 3000, "> " * 500 + "deep", "* " * 300,
    ],
)  # fmt: skip
def test_hostile_markdown_and_titles_do_nothing(client, author, second, hostile):
    petition = write(author, **{"en-title": f"Title {hostile}"[:150], "en-body": f"Text\n\n{hostile}"})
    step(author, petition, "submit")
    assert step(second, petition, "publish").status_code == 303
    html = client.get(f"/petitions/{fresh(petition).slug}").get_data(as_text=True)
    page = parse(html)
    sources = [element.get("src") or "" for element in page.iter("script", "img", "iframe")]
    assert not [source for source in sources if "evil" in source or source == "x"]
    assert not [link for link in page.iter("a") if (link.get("href") or "").lower().startswith(("javascript", "data"))]
    assert client.get("/petitions").status_code == 200
    assert author.get("/staff/petitions").status_code == 200


def test_the_goal_may_change_while_it_collects_and_the_history_says_so(author):
    petition = make.petition()
    answer = send(author, home(petition.id), "/goal", goal="5000")
    assert answer.status_code == 303
    assert fresh(petition.id).goal == 5000
    assert "goal 1000 > 5000" in text_of(author.get(home(petition.id)).get_data(as_text=True))
    assert send(author, home(petition.id), "/goal", goal="nothing").status_code == 422
    closed = make.petition(state=PetitionState.CLOSED)
    assert press(author, closed.id, "goal", goal="7").status_code == 409


def test_the_list_is_searched_in_any_language_filtered_and_sorted(author):
    write(author, **RUSSIAN)
    write(author, **{"en-title": "100% of the walls"})
    make.petition(state=PetitionState.OPEN)

    def shown(query: str) -> str:
        return text_of(author.get(f"/staff/petitions?{query}").get_data(as_text=True))

    assert "No petition fits" in shown("q=nowhere")
    for title in ("Open the windows", "100% of the walls"):
        assert title not in shown("q=nowhere")
    assert "Open the windows" in shown("q=%D0%9E%D0%9A%D0%9D%D0%90"), "ОКНА, in capitals"
    assert "100% of the walls" in shown("q=0%25")
    assert "walls" not in shown("q=_00%25")
    assert "walls" not in shown("state=open")
    assert shown("sort=title").index("100%") < shown("sort=title").index("Open the")
    assert shown("sort=-title").index("Open the") < shown("sort=-title").index("100%")
    for odd in ("sort=nonsense", "state=nonsense", "page=99999999", "page=-1", "q=" + "x" * 5000, "q=%00"):
        assert author.get(f"/staff/petitions?{odd}").status_code == 200, odd
