"""The dump of what is public: one ZIP a day and place, its manifest signed, so that it can be passed on and still be
trusted.

Made anew as soon as somebody withdraws or the register of designations changes, and not handed out in between: older
ones, which hold that person or lead to whoever is banned since, go at once.
"""

import hashlib
import json
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select

from campaign.api.queries import others, people, petitions
from campaign.api.queries.person import get_person_document
from campaign.api.queries.reader import Document, Reader
from campaign.designations.models import RegisterState
from campaign.designations.service.gate import forget_gate
from campaign.kernel import clock, signing_key
from campaign.kernel.db import end_read, session
from campaign.kernel.errors import N_, DomainError, NotFound
from campaign.kernel.places import Place
from campaign.prisoners.models import Withdrawal

LANGUAGES = ("en", "ru", "de")
KEPT_DAYS = 7
PLACES = {"": Place.RUSSIA, "out": Place.ELSEWHERE}
"""What a dump may be asked for, as everywhere in the API."""
MANIFEST, SIGNATURE = "manifest.json", "manifest.json.sig"
LARGEST_MANIFEST = 1024 * 1024
FORMAT = 1
# RuntimeError: one that asks for a password, packed in a way nobody knows, or nested without end.
BROKEN = (
    OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, KeyError, ValueError, TypeError,
    AttributeError, RuntimeError,
)  # fmt: skip
Mark = dict[str, Any]
"""What a dump must not be older than: who withdrew, and the register of designations."""


class NoDump(DomainError):
    """There is none at this moment: not made yet, or somebody has withdrawn since, or the register has changed."""


class NotOurs(DomainError):
    """A file is no dump of the owner of this key, or was changed."""


@dataclass(frozen=True, slots=True)
class Dump:
    """One that may be handed out."""

    day: date
    file: Path
    size: int
    sha256: str


def folder_of(data_dir: Path) -> Path:
    """Where dumps stand; on several machines a folder that they share."""
    return data_dir / "dumps"


def build_due(data_dir: Path, origin: str) -> bool:
    """Make today's dumps where they are missing or older than what they must not be; False where they stand.

    Idempotent by the day and the mark in the manifest: what is asked for twice is made once.
    """
    folder, mark = folder_of(data_dir), current_mark()
    end_read()
    if all(_is_current(_path(folder, clock.today(), place), mark) for place in PLACES):
        return False
    build(data_dir, origin)
    return True


def build(data_dir: Path, origin: str) -> list[Path]:
    """Make today's dumps and let older ones go; gives the files. Opens no transaction and writes no row."""
    signing_key.ensure_signing_key()
    folder, today, mark = folder_of(data_dir), clock.today(), current_mark()
    end_read()
    # This process may know the register of some seconds ago.
    forget_gate()
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    made = []
    for place in PLACES:
        path = _path(folder, today, place)
        draft = path.with_suffix(f".{os.getpid()}.draft")
        try:
            _write(draft, today, place, origin, mark)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        made.append(path)
    _let_go(folder, today, mark)
    return made


def find_dump(data_dir: Path, place: str, day: date | None = None) -> Dump:
    """The dump of a day, else the newest. Raises NoDump where it is older than what it must not be."""
    folder, mark = folder_of(data_dir), current_mark()
    days = [day] if day is not None else [clock.today(), clock.today() - timedelta(days=1)]
    for path in (_path(folder, each, place) for each in days):
        if _is_current(path, mark):
            facts = path.stat()
            sha256 = _hash_of(path, facts.st_size, facts.st_mtime_ns)
            return Dump(date.fromisoformat(_day_of(path)), path, facts.st_size, sha256)
    raise NoDump(N_("The dump is being made. Ask again in a quarter of an hour."))


def has_dump(data_dir: Path, place: str) -> bool:
    """Whether there is one to hand out at this moment; cheaper than `find_dump`, which reads the whole file once."""
    mark, today = current_mark(), clock.today()
    paths = (_path(folder_of(data_dir), today - timedelta(days=ago), place) for ago in (0, 1))
    return any(_is_current(path, mark) for path in paths)


