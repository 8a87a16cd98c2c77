"""How much memory and processor the process of the runtime takes."""

import contextlib

import psutil


class Load:
    """To be asked about once a second: the processor's share is that since the last question."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._process.cpu_percent()
        self._most = float(psutil.cpu_count() or 1)

    def now(self) -> dict[str, float]:
        """The levels, by name; none where the system doesn't tell."""
        with contextlib.suppress(psutil.Error):
            return {
                "memory": float(self._process.memory_info().rss),
                # Clocks that were set meanwhile may tell of more than there is.
                "cpu": min(self._process.cpu_percent() / 100, self._most),
            }
        return {}
