"""A mailing as it leaves: HTML and plain text with slots, opaque links with its code, nothing that is not public."""

import email
import re
import uuid
from datetime import UTC, datetime
from email.policy import default

import pytest
from flask import Flask
from sqlalchemy import select, update

from campaign.kernel.db import session, transaction
from campaign.kernel.mail.message import SLOT, Mail, Sender, Text, compose
from campaign.mailings.documents.html import fold
from campaign.mailings.documents.render import person_slots, render_mailing
from campaign.mailings.hooks import short_links
from campaign.mailings.models import Mailing, MailingText, ShortLink, Variant
from campaign.mailings.queries.languages import language_for, written_in
from campaign.mailings.service import write
from campaign.mailings.service.links import link_code
from campaign.mailings.service.text.store import BadTexts, TextDraft
from campaign.mailings.service.write import MailingDraft
from campaign.petitions.models import Audience, PetitionState, PetitionText
from campaign.petitions.queries import get_petition
from campaign.petitions.service import change_state
from campaign.prisoners.models import Prisoner, PrisonerState
from tests.support import make
from tests.support.pages import PageClient

ACTOR = uuid.UUID(int=7)
SENDER = Sender("Unforgotten <news@example.org>", "example.org", b"k" * 32)


def written(
    body: str, *, language: str = "en", plain: str = "", subject: str = "Subject"
) -> tuple[Mailing, MailingText]:
    """A committed draft in one language."""
    text = TextDraft(subject, "Other subject", body, plain)
    with transaction():
        made = write.create_mailing(MailingDraft("A mailing", texts={language: text}), actor=ACTOR)
    return made, session.get_one(MailingText, (made.id, language))


def rendered(body: str, *, variant: str = Variant.A, **more: str) -> Text:
    """The text as send and preview get it."""
    mailing, text = written(body, **more)
    return render_mailing(mailing, text, variant)


def parts(text: Text, name: str) -> tuple[str, str]:
    """Plain text and HTML of a mail to one person."""
    slots = person_slots(text, name=name, token="T0KEN", language="en")
    raw = compose(
        Mail("a@example.org", text, slots), sender=SENDER, row=uuid.uuid4(), language="en",
        moment=datetime(2026, 11, 26, tzinfo=UTC), eight_bit=True,
    )  # fmt: skip
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
    message = email.message_from_bytes(raw, policy=default)
    plain, html = (part.get_content().replace("\r\n", "\n") for part in message.iter_parts())  # type: ignore[attr-defined]
    return plain, html


def test_markdown_becomes_html_and_plain_text_with_addresses_written_out(app: Flask) -> None:
    text = rendered(
        "# Title\n\nSome *words* and [a link](https://example.org/x).\n\n- one\n- two\n\n> quoted\n\n1. a\n2. b"
    )
    plain, html = parts(text, "")
    assert "<h2>Title</h2>" in html
    assert '<em>words</em> and <a href="https://example.org/x">a link</a>.' in html
    assert '<html lang="en">' in html
    assert (
        "Title\n\nSome words and a link (https://example.org/x).\n\n- one\n- two\n\n> quoted\n\n1. a\n2. b\n" in plain
    )
    for word in ("<img", "<script", "<link", "src=", "url(", "@import"):
        assert word not in html


def test_every_mail_ends_with_the_way_out(app: Flask) -> None:
    plain, html = parts(rendered("Hello."), "")
    assert "http://localhost/unsubscribe/T0KEN" in plain
    assert 'href="http://localhost/unsubscribe/T0KEN"' in html
    assert "http://localhost/preferences" in plain
    assert "agreed to news" in plain
    text = rendered("Hello.")
    assert text.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_fields_are_filled_for_each_person_with_their_fallbacks(app: Flask) -> None:
    text = rendered("[[greeting]]\n\nHi [[name|friend]], hi [[name|you]], **[[name|friend]]**")
    plain, html = parts(text, "Anna")
    assert plain.startswith("Dear Anna,\n\nHi Anna, hi Anna, Anna")
    assert "<strong>Anna</strong>" in html
    plain, html = parts(text, "")
    assert plain.startswith("Hello,\n\nHi friend, hi you, friend")


