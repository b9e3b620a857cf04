"""The Celery application: rings in, work out. Its defaults lose rings and block; each setting says why it differs."""

import gc
from typing import Any

# As in wsgi.py: there is no garbage to be found while modules load.
gc.disable()

import structlog
from celery import Celery
from celery.signals import worker_process_init, worker_ready
from kombu.entity import Exchange, Queue

from campaign import create_app
from campaign.kernel import schedule
from campaign.kernel.db import drop_connections, transaction
from campaign.kernel.jobs import QUEUE as JOBS_QUEUE
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from campaign.web.doorbell import RING_TASK, broker_options
from config import Config
from workers.queues import ALL_QUEUES
from workers.run_jobs import run_due_jobs
from workers.schedule import LINES, PULSE, run_line

log = structlog.get_logger()
TICK_TASK = "workers.tick"
TASK_SECONDS = 900

config = Config.from_env()
flask_app = create_app(config)
app = Celery("unforgotten", broker=config.redis_url)
app.conf.update(
    # Each with an exchange and key of its own: the defaults would copy every ring into every queue.
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in ALL_QUEUES],
    task_default_queue=JOBS_QUEUE,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    # A ring is acknowledged after the work: a worker that is killed hands it back.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    # Rings taken in advance by a busy worker would wait behind its current one.
    worker_prefetch_multiplier=1,
    task_time_limit=TASK_SECONDS + 60,
    task_soft_time_limit=TASK_SECONDS,
    broker_transport_options=broker_options(),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_connection_timeout=2,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_send_task_events=False,
    enable_utc=True,
    timezone="UTC",
    beat_scheduler="workers.beat:ForgivingScheduler",
    beat_schedule={
        name: {
            "task": TICK_TASK,
            "schedule": line.every.total_seconds(),
            "args": [name],
            # A tick that nobody took within its period is worth nothing: the next one is there.
            "options": {"queue": JOBS_QUEUE, "expires": max(line.every.total_seconds(), 30)},
        }
        for name, line in LINES.items()
    },
)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _fresh_connections(**_kwargs: Any) -> None:
    """A forked worker must not share its parent's database connections."""
    with flask_app.app_context():
        drop_connections(close=False)


@worker_ready.connect  # type: ignore[untyped-decorator]
def _show_up(**_kwargs: Any) -> None:
    """Let /readyz know at once; without this a worker shows itself with the first tick of the clock."""
    with flask_app.app_context(), transaction():
        schedule.note_run(PULSE)


@app.task(name=RING_TASK)  # type: ignore[untyped-decorator]
def ring(queue: str) -> None:
    """Empty one mail lane or the outbox. Safe to run any number of times at once: rows are claimed under a lease."""
    with flask_app.app_context():
        if queue == JOBS_QUEUE:
            run_due_jobs()
            return
        lane = Lane(queue.removeprefix("mail."))
        sent = deliver_lane(lane, in_context=flask_app.app_context)
        if sent:
            log.info("mail.sent", lane=lane.value, count=sent)


@app.task(name=TICK_TASK)  # type: ignore[untyped-decorator]
def tick(line: str) -> None:
    """Run one line of the timetable if its turn has come."""
    with flask_app.app_context():
        run_line(line)


gc.freeze()
gc.enable()
