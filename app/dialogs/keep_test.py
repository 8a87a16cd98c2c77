"""Asks what a run is to be called as a test."""

from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from app.dialogs.sheet import Sheet
from app.presenters.tables import one_line
from app.workbench import Workbench
from runtime.flow_tests.case import Suite
from runtime.flow_tests.tests_file import suite_beside


def ask_for_name(
    parent: QWidget, workbench: Workbench, suite: Suite, then: Callable[[str], object]
) -> "KeepTest":
    """Show the sheet; `then` is called with the name."""
    sheet = KeepTest(parent, workbench, suite, then)
    sheet.open()
    return sheet


class KeepTest(Sheet):
    """A name, and what becomes of the run."""

    def __init__(
        self, parent: QWidget, workbench: Workbench, suite: Suite, then: Callable[[str], object]
    ) -> None:
        super().__init__(
            parent, "Save run as test",
            "The test starts with the inputs of this run and expects what came of it. Whatever the"
            " run asked of files, servers or databases is answered from the recording, so the test"
            " needs none of them.",
        )  # fmt: skip
        assert workbench.path is not None, "only flows that are saved have tests"
        self._suite = suite
        self.name = QLineEdit(suite.free_name(suggested(workbench)), self)
        self.name.setAccessibleName("Name of the test")
        self.name.selectAll()
        self.name.textChanged.connect(self._look)
        label = QLabel("Name", self)
        label.setBuddy(self.name)
        field = QVBoxLayout()
        field.setSpacing(4)
        field.addWidget(label)
        field.addWidget(self.name)
        self.body.addLayout(field)
        self.said = self.say("", small=True)
        self._where = f"It is kept in {suite_beside(workbench.path).name}."
        self.button("Cancel")
        self._save = self.button("Save test", lambda: then(self.name.text().strip()), main=True)
        self._look()
        self.name.setFocus()

    def _look(self) -> None:
        """Say whether a test of that name is there already."""
        name = self.name.text().strip()
        self._save.setEnabled(bool(name))
        there = name in self._suite.cases
        self.said.setText(
            f"There is a test of that name; this one takes its place. {self._where}"
            if there
            else self._where
        )


def suggested(workbench: Workbench) -> str:
    """A name by what went into the run, and how it ended."""
    live = workbench.live
    if live is None:
        return "test"
    given = ", ".join(f"{n} = {one_line(v, 30)}" for n, v in live.view.inputs.items())
    named = given if len(given) <= 60 else f"{given[:59]}…"
    return (named or "as it is") + (" fails" if live.view.state == "failed" else "")
