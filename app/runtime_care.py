"""What the studio does about its runtime: says when it is gone, starts it again, goes elsewhere."""

from PySide6.QtCore import QObject

from app.dialogs.connect import connect
from app.notices import Offer
from app.studio import Studio
from runtime.events import Failure

NOTICE = "runtime"
LOST = Failure("Lost", "The runtime ended before the run did.", "Resume goes on with it.")


def install(studio: Studio) -> None:
    """Look after the runtime."""
    RuntimeCare(studio)


class RuntimeCare(QObject):
    """Tells of a runtime that is gone, and offers to go on."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._bridge = studio.bridge
        studio.actions.bind("run.restart_runtime", self._restart)
        studio.actions.bind("edit.connections", lambda: connect(studio))
        self._bridge.state_changed.connect(self._on_state)

    def _on_state(self, state: str) -> None:
        if state == "lost":
            self._studio.runs.watching.break_off(LOST)
            self._tell()
        else:
            self._studio.notices.withdraw(NOTICE)
        self._studio.actions.refresh()

    def _tell(self) -> None:
        offers = [Offer("Connect again" if self._bridge.address else "Restart", self._restart)]
        if self._interrupted():
            offers.append(Offer("Resume the run", self._restart_and_resume))
        text = f"{self._bridge.trouble} Your flow is kept."
        self._studio.notices.tell(text, "error", *offers, key=NOTICE, stays=True)

    def _interrupted(self) -> bool:
        return any(w.run and w.run.view.state == "interrupted" for w in self._studio.workspace)

    def _restart(self) -> None:
        self._bridge.again()

    def _restart_and_resume(self) -> None:
        """Go on with every run that was under way, once the runtime is back."""
        self._bridge.again()
        for workbench in self._studio.workspace:
            if workbench.run and workbench.run.view.state == "interrupted":
                self._studio.runs.resume(workbench, workbench.run.run)
