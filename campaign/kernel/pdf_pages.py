"""Pages of a PDF as pictures, drawn by a process of their own (SAFETY.md 26).

A parser of PDF is one that an attacker would like to meet. So it runs apart: without our environment, with bounds on
time, memory, open files and what it writes; whatever it writes is then taken for no more than a picture from outside.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from campaign.kernel.errors import N_
from campaign.kernel.images import BadPicture, check_file_size

MOST_PAGES = 40
SECONDS = 20
MAGIC = b"%PDF-"
_DRAWS = Path(__file__).with_name("pdf_draw.py")
_LENGTH = 4
_TOO_MANY = 3


def is_pdf(raw: bytes) -> bool:
    """Whether a file says of itself that it is a PDF."""
    return raw[:1024].lstrip().startswith(MAGIC)


def draw_pages(raw: bytes) -> Iterator[bytes]:
    """Each page as a PNG or JPEG of about 150 dpi, one in memory at a time; all are drawn before the first is given.

    Raises BadPicture for what cannot be drawn within the bounds.
    """
    check_file_size(raw)
    # In memory, and yet files, which the bound on what is written counts: nothing of a scan touches a disk.
    with _in_memory() as given, _in_memory() as drawn:
        given.write(raw)
        given.seek(0)
        try:
            # -I: neither our environment nor our folder is looked at; the arguments hold nothing from outside.
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-I", str(_DRAWS), str(MOST_PAGES)], stdin=given, stdout=drawn,
                stderr=subprocess.DEVNULL, env={}, timeout=SECONDS, check=False, close_fds=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired as problem:
            raise BadPicture(N_("This PDF takes too long to draw. Scan its pages as pictures.")) from problem
        if done.returncode == _TOO_MANY:
            raise BadPicture(N_("This PDF has more than 40 pages."))
        if done.returncode != 0:
            raise BadPicture(N_("This PDF is damaged, locked or too large to draw. Scan its pages as pictures."))
        drawn.seek(0)
        yield from _cut(drawn)


def _in_memory() -> IO[bytes]:
    return os.fdopen(os.memfd_create("pdf"), "w+b")


def _cut(drawn: IO[bytes]) -> Iterator[bytes]:
    """The pictures, each behind its length."""
    for _page in range(MOST_PAGES):
        head = drawn.read(_LENGTH)
        if len(head) < _LENGTH:
            return
        yield drawn.read(int.from_bytes(head, "big"))
