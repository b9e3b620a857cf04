"""A petition in a frame of another site."""

import pytest

from campaign.kernel.db import session, transaction
from campaign.petitions.models import Audience
from campaign.petitions.service.frame_sites import BadOrigin, allow_site, read_origin
from campaign.signatures.models import Signature
from tests.support import make
from tests.support.pages import field_values

FRIEND = "https://friend.example"


def framed_petition(*sites: str, **more):
    petition = make.petition(**more)
    with transaction():
        for site in sites:
            allow_site(petition, site, actor=None)
    return petition


def ancestors(answer) -> str:
    return answer.headers["Content-Security-Policy"].rpartition("frame-ancestors ")[2]


def test_only_named_sites_may_show_it_and_nothing_else_of_ours(client):
    framed, plain = framed_petition(FRIEND, "https://other.example:8443"), make.petition()
    answer = client.get(f"/embed/petitions/{framed.slug}")
    assert ancestors(answer) == "https://friend.example https://other.example:8443"
    assert "Set-Cookie" not in answer.headers
    assert ancestors(client.get(f"/embed/petitions/{plain.slug}")) == "'none'"
    assert ancestors(client.get(f"/petitions/{framed.slug}")) == "'none'"


def test_it_is_signed_in_the_frame_and_every_answer_stays_there(client, mailserver, run_work):
    petition = framed_petition(FRIEND)
    page = client.get(f"/de/embed/petitions/{petition.slug}").get_data(as_text=True)
    action = f"/de/embed/petitions/{petition.slug}/sign"
    values = field_values(page, action)
    wrong = client.post(action, data=values | {"email": "no"}, headers={"Origin": "http://localhost"})
    assert (wrong.status_code, ancestors(wrong)) == (422, FRIEND)
    assert field_values(wrong.get_data(as_text=True), action)["email"] == "no"
    answer = client.post(action, data=values | {"email": "anna@example.org"}, headers={"Origin": "http://localhost"})
    assert (answer.status_code, answer.location) == (303, f"/de/embed/petitions/{petition.slug}/signed")
    assert ancestors(client.get(answer.location)) == FRIEND
    run_work()
    assert mailserver.mails[0].recipients == ["anna@example.org"]
    assert session.query(Signature).one().language == "de"


def test_a_form_of_the_site_around_it_is_refused(client):
    petition = framed_petition(FRIEND)
    answer = client.post(
        f"/embed/petitions/{petition.slug}/sign", data={"email": "anna@example.org"}, headers={"Origin": FRIEND}
    )
    assert answer.status_code == 400
    assert session.query(Signature).count() == 0


def test_outside_only_is_not_offered_unless_the_site_asks(client):
    petition = framed_petition(FRIEND, audience=Audience.OUTSIDE_RUSSIA)
    title, home = petition.texts[0].title, f"/embed/petitions/{petition.slug}"
    assert title not in client.get(home).get_data(as_text=True)
    assert client.post(f"{home}/sign", data={"email": "anna@example.org"}).location == home
    asked = client.get(f"{home}?place=out").get_data(as_text=True)
    assert title in asked
    values = field_values(asked, f"{home}/sign?place=out") | {"email": "anna@example.org"}
    assert client.post(f"{home}/sign?place=out", data=values | {"country": "RU"}).status_code == 422
    assert client.post(f"{home}/sign?place=out", data=values).location == f"{home}/signed?place=out"
    assert session.query(Signature).count() == 1
    assert client.get(f"{home}?place=moon").location == home, "a made-up value is no page of its own"
    client.set_cookie("place", "ru")
    assert title not in client.get(f"{home}?place=out").get_data(as_text=True), "whoever says Russia is believed"


def test_oembed_gives_the_frame_where_a_site_may_show_it(client):
    petition, plain = framed_petition(FRIEND), make.petition()
    hidden = framed_petition(FRIEND, audience=Audience.OUTSIDE_RUSSIA)

    def ask(path, **more):
        return client.get("/oembed", query_string={"url": f"http://localhost{path}", **more})

    found = ask(f"/ru/petitions/{petition.slug}", maxwidth="320").json
    assert (found["version"], found["type"], found["width"], found["height"]) == ("1.0", "rich", 320, 900)
    assert f'src="http://localhost/ru/embed/petitions/{petition.slug}"' in found["html"]
    assert ask(f"/petitions/{plain.slug}").json["type"] == "link"
    assert ask(f"/petitions/{petition.slug}", format="xml").status_code == 501
    assert ask(f"/petitions/{hidden.slug}").status_code == 404
    assert "?place=out" in ask(f"/petitions/{hidden.slug}", place="out").json["html"]
    assert ask("/prisoners/anybody").status_code == 404
    assert client.get("/oembed", query_string={"url": f"https://x.example/petitions/{plain.slug}"}).status_code == 404
    assert f"oembed?format=json&amp;url=http%3A//localhost/petitions/{petition.slug}" in (
        client.get(f"/petitions/{petition.slug}").get_data(as_text=True)
    )


def test_a_site_is_read_as_browsers_write_it():
    def read(text):
        return read_origin(text, with_loopback=False)

    assert read(" Example.ORG/page?x ") == "https://example.org"
    assert read("https://пример.рф:443") == "https://xn--e1afmkfd.xn--p1ai"
    assert read("http://abcdefgh.onion") == "http://abcdefgh.onion"
    assert read_origin("http://127.0.0.1:99", with_loopback=True) == "http://127.0.0.1:99"
    for wrong in (
        "http://example.org", "https://*.example.org", "https://a.example; script-src *", "localhost", "",
        "https://u@example.org", "ftp://example.org", "https://a..example", "https://example.org:x",
    ):  # fmt: skip
        with pytest.raises(BadOrigin):
            read(wrong)
