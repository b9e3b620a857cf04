"""Does everything that is due, in this process, without Celery or Redis."""

from dataclasses import dataclass

from flask import Flask

from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from workers.run_jobs import run_due_jobs
from workers.schedule import run_due_lines


@dataclass(frozen=True, slots=True)
class Drained:
    """What a drain came to."""

    mails: int
    jobs: int
    lines: tuple[str, ...]


def drain(app: Flask, *, threads: int = 1) -> Drained:
    """Run due lines of the timetable, jobs and mail until nothing more is due."""
    mails, done, lines = 0, 0, []
    while True:
        ran = run_due_lines()
        jobs_now = run_due_jobs()
        mails_now = sum(deliver_lane(lane, in_context=app.app_context, threads=threads) for lane in Lane)
        lines += ran
        mails, done = mails + mails_now, done + jobs_now
        if not jobs_now and not mails_now:
            return Drained(mails, done, tuple(lines))
