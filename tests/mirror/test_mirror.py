"""A mirror: what is in it, what is not, and that nobody changes it unseen."""

import hashlib
import json
import os
import re
import shutil
import time
import zipfile
from pathlib import Path

import html5lib
import pytest
from playwright.sync_api import sync_playwright

from campaign.designations.service import load_register
from campaign.kernel import audit, clock
from campaign.kernel.db import session, transaction
from campaign.kernel.signing_key import ensure_signing_key, is_signed, public_key, read_public_key
from campaign.mirror.addresses import Addresses, Kind
from campaign.mirror.journal import Journal, Start
from campaign.mirror.manifest import JOURNAL, sha256_of
from campaign.mirror.pages import Came, Outcome
from campaign.prisoners.models import Prisoner
from campaign.prisoners.service.publication import withdraw
from tests.support import make

DESIGNATED = ("Memorial", "Мемориал", "OVD-Info", "ОВД-Инфо", "memopzk.org", "ovdinfo.org", "zvns.eu")
ARCHIVE = "unforgotten-ru.zip"
LIST = "prisoners/index.html"


@pytest.fixture
def site(app):
    """A small site: the register, petitions, somebody with a page; and how commands are run on it."""
    with transaction():
        load_register()
    make.petition(slug="open-the-windows")
    make.petition(slug="only-outside", audience="outside_russia")
    person = make.public_prisoner()
    make.case(person)
    make.public_prisoner(last_ru="Остаётся")
    session.remove()

    def run(*arguments: str):
        return app.test_cli_runner().invoke(args=["mirror", *arguments])

    run.slug = person.slug
    run.person_id = person.id
    return run


@pytest.fixture
def folder(site, tmp_path) -> Path:
    """A mirror for readers in Russia, just built."""
    made = tmp_path / "mirror"
    answer = site("build", str(made), "--processes", "1")
    assert answer.exit_code == 0, answer.output
    return made


