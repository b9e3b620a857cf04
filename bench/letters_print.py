"""A batch of 1,000 letters of one page: locked, and made into letters, envelopes, labels and a posting list.

The documents are made by the command that does all background work, a process of its own: its seconds hold its start,
and its peak is its own. A batch of 100 beside it shows whether memory is flat.
"""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask

from bench import writers
from bench.imports import peak_of
from bench.machine import Ticks
from bench.report import Measure
from bench.stage import ROOT, Stage, stage
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.letters.models import BatchState, Letter, LetterBatch, LetterState, Relay
from campaign.letters.queries.destinations import find_destination
from campaign.letters.service import batches, bodies, threads
from campaign.penpals.queries.addressees import list_addressees
from campaign.penpals.service.codes import new_code
from campaign.prisoners.models import Channel

MANY, FEW = 1_000, 100
PEOPLE = 2_500
"""Of whom a part cannot be written to now."""
MOST_SECONDS, MOST_GROWTH = 15, 1.3
COMMAND = ("-m", "flask", "--app", "wsgi", "jobs", "drain")
TEXT = (
    "Здравствуйте!\n\nМеня зовут Анна, я развожу помидоры на балконе.\n\n"
    + "А что любите вы? Расскажите, пожалуйста, о книгах, которые читаете, и о том, что видно из окна. " * 18
    + "\n\nВсего доброго,\nАнна"
)
# Everybody in one place that takes letters by post, so that one batch takes them all.
_ONE_PLACE = (
    "UPDATE custody SET facility_id = md5('facility0')::uuid",
    "UPDATE liberty_status SET status = 'serving_colony' WHERE status = 'in_transit'",
    "DELETE FROM facility_channel",
)


@dataclass(frozen=True, slots=True)
class Run:
    """What one batch took."""

    locking: float
    seconds: float
    peak: float
    """Mebibytes."""


def measure() -> list[Measure]:
    """Two batches, the small one first."""
    with stage() as on:
        writers.fill(on, 10, PEOPLE)
        on.run(*_ONE_PLACE)
        _drain(on)
        start = Ticks.now()
        app = on.application()
        few, many = _run(on, app, FEW), _run(on, app, MANY)
        steal = [Ticks.now().steal_since(start)]
    load = f"load {os.getloadavg()[0]:.1f}"
    return [
        Measure(
            f"{MOST_SECONDS} s / documents of {MANY:,} letters of one page", MOST_SECONDS / many.seconds, 1, 1, "x",
            {"seconds": [round(many.seconds, 2)]}, steal, f"{many.seconds:.1f} s with the start of the process, {load}",
        ),
        Measure(
            f"peak memory of {FEW} letters / {MANY:,}", round(few.peak / many.peak, 2), 1, round(1 / MOST_GROWTH, 2),
            "x", steal=steal, note=f"{many.peak:.0f} and {few.peak:.0f} MiB",
        ),
        Measure(f"locking {MANY:,} letters into a batch", many.locking, unit=" s", steal=steal, note=load),
    ]  # fmt: skip


def _run(on: Stage, app: Flask, amount: int) -> Run:
    with app.app_context():
        relay_id, place_id = _queue(amount)
        began = time.monotonic()
        with transaction():
            batch = batches.lock_batch(Channel.POST, place_id, relay_id=relay_id, actor=uuid.uuid4())
        locking, batch_id = time.monotonic() - began, batch.id
        if batch.letters != amount:
            raise RuntimeError(f"{batch.letters} of {amount} letters were locked in")
    seconds, peak = _drain(on)
    with app.app_context():
        made = session.get_one(LetterBatch, batch_id)
        if made.state != BatchState.RENDERED or made.rendered != amount:
            raise RuntimeError(f"{made.rendered} of {amount} letters were rendered")
    return Run(locking, seconds, peak / 1024)


def _queue(amount: int) -> tuple[uuid.UUID, uuid.UUID]:
    """Letters in the queue, as approval leaves them; gives a return address and the place."""
    today = clock.today()
    reachable: Sequence[uuid.UUID] = [each.id for each in list_addressees(today) if each.can_be_written_to][:amount]
    with transaction():
        relay = Relay(
            id=uuid.uuid4(), name="Anna Example", lines=["Sample Street 1", "10115 Berlin"], country="DE",
            changed_on=today,
        )  # fmt: skip
        session.add(relay)
        for prisoner_id in reachable:
            letter = Letter(
                id=uuid.uuid4(), code=new_code(), thread_id=threads.open_thread(prisoner_id, None).id,
                prisoner_id=prisoner_id, channel=Channel.POST, state=LetterState.QUEUED, characters=len(TEXT),
                pages=1, created_on=today, edited_on=today, submitted_on=today,
            )  # fmt: skip
            bodies.write_body(letter, TEXT)
            session.add(letter)
    place_id = find_destination(reachable[0], Channel.POST, today).facility_id
    assert place_id is not None
    return relay.id, place_id


def _drain(on: Stage) -> tuple[float, int]:
    """Do all that is due; the seconds and the largest memory in kibibytes."""
    began, peak = time.monotonic(), 0
    process = subprocess.Popen(
        [sys.executable, *COMMAND], cwd=ROOT, env=on.child_environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while process.poll() is None:
        peak = max(peak, peak_of(process.pid))
        time.sleep(0.02)
    if process.returncode:
        raise RuntimeError(f"the jobs ended with {process.returncode}")
    return time.monotonic() - began, peak
