"""The dump: of what is public, signed, made once a day, and never with somebody in it who has withdrawn."""

import base64
import json
import uuid
import zipfile
from datetime import timedelta
from shutil import rmtree

import pytest
import time_machine

from campaign.api.cli import api_group
from campaign.api.service import dump
from campaign.designations.models import Designation, DesignationKind, Organisation
from campaign.designations.service.gate import touch_register
from campaign.kernel import clock, signing_key
from campaign.kernel.db import session, transaction
from campaign.petitions.models import Audience, Petition
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.service import publication
from campaign.web.settings import settings
from tests.support import make

ORIGIN = "http://localhost"


@pytest.fixture
def person(app):
    return make.public_prisoner()


@pytest.fixture
def petitions(app):
    make.petition(slug="only-outside", audience=Audience.OUTSIDE_RUSSIA)
    return make.petition(slug="for-everybody")


def withdraw(person):
    with transaction():
        publication.withdraw(get_prisoner(person.id), reason="asked for it", actor=uuid.uuid4())


def fetch(client, path, **headers):
    """The answer, read to its end and closed as a server would."""
    answer = client.get(path, headers=headers)
    assert answer.data is not None
    answer.close()
    return answer


def lines(path, name):
    with zipfile.ZipFile(path) as archive:
        return [json.loads(line) for line in archive.read(name).splitlines()]


