"""A statement of 100,000 lines: read, kept and matched with what is expected, and its memory beside one of 10,000.

Each run is a process of its own, so that its peak is its own. What is certain is posted in pieces of a hundred; that
is told apart, since it is the ledger's time.
"""

import csv
import json
import os
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bench.imports import peak_of
from bench.machine import Ticks
from bench.report import Measure
from bench.stage import ROOT, Stage, stage

MANY = int(os.environ.get("BENCH_BANK_LINES", "100000"))
FEW = MANY // 10
MOST_SECONDS = 60
MOST_GROWTH = 1.3
"""How much more memory ten times the lines may take."""
EXPECTED_EVERY = 50
"""Every so manieth line bears the reference and the amount of something that is expected."""
HEADINGS = ("Booking date", "Amount", "Currency", "Counterparty", "IBAN", "Purpose", "Balance")
FIRST = date(2026, 1, 1)
RUN = "from bench.banking import run; run(__import__('sys').argv[1])"


def measure() -> list[Measure]:
    """The larger statement within its time, its memory beside that of the smaller, and its posting."""
    with stage() as on:
        start = Ticks.now()
        few, few_peak = _child(on, _write(on.folder / "few.csv", FEW, seed=1))
        many, peak = _child(on, _write(on.folder / "many.csv", MANY, seed=2))
        steal = [Ticks.now().steal_since(start)]
        load = f"load {os.getloadavg()[1]:.1f}"
    taken = many["read"] + many["kept"] + many["suggested"]
    took = (f"{taken:.1f} s: read {many['read']:.1f}, kept {many['kept']:.1f}, matched {many['suggested']:.1f}; "
            f"{MANY / taken:.0f} lines a second, {load}")  # fmt: skip
    posted = (f"{many['accepted']:.0f} lines in {many['posted']:.1f} s, "
              f"{many['posted'] / max(many['accepted'], 1) * 1000:.1f} ms each, {load}")  # fmt: skip
    return [
        Measure(f"60 s / a statement of {MANY:,} lines read, kept and matched", round(MOST_SECONDS / taken, 2), 1.0,
                1.0, "x", steal=steal, note=took),
        Measure(f"peak memory of {FEW:,} lines / {MANY:,}", round(few_peak / peak, 2), 1.0, round(1 / MOST_GROWTH, 2),
                "x", steal=steal, note=f"{few_peak:.0f} and {peak:.0f} MiB; the smaller took {sum_of(few):.1f} s"),
        Measure("certain lines accepted and posted a second", round(many["accepted"] / max(many["posted"], 0.01), 1),
                steal=steal, note=posted),
    ]  # fmt: skip


def sum_of(figures: Mapping[str, float]) -> float:
    """Seconds of reading, keeping and matching."""
    return figures["read"] + figures["kept"] + figures["suggested"]


def run(file: str) -> None:
    """Bring one file in, as the workers do it, and say how long each part took. In a process of its own."""
    from campaign.banking.service import lines_in, statements, suggesting
    from campaign.banking.service.reading import Layout
    from campaign.kernel.db import session, transaction
    from campaign.kernel.pieces import PIECE
    from campaign.kernel.registry_money import line_takers
    from wsgi import app

    with app.app_context():
        account_id, fund_id = _books()
        line_takers._items.clear()
        line_takers.register("gift", Expected(fund_id))
        with transaction():
            received = statements.begin_receiving(actor=None)
        with Path(file).open("rb") as source:
            while piece := source.read(PIECE):
                with transaction():
                    received.keep(piece)
        took = {}
        began = time.monotonic()
        with transaction():
            found = statements.take_file(received, "made up", account_id, actor=None)
            statements.choose_columns(found.id, Layout.load(found.mapping), actor=None)
        while _in_one(lines_in.read_some, found.id):
            pass
        took["read"], began = time.monotonic() - began, time.monotonic()
        with transaction():
            statements.begin_keeping(found.id, actor=None)
        while _state(found.id) == "keeping":
            _in_one(lines_in.keep_some, found.id)
        took["kept"], began = time.monotonic() - began, time.monotonic()
        after = _begun()
        while True:
            with transaction():
                suggesting.suggest_some(found.id, after)
                waiting = _waiting("banking.suggest", "after")
            if waiting is None:
                break
            after = uuid.UUID(waiting)
        took["suggested"], began = time.monotonic() - began, time.monotonic()
        took["accepted"] = 0
        while accepted := _in_one(suggesting.accept_some, found.id, None):
            took["accepted"] += accepted
        took["posted"] = time.monotonic() - began
        session.expire_all()
        print(json.dumps(took | {"lines": statements.get_statement(found.id).lines_kept}))


