"""Durations as counts in logarithmic bins: percentiles within 2 %, and any two can be added.

The idea is that of DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile
sketch with relative-error guarantees", VLDB 2019). Each bin is 4 % wider than the one before, and
its middle stands for all that fell into it. Adding is adding counts, so the order of events, of
runtimes and of roll-ups makes no difference.
"""

import math
from collections.abc import Mapping

Sketch = dict[int, int]
"""How many durations fell into each bin."""

ERROR = 0.02
"""By how much, relatively, a percentile may be off."""

LEAST = 1e-7
"""Seconds below which durations aren't told apart: they are in bin 0."""

_RATIO = (1 + ERROR) / (1 - ERROR)
SCALE = 1 / math.log(_RATIO)
SHIFT = -math.log(LEAST) * SCALE


def bin_of(seconds: float) -> int:
    """The bin of a duration."""
    return int(math.log(seconds) * SCALE + SHIFT) if seconds > LEAST else 0


def middle(bin: int) -> float:
    """The duration that stands for a bin, in seconds: at most ERROR away from any in it."""
    return LEAST * math.exp(bin / SCALE) * 2 * _RATIO / (_RATIO + 1)


def quantile(sketch: Mapping[int, int], share: float) -> float | None:
    """The duration below which that share of all lies, in seconds; None when there are none."""
    rank = share * (sum(sketch.values()) - 1)
    seen = 0
    for bin in sorted(sketch):
        seen += sketch[bin]
        if seen > rank:
            return middle(bin)
    return None
