"""Building a mirror: every page that can be reached is asked for, in as many processes as there are processors."""

import hashlib
import json
import re
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask

from campaign.kernel import audit, clock
from campaign.kernel.places import Place
from campaign.kernel.signing_key import public_key_pem, public_key_text
from campaign.mirror.addresses import ABOUT
from campaign.mirror.archive import write_archive
from campaign.mirror.asking import Asker
from campaign.mirror.journal import Journal, Start
from campaign.mirror.manifest import (
    JOURNAL,
    KEY,
    MANIFEST,
    SIGNATURE,
    File,
    Manifest,
    NoMirror,
    read_manifest,
    replace_file,
    sha256_of,
    walk,
    write_manifest,
)
from campaign.mirror.pages import Came, Link, Outcome, Plan, links_to
from campaign.mirror.processes import Processes
from campaign.prisoners.queries.withdrawals import list_withdrawals
from campaign.web.i18n import DEFAULT_LANGUAGE, LANGUAGES
from campaign.web.settings import settings

COUNTS, WITHDRAWN = "counts.json", "withdrawn.json"
AT_ONCE = 40
"""Pages handed to a process together."""
Show = Callable[[int, int], None]
_PERSON = re.compile(r"(?:[a-z]{2}/)?prisoners/([^/]+)/")
_PETITION = re.compile(r"petitions/([^/]+)/index\.html")


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did, in files."""

    files: int
    written: int
    same: int
    removed: int
    failed: Sequence[str]
    """Addresses that the site answered with an error; they are not in the mirror."""
    is_changed: bool


def build(
    app: Flask, folder: Path, place: Place, *, processes: int, show: Show, show_packed: Show, now: float | None = None
) -> Built:
    """Write the public site as visitors of `place` see it, sign it and pack it.

    What is the same stays untouched; what can be reached no longer is removed, from the archive too. Can be interrupted
    and run again (journal.py). Raises NoMirror for a folder that holds something else. The signing key has to be there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = _before(folder)
    # Pages of ten seconds ago are as good as new for a visitor; a build is asked for after something was withdrawn.
    app.extensions["page_cache"].clear()
    config = settings()
    today = clock.today().isoformat()
    start = Start(config.public_url, place.value, today, audit.count_entries(), time.time() if now is None else now)
    about = {"built_on": clock.today(), "key": public_key_text(), "live": config.public_url}
    plan = Plan(folder, config.public_url, place, about)
    journal = Journal(folder)
    done = {each.file: each for each in journal.begin(start)}
    with Processes(app, plan, processes) as makers:
        _walk_through(makers, done, journal, show)
    _drop_withdrawn(done)
    absent = [each for each in done.values() if each.came in {Came.ABSENT, Came.FAILED}]
    _mend_links(app, replace(plan, absent=frozenset(each.url for each in absent)), absent, done)
    _write_own(app, plan, done)
    return _finish(plan, before, done, journal, show_packed)


def _before(folder: Path) -> Manifest | None:
    """The mirror that is there; refuses a folder with anything else in it."""
    before = read_manifest(folder)
    if before is None and not (folder / JOURNAL).exists() and next(walk(folder), None) is not None:
        raise NoMirror(f"{folder} holds other things. A mirror wants a folder of its own.")
    return before


def _seeds() -> list[Link]:
    seeds = [("asset", "/static/css/mirror.css", "static/css/mirror.css")]
    for language in LANGUAGES:
        prefix = "" if language == DEFAULT_LANGUAGE else f"/{language}"
        file = f"{language}/" if prefix else ""
        seeds += [
            ("page", f"{prefix}/", f"{file}index.html"),
            ("page", prefix + ABOUT, f"{file}{ABOUT[1:]}/index.html"),
        ]
    return seeds


def _walk_through(makers: Processes, done: dict[str, Outcome], journal: Journal, show: Show) -> None:
    """Ask for everything that can be reached from the home pages."""
    seen: set[str] = set()
    waiting: deque[Link] = deque()

    def find(links: Sequence[Link]) -> None:
        for link in links:
            if link[2] not in seen:
                seen.add(link[2])
                if link[2] not in done:
                    waiting.append(link)

    find(_seeds())
    for each in list(done.values()):
        # Done before an interruption; what it leads to was found by it.
        seen.add(each.file)
        find(each.found)
    for outcomes in makers.run(_Batches(waiting)):
        new = []
        for each in outcomes:
            found = tuple(link for link in each.found if link[2] not in seen)
            find(found)
            done[each.file] = replace(each, found=found)
            new.append(done[each.file])
        journal.note(new)
        show(len(done), len(seen))


class _Batches:
    """What waits, some at once; it has nothing at one moment, and may have something at the next."""

    def __init__(self, waiting: deque[Link]) -> None:
        self._waiting = waiting

    def __iter__(self) -> Iterator[list[Link]]:
        return self

    def __next__(self) -> list[Link]:
        if not self._waiting:
            raise StopIteration
        return [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]


