"""How often a secret may be guessed at: counters shared by all processes in Redis, in memory while Redis is away.

Unlike the buckets of kernel/limits.py, which stop floods in one process, a limit on guesses must not grow with the
number of workers.
No address and no name is kept: a counter's key is an HMAC under a key of the day, and it ends with its window
(SAFETY.md 2).
"""

import hmac
import time
from dataclasses import dataclass

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from campaign.kernel import clock

# A Redis that is down or silent must cost neither an error nor a wait for each attempt.
PAUSE_AFTER_FAILURE = 10.0
PATIENCE = 0.2


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times within so many seconds, under a name of its own."""

    name: str
    times: int
    seconds: int

    @property
    def item(self) -> RateLimitItemPerSecond:
        """The same in the words of the library that counts."""
        return RateLimitItemPerSecond(self.times, self.seconds, namespace=self.name)


class Tries:
    """Counts attempts; one a process. Closed or switched off, it lets everything through."""

    def __init__(self) -> None:
        self._shared: FixedWindowRateLimiter | None = None
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._secret = b""
        self._on = False
        self._away_until = 0.0

    def open(self, redis_url: str, secret: bytes, *, on: bool) -> None:
        """Count in the Redis at `redis_url`; with `on` False count nothing (RATE_LIMITS=0). Does not connect yet."""
        storage = storage_from_string(
            redis_url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry_on_timeout=False
        )
        self._shared = FixedWindowRateLimiter(storage) if isinstance(storage, Storage) else None
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._secret, self._on, self._away_until = secret, on, 0.0

    def take(self, limit: Limit, *identity: str) -> bool:
        """Count one attempt of `identity` and say whether it is within the limit.

        Counted before the attempt is made, so that many at once cannot pass together.
        """
        return not self._on or self._ask("hit", limit, identity)

    def clear(self, limit: Limit, *identity: str) -> None:
        """Forget what was counted for `identity` (the attempt was honest)."""
        if self._on:
            self._ask("clear", limit, identity)

    def _ask(self, verb: str, limit: Limit, identity: tuple[str, ...]) -> bool:
        key = self._key(limit, identity)
        if self._shared is not None and time.monotonic() >= self._away_until:
            try:
                return bool(getattr(self._shared, verb)(limit.item, key))
            except (RedisError, OSError):
                self._away_until = time.monotonic() + PAUSE_AFTER_FAILURE
        return bool(getattr(self._own, verb)(limit.item, key))

    def _key(self, limit: Limit, identity: tuple[str, ...]) -> str:
        words = "\x1f".join((clock.today().isoformat(), limit.name, *identity))
        return hmac.digest(self._secret, words.encode("utf-8", "surrogatepass"), "sha256").hex()


tries = Tries()
