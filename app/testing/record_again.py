"""A test's inputs run for real, and the run taken as its new recording."""

from PySide6.QtCore import QObject

from app.presenters.live_run import LiveRun
from app.studio import Studio
from app.workbench import Workbench
from runtime.flow_tests.case import Case
from runtime.flow_tests.spelling import read_back


class RecordAgain(QObject):
    """Remembers which runs are recorded once they are over."""

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._waiting: dict[Workbench, str] = {}
        """The test for which the flow runs, by flow."""
        studio.runs.watching.ended.connect(self._ended)

    def record(self, workbench: Workbench, name: str, case: Case) -> None:
        """Run the flow with the inputs of a case, and record what comes of it."""
        self._waiting[workbench] = name
        inputs = {name: read_back(value) for name, value in case.inputs.items()}
        self._studio.runs.start(workbench, inputs)

    def _ended(self, workbench: Workbench, run: LiveRun) -> None:
        name = self._waiting.pop(workbench, "")
        if name and run.is_over and not workbench.is_closed:
            self._studio.tests.of(workbench).record(run.run, name)