def pages(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.html")}


def check_links(folder: Path) -> None:
    """Every link leads to a file of the mirror or to the live site."""
    tree = html5lib.HTMLParser(namespaceHTMLElements=False)
    seen = 0
    for path, markup in pages(folder).items():
        for element in tree.parse(markup).iter():
            for name in ("href", "src", "srcset", "action"):
                address = str(element.get(name) or "")
                if not address or address.startswith(("#", "mailto:", "data:")):
                    continue
                seen += 1
                if re.match(r"[a-z]+:|//", address):
                    assert address.startswith("http://localhost"), (path, address)
                    assert element.tag == "a", (path, address)
                else:
                    target = (folder / path).parent / address.partition("#")[0].partition(" ")[0]
                    assert not address.startswith("/"), (path, address)
                    assert target.is_file(), (path, address)
    assert seen > 500


def test_a_mirror_holds_the_public_site_in_every_language_and_says_what_it_is(site, folder):
    shown = pages(folder)
    for path in ("index.html", f"prisoners/{site.slug}/index.html", "petitions/open-the-windows/index.html",
                 "about-this-copy/index.html", "organisations/index.html", "why/index.html"):  # fmt: skip
        assert {path, f"ru/{path}", f"de/{path}"} <= shown.keys()
    petition = shown["petitions/open-the-windows/index.html"]
    assert "Nobody can sign in a copy." in petition
    assert "http://localhost/petitions/open-the-windows" in petition
    assert all("<form" not in page and "<script" not in page for page in shown.values())
    assert "Эта копия" in shown["ru/index.html"]
    assert json.loads((folder / "counts.json").read_text())["counts"] == {"open-the-windows": 0}
    assert (folder / "static/css/base.css").exists()
    assert not list(folder.rglob("write*"))
    check_links(folder)
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    again = site("build", str(folder), "--processes", "1")
    assert again.exit_code == 2, again.output
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == times


def test_the_one_for_russia_names_no_designated_organisation_and_the_other_does(site, folder, tmp_path):
    everything = "\n".join(pages(folder).values())
    assert [name for name in DESIGNATED if name in everything] == []
    assert "only-outside" not in everything
    other = tmp_path / "other"
    assert site("build", str(other), "--place", "out", "--processes", "1").exit_code == 0
    outside = pages(other)
    assert "Memorial" in outside["organisations/index.html"]
    assert "petitions/only-outside/index.html" in outside
    # Of another site an address is told, and leads nowhere.
    assert "(memopzk.org)" in outside["organisations/index.html"]
    assert 'href="https://memopzk.org' not in outside["organisations/index.html"]


def test_whoever_is_withdrawn_is_gone_after_the_next_build_and_the_rest_stays(site, folder):
    kept = folder / "why/index.html"
    before = kept.stat().st_mtime_ns
    assert any(site.slug in name for name in zipfile.ZipFile(folder / ARCHIVE).namelist())
    with transaction():
        withdraw(session.get_one(Prisoner, site.person_id), "The family asked.", actor=None)
    session.remove()
    assert site("build", str(folder), "--processes", "1").exit_code == 0
    assert not any(site.slug in path.as_posix() for path in folder.rglob("*"))
    assert not any(site.slug in page for page in pages(folder).values())
    with zipfile.ZipFile(folder / ARCHIVE) as packed:
        assert not any(site.slug in name or site.slug.encode() in packed.read(name) for name in packed.namelist())
    assert kept.stat().st_mtime_ns == before
    assert site("verify", str(folder)).exit_code == 0
    # Whoever holds an older copy learns what to take down, by a digest that names nobody.
    digests = json.loads((folder / "withdrawn.json").read_text())["withdrawn"]
    assert [each["sha256"] for each in digests] == [hashlib.sha256(site.slug.encode()).hexdigest()]


def test_not_even_what_was_made_before_an_interruption_brings_somebody_back(site, folder):
    """A build that goes on does not ask again for what it has; who was withdrawn meanwhile is gone all the same."""
    with transaction():
        withdraw(session.get_one(Prisoner, site.person_id), "The family asked.", actor=None)
        entries = audit.count_entries()
    session.remove()
    journal = Journal(folder)
    journal.begin(Start("http://localhost", "ru", clock.today().isoformat(), entries, time.time()))
    file = f"prisoners/{site.slug}/index.html"
    found = ("page", f"/prisoners/{site.slug}", file)
    journal.note([
        Outcome("/prisoners", LIST, Came.SAME, sha256_of(folder / LIST), 1, (found,)),
        Outcome(found[1], file, Came.SAME, sha256_of(folder / file), 1),
    ])  # fmt: skip
    assert site("build", str(folder), "--processes", "1").exit_code == 0
    assert not (folder / file).exists()
    assert site.slug not in (folder / LIST).read_text()
    assert site("verify", str(folder)).exit_code == 0


def test_a_mirror_is_checked_against_the_key_and_every_change_is_told(site, folder):
    whole = site("verify", str(folder))
    assert (whole.exit_code, whole.output.startswith("whole: ")) == (0, True)
    assert site("verify", str(folder), "--key", "A" * 43 + "=").exit_code == 1
    assert site("verify", str(folder), "--key", "nonsense").exit_code == 2
    home, why = folder / "index.html", folder / "why" / "index.html"
    home.write_text(home.read_text().replace("Unforgotten", "Unforgotter", 1))
    why.unlink()
    (folder / "extra.html").write_text("Give money here.")
    told = site("verify", str(folder))
    assert told.exit_code == 1
    for problem in ("index.html was changed", "why/index.html is missing", "extra.html does not belong here"):
        assert problem in told.output
    # The next build puts it right.
    assert site("build", str(folder), "--processes", "1").exit_code == 0
    assert site("verify", str(folder)).exit_code == 0
    with zipfile.ZipFile(folder / ARCHIVE, "a") as packed:
        packed.writestr("unforgotten-ru/extra.html", "Give money here.")
    assert "unforgotten-ru/extra.html does not belong into" in site("verify", str(folder)).output
    (folder / "gone\x1b[2Kwhole: 900 files").touch()
    assert "\x1b" not in site("verify", str(folder)).output, "a terminal obeys what it reads"
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"place": "ru"', '"place": "out"'))
    assert "was not signed by the owner of this key" in site("verify", str(folder)).output


@pytest.mark.slow
@pytest.mark.browser
def test_it_opens_from_a_disk_without_a_script(site, tmp_path):
    """Built by two processes, unpacked from the ZIP, and walked through by links."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine")
    assert site("build", str(tmp_path / "mirror"), "--processes", "2").exit_code == 0
    with zipfile.ZipFile(tmp_path / "mirror" / ARCHIVE) as packed:
        packed.extractall(tmp_path)
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
        page.on("requestfailed", lambda failed: problems.append(failed.url))
        page.goto((tmp_path / "unforgotten-ru" / "index.html").as_uri())
        page.locator("footer a", has_text="Organisations").click()
        assert page.locator("h1").inner_text() == "Organisations that stand by prisoners"
        page.goto((tmp_path / "unforgotten-ru" / "ru" / "prisoners" / "index.html").as_uri())
        page.locator("main a[href*=vymyshlennyj], main .person a").first.click()
        assert page.locator("html").get_attribute("lang") == "ru"
        assert page.url.startswith("file://")
        assert page.locator(".footer").evaluate("each => getComputedStyle(each).backgroundColor") != "rgba(0, 0, 0, 0)"
        browser.close()
    assert problems == []


def test_a_folder_with_other_things_is_left_alone(site, tmp_path):
    (tmp_path / "letter.txt").write_text("Mine.")
    refused = site("build", str(tmp_path))
    assert refused.exit_code == 2
    assert "holds other things" in refused.output
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_interrupted_build_goes_on_unless_staff_did_something_or_time_passed(tmp_path):
    journal, start = Journal(tmp_path), Start("http://localhost", "ru", "2026-11-26", 7, 1000.0)
    done = Outcome("/why", "why/index.html", Came.WRITTEN, "ab", 2, (("page", "/about", "about/index.html"),))
    assert journal.begin(start) == []
    journal.note([done])
    with (tmp_path / JOURNAL).open("a") as file:
        file.write('["/half')
    assert journal.begin(Start("http://localhost", "ru", "2026-11-26", 7, 1500.0)) == [done]
    assert journal.begin(Start("http://localhost", "ru", "2026-11-26", 8, 1500.0)) == []
    journal.note([done])
    assert journal.begin(Start("http://localhost", "ru", "2026-11-26", 8, 2200.0)) == []


def test_addresses_that_are_made_for_one_visitor_or_reach_out_of_the_folder_are_no_files(app):
    addresses = Addresses(app, "https://live.example")
    kinds = {
        href: addresses.target(href, at="/prisoners").kind
        for href in ("/prisoners?page=2", "?page=3", "https://live.example/ru/why", "/prisoners?status=serving",
                     "/prisoners/x/write", "/account", "/feeds/dates.ics", "/../../etc/passwd", "//else.example/",
                     "https://else.example/", "mailto:a@b.example", "#main")
    }  # fmt: skip
    assert [href for href, kind in kinds.items() if kind is Kind.PAGE] == [
        "/prisoners?page=2", "?page=3", "https://live.example/ru/why"
    ]  # fmt: skip
    assert [href for href, kind in kinds.items() if kind is Kind.ELSEWHERE] == [
        "//else.example/",
        "https://else.example/",
    ]
    assert [href for href, kind in kinds.items() if kind is Kind.OTHER] == ["mailto:a@b.example", "#main"]
    assert addresses.target("/prisoners?page=2", at="/").file == "prisoners/page-2.html"
    assert addresses.target("/prisoners?status=serving", at="/").url == "/prisoners?status=serving"


def test_the_public_key_is_shown_and_signs_what_it_says(client, app):
    where = "/.well-known/unforgotten-signing-key.pem"
    ensure_signing_key()
    shown = app.test_cli_runner().invoke(args=["keys", "signing"]).output.strip()
    assert read_public_key(shown) == public_key()
    assert "BEGIN PUBLIC KEY" in client.get(where).get_data(as_text=True)
    assert shown in client.get("/about").get_data(as_text=True)
    assert not is_signed(b"a", b"0" * 64, public_key())
