"""Token buckets in memory, under keys that mean nothing a day later (SAFETY.md 2 and 21).

One set a process: several web workers together let through a multiple, which a limit against floods can bear, and
nothing about a visitor ever reaches a disk or another machine.
"""

import hashlib
import hmac
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

DAY = 86400.0
MOST_KEYS = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then one more every `seconds`."""

    burst: int
    seconds: float


class Buckets:
    """Counts by key; thread safe and bounded (the longest unused key is forgotten first)."""

    def __init__(self, rate: Rate, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._levels: OrderedDict[bytes, tuple[float, float]] = OrderedDict()
        self._secret = os.urandom(32)
        self._born = monotonic()

    def take(self, key: str) -> bool:
        """Take one token; False when `key` has none left."""
        with self._lock:
            moment = self._monotonic()
            self._renew_secret(moment)
            hashed = hmac.digest(self._secret, key.encode(), hashlib.sha256)[:16]
            level, seen = self._levels.pop(hashed, (float(self.rate.burst), moment))
            level = min(self.rate.burst, level + (moment - seen) / self.rate.seconds)
            allowed = level >= 1
            self._levels[hashed] = (level - 1 if allowed else level, moment)
            if len(self._levels) > MOST_KEYS:
                self._levels.popitem(last=False)
            return allowed

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._levels.clear()

    def _renew_secret(self, moment: float) -> None:
        if moment - self._born > DAY:
            self._secret, self._born = os.urandom(32), moment
            self._levels.clear()
