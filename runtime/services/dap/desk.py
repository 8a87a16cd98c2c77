"""What one client has before it: what it said of itself, the run, breakpoints, threads, handles."""

from collections.abc import Awaitable, Callable
from typing import Any

from graph.errors import HeddleError
from runtime.services.dap.debuggee import Debuggee
from runtime.services.dap.handles import Handles
from runtime.services.dap.lodging import Lodging
from runtime.services.dap.points import Wanted
from runtime.services.dap.shapes import Initialize
from runtime.services.dap.threads import Threads

Say = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Tell the client that something happened."""


class Desk:
    """One client's. `going` says that it had the run go on, `pausing` that it wants it to stop."""

    def __init__(self, lodging: Lodging, say: Say) -> None:
        self.lodging = lodging
        self.say = say
        self.number = lodging.number()
        self.mark = f"dap{lodging.runtime.owner.rpartition(':')[2]}.{self.number}:"
        self.about: Initialize | None = None
        self.debuggee: Debuggee | None = None
        self.wanted = Wanted(self.mark)
        self.threads = Threads()
        self.handles = Handles()
        self.begun = False
        self.going = True
        self.pausing = False
        self.entering = False

    def debugged(self) -> Debuggee:
        """The run that is debugged. Raises HeddleError as long as there is none."""
        if self.debuggee is None or not self.begun:
            raise HeddleError("Nothing is debugged yet.", cure="Launch or attach first.")
        return self.debuggee

    def client(self, asked: str) -> str:
        """The name by which this client steers runs."""
        about = self.about or Initialize()
        return asked or f"{about.client_name or about.client_id or 'A debugger'} {self.number}"

    # Lines and columns, which clients count from 0 or 1.

    def line(self, line: int) -> int:
        return line if self.about is None or self.about.lines_start_at1 else line - 1

    def line_from(self, line: int) -> int:
        return line if self.about is None or self.about.lines_start_at1 else line + 1

    def column(self, column: int) -> int:
        return column if self.about is None or self.about.columns_start_at1 else column - 1
