"""Catalogues are compiled when they are older than their source, by whoever may write them."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from campaign.web.i18n import compile_catalogues

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "translations" / "de" / "LC_MESSAGES"
    target.mkdir(parents=True)
    shutil.copy(ROOT / "translations" / "de" / "LC_MESSAGES" / "messages.po", target)
    return tmp_path / "translations"


def test_what_was_compiled_is_left_alone_until_its_source_is_newer(folder: Path) -> None:
    compile_catalogues(folder)
    made = folder / "de" / "LC_MESSAGES" / "messages.mo"
    first = made.stat().st_mtime_ns
    compile_catalogues(folder)
    assert made.stat().st_mtime_ns == first
    later = first // 10**9 + 10
    os.utime(made.with_suffix(".po"), (later, later))
    compile_catalogues(folder)
    assert made.stat().st_mtime_ns > first


def test_a_service_that_may_not_write_says_who_has_to(folder: Path) -> None:
    # A folder anybody can reach: root may write anywhere, so there somebody else tries.
    with tempfile.TemporaryDirectory() as reachable:
        Path(reachable).chmod(0o755)
        place = Path(shutil.copytree(folder, Path(reachable) / "translations"))
        (place / "de" / "LC_MESSAGES").chmod(0o555)
        program = (
            "import os; from pathlib import Path; from campaign.web.i18n import compile_catalogues\n"
            f"if os.geteuid() == 0: os.setuid(65534)\ncompile_catalogues(Path({str(place)!r}))"
        )
        told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert f"messages.mo is missing or old; run pybabel compile -d {place}" in told.stderr
