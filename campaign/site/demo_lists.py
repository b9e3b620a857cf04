"""Two lists of made-up people for the demo: one applied, one looked at and full of problems."""

import csv
import io
import uuid
from collections.abc import Sequence
from datetime import timedelta

from campaign.kernel import clock
from campaign.people.models import Basis, PeopleImport
from campaign.people.service.imports import apply, check, upload
from campaign.people.service.imports.upload import Choices

FAIR = (
    ("Имя", "Фамилия", "Почта", "Страна", "Языки", "Метки"),
    *((first, last, f"fair-{number}@lists.example", country, "русский, немецкий", "книжная ярмарка")
      for number, (first, last, country) in enumerate([
          ("Алиса", "Вымышленная", "Германия"), ("Марк", "Небывалый", "Германия"), ("Тая", "Примерная", "Австрия"),
          ("Глеб", "Сказочный", "Грузия"), ("Нина", "Бумажная", "Латвия"), ("Ян", "Облачный", "Польша"),
      ])),
)  # fmt: skip
MESSY = (
    ("ФИО", "E-mail", "E-mail", "Телефон", "Страна", "Дата", "Комментарий"),
    ("Вымышленная Алиса", "fair-0@lists.example", "alisa@lists.example", "+49 30 1234567", "Германия", "05.03.2026",
     "просила звонить вечером"),
    ("Небывалый Марк", "mark(at)lists.example", "", "", "DE", "", ""),
    ("Придуманный Лев", "lev@lists.example", "", "8 916 123-45-67", "Атлантида", "скоро", ""),
    ("Придуманный Л.", "lev@lists.example", "", "", "", "", "тот же, что выше"),
    ("=HYPERLINK(A1)", "link@lists.example", "", "", "", "", ""),
    ("Одна Строка", "fair-1@lists.example", "fair-2@lists.example", "", "", "", "двое под одним именем"),
    ("Без Связи", "", "", "", "Грузия", "", ""),
    ("Зоя Новая", "zoya@lists.example", "", "", "Грузия", "2026-05-01", ""),
)  # fmt: skip


def bring_lists(actor: uuid.UUID | None) -> None:
    """Bring both in as staff would, in the open transaction."""
    day = clock.today() - timedelta(days=20)
    words = "Хочу получать новости о письмах и петициях."
    first = _bring(FAIR, "fair.csv", Choices("Book fair, spring", Basis.ASKED, day, words), actor)
    apply.begin_applying(first.id, actor=actor, by_job=False)
    apply.apply_batch(first.id, by_job=False)
    _bring(MESSY, "messy.csv", Choices("A list from a partner"), actor)


def _bring(rows: Sequence[Sequence[str]], name: str, choices: Choices, actor: uuid.UUID | None) -> PeopleImport:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    coming = upload.begin_receiving(actor=actor)
    coming.keep(text.getvalue().encode("cp1251"))
    made, table = upload.take_file(coming, name, actor=actor)
    made.is_demo = True
    upload.choose(made, made.mapping, choices, actor=actor)
    upload.begin_check(made, actor=actor, by_job=False)
    remaining, reader = check.rows_left(made, table), check.reader_of(made)
    while check.check_batch(made, reader, remaining):
        pass
    return made
