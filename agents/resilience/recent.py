"""The last calls to one system: how long they took, how many failed, how often it is asked."""

from typing import NamedTuple

KEPT = 128
MINUTE = 60.0
FEWEST = 20
"""Calls without which nobody knows how long nearly all of them take."""


class Figures(NamedTuple):
    """Of the last minute and at most the last 128 calls; times in seconds, None without any."""

    per_second: float
    failed: float
    p50: float | None
    p95: float | None


class Recent:
    """A ring of the last calls: what one costs is three stores."""

    def __init__(self) -> None:
        self._took = [0.0] * KEPT
        self._at = [0.0] * KEPT
        self._failed = [False] * KEPT
        self._count = 0

    def add(self, now: float, took: float, failed: bool) -> None:
        spot = self._count % KEPT
        self._took[spot], self._at[spot], self._failed[spot] = took, now, failed
        self._count += 1

    def figures(self, now: float) -> Figures:
        """What the last calls come to."""
        spots = [n for n in range(min(self._count, KEPT)) if self._at[n] > now - MINUTE]
        if not spots:
            return Figures(0.0, 0.0, None, None)
        # A ring of which every call is of the last minute spans less than that.
        whole = len(spots) == KEPT
        span = max(now - min(self._at[n] for n in spots), 0.001) if whole else MINUTE
        took = sorted(self._took[n] for n in spots)
        failed = sum(self._failed[n] for n in spots) / len(spots)
        return Figures(len(spots) / span, failed, _quantile(took, 0.5), _quantile(took, 0.95))

    def quantile(self, share: float) -> float | None:
        """The time within which that share of the last calls was done; None of too few."""
        took = sorted(self._took[: min(self._count, KEPT)])
        return _quantile(took, share) if len(took) >= FEWEST else None


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
