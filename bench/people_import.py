"""A list of 100,000 people brought in by the command: how long it takes, and how much memory, beside one of 10,000.

Each run is the command as somebody would start it, a process of its own, so that its peak is its own.
"""

import csv
import os
import random
import subprocess
import sys
import time
from pathlib import Path

from bench.imports import peak_of, processor_of_children
from bench.machine import Ticks
from bench.report import Measure
from bench.stage import ROOT, Stage, stage

MANY, FEW = int(os.environ.get("BENCH_PEOPLE", "100000")), int(os.environ.get("BENCH_PEOPLE", "100000")) // 10
MOST_SECONDS = 120
MOST_GROWTH = 1.3
"""How much more memory ten times the rows may take."""
HEADINGS = ("Имя", "Фамилия", "E-mail", "Телефон", "Телеграм", "Страна", "Языки", "Метки", "С нами с", "Комментарий")
FIRST = ("Анна", "Мария", "Вера", "Нина", "Иван", "Олег", "Глеб", "Лев", "Юрий", "Тая")
LAST = ("Вымышлен", "Небывал", "Пример", "Сказочн", "Бумажн", "Облачн", "Придуман", "Книжн")


def measure() -> list[Measure]:
    """The larger list within its time, and its memory beside that of the smaller."""
    with stage() as on:
        start = Ticks.now()
        few = _run(on, _write(on.folder / "few.csv", FEW, seed=1))
        many = _run(on, _write(on.folder / "many.csv", MANY, seed=2))
        steal = [Ticks.now().steal_since(start)]
        load = f"load {os.getloadavg()[1]:.1f}"
    seconds, processor, peak = many
    took = f"{seconds:.1f} s, {processor:.1f} s of processor time, {MANY / seconds:.0f} rows a second, {load}"
    flat = f"{peak:.0f} and {few[2]:.0f} MiB"
    name = f"120 s / a list of {MANY:,} people by CSV"
    return [
        Measure(name, round(MOST_SECONDS / seconds, 2), 1.0, 1.0, "x", steal=steal, note=took),
        Measure(f"peak memory of {FEW:,} rows / {MANY:,}", round(few[2] / peak, 2), 1.0, round(1 / MOST_GROWTH, 2), "x",
                steal=steal, note=flat),
    ]  # fmt: skip


def _run(on: Stage, file: Path) -> tuple[float, float, float]:
    """Seconds, seconds of the processor, and the peak in mebibytes of one import."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "people", "import", str(file), "--country", "RU"]
    command += ["--basis", "asked", "--basis-day", "2026-01-01", "--basis-words", "Write to me."]
    began, used, peak = time.monotonic(), processor_of_children(), 0
    process = subprocess.Popen(
        command, cwd=ROOT, env=on.child_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    while process.poll() is None:
        peak = max(peak, peak_of(process.pid))
        time.sleep(0.05)
    assert process.stdout is not None
    said = process.stdout.read().decode()
    if process.returncode not in {0, 1} or "imported" not in said:
        raise RuntimeError(f"the import of {file.name} ended with {process.returncode}: {said[-500:]}")
    return time.monotonic() - began, processor_of_children() - used, peak / 1024


def _write(path: Path, count: int, *, seed: int) -> Path:
    """A list as people have it: some without an address, some twice, some broken."""
    chance = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS)
        for number in range(count):
            name = f"s{seed}.{number if number % 100 else max(number - 7, 0)}"
            writer.writerow(
                (
                    chance.choice(FIRST), f"{chance.choice(LAST)}{number % 977}",
                    f"{name}(at)example.org" if number % 250 == 1 else f"{name}@example.org",
                    f"8 9{seed}{number // 10 % 10} {number % 1000:03}-{number // 1000 % 100:02}-{number % 100:02}"
                    if number % 3 == 0 else "",
                    f"@user{seed}_{number}" if number % 4 == 0 else "", chance.choice(("Россия", "DE", "Грузия", "")),
                    "русский, английский", chance.choice(("вечера писем", "ярмарка", "")), "05.03.2024",
                    "любит чай и длинные письма" if number % 5 == 0 else "",
                )
            )  # fmt: skip
    return path
