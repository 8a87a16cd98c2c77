"""What the studio knows of the runtime's connections, read anew when something has changed."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.bridge.bridge import Bridge
from graph.connections import ConnectionKind
from graph.errors import HeddleError
from runtime.connections.contents import Draft, Overview, Served, Shown, Tested
from runtime.connections.nearby import Nearby

Made = Callable[[Shown], object]
Failed = Callable[[HeddleError], object]


class KnownConnections(QObject):
    """Asks the bridge; what it was told last is in `seen`, None as long as that is nothing."""

    changed = Signal()
    """There are others than before, or one of them is different."""
    wanted = Signal(tuple, str, object)
    """One of these kinds, called so, is to be made, and who is told of it: see `want`."""
    unagreed = Signal(object)
    """A connection (a Shown) is to be looked at, and agreed to or not: see `ask_to_agree`."""
    troubled = Signal(str)
    """They can't be read, and why."""
    served_changed = Signal()
    """A server has said which models it has, or it is no longer known what it said."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.seen: Overview | None = None
        self.served: dict[str, Served] = {}
        """By connection, what its server said last of the models it has."""
        self._asked: set[str] = set()
        bridge.state_changed.connect(self._turn)

    def want(self, kinds: tuple[str, ...], name: str = "", then: Made = lambda _: None) -> None:
        """Have one of these kinds made, of any if none is said; `then` is told of it."""
        self.wanted.emit(kinds, name, then)

    def ask_to_agree(self, name: str) -> None:
        """Have the person look at what a connection does."""
        if shown := self.find(name):
            self.unagreed.emit(shown)

    def read(self) -> None:
        """Ask for all of them."""
        self._bridge.connections(
            lambda c: c.overview(), self._take, lambda error: self.troubled.emit(str(error))
        )

    def find(self, name: str) -> Shown | None:
        """The connection of that name, as far as is known."""
        shown = self.seen.connections if self.seen else ()
        return next((one for one in shown if one.name == name), None)

    def kind(self, kind: str) -> ConnectionKind | None:
        """What a kind is, as far as is known."""
        kinds = self.seen.kinds if self.seen else ()
        return next((one for one in kinds if one.kind == kind), None)

    def keep(self, draft: Draft, then: Callable[[Shown], object], failed: Failed) -> None:
        """Keep a connection, new or changed."""
        self._bridge.connections(lambda c: c.put(draft), self._and_read(then), failed)

    def agree(self, shown: Shown, then: Callable[[Shown], object], failed: Failed) -> None:
        """Note that the person agreed to what was shown."""
        to: Mapping[str, str] = shown.agrees_to
        self._bridge.connections(lambda c: c.agree(shown.name, to), self._and_read(then), failed)

    def remove(self, name: str, failed: Failed) -> None:
        """Forget a connection and its secrets."""
        self._bridge.connections(lambda c: c.remove(name), self._and_read(lambda _: None), failed)

    def test(self, name: str, then: Callable[[Tested], object], failed: Failed) -> None:
        """Try a connection out."""
        self._bridge.connections(lambda c: c.test(name), self._and_read(then), failed)

    def ask_models(self, name: str) -> None:
        """Ask the server of a connection which models it has; `served` has it then."""
        if name not in self._asked:
            self._asked.add(name)
            hear = partial(self._hear, name)
            self._bridge.connections(
                lambda c: c.models(name), hear, lambda error: hear(Served(trouble=str(error)))
            )

    def ask_defined(self, then: Callable[[Sequence[str]], object]) -> None:
        """Ask for the names of the agents that are defined; none when they can't be told."""
        self._bridge.agents(
            lambda agents: agents.perform("defined_agents", "names"), then, lambda _: then(())
        )

    def look_nearby(self, then: Callable[[tuple[Nearby, ...]], object]) -> None:
        """Look which models answer on the machine of the runtime."""
        self._bridge.connections(lambda c: c.nearby(), then, lambda _: then(()))

    def _and_read(self, then: Callable[..., object]) -> Callable[[object], None]:
        def told(answer: object) -> None:
            self.read()
            then(answer)

        return told

    def _take(self, seen: Overview) -> None:
        if seen != self.seen:
            before, self.seen = self.seen, seen
            self._forget_served(before)
            self.changed.emit()

    def _hear(self, name: str, served: Served) -> None:
        self._asked.discard(name)
        if self.served.get(name) != served:
            self.served[name] = served
            self.served_changed.emit()

    def _forget_served(self, before: Overview | None) -> None:
        """What was said of a connection that leads elsewhere by now holds no longer."""
        for name in list(self.served):
            if _leads_to(before, name) != _leads_to(self.seen, name):
                del self.served[name]
                self.served_changed.emit()

    def _turn(self, state: str) -> None:
        if state in ("ready", "elsewhere"):
            self.read()


def _leads_to(seen: Overview | None, name: str) -> tuple[str, Mapping[str, str]] | None:
    shown = seen.connections if seen else ()
    return next(((one.kind, one.fields) for one in shown if one.name == name), None)
