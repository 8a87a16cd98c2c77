"""Where calls are counted for rates within one process, by the clock that was handed in."""

from bisect import bisect_right
from collections import deque

from limits.aio.storage import MovingWindowSupport, Storage

from agents.resilience.clock import Clock

TIDY_EVERY = 10_000
"""Calls after which it is looked what can be forgotten."""


class Ledger(Storage, MovingWindowSupport):
    """What `limits` counts in. Its own storage goes by the machine's clock and leaves tasks."""

    STORAGE_SCHEME = None

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._begun = dict[str, deque[float]]()
        self._counts = dict[str, tuple[int, float]]()
        self._spans = dict[str, int]()
        self._tidied = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        return self.entered(key, limit, expiry, amount)[0]

    def entered(
        self, key: str, limit: int, expiry: int, amount: int = 1
    ) -> tuple[bool, float, int]:
        """Count into a moving window if there is room: whether, when it began, what is in it."""
        begun = self._recent(key, expiry)
        may = len(begun) + amount <= limit
        if may:
            begun.extend([self._clock.now()] * amount)
        known = (begun[0] if begun else self._clock.now()), len(begun)
        if may:
            self._tidy()
        return may, *known

    async def get_moving_window(
        self,
        key: str,
        limit: int,  # noqa: ARG002 - the signature of `limits`
        expiry: int,
    ) -> tuple[float, int]:
        begun = self._recent(key, expiry)
        return (begun[0] if begun else self._clock.now()), len(begun)

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        return self.counted(key, expiry, amount)[0]

    def counted(self, key: str, expiry: float, amount: int = 1) -> tuple[int, float]:
        """Count into a fixed window: what came together in it, and when it ends."""
        count, ends = self._counts.get(key, (0, 0.0))
        now = self._clock.now()
        if now >= ends:
            count, ends = 0, now + expiry
        kept = self._counts[key] = (count + amount, ends)
        self._tidy()
        return kept

    async def get(self, key: str) -> int:
        count, ends = self._counts.get(key, (0, 0.0))
        return count if self._clock.now() < ends else 0

    async def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (0, self._clock.now()))[1]

    async def check(self) -> bool:
        return True

    async def reset(self) -> int:
        count = len(self._begun) + len(self._counts)
        self._begun.clear()
        self._counts.clear()
        self._spans.clear()
        return count

    async def clear(self, key: str) -> None:
        self._begun.pop(key, None)
        self._spans.pop(key, None)
        self._counts.pop(key, None)

    def _recent(self, key: str, expiry: int) -> deque[float]:
        begun = self._begun.setdefault(key, deque())
        self._spans[key] = expiry
        over = bisect_right(begun, self._clock.now() - expiry)
        for _ in range(over):
            begun.popleft()
        return begun

    def _tidy(self) -> None:
        """Forget now and then what is over: whoever calls once has a key of their own, too."""
        self._tidied += 1
        if self._tidied < TIDY_EVERY:
            return
        self._tidied, now = 0, self._clock.now()
        self._counts = {key: kept for key, kept in self._counts.items() if kept[1] > now}
        for key, begun in list(self._begun.items()):
            if not begun or begun[-1] <= now - self._spans[key]:
                del self._begun[key], self._spans[key]
