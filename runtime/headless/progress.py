"""How a run is told of while it goes: a live board, plain lines, or JSON for programs."""

import sys
import time
from collections.abc import Sequence
from typing import Protocol

import click
from rich.live import Live
from rich.text import Text

from runtime.events import AnyEvent, TaskRetried, block_of
from runtime.headless.board import MARKS, board, detail, lines_of, time_of
from runtime.headless.values import console
from runtime.headless.words import clean, duration, say
from runtime.projections.block_view import BlockView
from runtime.projections.outline import Line
from runtime.projections.run_view import RunView
from runtime.wire import as_json

FRAME = 0.1
"""Seconds between two pictures of the board."""

REMINDER = 10.0
"""Seconds after which plain lines say what still goes on."""

MANY = 200
"""From so many blocks on, plain lines tell only of those that took a second or had trouble."""


class Teller(Protocol):
    """Told of a run as it goes. Called from a thread of its own, one call at a time."""

    def begin(self, view: RunView, lines: Sequence[Line]) -> None:
        """The run is about to be followed; `lines` are its blocks, as far as they are known."""

    def tell(self, events: Sequence[AnyEvent], view: RunView) -> None:
        """This happened; the view has it taken in."""

    def tick(self, view: RunView) -> None:
        """Time passes."""

    def end(self, view: RunView) -> None:
        """It is over, or is left."""


def teller(*, json: bool) -> Teller:
    """The one that suits whoever reads."""
    if json:
        return JsonLines()
    return LiveBoard() if sys.stderr.isatty() else PlainLines()


class JsonLines:
    """Every event as one line on the standard output, as it is on the wire."""

    def begin(self, view: RunView, lines: Sequence[Line]) -> None:
        """Nothing: the first line is the first event."""

    def tell(
        self,
        events: Sequence[AnyEvent],
        view: RunView,  # noqa: ARG002 - for those who show the whole
    ) -> None:
        sys.stdout.buffer.write(b"".join(as_json(event) + b"\n" for event in events))
        sys.stdout.buffer.flush()

    def tick(self, view: RunView) -> None:
        """Nothing happened."""

    def end(self, view: RunView) -> None:
        """Nothing: the last line is the last event."""


class LiveBoard:
    """The blocks of the run on a terminal, redrawn in place."""

    def __init__(self) -> None:
        self._console = console(errors=True)
        self._lines: Sequence[Line] = ()
        self._live: Live | None = None
        self._drawn = 0.0

    def begin(self, view: RunView, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._console.print(_headline(view))
        self._live = Live(console=self._console, auto_refresh=False, transient=False)
        self._live.start()

    def tell(
        self,
        events: Sequence[AnyEvent],  # noqa: ARG002 - for those who show each
        view: RunView,
    ) -> None:
        self.tick(view)

    def tick(self, view: RunView) -> None:
        if time.monotonic() - self._drawn >= FRAME:
            self._draw(view, time.time(), self._console.height - 2)

    def end(self, view: RunView) -> None:
        if self._live is not None:
            self._draw(view, view.seen, self._console.height - 2)
            self._live.stop()
            self._console.print(Text(ending(view), style=_STYLES.get(view.state, "yellow")))

    def _draw(self, view: RunView, now: float, height: int) -> None:
        if self._live is not None:
            lines = self._lines or lines_of(view)
            self._live.update(board(view, lines, now, max(3, height)), refresh=True)
            self._drawn = time.monotonic()


_STYLES = {"succeeded": "green", "failed": "red", "cancelled": "red"}


class PlainLines:
    """A line for every block that is done, for logs: nothing is ever drawn over."""

    def __init__(self) -> None:
        self._outer: set[str] = set()
        self._many = False
        self._told: set[str] = set()
        self._reminded = time.monotonic()

    def begin(self, view: RunView, lines: Sequence[Line]) -> None:
        self._outer = {line.block for line in lines if line.depth == 0}
        self._many = len(self._outer) > MANY
        say(_headline(view).plain)

    def tell(self, events: Sequence[AnyEvent], view: RunView) -> None:
        for event in events:
            if isinstance(event, TaskRetried):
                say(
                    f"↻ {event.task}: {clean(event.failure.message)}"
                    f" Tried again in {duration(event.wait)}."
                )
        for name in dict.fromkeys(block_of(getattr(event, "task", "")) for event in events):
            block = view.blocks.get(name)
            if block and self._is_worth_a_line(block):
                self._told.add(name)
                say(_line(block, view.seen))

    def tick(self, view: RunView) -> None:
        if time.monotonic() - self._reminded >= REMINDER:
            self._reminded = time.monotonic()
            for block in view.blocks.values():
                if block.running and block.block in self._outer:
                    say(_line(block, time.time()))

    def end(self, view: RunView) -> None:
        say(ending(view))

    def _is_worth_a_line(self, block: BlockView) -> bool:
        if block.block in self._told or (self._outer and block.block not in self._outer):
            return False
        if block.state in ("waiting", "running", "retrying"):
            return False
        return not self._many or block.took >= 1 or bool(block.failed or block.retries)


def _line(block: BlockView, now: float) -> str:
    mark = MARKS[block.state][0]
    known = (f"{mark} {block.block}", time_of(block, now), detail(block))
    return "  ".join(part for part in known if part)


def _headline(view: RunView) -> Text:
    what = f", a replay of {view.replays}" if view.replays else ""
    return Text.assemble((clean(view.name) or "A flow", "bold"), (f"  run {view.run}{what}", "dim"))


def ending(view: RunView) -> str:
    """How a run ended, in a sentence or two."""
    took = duration(view.took)
    match view.state:
        case "succeeded":
            why = f": {clean(view.reason)}" if view.reason else ""
            return f"✓ Succeeded in {took}{why}"
        case "failed":
            return f"✗ Failed after {took}.\n{why_failed(view)}"
        case "cancelled":
            why = f": {clean(view.reason)}" if view.reason else "."
            return f"■ Cancelled after {took}{why}"
        case _ if view.waits_for and view.asked:
            return "\n".join(["? It waits for a person:", *(f"  {w}" for w in view.waits_for)])
        case _ if view.waits_for:
            return "\n".join(["It can't go on by itself:", *(f"  {w}" for w in view.waits_for)])
        case _:
            why = f": {clean(str(view.failure))}" if view.failure else "."
            return f"■ Interrupted after {took}{why}"


def why_failed(view: RunView) -> str:
    """The failure of a run: where, what, the cure, and what caused it."""
    failure, lines = view.failure, list[str]()
    while failure is not None:
        position = f", line {failure.line}" if failure.line else ""
        place = f"{failure.task}{position}: " if failure.task else ""
        lines.append(f"  {clean(place)}{clean(failure.message)}")
        if failure.cure:
            lines.append(f"    {clean(failure.cure)}")
        failure = failure.cause if failure.cause and failure.cause.task != failure.task else None
    return click.style("\n".join(lines), fg="red") if sys.stderr.isatty() else "\n".join(lines)
