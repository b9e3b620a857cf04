"""What a mirror holds, file by file, signed by the site; and whether a folder still is that."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from campaign.kernel.errors import DomainError
from campaign.kernel.signing_key import is_signed, sign

MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "signing-key.pem"
KIND = "unforgotten mirror"
FORMAT = 1
JOURNAL = ".building.jsonl"


class NoMirror(DomainError):
    """The folder holds no mirror, or something else."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a mirror; `path` with slashes, `built_on` the day on which this content was written first."""

    path: str
    sha256: str
    size: int
    built_on: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole mirror."""

    site: str
    place: str
    built_on: str
    files: Mapping[str, File]
    """By path."""
    archive: str = ""
    """The name of the file in which all of it is packed."""

    def text(self) -> bytes:
        """The manifest as it is written and signed."""
        told = {
            "kind": KIND, "format": FORMAT, "site": self.site, "place": self.place, "built_on": self.built_on,
            "archive": self.archive, "files": [asdict(self.files[path]) for path in sorted(self.files)],
        }  # fmt: skip
        return (json.dumps(told, indent=0, ensure_ascii=False) + "\n").encode()


@dataclass(slots=True)
class Verdict:
    """What is wrong with a mirror; nothing: it is whole."""

    files: int = 0
    problems: list[str] = field(default_factory=list)


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a mirror; None where there is none. Raises NoMirror for what cannot be read."""
    try:
        content = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        return None
    try:
        return _parse(content)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as problem:
        raise NoMirror(f"{folder / MANIFEST} is no manifest of a mirror.") from problem


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, and the signature over it first: whoever reads between the two finds them at odds."""
    content = manifest.text()
    replace_file(folder / SIGNATURE, sign(content))
    replace_file(folder / MANIFEST, content)


def verify(folder: Path, key: bytes) -> Verdict:
    """Check signature, every file, what does not belong there, and the archive. Raises NoMirror."""
    verdict = Verdict()
    manifest = read_manifest(folder)
    if manifest is None:
        raise NoMirror(f"{folder} holds no mirror.")
    signature = folder / SIGNATURE
    content = (folder / MANIFEST).read_bytes()
    if not signature.exists():
        verdict.problems.append(f"{SIGNATURE} is missing")
    elif not is_signed(content, signature.read_bytes(), key):
        verdict.problems.append(f"{MANIFEST} was not signed by the owner of this key")
    there = {path.relative_to(folder).as_posix(): path for path in walk(folder)}
    for path, file in manifest.files.items():
        found = there.pop(path, None)
        verdict.files += 1
        if found is None:
            verdict.problems.append(f"{path} is missing")
        elif not _is_whole(found, file):
            verdict.problems.append(f"{path} was changed")
    for own in (MANIFEST, SIGNATURE):
        there.pop(own, None)
    archive = there.pop(manifest.archive, None)
    verdict.problems += [f"{path} does not belong here" for path in sorted(there)]
    if archive is None:
        verdict.problems.append(f"{manifest.archive} is missing")
    else:
        # Reading archives is of no use to the rest.
        from campaign.mirror.archive import problems_of

        verdict.problems += problems_of(archive, manifest, content, signature)
    return verdict


def _is_whole(found: Path, file: File) -> bool:
    # A link leads elsewhere, and a pipe would be read for ever.
    if found.is_symlink() or not found.is_file():
        return False
    return found.stat().st_size == file.size and sha256_of(found) == file.sha256


def walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder, links as files."""
    for parent, folders, files in os.walk(folder):
        for name in files:
            yield Path(parent, name)
        for name in list(folders):
            if Path(parent, name).is_symlink():
                folders.remove(name)
                yield Path(parent, name)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader finds the old one or the new one, whole."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    draft.write_bytes(content)
    draft.replace(path)


def sha256_of(path: Path) -> str:
    """The digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parse(content: bytes) -> Manifest:
    told: dict[str, Any] = json.loads(content)
    if told["kind"] != KIND or told["format"] != FORMAT:
        raise ValueError("another kind of manifest")
    files: Sequence[dict[str, Any]] = told["files"]
    read = {each["path"]: File(each["path"], each["sha256"], int(each["size"]), each["built_on"]) for each in files}
    if any(not path or path.startswith("/") or ".." in path.split("/") for path in read):
        raise ValueError("a path that leads out of the folder")
    return Manifest(told["site"], told["place"], told["built_on"], read, str(told["archive"]))
