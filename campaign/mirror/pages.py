"""One page or asset: asked for, rewritten, written where it differs. What a process of a build does again and again."""

import hashlib
import html
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask import Flask

from campaign.kernel.places import Place
from campaign.mirror.addresses import ABOUT, Addresses, Kind, Target
from campaign.mirror.asking import Asker
from campaign.mirror.manifest import replace_file
from campaign.mirror.rewrite import Rewriter, sheet
from campaign.mirror.words import about_page, notices_of
from campaign.web.i18n import split_language

Link = tuple[str, str, str]
"""Kind, address and file of a target, as processes and journals pass it on."""


class Came(StrEnum):
    """What came of asking for something."""

    SAME = "same"
    WRITTEN = "written"
    ABSENT = "absent"
    """Nothing is there, or another address is meant."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one page or asset, and what this process found in it that it had not found before."""

    url: str
    file: str
    came: Came
    sha256: str = ""
    size: int = 0
    found: tuple[Link, ...] = ()

    def told(self) -> list[Any]:
        """As JSON."""
        return [self.url, self.file, self.came.value, self.sha256, self.size, self.found]

    @classmethod
    def read(cls, told: Any) -> "Outcome":
        """What `told` gave."""
        url, file, came, sha256, size, found = told
        return cls(url, file, Came(came), sha256, size, tuple((kind, where, path) for kind, where, path in found))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is built, where, for whom."""

    folder: Path
    public_url: str
    place: Place
    about: Mapping[str, Any]
    """What the page about the copy says beside its words."""
    absent: frozenset[str] = frozenset()


class Maker:
    """Makes the files of one mirror in one process."""

    def __init__(self, app: Flask, plan: Plan) -> None:
        self._app, self._plan = app, plan
        self._asker = Asker(app, plan.place, plan.public_url)
        self._rewriter = Rewriter(
            Addresses(app, plan.public_url), notices_of(app, plan.place), absent=plan.absent
        )  # fmt: skip
        self._told: set[Link] = set()
        self._folders: set[Path] = set()

    def make(self, links: Sequence[Link]) -> list[Outcome]:
        """Make these, one after another."""
        return [self._make(Target(Kind(kind), url, file)) for kind, url, file in links]

    def _make(self, target: Target) -> Outcome:
        language, path = split_language(target.url)
        if path == ABOUT:
            told = self._plan.about
            body, mimetype = about_page(self._app, language, self._plan.place, **told).encode(), "text/html"
        else:
            answer = self._asker.get(target.url)
            if answer.status != 200:
                return Outcome(target.url, target.file, Came.FAILED if answer.status >= 500 else Came.ABSENT)
            body, mimetype = answer.body, answer.mimetype
        found: Collection[Target] = ()
        if target.kind is Kind.PAGE and mimetype == "text/html":
            page = self._rewriter.page(body.decode(), at=target, language=language)
            body, found = page.content.encode(), page.pages | page.assets
        elif mimetype == "text/css":
            body = sheet(body, target.file, self._drawing)
        return self._write(target, body, found)

    def _drawing(self, url: str) -> bytes | None:
        answer = self._asker.get(url)
        return answer.body if answer.status == 200 else None

    def _write(self, target: Target, body: bytes, found: Collection[Target]) -> Outcome:
        path, digest = self._plan.folder / target.file, hashlib.sha256(body).hexdigest()
        came = Came.SAME if path.is_file() and path.read_bytes() == body else Came.WRITTEN
        if came is Came.WRITTEN:
            if path.parent not in self._folders:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._folders.add(path.parent)
            replace_file(path, body)
        new = {(each.kind.value, each.url, each.file) for each in found} - self._told
        self._told |= new
        return Outcome(target.url, target.file, came, digest, len(body), tuple(sorted(new)))


def links_to(file: str) -> bytes:
    """What stands in a page that links to a file of the mirror, wherever the page is."""
    return html.escape(f'{file}"', quote=False).encode()
