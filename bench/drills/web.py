"""kill -9 of the web server while people sign; it is started again as systemd would."""

import time

from bench import content
from bench.drills.database import count_lost
from bench.drills.outcome import Outcome
from bench.drills.visitors import NO_ANSWER, Crowd, statuses
from bench.stage import LOOPBACK, free_port, serve, stage

KILLS = 5
RESTART_SECONDS = 2.0


def run(kills: int = KILLS) -> list[Outcome]:
    """A signature that was answered is there, whatever became of the process that answered."""
    with stage() as on:
        app = on.application()
        slug = content.make_petitions(app, 1)[0]
        port = free_port()
        web = serve(on, port)
        crowd = Crowd(f"http://{LOOPBACK}:{port}", slug)
        gaps = []
        try:
            for _ in range(kills):
                time.sleep(2)
                web.kill()
                fell = time.monotonic()
                time.sleep(RESTART_SECONDS)
                web = serve(on, port)
                gaps.append(time.monotonic() - fell)
            time.sleep(2)
        finally:
            answers = crowd.stop()
            web.stop()
        lost = count_lost(on, app, slug, answers)
        rows = on.number("SELECT count(*) FROM signature")
        owed = on.number("SELECT count(*) FROM mail")
    found = statuses(answers)
    return [
        Outcome(
            f"kill -9 of the web server {kills} times under signing load",
            "no accepted signature lost, each with its mail",
            held=set(found) <= {303, NO_ANSWER} and found.get(303, 0) > 0 and lost == 0 and owed == rows,
            figures={
                "accepted": found.get(303, 0), "lost": lost, "without a mail": rows - owed,
                "connections broken or refused": found.get(NO_ANSWER, 0),
                "longest gap": f"{max(gaps):.1f} s, {RESTART_SECONDS:.0f} s of it waiting to restart",
            },
        )
    ]  # fmt: skip
