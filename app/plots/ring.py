"""Values over time, the newest so many of them: added at one end, dropped at the other."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Ring:
    """Times and values in a row, without gaps in memory.

    There is twice the room: what is kept moves to the front only when the end is reached, so
    that adding costs the same however many there are.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._room = np.empty((2, 2 * capacity))
        self._begin = self._end = 0

    def __len__(self) -> int:
        return self._end - self._begin

    @property
    def times(self) -> Floats:
        """A view, valid until something is added."""
        return self._room[0, self._begin : self._end]

    @property
    def values(self) -> Floats:
        """A view, valid until something is added; what is not known is nan."""
        return self._room[1, self._begin : self._end]

    def add(self, times: Floats, values: Floats) -> None:
        """Add values; those that there are from the first of these times on are replaced."""
        if not len(times):
            return
        if len(self) and times[0] <= self.times[-1]:
            self._end = self._begin + int(np.searchsorted(self.times, times[0]))
        times, values = times[-self.capacity :], values[-self.capacity :]
        if self._end + len(times) > self._room.shape[1]:
            kept = min(len(self), self.capacity - len(times))
            self._room[:, :kept] = self._room[:, self._end - kept : self._end]
            self._begin, self._end = 0, kept
        self._room[0, self._end : self._end + len(times)] = times
        self._room[1, self._end : self._end + len(times)] = values
        self._end += len(times)
        self._begin = max(self._begin, self._end - self.capacity)

    def at(self, time: float) -> float:
        """The value whose step a time is in; nan where there is none."""
        index = int(np.searchsorted(self.times, time, side="right")) - 1
        return float(self.values[index]) if index >= 0 else float("nan")

    def clear(self) -> None:
        """Drop everything."""
        self._begin = self._end = 0
