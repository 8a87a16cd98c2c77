"""What couldn't be done to a run that is debugged, and the way out where there is one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from app.notices import Offer
from app.studio import Studio
from graph.errors import HeddleError
from runtime.commands import AnyCommand, SetBreakpoints, SetFaults

NOTICE = "debugging"


def install(studio: Studio) -> None:
    """Tell of what is refused."""
    Telling(studio)


class Telling(QObject):
    """Shows refusals as notices; who doesn't have the wheel is offered to take it."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._notices = studio.notices
        self._debugging = studio.runs.debugging
        self._debugging.refused.connect(self._tell)

    def _tell(self, command: Any, error: HeddleError) -> None:
        from runtime.steering import NotPossible, NotYourWheel  # noqa: PLC0415 - with the bridge

        if isinstance(command, SetBreakpoints | SetFaults) and isinstance(error, NotPossible):
            return  # the run has ended meanwhile, and needs none
        run = getattr(command, "run", "")
        if isinstance(error, NotYourWheel) and run:
            take = partial(self._debugging.take_wheel, run, self._again(command))
            self._notices.tell(str(error), "warning", Offer("Take the wheel", take), key=NOTICE)
        else:
            self._notices.tell(str(error), "error", key=NOTICE)

    def _again(self, command: AnyCommand) -> Callable[[object], None]:
        return lambda _: self._debugging.do(command)
