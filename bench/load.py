"""Load from wrk, and what it says came of it."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote_plus, urlencode
from urllib.request import urlopen

from bench.machine import Ticks, program

CONNECTIONS = 64
LUA = Path(__file__).with_name("load.lua")
ADDRESS = "ADDRESS"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of wrk."""

    requests: int
    failed: int
    per_second: float
    median_ms: float
    slowest_ms: float
    steal: float

    @property
    def accepted(self) -> int:
        """Requests that got a 2xx or 3xx."""
        return self.requests - self.failed


@dataclass(frozen=True, slots=True)
class Spread:
    """One run over many addresses."""

    per_second: float
    p95_ms: float
    failed: int
    steal: float


def get_many(origin: str, addresses: Path, seconds: float, connections: int) -> Spread:
    """Fetch the addresses of a file one after the other, over so many connections."""
    command = [
        program("wrk"), "-t2", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "10s", "-s",
        str(LUA.with_name("addresses.lua")), origin, "--", str(addresses),
    ]  # fmt: skip
    before = Ticks.now()
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True)
    run = _read(outcome.stdout, Ticks.now().steal_since(before))
    return Spread(run.per_second, _milliseconds(outcome.stdout, "95%"), run.failed, run.steal)


def get(url: str, seconds: float, *headers: str) -> Run:
    """Fetch one address over and over."""
    return _wrk(url, seconds, [option for header in headers for option in ("-H", header)], [])


def post_forms(origin: str, forms: Path, run: str, seconds: float, *, their_origin: str | None = None) -> Run:
    """Send forms with unique addresses; `run` must differ from run to run."""
    return _wrk(origin, seconds, ["-s", str(LUA)], [str(forms), run, their_origin or origin])


def _wrk(url: str, seconds: float, options: Sequence[str], arguments: Sequence[str]) -> Run:
    command = [program("wrk"), "-t2", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--timeout", "10s", "--latency"]
    before = Ticks.now()
    outcome = subprocess.run(
        [*command, *options, url, "--", *arguments], capture_output=True, text=True, timeout=seconds + 60, check=True
    )
    return _read(outcome.stdout, Ticks.now().steal_since(before))


def _read(output: str, steal: float) -> Run:
    requests = re.search(r"(\d+) requests in", output)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if requests is None or rate is None:
        raise RuntimeError(f"wrk said: {output[-500:]}")
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    lost = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    errors = sum(map(int, lost.groups())) if lost else 0
    return Run(
        requests=int(requests[1]),
        failed=(int(failed[1]) if failed else 0) + errors,
        per_second=float(rate[1]),
        median_ms=_milliseconds(output, "50%"),
        slowest_ms=_milliseconds(output, "99%"),
        steal=steal,
    )


def _milliseconds(output: str, share: str) -> float:
    found = re.search(rf"{share}\s+([\d.]+)(us|ms|s)", output)
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]] if found else 0.0


class _Form(HTMLParser):
    """What a browser without JavaScript would send from the form whose action ends in `action`, untouched."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.path, self.values = action, "", dict[str, str]()
        self._select = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.path = given.get("action", "") if given.get("action", "").endswith(self.action) else ""
        elif self.path and tag == "input" and given.get("name"):
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self.values[given["name"]] = given.get("value", "")
        elif self.path and tag == "select":
            self._select = given["name"]
        elif self._select and tag == "option" and (self._select not in self.values or "selected" in given):
            self.values[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "form" and self.values:
            self.path, self.action = "", "\0"


def read_form(origin: str, slug: str) -> dict[str, str]:
    """Fetch a petition's page and give the fields of its sign form, the stamp included."""
    form = _Form("/sign")
    with urlopen(f"{origin}/petitions/{slug}", timeout=10) as page:
        form.feed(page.read().decode())
    if "stamp" not in form.values:
        raise RuntimeError(f"no sign form on the page of {slug}")
    return form.values


def write_forms(path: Path, origin: str, slugs: Sequence[str]) -> Path:
    """Fetch each petition's form and store it for wrk, with a name and a country filled in."""
    lines = []
    for slug in slugs:
        values = read_form(origin, slug) | {"display_name": "Anna Example", "country": "DE", "email": ADDRESS}
        before, after = urlencode(values, quote_via=quote_plus).split(ADDRESS)
        lines.append(f"/petitions/{slug}/sign\t{before}\t{after}\n")
    path.write_text("".join(lines))
    return path
