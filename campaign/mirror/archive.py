"""A whole mirror in one file, to pass on by hand. The same mirror always gives the same bytes."""

import hashlib
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from campaign.mirror.manifest import MANIFEST, SIGNATURE, Manifest

# As old as a ZIP can say: a time would make another file of the same content.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
# Pages of HTML shrink to a fifth at this level in a third of the time that the usual one takes.
LEVEL = 1
PACKED = frozenset({"webp", "png", "jpg", "pdf", "zip"})


def write_archive(folder: Path, manifest: Manifest, show: Callable[[int, int], None]) -> None:
    """Pack a mirror whose manifest is written."""
    target = folder / manifest.archive
    draft = target.with_name(f"{target.name}.part")
    root = root_of(manifest)
    paths = [MANIFEST, SIGNATURE, *sorted(manifest.files)]
    with zipfile.ZipFile(draft, "w", compresslevel=LEVEL) as packed:
        for number, path in enumerate(paths, start=1):
            about = zipfile.ZipInfo(f"{root}/{path}", LONG_AGO)
            about.external_attr = 0o644 << 16
            is_packed = path.rpartition(".")[2] in PACKED
            about.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            packed.writestr(about, (folder / path).read_bytes(), compresslevel=LEVEL)
            if number % 500 == 0 or number == len(paths):
                show(number, len(paths))
    draft.replace(target)


def problems_of(archive: Path, manifest: Manifest, content: bytes, signature: Path) -> list[str]:
    """What an archive holds that its mirror does not, or otherwise.

    It comes from strangers: nothing of it is unpacked to a disk, or read beyond the size that the mirror gives it.
    """
    root = root_of(manifest)
    wanted = {f"{root}/{path}": (file.size, file.sha256) for path, file in manifest.files.items()}
    wanted[f"{root}/{MANIFEST}"] = (len(content), hashlib.sha256(content).hexdigest())
    if signature.exists():
        signed = signature.read_bytes()
        wanted[f"{root}/{SIGNATURE}"] = (len(signed), hashlib.sha256(signed).hexdigest())
    problems = []
    try:
        with zipfile.ZipFile(archive) as packed:
            for about in packed.infolist():
                expected = wanted.pop(about.filename, None)
                # Programs that unpack may take another name than the one up to its first NUL.
                if expected is None or about.orig_filename != about.filename:
                    problems.append(f"{about.filename} does not belong into {archive.name}")
                elif about.file_size != expected[0] or _sha256(packed, about) != expected[1]:
                    problems.append(f"{about.filename} in {archive.name} was changed")
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError, struct.error):
        return [f"{archive.name} cannot be read"]
    return problems + [f"{path} is missing in {archive.name}" for path in sorted(wanted)]


def _sha256(packed: zipfile.ZipFile, about: zipfile.ZipInfo) -> str:
    with packed.open(about) as file:
        digest = hashlib.sha256()
        while piece := file.read(1024 * 1024):
            digest.update(piece)
    return digest.hexdigest()


def root_of(manifest: Manifest) -> str:
    """The one folder in which everything lies in the archive."""
    return manifest.archive.removesuffix(".zip")
