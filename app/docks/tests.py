"""The tests of the flow in front: run, looked at, changed, and made of runs."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSplitter,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.controls import small_button
from app.dialogs.edit_case import EditCase
from app.docks import Dock
from app.flow_tests.of_one_flow import FlowTests
from app.icons import icon
from app.notices import Offer
from app.presenters.cases import case_rows, summary
from app.studio import Studio
from app.testing.case_details import CaseDetails
from app.testing.case_table import CaseModel, CaseTable
from app.testing.record_again import RecordAgain
from app.workbench import Workbench
from runtime.flow_tests.case import Case
from runtime.flow_tests.verdict import Verdict

TITLE = "Tests"
NOTICE = "tests"
NONE_YET = """This flow has no tests yet. Run it, then save the run as a test: the same inputs \
have to give the same again, without a network and without cost."""
KEEPING = "A moment…"
UNSAVED = "Save the flow first: its tests are kept in a file beside it."


class Cases(QWidget):
    """The dock."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.setObjectName("tests")
        self._studio = studio
        self._front: Workbench | None = None
        self.tests: FlowTests | None = None
        self._again = RecordAgain(studio, self)
        self.model = CaseModel(self)
        self.table = CaseTable(self.model, self)
        self.details = CaseDetails(self)
        self.empty = QLabel(NONE_YET, self)
        self.count = QLabel(self)
        self.by_itself = QCheckBox("After each change", self)
        self.by_itself.setToolTip("Run all tests whenever the flow has changed")
        self._more = QToolButton(self)
        actions = studio.actions
        self.run_all = small_button(self, "Run all", actions["test.run"].toolTip(), self._run_all)
        self.run_chosen = small_button(self, "Run selected", "Run the selected tests", self.run)
        self.keep = small_button(self, "Save run…", actions["test.keep"].toolTip(), self._keep_run)
        self._lay_out()
        self._listen()
        self._restyle()
        self._turn_to_front()

    # What it shows.

    def refresh(self) -> None:
        """Show how things stand now."""
        tests = self.tests
        if tests is None:
            self.model.show_rows(())
        else:
            rows = case_rows(tests.suite, tests.verdicts, tests.running, tests.stale)
            self.model.show_rows(rows)
            if rows and not self.table.current_name():
                self.table.selectRow(0)
        self._say_how_they_stand()
        self._tell()
        self._offer()

    def _say_how_they_stand(self) -> None:
        tests = self.tests
        there = tests is not None and bool(tests.suite.cases)
        if there:
            self._studio.dock_speaks.emit(DOCK.id)
        if tests is not None and not there:
            none = KEEPING if tests.is_busy else NONE_YET if tests.path else UNSAVED
            self.empty.setText(tests.flaw or none)
        self._stack.setCurrentWidget(self._split if there else self._nothing)
        told = summary(tests.suite, tests.verdicts, tests.running) if tests else ""
        self.count.setText("Trying inputs made up…" if tests and tests.is_trying else told)
        failed = (
            sum(v.state in ("failed", "broken") for v in tests.verdicts.values()) if tests else 0
        )
        dock = self.parentWidget()
        if isinstance(dock, QDockWidget):
            dock.setWindowTitle(f"{TITLE} ({failed})" if failed else TITLE)

    def _tell(self) -> None:
        """Tell of the test with the cursor."""
        name, tests = self.table.current_name(), self.tests
        case = tests.suite.cases.get(name) if tests else None
        self.details.setVisible(case is not None)
        if tests is not None and case is not None:
            self.details.show_case(
                name, case, tests.verdicts.get(name),
                acceptable=tests.acceptable(name) and name not in tests.stale, editable=True,
            )  # fmt: skip

    def _offer(self) -> None:
        """Only what can be done."""
        tests, chosen = self.tests, self.table.chosen()
        some = tests is not None and (tests.is_busy or bool(tests.suite.cases))
        self.run_all.setEnabled(some)
        self.run_all.setText("Stop" if tests and tests.is_busy else "Run all")
        self.run_chosen.setEnabled(bool(chosen))
        front = self._front
        self.keep.setEnabled(front is not None and front.live is not None and front.live.is_over)
        self.by_itself.setEnabled(tests is not None and tests.path is not None)

    # What it does.

    def run(self) -> None:
        """Run the selected tests."""
        if self.tests and (chosen := self.table.chosen()):
            self.tests.run(chosen)

    def _run_all(self) -> None:
        if self.tests is not None and self.tests.is_busy:
            self.tests.stop()
        elif self.tests is not None:
            self.tests.run()

    def _keep_run(self) -> None:
        self._studio.actions["test.keep"].trigger()

    def edit(self) -> None:
        """Change the test with the cursor."""
        tests, name = self.tests, self.table.current_name()
        if tests is None or name not in tests.suite.cases:
            return

        def put(new: str, case: Case) -> None:
            tests.put(name, new, case)
            self.table.choose(new)
            tests.run([new])

        sheet = EditCase(self._studio.window, tests.workbench, tests.suite, name, put)
        self._studio.theme.changed.connect(sheet.restyle)
        sheet.open()

    def record_again(self) -> None:
        """Really run the flow with the inputs of a test, and record what comes of it."""
        name = self.table.current_name()
        if self._front is not None and self.tests is not None and name in self.tests.suite.cases:
            self._again.record(self._front, name, self.tests.suite.cases[name])

    def duplicate(self) -> None:
        """Make another like the test with the cursor."""
        if self.tests is not None and (name := self.table.current_name()):
            self.table.choose(self.tests.duplicate(name))

    def delete(self) -> None:
        """Take the selected tests out, to be brought back for a while."""
        tests, chosen = self.tests, self.table.chosen()
        if tests is None or not chosen:
            return
        bring_back = tests.delete(chosen)
        what = f"the test “{chosen[0]}”" if len(chosen) == 1 else f"{len(chosen)} tests"
        self._studio.notices.tell(
            f"Deleted {what}.", "info", Offer("Bring back", bring_back), key=NOTICE
        )

    def accept(self) -> None:
        """Expect from the selected tests what they give now."""
        if self.tests is not None:
            self.tests.accept(self.table.chosen() or [self.table.current_name()])

    def _recorded(self, name: str, notes: list[str]) -> None:
        self.table.choose(name)
        self._studio.notices.tell(
            " ".join([f"The run is now the test “{name}”.", *notes]), "success", key=NOTICE
        )
        if self.tests is not None:
            self.tests.run([name])

    def _tried(self, verdict: Verdict, kept: str) -> None:
        """Say what came of inputs made up; one that was kept is the test that is shown."""
        if verdict.state == "passed":
            told = f"{verdict.name}, and the flow took them all."
            self._studio.notices.tell(told, "success", key=NOTICE)
            return
        why = " ".join(str(finding.message) for finding in verdict.findings)
        where = f" It is now the test “{kept}”." if kept else ""
        self._studio.notices.tell(f"An input was found that fails: {why}{where}", "warning",
                                  key=NOTICE)  # fmt: skip
        if kept and self.tests is not None:
            self.table.choose(kept)
            QTimer.singleShot(0, self, self.run)

    def _trouble(self, why: str) -> None:
        self._studio.notices.tell(why, "error", key=NOTICE)

    def _go(self, address: str) -> None:
        if self._front is not None:
            self._front.go_to_address(address)

    # The flow in front.

    def _turn_to_front(self) -> None:
        front = self._studio.workspace.current
        if front is self._front:
            return
        if self._front is not None and self.tests is not None and not self._front.is_closed:
            self._front.run_changed.disconnect(self._news_of_run)
            self.tests.changed.disconnect(self.refresh)
            self.tests.recorded.disconnect(self._recorded)
            self.tests.tried.disconnect(self._tried)
            self.tests.troubled.disconnect(self._trouble)
        self._front, self.tests = front, self._studio.tests.of(front) if front else None
        if front is not None and self.tests is not None:
            front.run_changed.connect(self._news_of_run)
            self.tests.changed.connect(self.refresh)
            self.tests.recorded.connect(self._recorded)
            self.tests.tried.connect(self._tried)
            self.tests.troubled.connect(self._trouble)
            self.by_itself.setChecked(self.tests.by_itself)
            if self.isVisible():
                self.tests.load()
        self.refresh()

    def _news_of_run(self, _: object) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _set_by_itself(self, on: bool) -> None:
        if self.tests is not None:
            self.tests.by_itself = on
            if on:
                self.tests.run()

    def showEvent(self, event: QShowEvent) -> None:
        """Read the file: somebody may have changed it meanwhile."""
        super().showEvent(event)
        if self.tests is not None and not self.tests.is_busy:
            self.tests.load()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return edits, Delete deletes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.table.hasFocus():
            self.edit()
        elif event.matches(QKeySequence.StandardKey.Delete) and self.table.hasFocus():
            self.delete()
        else:
            super().keyPressEvent(event)

    # How it is made.

    def _lay_out(self) -> None:
        self.count.setProperty("role", "muted")
        self.empty.setProperty("role", "empty")
        self.empty.setWordWrap(True)
        self.run_all.ensurePolished()
        self.run_all.setMinimumWidth(self.run_all.sizeHint().width())  # also as “Stop”
        self._more.setToolTip("More about tests")
        self._more.setAccessibleName("More about tests")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(self._list_menu())
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 4, 8, 4)
        bar.setSpacing(6)
        bar.addWidget(self.count)
        bar.addStretch(1)
        for widget in (self.by_itself, self.keep, self.run_chosen, self.run_all, self._more):
            bar.addWidget(widget)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.table)
        self._split.addWidget(self.details)
        self._split.setSizes([520, 480])
        self._nothing = QWidget(self)
        nothing = QVBoxLayout(self._nothing)
        nothing.addStretch(1)
        nothing.addWidget(self.empty)
        nothing.addStretch(1)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(self._split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addLayout(self._stack, 1)

    def _listen(self) -> None:
        self._soon = QTimer(self, singleShot=True, interval=100)
        self._soon.timeout.connect(self._offer)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._offer())
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._tell())
        self.table.activated.connect(lambda _: self.edit())
        self.table.customContextMenuRequested.connect(
            lambda at: self.menu().popup(self.table.viewport().mapToGlobal(at))
        )
        self.details.edited.connect(self.edit)
        self.details.accepted.connect(self.accept)
        self.details.went.connect(self._go)
        self.details.outdated.connect(self.record_again)
        self.by_itself.toggled.connect(self._set_by_itself)
        self._studio.workspace.current_changed.connect(self._turn_to_front)
        self._studio.theme.changed.connect(self._restyle)

    def _list_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addActions([self._studio.actions[id] for id in ("test.make_up", "test.keep")])
        return menu

    def menu(self) -> QMenu:
        """All that can be done with the selected tests."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        tests, chosen = self.tests, self.table.chosen()
        one = len(chosen) == 1
        acceptable = tests is not None and any(map(tests.acceptable, chosen))
        rows: list[tuple[str, Callable[[], object], bool]] = [
            ("Run", self.run, bool(chosen)), ("Edit…", self.edit, one),
            ("Accept new result", self.accept, acceptable),
            ("Record again", self.record_again, one), ("Duplicate", self.duplicate, one),
            ("Delete", self.delete, bool(chosen)),
        ]  # fmt: skip
        for title, do, possible in rows:
            action = QAction(title, menu)
            action.setEnabled(possible)
            action.triggered.connect(lambda _=False, do=do: do())
            menu.addAction(action)
        return menu

    def _restyle(self) -> None:
        self._more.setIcon(icon("mdi6.dots-horizontal"))
        self.table.viewport().update()
        self.details.restyle()


DOCK = Dock("tests", TITLE, "mdi6.test-tube", "bottom", Cases, order=25, shown=False)
