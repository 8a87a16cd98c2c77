"""Branches of a run as the protocol's threads: the run itself, and each further held task."""

MAIN = 1
"""The thread that is the run."""


class Threads:
    """Which thread each held task is."""

    def __init__(self) -> None:
        self._tasks: dict[int, str] = {}
        self._next = MAIN + 1

    def hold(self, task: str) -> int:
        """The thread of a task that is held from now on."""
        known = self.of(task)
        if known:
            return known
        thread = MAIN
        if MAIN in self._tasks:
            thread, self._next = self._next, self._next + 1
        self._tasks[thread] = task
        return thread

    def release(self, task: str) -> int:
        """The thread of a task that is held no more, 0 when it wasn't."""
        thread = self.of(task)
        self._tasks.pop(thread, None)
        return thread

    def of(self, task: str) -> int:
        """The thread of a held task, 0 when it isn't held."""
        return next((thread for thread, held in self._tasks.items() if held == task), 0)

    def task(self, thread: int) -> str:
        """The task that is held there, "" when none is."""
        return self._tasks.get(thread, "")

    def held(self) -> list[str]:
        """The tasks that are held."""
        return list(self._tasks.values())

    def all(self) -> dict[int, str]:
        """The threads there are, with their tasks; that of the run is always there."""
        return {MAIN: "", **dict(sorted(self._tasks.items()))}

    def clear(self) -> None:
        self._tasks.clear()
