"""As many points as can be seen: of all that share a column of pixels, the lowest and highest."""

import numpy as np

from app.plots.ring import Floats


def decimated(
    times: Floats, values: Floats, start: float, end: float, pixels: int
) -> tuple[Floats, Floats]:
    """The points between two times (and one beyond each), at most two for a column.

    No peak is lost, whatever the zoom. Of a column without any value nan is left, so that a gap
    remains one.
    """
    low = max(0, int(np.searchsorted(times, start)) - 1)
    high = int(np.searchsorted(times, end, side="right")) + 1
    times, values = times[low:high], values[low:high]
    per = len(times) // max(1, pixels)
    if per < 3:
        return times, values
    columns = len(times) // per
    cut = columns * per
    table = values[:cut].reshape(columns, per)
    extremes = np.empty(2 * columns)
    np.fmin.reduce(table, axis=1, out=extremes[0::2])
    np.fmax.reduce(table, axis=1, out=extremes[1::2])
    when = np.repeat(times[:cut:per], 2)
    return np.append(when, times[cut:]), np.append(extremes, values[cut:])
