"""What is done with tests from the menus: run all, keep a run as one, try inputs made up."""

from PySide6.QtWidgets import QDockWidget

from app.dialogs.keep_test import ask_for_name
from app.notices import Offer
from app.studio import Studio
from app.workbench import Workbench
from runtime.flow_tests.tests_file import suite_beside

NOTICE = "tests"
MADE_UP = 100
"""Inputs that are made up at a time."""


def install(studio: Studio) -> None:
    """Bind the actions that are about tests."""
    _Tests(studio)


class _Tests:
    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        studio.actions.bind("test.run", self._run, enabled=self._has_tests)
        studio.actions.bind("test.keep", self._keep, enabled=self._has_ended)
        studio.actions.bind("test.make_up", self._make_up, enabled=lambda: self._front is not None)
        studio.workspace.removed.connect(studio.tests.forget)
        studio.closing.connect(studio.tests.close)

    @property
    def _front(self) -> Workbench | None:
        return self._studio.workspace.current

    def _has_tests(self) -> bool:
        path = self._front.path if self._front is not None else None
        return path is not None and suite_beside(path).exists()

    def _has_ended(self) -> bool:
        front = self._front
        return front is not None and front.live is not None and front.live.is_over

    def _run(self) -> None:
        if (front := self._front) is not None:
            self._show()
            self._studio.tests.of(front).run()

    def _make_up(self) -> None:
        front = self._front
        if front is not None and self._is_saved(front):
            self._show()
            self._studio.tests.of(front).make_up(MADE_UP)

    def _keep(self) -> None:
        front = self._front
        if front is not None and front.live is not None and self._is_saved(front):
            tests, run = self._studio.tests.of(front), front.live.run
            tests.load()
            ask_for_name(
                self._studio.window, front, tests.suite, lambda name: self._record(front, run, name)
            )

    def _record(self, workbench: Workbench, run: str, name: str) -> None:
        if not workbench.is_closed:
            self._show()
            self._studio.tests.of(workbench).record(run, name)

    def _is_saved(self, workbench: Workbench) -> bool:
        """Whether the flow has a file, beside which tests can stand; offers to make one if not."""
        if workbench.path is None:
            self._studio.notices.tell(
                "Save the flow first: its tests stand beside its file.", "info",
                Offer("Save…", self._studio.actions["file.save"].trigger), key=NOTICE,
            )  # fmt: skip
        return workbench.path is not None

    def _show(self) -> None:
        for dock in self._studio.window.findChildren(QDockWidget, "dock.tests"):
            dock.show()
            dock.raise_()