def _drop_withdrawn(done: dict[str, Outcome]) -> None:
    """Leave out whoever was withdrawn while this was built, or before it went on after an interruption."""
    gone = {each.slug_digest for each in list_withdrawals()}
    for file, each in done.items():
        found = _PERSON.match(file)
        if found and hashlib.sha256(found.group(1).encode()).digest() in gone:
            done[file] = replace(each, came=Came.ABSENT)


def _mend_links(app: Flask, plan: Plan, absent: Sequence[Outcome], done: dict[str, Outcome]) -> None:
    """Make pages anew that link to what turned out not to be there: somebody may be withdrawn during a build."""
    marks = [links_to(each.file) for each in absent]
    if not marks:
        return
    wrong = re.compile(b"|".join(map(re.escape, marks)))
    pages = [each for each in done.values() if each.came in {Came.SAME, Came.WRITTEN} and each.file.endswith(".html")]
    linking: list[Link] = [
        ("page", each.url, each.file) for each in pages if wrong.search((plan.folder / each.file).read_bytes())
    ]
    with Processes(app, plan, 1) as makers:
        for outcomes in makers.run(iter([linking] if linking else [])):
            done.update({each.file: each for each in outcomes})


def _write_own(app: Flask, plan: Plan, done: dict[str, Outcome]) -> None:
    """What a mirror has beside pages: the numbers of the petitions, the key, and who is not to be seen any more.

    Of these the digest of the slug is given, by which whoever keeps an older copy finds what to take down.
    """
    asker = Asker(app, plan.place, plan.public_url)
    slugs = sorted(found.group(1) for file in done if (found := _PETITION.fullmatch(file)))
    counts = {}
    for slug in slugs:
        answer = asker.get(f"/petitions/{slug}/count.json")
        if answer.status == 200:
            counts[slug] = json.loads(answer.body)["count"]
    told = {"as_of": clock.today().isoformat(), "counts": counts}
    withdrawn = [
        {"sha256": each.slug_digest.hex(), "since": each.since_on.isoformat()} for each in list_withdrawals()
    ]  # fmt: skip
    own = {
        COUNTS: (json.dumps(told, indent=1) + "\n").encode(), KEY: public_key_pem().encode(),
        WITHDRAWN: (json.dumps({"withdrawn": withdrawn}, indent=1) + "\n").encode(),
    }  # fmt: skip
    for name, content in own.items():
        path = plan.folder / name
        is_same = path.is_file() and path.read_bytes() == content
        if not is_same:
            replace_file(path, content)
        done[name] = Outcome("", name, Came.SAME if is_same else Came.WRITTEN, sha256_of(path), len(content))


def _finish(plan: Plan, before: Manifest | None, done: Mapping[str, Outcome], journal: Journal, show: Show) -> Built:
    """Remove what is no longer part of it, then say what is, then pack it."""
    folder, today = plan.folder, clock.today().isoformat()
    before_files: Mapping[str, File] = before.files if before is not None else {}
    kept = {file: each for file, each in done.items() if each.came in {Came.SAME, Came.WRITTEN}}
    files = {file: _file(each, before_files.get(file), today) for file, each in kept.items()}
    archive = f"unforgotten-{plan.place.value}.zip"
    manifest = Manifest(plan.public_url, plan.place.value, today, files, archive)
    is_same = before is not None and replace(before, built_on=today) == manifest and (folder / archive).exists()
    if before is not None and not is_same:
        # It may hold somebody who is in no other file any more: gone before anything else is done.
        (folder / before.archive).unlink(missing_ok=True)
    removed = _remove_others(folder, {*files, MANIFEST, SIGNATURE, archive, JOURNAL})
    if not is_same:
        write_manifest(folder, manifest)
        write_archive(folder, manifest, show)
    journal.end()
    written = sum(each.came is Came.WRITTEN for each in kept.values())
    failed = sorted(each.url for each in done.values() if each.came is Came.FAILED)
    return Built(len(files), written, len(files) - written, removed, failed, not is_same or removed > 0)


def _file(outcome: Outcome, before: File | None, today: str) -> File:
    is_old = before is not None and before.sha256 == outcome.sha256
    built_on = before.built_on if is_old and before is not None else today
    return File(outcome.file, outcome.sha256, outcome.size, built_on)


def _remove_others(folder: Path, kept: set[str]) -> int:
    removed = 0
    for path in list(walk(folder)):
        if path.relative_to(folder).as_posix() not in kept:
            path.unlink()
            removed += 1
    if removed:
        _remove_empty(folder)
    return removed


def _remove_empty(folder: Path) -> None:
    """Folders in which nothing is left."""
    for path in sorted((each for each in folder.rglob("*") if each.is_dir()), reverse=True):
        if not any(path.iterdir()):
            shutil.rmtree(path)
