"""The doorbell: tells workers that there is work, and may fail without harm.

The row in the database is the truth. Ringing only saves the wait until the sweeper comes by, so a request never waits
for it: a thread of its own rings, at most a few times a second, and a broker that is down or silent slows nobody.
"""

import threading
from collections.abc import Callable

from campaign.kernel.db import after_commit

Ring = Callable[[str], None]
# A ring through Celery costs as much as two signatures; a quarter of a second more or less is nothing to a mail.
PAUSE_BETWEEN_RINGS = 0.25
PAUSE_AFTER_FAILURE = 2.0


class Doorbell:
    """Coalesces rings by queue and makes them from one background thread per process."""

    def __init__(self) -> None:
        self._ring: Ring | None = None
        self._waiting: set[str] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def connect(self, ring: Ring | None) -> None:
        """Set what makes the sound: `ring(queue)`. None means that the sweeper alone finds the work."""
        self._ring = ring

    def press(self, queue: str) -> None:
        """Ask for one ring of `queue` soon; never blocks, never fails."""
        if self._ring is None:
            return
        with self._changed:
            self._waiting.add(queue)
            # Started here and not at connect: a thread does not survive the fork into web worker processes.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="doorbell", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                queues, self._waiting = self._waiting, set()
            pause.wait(PAUSE_BETWEEN_RINGS if self._ring_all(queues) else PAUSE_AFTER_FAILURE)

    def _ring_all(self, queues: set[str]) -> bool:
        try:
            for queue in sorted(queues):
                if self._ring is not None:
                    self._ring(queue)
        except Exception:  # any broker fault: the rows wait for the sweeper
            return False
        return True


doorbell = Doorbell()


def press_after_commit(queue: str) -> None:
    """Ring `queue` once the open transaction has committed."""
    after_commit(lambda: doorbell.press(queue))
