"""A dossier of every body as a PDF, each answer as long as its body reads, with 60 sources and 20 papers.

In this process, as a request makes it: the first one loads typst and its fonts, the others do not.
"""

import os
import statistics
import time
from datetime import date

from flask import Flask
from flask_babel import Babel

from bench.machine import Ticks
from bench.report import Measure
from campaign.dossiers.bodies import FORMS
from campaign.dossiers.documents import render_dossier
from campaign.dossiers.models import Body, ConsentFrom, Mark, Origin, PaperKind
from campaign.dossiers.service.content import Content, ToldAct, ToldAnswer, ToldConsent, ToldPaper, ToldSource
from campaign.prisoners.models import Office

MOST_SECONDS = 1.0
ROUNDS = 15
DAY = date(2026, 11, 26)
SENTENCE = "On that day the made-up court heard nobody and decided nothing about anybody. "


def content_of(body: Body, number: int) -> Content:
    """The longest dossier of one body; each number another text, since typst remembers what it has laid out."""
    answers = []
    for question in FORMS[body].questions():
        text = question.options[0][0] if question.options else (f"{number}. {SENTENCE}" * 200)[: question.longest]
        if body is Body.PARLIAMENT:
            text = text[: question.longest // 2]
        answers.append(ToldAnswer(question.key, text, question.mark, Origin.WRITTEN))
    return Content(
        "D-1", body, 1, DAY, answers,
        [ToldSource(f"A made-up newspaper, number {each}", f"https://news.example/{each}", DAY) for each in range(60)],
        [ToldAct(Office.JUDGE, SENTENCE, DAY, f"https://news.example/{each}") for each in range(12)],
        [ToldPaper(PaperKind.COURT, f"Made-up paper {each}", 3, Mark.BODY) for each in range(20)],
        ToldConsent(ConsentFrom.RELATIVE, DAY, True), False, False, None,
    )  # fmt: skip


def measure() -> list[Measure]:
    """The slowest body against the limit, the first of a process beside it."""
    app = Flask(__name__)
    Babel(app)
    start, first, medians, pages = Ticks.now(), 0.0, {}, {}
    with app.test_request_context():
        for body in FORMS:
            taken: list[float] = []
            for number in range(ROUNDS):
                content = content_of(body, number)
                began = time.monotonic()
                _file, pages[body] = render_dossier(content, with_papers=True)
                taken.append(time.monotonic() - began)
            first = first or taken[0]
            medians[body] = statistics.median(taken)
    steal = [Ticks.now().steal_since(start)]
    slowest = max(medians, key=lambda body: medians[body])
    each = ", ".join(f"{body} {seconds * 1000:.0f} ms for {pages[body]}" for body, seconds in medians.items())
    return [
        Measure(
            f"{MOST_SECONDS:g} s / the longest dossier ({slowest})", MOST_SECONDS / medians[slowest], 1, 1, "x",
            steal=steal, note=f"pages: {each}; load {os.getloadavg()[0]:.1f}",
        ),
        Measure("the first dossier of a process", first, unit=" s", steal=steal),
    ]  # fmt: skip
