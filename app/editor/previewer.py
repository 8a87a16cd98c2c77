"""Works out expressions while they are typed: in the sandbox, on a thread of its own."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from PySide6.QtCore import QObject, Signal

from graph.expressions import Form
from graph.values import kind_of, shorten

if TYPE_CHECKING:
    from agents.code.sandbox import Sandbox

SECONDS = 1.0
MEMORY = 64_000_000
WIDTH = 300
"""Letters of a value that are shown."""


class Wish(NamedTuple):
    """An expression, or the body of a function, to be worked out."""

    ticket: int
    code: str
    names: Mapping[str, Any]
    form: Form


class Outcome(NamedTuple):
    """What came of it: the value and its kind, or why there is none."""

    ticket: int
    text: str
    kind: str = ""
    failed: bool = False
    printed: str = ""


class Previewer(QObject):
    """Answers the latest wish; earlier ones that still wait are dropped."""

    done = Signal(Outcome)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wishes: queue.SimpleQueue[Wish | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._last = 0

    def ask(self, code: str, names: Mapping[str, Any], form: Form = "expression") -> int:
        """Work some code out; `done` tells of it by the ticket that is given."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="previews", daemon=True)
            self._thread.start()
        self._last += 1
        self._wishes.put(Wish(self._last, code, names, form))
        return self._last

    def close(self) -> None:
        """End the thread and what it runs."""
        if self._thread is not None:
            self._wishes.put(None)
            self._thread.join(2 * SECONDS + 3)
            self._thread = None

    def _work(self) -> None:
        with asyncio.Runner() as runner:
            sandbox = _sandbox()
            try:
                while (wish := self._latest()) is not None:
                    outcome = runner.run(_worked_out(sandbox, wish))
                    with contextlib.suppress(RuntimeError):  # gone, with the window
                        self.done.emit(outcome)
            finally:
                runner.run(sandbox.close())

    def _latest(self) -> Wish | None:
        wish = self._wishes.get()
        while wish is not None and not self._wishes.empty():
            wish = self._wishes.get()
        return wish


def _sandbox() -> "Sandbox":
    from agents.code.sandbox import Limits, Sandbox  # noqa: PLC0415 - heavy, and seldom needed

    return Sandbox(Limits(seconds=SECONDS, memory_bytes=MEMORY), workers=1)


async def _worked_out(sandbox: "Sandbox", wish: Wish) -> Outcome:
    try:
        if wish.form == "code":
            value, printed = msgspec.structs.astuple(await sandbox.run(wish.code, wish.names))
        else:
            value, printed = await sandbox.evaluate(wish.code, wish.names), ""
    except Exception as error:  # noqa: BLE001 - whatever it is, it is only shown
        return Outcome(wish.ticket, str(error), failed=True)
    said = shorten(printed.rstrip(), WIDTH) if printed else ""
    return Outcome(wish.ticket, shorten(value, WIDTH), kind_of(value), printed=said)