@dataclass
class Expected:
    """Gifts that are expected, by arithmetic: that of line 50 bears G-50. A room of gifts looks its own up."""

    fund_id: uuid.UUID
    label: str = "Gift"

    def __hash__(self) -> int:
        return hash(self.fund_id)

    def candidates(self, lines: Sequence[object]) -> Mapping[uuid.UUID, Sequence[object]]:
        """Those whose reference a line names."""
        return {line.line_id: [self._of(int(each[2:])) for each in line.references if each[2:].isdecimal()]
                for line in lines}  # type: ignore[attr-defined]  # fmt: skip

    def find(self, ids: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, object]:
        """Given ones."""
        return {each: self._of(each.int) for each in ids}

    def take(self, _candidate: uuid.UUID, amount: object, line: object, *, actor: uuid.UUID | None) -> None:
        """Post it."""
        from campaign.funds.models import Income, Memo
        from campaign.funds.service import ledger
        from campaign.funds.service.ledger import Line, Source

        lines = [Line(line.account, self.fund_id, amount), Line(Income.GIFTS, self.fund_id, -amount)]  # type: ignore[attr-defined,arg-type,operator]
        ledger.post(lines, memo=Memo.GIFT, happened_on=line.day, actor=actor, source=Source("gift", line.line_id))  # type: ignore[attr-defined]

    def give_back(self, _candidate: uuid.UUID, _line: uuid.UUID, *, actor: uuid.UUID) -> None:
        """Nothing here."""

    def _of(self, number: int) -> object:
        from campaign.kernel.money import Money
        from campaign.kernel.registry_money import Candidate

        return Candidate(uuid.UUID(int=number), f"G-{number}", Money(amount_of(number), "EUR"), None, "made up")


def amount_of(number: int) -> int:
    """What line `number` brings, in cents."""
    return 500 + number % 20_000


def _write(path: Path, count: int, *, seed: int) -> Path:
    chance, standing = random.Random(seed), 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS)
        for number in range(1, count + 1):
            minor = amount_of(number) if number % 9 or number % EXPECTED_EVERY == 0 else -amount_of(number)
            standing += minor
            text = f"Gift G-{number}" if number % EXPECTED_EVERY == 0 else f"for the families {chance.randrange(10**6)}"
            writer.writerow((
                f"{FIRST + timedelta(days=number * 300 // count):%d.%m.%Y}", _written(minor), "EUR",
                f"Made Up {chance.randrange(10**5)}", f"DE00{chance.randrange(10**17):018}", text, _written(standing),
            ))  # fmt: skip
    return path


def _written(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100},{abs(minor) % 100:02}"


def _child(on: Stage, file: Path) -> tuple[dict[str, float], float]:
    """What one run said, and its peak in mebibytes."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(file)], cwd=ROOT, env=on.child_environment(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    peak = 0
    while process.poll() is None:
        peak = max(peak, peak_of(process.pid))
        time.sleep(0.05)
    assert process.stdout is not None
    assert process.stderr is not None
    said = process.stdout.read().decode().strip().splitlines()
    if process.returncode != 0 or not said:
        raise RuntimeError(f"the statement ended with {process.returncode}: {process.stderr.read().decode()[-800:]}")
    return json.loads(said[-1]), peak / 1024


def _books() -> tuple[int, uuid.UUID]:
    from campaign.funds.models import Fund, FundKind, FundState, PublicLevel, Rail
    from campaign.funds.service import ledger
    from campaign.kernel import clock
    from campaign.kernel.db import session, transaction

    with transaction():
        made = ledger.open_account(f"Bank {uuid.uuid4().hex[:8]}", Rail.BANK, None, actor=None)
        fund = Fund(
            id=uuid.uuid4(), slug=f"made-{uuid.uuid4().hex[:8]}", kind=FundKind.CAUSE, state=FundState.OPEN,
            currency="EUR", titles={"en": "Made up"}, created_on=clock.today(), public_level=PublicLevel.HIDDEN,
            summaries={}, abouts={},
        )  # fmt: skip
        session.add(fund)
    return made.id, fund.id


def _in_one(act: object, *about: object) -> int:
    from campaign.kernel.db import transaction

    with transaction():
        return int(act(*about))  # type: ignore[operator]


def _state(statement_id: uuid.UUID) -> str:
    from campaign.banking.service.statements import get_statement
    from campaign.kernel.db import session

    session.expire_all()
    return get_statement(statement_id).state


def _begun() -> uuid.UUID | None:
    """Take the job that keeping has asked for out of the queue: it is done here."""
    from campaign.kernel.db import transaction

    with transaction():
        _waiting("banking.suggest", "after")
    return None


def _waiting(kind: str, name: str) -> str | None:
    """What the next job of a kind says, taken out of the queue; None where there is none."""
    from sqlalchemy import delete

    from campaign.kernel.db import session
    from campaign.kernel.jobs import JobRow

    found = session.scalar(delete(JobRow).where(JobRow.kind == kind).returning(JobRow.payload))
    return str(found[name]) if found and found[name] else None
