"""What calls of an endpoint came to: counted, and how long the last of them took."""

from collections import deque

from agents.swarm.api_gateway.shapes import Usage

RECENT = 500
TOLD = 60


class Tally:
    """Counts the calls of one endpoint."""

    def __init__(self) -> None:
        self._calls = self._errors = self._refused = self._limited = 0
        self._recent = deque[float](maxlen=RECENT)

    def count(self, status: int, seconds: float) -> None:
        """A call was answered with a status, after so long."""
        self._calls += 1
        if status < 400:
            self._recent.append(seconds)
        elif status == 429:
            self._limited += 1
        elif status < 500:
            self._refused += 1
        else:
            self._errors += 1
            self._recent.append(seconds)

    def usage(self) -> Usage:
        """What it came to so far."""
        by_time = sorted(self._recent)
        return Usage(
            self._calls, self._errors, self._refused, self._limited,
            _within(by_time, 0.5), _within(by_time, 0.95), tuple(self._recent)[-TOLD:],
        )  # fmt: skip


def _within(by_time: list[float], share: float) -> float | None:
    return by_time[min(len(by_time) - 1, int(share * len(by_time)))] if by_time else None