@pytest.mark.parametrize(
    "name", ['<b onmouseover="x">', "A\r\nBcc: x@example.org", "\u202eA", "[[unsubscribe]]", "**A** [x](javascript:y)"]
)
def test_a_name_is_data_wherever_it_lands(app: Flask, name: str) -> None:
    text = rendered("[[greeting]] [[name|friend]]")
    plain, html = parts(text, name)
    assert "<b" not in html.replace("<body", "").replace("<br", "")
    assert "javascript" not in re.sub(r">[^<]*<", "><", html)
    assert "\u202e" not in plain + html
    assert "\nBcc" not in plain
    assert len(SLOT.findall(text.body)) == 3
    if name.startswith("[["):
        assert plain.count("[[unsubscribe]]") == 2


def test_links_to_our_pages_are_opaque_and_carry_the_code_of_the_mailing(app: Flask) -> None:
    petition, person = make.petition(), make.public_prisoner(last_latin="Madeup", first_latin="Pyotr")
    body = (
        f"[[petition:{petition.slug}]]\n\n[her](prisoner:{person.slug}) [page](/write) [out](https://example.org/?m=1)"
    )
    mailing, text = written(body + f"\n\n[[prisoner:{person.slug}]]")
    for variant, code in ((Variant.A, mailing.code), (Variant.B, mailing.code + "b")):
        assert link_code(mailing, variant) == code
        one = render_mailing(mailing, text, variant)
        alias = session.scalars(select(ShortLink.alias)).one()
        for part in (one.body, one.html):
            assert f"http://localhost/l/{petition.alias}?m={code}" in part
            assert part.count(f"http://localhost/l/{alias}?m={code}") == 2
            assert f"http://localhost/write?m={code}" in part
            assert "https://example.org/?m=1" in part
            assert person.slug not in part
            assert "/petitions/" not in part
    assert "Open the windows" in one.body
    assert one.subject == "Other subject"


def test_an_alias_leads_on_with_the_code_and_nothing_else(app: Flask, client: PageClient) -> None:
    person = make.public_prisoner()
    written(f"[[prisoner:{person.slug}]]")
    alias = session.scalars(select(ShortLink.alias)).one()
    assert client.get(f"/l/{alias}?m=abcdefghb&x=1").location == f"/prisoners/{person.slug}?m=abcdefghb"
    assert client.get(f"/ru/l/{alias}?m=ABC").location == f"/ru/prisoners/{person.slug}"
    petition = make.petition()
    assert client.get(f"/l/{petition.alias}?m=abcdefgh").location == f"/petitions/{petition.slug}?m=abcdefgh"
    assert client.get("/l/zzzzzzzz").status_code == 404
    with transaction():
        session.get_one(Prisoner, person.id).state = PrisonerState.DRAFT
    assert client.get(f"/l/{alias}").status_code == 404


def test_who_was_withdrawn_never_goes_out(app: Flask) -> None:
    person = make.public_prisoner(last_latin="Madeup", first_latin="Pyotr")
    mailing, text = written(
        f"Before.\n\n[[prisoner:{person.slug}]]\n\nRead [about Madeup](prisoner:{person.slug}) now."
    )
    assert "Pyotr Madeup" in render_mailing(mailing, text, Variant.A).html
    with transaction():
        session.get_one(Prisoner, person.id).state = PrisonerState.DRAFT
    one = render_mailing(mailing, text, Variant.A)
    for part in (one.body, one.html):
        assert "Madeup" not in part
        assert part.count("[What stood here is not public any more.]") == 2
        assert "/l/" not in part