def verify(path: Path, key: bytes) -> dict[str, Any]:
    """The manifest of a dump that was signed with this public key and holds exactly what was signed; raises NotOurs."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if len(names) != len(set(names)) or archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
                raise NotOurs("not a dump: files stand in it twice, or its manifest is too large")
            content = archive.read(MANIFEST)
            if archive.getinfo(SIGNATURE).file_size != 64:
                raise NotOurs("the signature is no signature")
            if not signing_key.is_signed(content, archive.read(SIGNATURE), key):
                raise NotOurs("the manifest is not signed with this key")
            manifest: dict[str, Any] = json.loads(content)
            if set(names) != {MANIFEST, SIGNATURE, *manifest["files"]}:
                raise NotOurs("files are missing, or were added")
            for name, told in manifest["files"].items():
                if archive.getinfo(name).file_size != told["bytes"] or _sha256(archive, name) != told["sha256"]:
                    raise NotOurs(f"{name} was changed")
    except BROKEN as problem:
        raise NotOurs(f"not a dump: {type(problem).__name__}") from problem
    return manifest


def current_mark() -> Mark:
    """Changes with everybody who withdraws or comes back, and with the register, which says what a dump leaves out."""
    rows = session.execute(select(Withdrawal.prisoner_id, Withdrawal.since_on).order_by(Withdrawal.prisoner_id))
    digest = hashlib.sha256("".join(f"{one}{day}" for one, day in rows).encode()).hexdigest()
    return {"withdrawals": digest, "register": session.scalar(select(RegisterState.version)) or 0}


def _write(path: Path, today: date, place: str, origin: str, mark: Mark) -> None:
    files: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, documents in _members(place, origin):
            with archive.open(_entry(name, today), "w", force_zip64=True) as file:
                files[name] = _write_lines(file, documents)
        manifest = {
            "format": FORMAT, "kind": "unforgotten-dump", "day": today.isoformat(), "site": origin,
            "place": place or "any", **mark, "public_key": signing_key.public_key_text(), "files": files,
        }  # fmt: skip
        content = json.dumps(manifest, sort_keys=True, indent=1).encode()
        archive.writestr(_entry(MANIFEST, today), content)
        archive.writestr(_entry(SIGNATURE, today), signing_key.sign(content))


def _members(place: str, origin: str) -> Iterator[tuple[str, Iterator[Document]]]:
    for language in LANGUAGES:
        reader = Reader(language, PLACES[place], origin)
        yield f"petitions.{language}.jsonl", _each(petitions.list_all_slugs(reader), reader, _petition)
        yield f"people.{language}.jsonl", _each(people.list_all_slugs(), reader, get_person_document)
        yield f"organisations.{language}.jsonl", iter(others.list_organisation_documents(reader))
    reader = Reader("en", PLACES[place], origin)
    yield "facilities.jsonl", iter(others.list_facilities(reader))
    yield "reports.jsonl", iter(others.list_reports(reader))
    yield "gone.jsonl", _gone()


def _each(slugs: Any, reader: Reader, read: Callable[[str, Reader], Document]) -> Iterator[Document]:
    for slug in slugs:
        # Whoever withdrew since the list was read is left out.
        with suppress(NotFound):
            yield read(slug, reader)
        # Otherwise every row of everybody stays in memory, and what changes meanwhile is not seen.
        end_read()


def _petition(slug: str, reader: Reader) -> Document:
    return petitions.get_petition_document(slug, reader)


def _gone() -> Iterator[Document]:
    """Whom a copy must not show, by the digest of the slug."""
    rows = session.execute(select(Withdrawal.slug_digest, Withdrawal.since_on).order_by(Withdrawal.slug_digest)).all()
    return iter([{"slug_sha256": digest.hex(), "since_on": day.isoformat()} for digest, day in rows])


def _write_lines(file: IO[bytes], documents: Iterator[Document]) -> dict[str, Any]:
    digest, size, count = hashlib.sha256(), 0, 0
    for document in documents:
        line = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        file.write(line)
        digest.update(line)
        size, count = size + len(line), count + 1
    return {"sha256": digest.hexdigest(), "bytes": size, "lines": count}


def _entry(name: str, today: date) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (today.year, today.month, today.day, 0, 0, 0))
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    return entry


def _let_go(folder: Path, today: date, mark: Mark) -> None:
    """Old ones, and those that hold somebody who has withdrawn or a name that is dangerous since."""
    oldest = (today - timedelta(days=KEPT_DAYS)).isoformat()
    for path in folder.glob("unforgotten-*.zip"):
        if _day_of(path) <= oldest or not _is_current(path, mark):
            path.unlink(missing_ok=True)


def _day_of(path: Path) -> str:
    return path.name.removeprefix("unforgotten-")[:10]


def _is_current(path: Path, mark: Mark) -> bool:
    manifest = _manifest_beside(path)
    return all(manifest.get(name) == value for name, value in mark.items())


def _manifest_beside(path: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            return manifest
    except (OSError, zipfile.BadZipFile, KeyError, ValueError):
        return {}


_hashes: dict[tuple[Path, int, int], str] = {}


def _hash_of(path: Path, size: int, changed: int) -> str:
    """Of a whole file, which is read once as long as it is the same."""
    key = (path, size, changed)
    if key not in _hashes:
        _hashes.clear()
        with path.open("rb") as file:
            _hashes[key] = hashlib.file_digest(file, "sha256").hexdigest()
    return _hashes[key]


def _sha256(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as file:
        digest = hashlib.sha256()
        while piece := file.read(1024 * 1024):
            digest.update(piece)
    return digest.hexdigest()


def _path(folder: Path, day: date, place: str) -> Path:
    return folder / f"unforgotten-{day.isoformat()}{_ending(place)}"


def _ending(place: str) -> str:
    return f"-{place}.zip" if place else ".zip"
