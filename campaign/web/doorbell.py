"""Rings the workers through the broker: a Celery message with nothing in it but the queue's name.

This is the one place of the web process that knows Celery, and it knows task names only.
"""

from celery import Celery

from campaign.kernel.doorbell import doorbell
from config import Config

RING_TASK = "workers.ring"


def broker_options() -> dict[str, object]:
    """Bounds for everything that talks to the broker: its defaults block for seconds when Redis is down."""
    return {
        "socket_connect_timeout": 0.3,
        "socket_timeout": 0.5,
        "retry_on_timeout": False,
        "max_retries": 0,
        # Longer than any task may run, or the broker would hand a running task to a second worker.
        "visibility_timeout": 3600,
    }


def connect_doorbell(config: Config) -> None:
    """Make `doorbell.press` ring the queue's workers."""
    sender = Celery("unforgotten-doorbell", broker=config.redis_url, set_as_current=False)
    sender.conf.update(
        broker_transport_options=broker_options(),
        broker_connection_timeout=0.3,
        broker_connection_retry=False,
        task_ignore_result=True,
        task_publish_retry=False,
    )

    def ring(queue: str) -> None:
        sender.send_task(RING_TASK, args=[queue], queue=queue, ignore_result=True, retry=False, expires=60)

    doorbell.connect(ring)
