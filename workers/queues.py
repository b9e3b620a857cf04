"""One map: each job's handler, its queue, its kind of retry and its time limit. Contract tests hold it to the code."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from campaign.kernel.jobs import QUEUE as JOBS
from campaign.kernel.jobs import JobSpec
from campaign.kernel.mail.rows import Lane
from workers.kinds import RetryKind

MAIL_QUEUES = tuple(lane.queue for lane in Lane)
ALL_QUEUES = (*MAIL_QUEUES, JOBS)


@dataclass(frozen=True, slots=True)
class Route:
    """How one kind of job is done."""

    spec: type[JobSpec]
    handler: Callable[[Any], None]
    """Runs in an open transaction, together with the end of the job: both happen or neither."""
    retry: RetryKind
    limit: timedelta
    queue: str = JOBS


ROUTES: dict[str, Route] = {}


def handles(
    spec: type[JobSpec], *, retry: RetryKind, limit: timedelta = timedelta(minutes=5)
) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Make a function the handler of one kind of job."""

    def decorate(handler: Callable[[Any], None]) -> Callable[[Any], None]:
        if spec.kind in ROUTES:
            raise ValueError(f"job kind {spec.kind!r} has two handlers")
        ROUTES[spec.kind] = Route(spec, handler, retry, limit)
        return handler

    return decorate
