"""What the studio knows of the runtime's endpoints, read anew when somebody looks at them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from agents.swarm.api_gateway.shapes import NewKey, Overview
from app.bridge.bridge import Bridge
from graph.errors import HeddleError
from runtime.settings import Settings

AGENT = "api_gateway"
Then = Callable[[Any], object]
Failed = Callable[[HeddleError], object]


class KnownEndpoints(QObject):
    """Asks the bridge; what it was told last is in `seen`, None as long as that is nothing."""

    changed = Signal()
    """Something of them is different, be it that somebody called one."""
    altered = Signal()
    """There are others than before, or one of them is set otherwise."""
    troubled = Signal(str)
    """They can't be told, and why."""

    def __init__(self, bridge: Bridge, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._kept_in: Path = settings.folder / "agents" / AGENT / "gateway.db"
        self._elsewhere = bool(settings.database_url) and settings.database_url != "memory:"
        self._asked = False
        self.seen: Overview | None = None
        bridge.state_changed.connect(self._turn)

    def read(self) -> None:
        """Ask for all of them, unless that was asked already."""
        if not self._asked and self._bridge.state in ("ready", "elsewhere"):
            self._asked = True
            self._bridge.agents(lambda a: a.perform(AGENT, "overview"), self._take, self._not_told)

    def do(self, capability: str, then: Then, failed: Failed, **arguments: Any) -> None:
        """Have something done to them, and read what they are then."""

        def done(answer: Any) -> None:
            self.read()
            then(answer)

        self._bridge.agents(lambda a: a.perform(AGENT, capability, **arguments), done, failed)

    def make_key(
        self, label: str, endpoints: list[str], then: Callable[[NewKey], object], failed: Failed
    ) -> None:
        """Make a key; it is told to `then`, and to nobody ever after."""
        self.do(
            "make_key",
            lambda answer: then(msgspec.convert(answer, NewKey)),
            failed,
            label=label,
            endpoints=endpoints,
        )

    @property
    def base(self) -> str:
        """The address of the server, "" while there is none."""
        place = self._bridge.place
        return place.address if place is not None else ""

    def _take(self, answer: Any) -> None:
        self._asked = False
        before, self.seen = self.seen, msgspec.convert(answer, Overview)
        self.changed.emit()
        if before is None or _set(before) != _set(self.seen):
            self.altered.emit()

    def _not_told(self, error: HeddleError) -> None:
        self._asked = False
        self.troubled.emit(str(error))

    def _turn(self, state: str) -> None:
        """Look at those of another runtime; one that never had any isn't made to look for them."""
        self._asked = False
        if state == "elsewhere" or (
            state == "ready" and (self._elsewhere or self._kept_in.exists())
        ):
            self.read()


def _set(seen: Overview) -> list[Any]:
    return [one.endpoint for one in seen.endpoints]
