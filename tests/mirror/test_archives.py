"""Archives and manifests from strangers: told to be wrong, and never a fault of the program that looks at them."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from campaign.mirror.archive import problems_of
from campaign.mirror.manifest import MANIFEST, SIGNATURE, File, Manifest, NoMirror, read_manifest

PAGE = b"<p>Nobody is forgotten.</p>"
MIRROR = Manifest("https://u.example", "ru", "2026-11-26",
                  {"index.html": File("index.html", hashlib.sha256(PAGE).hexdigest(), len(PAGE), "2026-11-26")},
                  "unforgotten-ru.zip")  # fmt: skip


def looked_at(folder: Path, page: bytes = PAGE, name: str = "index.html") -> list[str]:
    """What is said of an archive with this page in it."""
    archive, signature = folder / MIRROR.archive, folder / SIGNATURE
    signature.write_bytes(b"s" * 64)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"unforgotten-ru/{MANIFEST}", MIRROR.text())
        packed.writestr(f"unforgotten-ru/{SIGNATURE}", signature.read_bytes())
        packed.writestr(f"unforgotten-ru/{name}", page)
    return problems_of(archive, MIRROR, MIRROR.text(), signature)


def test_a_whole_one_has_no_problem_and_what_is_too_large_is_not_read(tmp_path, monkeypatch):
    assert looked_at(tmp_path) == []
    monkeypatch.setattr("campaign.mirror.archive._sha256", lambda _packed, about: pytest.fail(about.filename)
                        if about.filename.endswith("index.html") else hashlib.sha256(
                            MIRROR.text() if about.filename.endswith(MANIFEST) else b"s" * 64).hexdigest())  # fmt: skip
    assert looked_at(tmp_path, bytes(50_000_000)) == ["unforgotten-ru/index.html in unforgotten-ru.zip was changed"]


def test_one_that_is_locked_cut_or_leads_elsewhere_is_told_to_be_wrong(tmp_path):
    archive = tmp_path / MIRROR.archive
    looked_at(tmp_path)
    whole = archive.read_bytes()
    locked = bytearray(whole)
    locked[whole.find(b"PK\x03\x04") + 6] |= 1
    locked[whole.find(b"PK\x01\x02") + 8] |= 1
    # The same length, so that both names of the entry can be put in by hand.
    hidden = whole.replace(b"/index.html", b"/index.ht\x00l")
    for content in (bytes(locked), whole[:-40], b"", hidden):
        archive.write_bytes(content)
        assert problems_of(archive, MIRROR, MIRROR.text(), tmp_path / SIGNATURE) != []
    assert any("does not belong" in each for each in looked_at(tmp_path, name="../../evil.html"))


@pytest.mark.parametrize("files", [[{"path": 5}], ["x"], {"a": 1}, 7, [{"path": "../x"}], [{"path": "/x"}], [[]]])
def test_what_is_no_manifest_is_said_to_be_none(tmp_path, files):
    if isinstance(files, list):
        whole = {"sha256": "", "size": 1, "built_on": ""}
        files = [{**whole, **each} if isinstance(each, dict) else each for each in files]
    told = {"kind": "unforgotten mirror", "format": 1, "site": "", "place": "", "built_on": "", "archive": "a.zip"}
    for content in (json.dumps({**told, "files": files}), "[" * 100_000, "[]", "null", "\x00"):
        (tmp_path / MANIFEST).write_text(content)
        with pytest.raises(NoMirror):
            read_manifest(tmp_path)
