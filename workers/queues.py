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
    opens_own: bool = False
    """The handler runs in no transaction and opens its own: it speaks to the network in between, and may run again
    when what it has done is not yet noted as done."""


ROUTES: dict[str, Route] = {}


def handles(
    spec: type[JobSpec], *, retry: RetryKind, limit: timedelta = timedelta(minutes=5), opens_own: bool = False
) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Make a function the handler of one kind of job."""

    def decorate(handler: Callable[[Any], None]) -> Callable[[Any], None]:
        if spec.kind in ROUTES:
            raise ValueError(f"job kind {spec.kind!r} has two handlers")
        ROUTES[spec.kind] = Route(spec, handler, retry, limit, opens_own=opens_own)
        return handler

    return decorate