def test_it_holds_what_is_public_by_place_and_verifies(tmp_path, person, petitions):
    draft = make.prisoner(last_ru="Невидимый")
    inside, outside = dump.build(tmp_path, ORIGIN)
    for path, slugs in ((inside, {"for-everybody"}), (outside, {"for-everybody", "only-outside"})):
        assert dump.verify(path, signing_key.public_key())["day"] == clock.today().isoformat()
        assert {each["slug"] for each in lines(path, "petitions.ru.jsonl")} == slugs
        assert [each["slug"] for each in lines(path, "people.en.jsonl")] == [person.slug]
        assert draft.slug.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    "what", ["changed", "added", "twice", "manifest", "signature", "cut", "nothing", "other key", "locked"]
)
def test_one_that_was_touched_is_refused(tmp_path, person, what):
    path = dump.build(tmp_path, ORIGIN)[0]
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    if what == "changed":
        files["people.en.jsonl"] = files["people.en.jsonl"].replace(b"Petr", b"Pavl")
    if what == "added":
        files["more.jsonl"] = b"{}\n"
    if what == "manifest":
        files[dump.MANIFEST] = files[dump.MANIFEST].replace(b'"site"', b'"Site"')
    if what == "signature":
        files[dump.SIGNATURE] = bytes(64)
    touched = tmp_path / "touched.zip"
    with zipfile.ZipFile(touched, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    if what == "twice":
        with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(touched, "a") as archive:
            archive.writestr("people.en.jsonl", b"")
    if what == "cut":
        touched.write_bytes(touched.read_bytes()[:-100])
    if what == "locked":
        # Marked as one that asks for a password.
        content = bytearray(touched.read_bytes())
        for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = content.find(mark)
            while at >= 0:
                content[at + place] |= 1
                at = content.find(mark, at + 4)
        touched.write_bytes(content)
    if what == "nothing":
        touched.write_bytes(b"")
    key = bytes(32) if what == "other key" else signing_key.public_key()
    with pytest.raises(dump.NotOurs):
        dump.verify(touched, key)


def test_it_is_made_once_a_day(tmp_path, person):
    assert dump.build_due(tmp_path, ORIGIN)
    first = dump.find_dump(tmp_path, "")
    assert not dump.build_due(tmp_path, ORIGIN)
    assert dump.find_dump(tmp_path, "") == first
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        assert dump.find_dump(tmp_path, "") == first, "yesterday’s, until today’s is there"
        assert dump.build_due(tmp_path, ORIGIN)
        assert dump.find_dump(tmp_path, "").day == clock.today()
    with time_machine.travel(clock.now() + timedelta(days=dump.KEPT_DAYS), tick=False):
        dump.build(tmp_path, ORIGIN)
    assert not first.file.exists(), "old ones go"
    assert not list(tmp_path.rglob("*.draft"))


def test_one_with_somebody_who_withdrew_is_not_handed_out_and_goes(tmp_path, person):
    with time_machine.travel(clock.now() - timedelta(days=1), tick=False):
        older = dump.build(tmp_path, ORIGIN)
    dump.build(tmp_path, ORIGIN)
    withdraw(person)
    for day in (None, clock.today(), clock.today() - timedelta(days=1)):
        with pytest.raises(dump.NoDump):
            dump.find_dump(tmp_path, "", day)
    assert dump.build_due(tmp_path, ORIGIN)
    path = dump.find_dump(tmp_path, "").file
    assert lines(path, "people.en.jsonl") == []
    [gone] = lines(path, "gone.jsonl")
    assert len(gone["slug_sha256"]) == 64
    assert not any(each.exists() for each in older)


def test_one_that_names_whom_the_register_bans_since_is_not_handed_out(tmp_path, petitions):
    slug, _built = "lamp", dump.build(tmp_path, ORIGIN)
    with transaction():
        text = next(each for each in session.get_one(Petition, petitions.id).texts if each.language == "en")
        text.body = "Ask the Paper Lamp."
        made = Organisation(
            id=uuid.uuid4(), slug=slug, names={"en": "Paper Lamp"}, descriptions={"en": "Made up."},
            url="https://lamp.example/",
        )  # fmt: skip
        session.add(made)
        session.flush()
        session.add(Designation(
            id=uuid.uuid4(), slug=slug, organisation_id=made.id, kind=DesignationKind.UNDESIRABLE,
            since_on=clock.today(), act={"en": "A ban."}, source_url="https://gazette.example/1",
            source_name="A made-up gazette", checked_on=clock.today(),
        ))  # fmt: skip
        session.flush()
        touch_register()
    with pytest.raises(dump.NoDump):
        dump.find_dump(tmp_path, "")
    assert dump.build_due(tmp_path, ORIGIN)
    for place, body in (("", "Ask the […]."), ("out", "Ask the Paper Lamp.")):
        [told, *_more] = [
            each for each in lines(dump.find_dump(tmp_path, place).file, "petitions.en.jsonl")
            if each["slug"] == petitions.slug
        ]  # fmt: skip
        assert told["body"] == body


def test_it_is_fetched_from_a_lasting_address(client, person, petitions):
    folder = settings().data_dir
    rmtree(dump.folder_of(folder), ignore_errors=True)  # of another test
    assert "latest.zip" not in client.get("/api").text, "no link that leads nowhere"
    dump.build(folder, ORIGIN)
    client.application.extensions["page_cache"].clear()
    assert 'href="/api/v1/dump/latest.zip"' in client.get("/api").text
    told = client.get("/api/v1/dump?place=out").json
    assert base64.b64decode(told["public_key"]) == signing_key.public_key()
    path = told["url"].removeprefix("http://localhost")
    whole, newest = fetch(client, path), fetch(client, "/api/v1/dump/latest.zip?place=out")
    assert whole.data == newest.data
    assert (whole.mimetype, len(whole.data)) == ("application/zip", told["bytes"])
    part = fetch(client, path, Range="bytes=0-3")
    assert (part.status_code, part.data) == (206, b"PK\x03\x04")
    assert fetch(client, path, **{"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert client.get("/api/v1/dump/..zip").status_code == 404
    assert client.get("/api/v1/dump/2020-01-01.zip").status_code == 503
    withdraw(person)
    client.application.extensions["page_cache"].clear()
    for each in ("/api/v1/dump", path):
        answer = client.get(each)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "900")


def test_the_command_makes_and_verifies_them(app, person):
    runner = app.test_cli_runner()
    made = runner.invoke(api_group, ["dump", "--force"])
    assert made.exit_code == 0, made.output
    file = made.stdout.split()[0]
    key = signing_key.public_key_text()
    verified = runner.invoke(api_group, ["verify", file, "--key", key])
    assert verified.exit_code == 0
    assert "people.en.jsonl: 1" in verified.output
    assert runner.invoke(api_group, ["verify", file, "--key", base64.b64encode(bytes(32)).decode()]).exit_code == 2
    assert runner.invoke(api_group, ["verify", file, "--key", "x"]).exit_code == 2


def test_petitions_and_news_of_them_are_a_feed(client, petitions):
    for prefix in ("", "/ru"):
        feed = client.get(f"{prefix}/feeds/petitions.atom")
        assert feed.mimetype == "application/atom+xml"
        assert "for-everybody" in feed.get_data(as_text=True)
        assert "only-outside" not in feed.get_data(as_text=True)
