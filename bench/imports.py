"""An import of 20,000 rows into staging, against a registry of 20,000 people; and the memory it takes.

Each run is the command as somebody would start it, a process of its own, so that its peak is its own.
"""

import csv
import os
import random
import resource
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import xlsxwriter
from sqlalchemy import insert

from bench.machine import Ticks
from bench.report import Measure
from bench.stage import ROOT, Stage, stage
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.prisoners.models import Prisoner, SearchEntry
from campaign.prisoners.service.names import fold, latin_of, trigrams

MANY, FEW, APPLIED = 20_000, 2_000, 300
MOST_SECONDS = 60
MOST_GROWTH = 1.6
"""How much more memory ten times the rows may take."""
HEADINGS = (
    "ФИО",
    "Дата рождения",
    "Пол",
    "Регион",
    "Статьи",
    "Дата ареста",
    "Учреждение",
    "Признан",
    "Источник",
    "История",
)
_ROOTS = (
    "Вымыш", "Небыв", "Придум", "Сказоч", "Мнимов", "Фантаз", "Выдум", "Неведом", "Далёк", "Тридев", "Полоз",
    "Берендей", "Чудес", "Небыл", "Забавин", "Кудеяр", "Лукомор", "Буян", "Китеж", "Ясень", "Клёнов", "Ольхов", "Рябин",
    "Осин", "Липов", "Дубрав", "Озёр", "Речн", "Морск", "Полян", "Горск", "Снеж", "Дожд", "Ветр", "Туман", "Зимов",
    "Весен",
)  # fmt: skip
_MIDDLES = ("", "ен", "ич", "ан", "ор", "ик", "ол", "ар", "ет", "ун")
_ENDS = ("ов", "ев", "ин", "ский", "енко", "цев", "ников", "ьев")
_FIRST = ("Пётр", "Иван", "Игорь", "Олег", "Павел", "Антон", "Глеб", "Роман", "Юрий", "Тимур")
_FATHERS = ("Ильич", "Иванович", "Олегович", "Петрович", "Павлович", "Антонович", "Глебович", "Романович")


@dataclass(frozen=True, slots=True)
class Run:
    """What one command took."""

    seconds: float
    peak: float
    """Mebibytes."""
    processor: float
    """Seconds of processor time of the command alone, which other work on the machine hardly changes."""


def measure() -> list[Measure]:
    """Staging rows of people who are known and of others, as CSV and as XLSX, and peaks of memory."""
    with stage() as on:
        start = Ticks.now()
        known = people(MANY, seed=2)
        with on.application().app_context():
            write_down(known)
        few = run(on, write_csv(on.folder / "few.csv", people(FEW, seed=1)))
        many = run(on, write_csv(on.folder / "many.csv", known))
        book_few = run(on, write_xlsx(on.folder / "few.xlsx", people(FEW, seed=4)))
        book = run(on, write_xlsx(on.folder / "many.xlsx", people(MANY, seed=3)))
        applied = run(on, write_csv(on.folder / "applied.csv", people(APPLIED, seed=5)), "--apply")
        steal = [Ticks.now().steal_since(start)]
        note = f"load {os.getloadavg()[1]:.1f}"
    return [
        _within("60 s / staging 20,000 rows of CSV, everybody known", many, steal, note),
        _within("60 s / staging 20,000 rows of XLSX, hardly anybody known", book, steal, note),
        _flat("peak memory of 2,000 rows of CSV / 20,000", many.peak, few.peak, steal),
        _flat("peak memory of 2,000 rows of XLSX / 20,000", book.peak, book_few.peak, steal),
        Measure("rows staged and applied a second", round(APPLIED / applied.seconds, 1), steal=steal, note=note),
    ]


def write_down(rows: Sequence[tuple[str, ...]]) -> None:
    """Put made-up people into the registry with what finding them needs, past the slower services."""
    moment = clock.now()
    made, found = [], []
    for number, row in enumerate(rows):
        last, first, patronymic = row[0].split()
        names = {"last_ru": last, "first_ru": first, "patronymic_ru": patronymic}
        day, month, year = map(int, row[1].split("."))
        person = {
            "id": uuid.uuid4(), "slug": f"made-up-{number}", "created_at": moment, "edited_at": moment,
            "changed_on": moment.date(), "born_on": date(year, month, day), "born_precision": "day",
            "last_latin": latin_of(last), "first_latin": latin_of(first), **names,
        }  # fmt: skip
        made.append(person)
        spelled = " ".join(names.values())
        found.append({"prisoner_id": person["id"], "folded": fold(spelled), "grams": trigrams([spelled])})
    with transaction():
        session.execute(insert(Prisoner), made)
        session.execute(insert(SearchEntry), found)
    session.remove()


def run(on: Stage, file: Path, *options: str) -> Run:
    """Import a file by the command; the peak is what the kernel says of that process while it runs."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "prisoners", "import", str(file), *options]
    began, used = time.monotonic(), processor_of_children()
    process = subprocess.Popen(
        command, cwd=ROOT, env=on.child_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, peak_of(process.pid))
        time.sleep(0.05)
    assert process.stdout is not None
    said = process.stdout.read().decode()
    if process.returncode not in {0, 1} or "staged" not in said:
        raise RuntimeError(f"the import of {file.name} ended with {process.returncode}: {said[-500:]}")
    return Run(time.monotonic() - began, peak / 1024, processor_of_children() - used)


def processor_of_children() -> float:
    """Of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def peak_of(pid: int) -> int:
    """The largest memory of a process so far, in kibibytes. What wait4 gives holds that of its parent too."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def write_csv(path: Path, rows: Sequence[tuple[str, ...]]) -> Path:
    """A file of made-up people."""
    with path.open("w", newline="", encoding="cp1251") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS)
        writer.writerows(rows)
    return path


def write_xlsx(path: Path, rows: Sequence[tuple[str, ...]]) -> Path:
    """The same as a workbook."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("people")
        for number, row in enumerate([HEADINGS, *rows]):
            sheet.write_row(number, 0, row)
    return path


def people(count: int, *, seed: int) -> list[tuple[str, ...]]:
    """Rows with many namesakes and many who are alike, as real files have."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        last = chance.choice(_ROOTS) + chance.choice(_MIDDLES) + chance.choice(_ENDS)
        born = f"{chance.randint(1, 28):02}.{chance.randint(1, 12):02}.{chance.randint(1940, 2005)}"
        text = f"Вымышленная история номер {number}: любит читать, ходить и молчать. " * 3
        rows.append(
            (
                f"{last} {chance.choice(_FIRST)} {chance.choice(_FATHERS)}", born, "м", "Кировская область",
                "ст. 207.3 ч. 2 п. «д» УК РФ", "12.03.2023", "ИК-99", "Мемориал", "https://news.example/made-up", text,
            )
        )  # fmt: skip
    return rows


def _within(name: str, done: Run, steal: list[float], note: str) -> Measure:
    """Seconds under a limit: the ratio says how many times over."""
    times = round(MOST_SECONDS / done.seconds, 2)
    took = f"{done.seconds:.1f} s, {done.processor:.1f} s of processor time, {note}"
    return Measure(name, times, 1.0, 1.0, "x", steal=steal, note=took)


def _flat(name: str, many: float, few: float, steal: list[float]) -> Measure:
    note = f"{many:.0f} and {few:.0f} MiB"
    return Measure(name, round(few / many, 2), 1.0, round(1 / MOST_GROWTH, 2), "x", steal=steal, note=note)
