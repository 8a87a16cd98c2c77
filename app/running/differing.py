"""Tells where a run that repeats another first gave something else."""

from PySide6.QtCore import QObject

from app.notices import Offer
from app.presenters.live_run import LiveRun
from app.studio import Studio
from app.workbench import Workbench
from graph.values import shorten
from runtime.projections.run_view import Difference

NOTICE = "difference"


def install(studio: Studio) -> None:
    """Tell of the first difference of each run that is shown."""
    Differing(studio)


class Differing(QObject):
    """Tells of a run once, as soon as it differs."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._told = ""
        """The run that was told of last."""
        studio.runs.watching.changed.connect(self._look)

    def _look(self, run: LiveRun) -> None:
        found = run.view.difference
        if found is None or run.run == self._told:
            return
        for bench in self._studio.workspace:
            if bench.live is run:
                self._told = run.run
                self._tell(bench, found)

    def _tell(self, bench: Workbench, found: Difference) -> None:
        self._studio.notices.tell(
            f"“{bench.title_at(found.task)}” is the first to differ from the run before: "
            f"{found.port} was {shorten(found.before)} and is {shorten(found.after)}.",
            "info", Offer("Go to block", lambda: bench.go_to_address(found.task)), key=NOTICE,
        )  # fmt: skip
