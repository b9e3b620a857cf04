"""What is read now and then and kept in this process between."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """A value that is read anew when it is older than so many seconds; one thread reads while the others go on with the
    old one."""

    def __init__(self, read: Callable[[], Value], seconds: float) -> None:
        self._read = read
        self._seconds = seconds
        self._held: tuple[Value, float] | None = None
        self._lock = threading.Lock()

    def current(self) -> Value:
        """The value, at most so many seconds old, or a little older while another thread reads."""
        held = self._held
        if (held is not None and not self._is_old(held)) or not self._lock.acquire(blocking=held is None):
            assert held is not None  # noqa: S101 - without one the lock is waited for
            return held[0]
        try:
            held = self._held
            if held is None or self._is_old(held):
                self._held = held = (self._read(), time.monotonic())
            return held[0]
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Read it anew at the next question, in this process."""
        self._held = None

    def _is_old(self, held: tuple[Value, float]) -> bool:
        return time.monotonic() - held[1] >= self._seconds
