"""What the studio does about its runtime: says when it is gone, starts it again, goes elsewhere."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.dialogs.connect import connect
from app.notices import Offer
from app.running.past_runs import on_its_flow
from app.studio import Studio
from app.workbench import Workbench
from runtime.events import Failure
from runtime.journal.contract import RunRow

if TYPE_CHECKING:
    from runtime.remote_journal import RemoteJournal

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
        self._has_looked = False
        studio.actions.bind("run.restart_runtime", self._restart)
        studio.actions.bind("edit.connections", lambda: connect(studio))
        self._bridge.state_changed.connect(self._on_state)

    def _on_state(self, state: str) -> None:
        if state == "ready" and not self._has_looked:
            self._has_looked = True
            self._bridge.look(_left, self._offer_to_resume, lambda _: None)
        if state == "ready":
            self._rejoin()
        if state == "elsewhere":
            self._bridge.look(_standing, self._offer_to_show, lambda _: None)
        if state == "lost":
            self._studio.runs.watching.break_off(LOST)
            self._tell()
        else:
            self._studio.notices.withdraw(NOTICE)
        self._studio.actions.refresh()

    def _offer_to_resume(self, left: list[RunRow]) -> None:
        """Runs that were under way when the studio ended last."""
        if not left:
            return
        newest = left[0]
        text = f"A run of “{newest.name or 'Untitled'}” was interrupted."
        if len(left) > 1:
            others = "was another" if len(left) == 2 else f"were {len(left) - 1} others"
            text += f" So {others}: see History."
        self._studio.notices.tell(
            text,
            "info",
            Offer("Resume", lambda: self._resume(newest)),
            key=NOTICE,
            stays=True,
        )

    def _rejoin(self) -> None:
        """Show again how runs are that the runtime goes on with by itself, now that it is back."""
        for workbench in self._studio.workspace:
            live = workbench.live
            if live is not None and live.view.state == "interrupted":
                self._look_again(workbench, live.run)

    def _look_again(self, workbench: Workbench, run: str) -> None:
        def show(row: RunRow) -> None:
            if not _is_left(row):
                self._studio.runs.show(workbench, run)

        self._bridge.look(lambda journal: journal.run(run), show, lambda _: None)

    def _offer_to_show(self, standing: list[RunRow]) -> None:
        """Runs of another runtime that stand still there, and wait for whoever comes."""
        shown = [w.live.run for w in self._studio.workspace if w.live]
        waiting = [run for run in standing if run.run not in shown]
        if not waiting:
            return
        newest = waiting[0]
        text = f"A run of “{newest.name or 'Untitled'}” stands still on this runtime."
        if len(waiting) > 1:
            text += f" {len(waiting) - 1} more: see History."
        show = Offer("Show it", lambda: self._show(newest))
        self._studio.notices.tell(text, "info", show, key=NOTICE, stays=True)

    def _show(self, run: RunRow) -> None:
        on_its_flow(self._studio, run, lambda bench: self._studio.runs.show(bench, run.run))

    def _resume(self, run: RunRow) -> None:
        on_its_flow(self._studio, run, lambda bench: self._studio.runs.resume(bench, run.run))

    def _tell(self) -> None:
        offers = [Offer("Connect again" if self._bridge.address else "Restart", self._restart)]
        if self._interrupted():
            offers.append(Offer("Resume the run", self._restart_and_resume))
        text = f"{self._bridge.trouble} Your flow is kept."
        self._studio.notices.tell(text, "error", *offers, key=NOTICE, stays=True)

    def _interrupted(self) -> bool:
        return any(w.live and w.live.view.state == "interrupted" for w in self._studio.workspace)

    def _restart(self) -> None:
        self._bridge.again()

    def _restart_and_resume(self) -> None:
        """Go on with every run that was under way, once the runtime is back."""
        self._bridge.again()
        for workbench in self._studio.workspace:
            if workbench.live and workbench.live.view.state == "interrupted":
                self._studio.runs.resume(workbench, workbench.live.run)


async def _standing(journal: "RemoteJournal") -> list[RunRow]:
    """Runs that stand still and are somebody's, newest first."""
    now = time.time()
    rows = await journal.runs(state="paused")
    return sorted((r for r in rows if r.lease_until >= now), key=lambda row: -row.started)


async def _left(journal: "RemoteJournal") -> list[RunRow]:
    """Runs that nobody drives any more, newest first."""
    rows = await journal.runs(state="running") + await journal.runs(state="paused")
    return sorted(filter(_is_left, rows), key=lambda row: -row.started)


def _is_left(row: RunRow) -> bool:
    from runtime.ownership import is_gone  # noqa: PLC0415 - loaded with the bridge, not before

    if row.ended is not None:
        return False
    return not row.owner or row.lease_until < time.time() or is_gone(row.owner)
