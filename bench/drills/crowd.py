"""A hundred identical requests at once: one row, one mail, one answer."""

import threading

from bench import content
from bench.drills.outcome import Outcome
from bench.drills.sink import CountingSink
from bench.drills.visitors import Answer, sign, statuses
from bench.load import read_form
from bench.stage import serving, stage
from campaign.kernel.db import session
from workers.drain import drain

SIZE = 100


def run() -> list[Outcome]:
    """Press the button a hundred times at once, then deliver."""
    sink = CountingSink()
    try:
        with stage(SMTP_URL=sink.url) as on, serving(on) as origin:
            app = on.application()
            slug = content.make_petitions(app, 1)[0]
            answers = _all_at_once(origin, slug)
            rows, mails = on.number("SELECT count(*) FROM signature"), on.number("SELECT count(*) FROM mail")
            with app.app_context():
                drain(app)
                session.remove()
    finally:
        sink.stop()
    return [
        Outcome(
            f"{SIZE} parallel identical requests",
            "one row, one mail, the same answer",
            held=(rows, mails, sink.count) == (1, 1, 1) and set(statuses(answers)) == {303},
            figures={"rows": rows, "mails owed": mails, "mails sent": sink.count, "answers": statuses(answers)},
        )
    ]


def _all_at_once(origin: str, slug: str) -> list[Answer]:
    form, together = read_form(origin, slug), threading.Barrier(SIZE)
    answers: list[Answer] = []

    def press() -> None:
        together.wait()
        answers.append(sign(origin, slug, form, "anna@example.org"))

    threads = [threading.Thread(target=press) for _ in range(SIZE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
