"""Runs what is due in the outbox, one job a transaction."""

import structlog

from campaign.kernel import clock, jobs
from campaign.kernel.db import session, transaction
from workers import tasks
from workers.kinds import INFRASTRUCTURE, INFRASTRUCTURE_WAIT
from workers.queues import ROUTES

log = structlog.get_logger()
BATCH = 10


def run_due_jobs() -> int:
    """Claim and run due jobs until none is left; gives how many were done."""
    tasks.load()
    done = 0
    while True:
        with transaction():
            claimed = [(row.id, row.kind, dict(row.payload), row.attempts) for row in jobs.claim_due(BATCH)]
        if not claimed:
            return done
        for job_id, kind, payload, attempts in claimed:
            done += _run(job_id, kind, payload, attempts)


def _run(job_id: int, kind: str, payload: dict[str, object], attempts: int) -> bool:
    started = clock.now()
    try:
        route = ROUTES[kind]
        if route.opens_own:
            route.handler(route.spec(**payload))
        with transaction():
            # Finishing first takes the row's lock: a second worker whose lease overlaps waits, and finds nothing.
            if not jobs.finish(job_id):
                return False
            if not route.opens_own:
                route.handler(route.spec(**payload))
    except Exception as problem:
        session.remove()
        _after_failure(job_id, kind, attempts, problem)
        return False
    log.info("job.done", kind=kind, job=job_id, seconds=round((clock.now() - started).total_seconds(), 3))
    return True


def _after_failure(job_id: int, kind: str, attempts: int, problem: Exception) -> None:
    name = type(problem).__name__
    wait = ROUTES[kind].retry.next_wait(attempts) if kind in ROUTES else None
    if isinstance(problem, INFRASTRUCTURE):
        wait = INFRASTRUCTURE_WAIT
    log.error("job.failed", kind=kind, job=job_id, attempts=attempts, gives_up=wait is None, exc_info=problem)
    with transaction():
        if wait is None:
            jobs.give_up(job_id, name)
        else:
            jobs.postpone(job_id, clock.now() + wait, name)