def test_what_is_not_public_is_refused_when_saved(app: Flask) -> None:
    closed, person = make.petition(state=PetitionState.CLOSED), make.prisoner()
    outside = make.petition(audience=Audience.OUTSIDE_RUSSIA)
    for body in (
        f"[[petition:{closed.slug}]]", f"[[prisoner:{person.slug}]]", f"[[petition:{outside.slug}]]",
        "[[petition:none]]", "[[nothing:x]]", "[x](event:none)",
    ):  # fmt: skip
        with pytest.raises(BadTexts) as refused:
            written(f"First.\n\n{body}")
        [(place, [problem])] = refused.value.problems.items()
        assert (place, problem.line) == (("en", "body"), 3)
    assert session.scalars(select(Mailing)).all() == []


def test_a_petition_that_closes_later_is_left_out(app: Flask) -> None:
    petition = make.petition()
    mailing, text = written(f"[[petition:{petition.slug}]]")
    with transaction():
        change_state(get_petition(petition.id), PetitionState.CLOSED, actor=ACTOR)
    assert "Open the windows" not in render_mailing(mailing, text, Variant.A).body


def test_a_plain_text_by_hand_stands_as_it_was_written(app: Flask) -> None:
    text = rendered("The *body*.", plain="By hand,\n[[name|friend]]:\n  * kept * as it is")
    plain, html = parts(text, "Anna")
    assert plain.startswith("By hand,\nAnna:\n  * kept * as it is\n")
    assert "The <em>body</em>" in html


@pytest.mark.parametrize("title", ["[[[x]]", "[[unsubscribe]]", "[x]]"])
def test_brackets_that_come_in_otherwise_never_make_a_slot(app: Flask, title: str) -> None:
    petition = make.petition()
    with transaction():
        session.execute(update(PetitionText).values(title=title))
    mailing, text = written(f"[[name|friend]]\n\n[[petition:{petition.slug}]]")
    # As texts were stored before such brackets were refused.
    session.expunge_all()
    text.body += "\n\n\\[\\[name0\\]\\] &#91;&#91;&#91;x&#93;&#93; [*[y]*] [[[petition|z]]"
    mailing.petition_id = session.scalars(select(PetitionText.petition_id)).first()
    one = render_mailing(mailing, text, Variant.A)
    assert set(SLOT.findall(one.body)) == set(SLOT.findall(one.html)) == {"name0", "unsubscribe"}
    plain, html = parts(one, "Anna")
    assert "[ [name0]] [ [ [x]]" in plain
    assert "[ [name0]] [ [ [x]]" in html


def test_long_paragraphs_stay_short_lines(app: Flask) -> None:
    plain, html = parts(rendered("слово " * 2000), "")
    assert max(len(line) for line in plain.split("\n")) <= 72
    assert "слово" in html


def test_lines_are_broken_at_the_first_space_that_comes_late() -> None:
    word = "a" * 30
    assert fold(" ".join([word] * 6)) == f"{word} {word}\n{word} {word}\n{word} {word}"
    assert fold("x\xa0" * 200_000) == "x\xa0" * 200_000


def test_the_frame_speaks_the_language_of_the_text(app: Flask) -> None:
    mailing, text = written("Привет.", language="ru", subject="Новости")
    one = render_mailing(mailing, text, Variant.A)
    assert '<html lang="ru">' in one.html
    assert "http://localhost/ru/preferences" in one.body
    assert "agreed" not in one.body


def test_everybody_has_a_language(app: Flask) -> None:
    mailing, _text = written("Hello.")
    assert written_in(mailing) == {"en"}
    assert language_for({"en", "ru"}, "ru", "en") == "ru"
    assert language_for({"en", "ru"}, "de", "ru") == "ru"
    assert language_for({"en"}, "de", "ru") is None


def test_an_opaque_address_goes_with_whom_it_stands_for(app: Flask) -> None:
    person = make.public_prisoner()
    written(f"[[prisoner:{person.slug}]]")
    assert short_links.count(person.id) == 1
    with transaction():
        assert short_links.erase(person.id) == 1
    assert session.scalars(select(ShortLink)).all() == []
