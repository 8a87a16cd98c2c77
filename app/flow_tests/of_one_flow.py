"""The tests of one open flow: what its file says, what came of each, and what is done with them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from app.bridge.bridge import Bridge
from app.bridge.child import Child
from app.workbench import Workbench
from graph.errors import HeddleError
from graph.file_format import write
from runtime.flow_tests.case import Case, Suite
from runtime.flow_tests.tests_file import keep_suite, read_suite, suite_beside
from runtime.flow_tests.updating import updated
from runtime.flow_tests.verdict import Verdict
from runtime.settings import Settings

DELAY = 700
"""Milliseconds without an edit after which tests that run by themselves do."""

PASSED, FAILED = 0, 1
"""Exit codes by which a command has done its work."""


class FlowTests(QObject):
    """Cases are changed in their file at once; they run in a process of their own."""

    changed = Signal()
    """The cases, what came of one, or whether they run."""
    tried = Signal(Verdict, str)
    """What came of inputs made up, and the case that the worst of them became ("" for none)."""
    recorded = Signal(str, list)
    """A run has become the case of that name; and what is worth knowing of it."""
    troubled = Signal(str)
    """Why something could not be done."""

    def __init__(self, workbench: Workbench, bridge: Bridge, settings: Settings) -> None:
        super().__init__(workbench)
        self.workbench = workbench
        self.suite = Suite()
        self.flaw = ""
        """Why the file can't be read."""
        self.verdicts: dict[str, Verdict] = {}
        self.is_trying = False
        """Whether inputs are being made up."""
        self.running: frozenset[str] = frozenset()
        self.stale: frozenset[str] = frozenset()
        """Cases whose verdicts are of another flow than the one that is shown."""
        self.by_itself = False
        """Whether all run whenever the flow has changed."""
        self._bridge = bridge
        self._child = Child(settings, self)
        self._child.said.connect(self._hear)
        self._child.ended.connect(self._end)
        self._soon = QTimer(self, singleShot=True, interval=DELAY)
        self._soon.timeout.connect(self.run)
        workbench.changed.connect(self._flow_changed)
        workbench.saved_changed.connect(self.load)

    @property
    def path(self) -> Path | None:
        """The file of the tests; None while the flow has none itself."""
        return suite_beside(self.workbench.path) if self.workbench.path else None

    @property
    def is_busy(self) -> bool:
        """Whether cases run, or one is being made."""
        return self._child.is_busy

    def load(self) -> None:
        """Read the file as it is now."""
        try:
            suite, self.flaw = read_suite(self.path) if self.path else Suite(), ""
        except HeddleError as error:
            suite, self.flaw = Suite(), str(error)
        if suite != self.suite:
            other = {n for n, case in suite.cases.items() if self.suite.cases.get(n) != case}
            self.stale |= other & self.verdicts.keys()
            self.suite = suite
        self.verdicts = {n: v for n, v in self.verdicts.items() if n in suite.cases}
        self.changed.emit()

    # Running.

    def run(self, names: Collection[str] = ()) -> None:
        """Run these cases, or all."""
        self.load()
        chosen = [name for name in self.suite.cases if name in names or not names]
        if self._may(chosen):
            self.is_trying, self.running = False, frozenset(chosen)
            words = [word for name in chosen if names for word in ("--case", name)]
            self._do(*words)

    def make_up(self, number: int) -> None:
        """Try so many inputs made up; one that fails becomes a case."""
        if self._may(["any"]):
            self.is_trying, self.running = True, frozenset()
            self._do("--case", "", "--property", str(number))

    def record(self, run: str, name: str) -> None:
        """Make a case of a past run."""
        place = self._bridge.place
        if place is None:
            self.troubled.emit("There is no runtime to read the run from. Try again in a moment.")
        elif self._may(["any"]):
            self._do(
                "--record", run, "--name", name, "--server", place.address,
                further={"HEDDLE_TOKEN": place.token},
            )  # fmt: skip

    def stop(self) -> None:
        """End what runs."""
        self._child.end()
        self.is_trying, self.running = False, frozenset()
        self.changed.emit()

    def _may(self, chosen: Sequence[str]) -> bool:
        if self.path is None:
            self.troubled.emit("Save the flow first: its tests stand beside its file.")
        elif not self.workbench.is_trusted:
            self.troubled.emit(
                "You haven't let this flow run yet. Look at what it wants to touch first."
            )
        return bool(chosen) and self.path is not None and self.workbench.is_trusted

    def _do(self, *words: str, further: Mapping[str, str] | None = None) -> None:
        """Give the command, with the flow as it is shown, saved or not."""
        self._soon.stop()
        try:
            text = write(self.workbench.document.flow)
        except HeddleError as error:
            self.running = frozenset()
            self.troubled.emit(str(error))
            return
        file = str(self.workbench.path)
        self._child.do(["test", file, "--json", "--unsaved", *words], text, further)
        self.changed.emit()

    def _hear(self, told: Any) -> None:
        match told.get("test"):
            case "case":
                verdict = msgspec.convert(told, Verdict, strict=False)
                if self.is_trying:
                    known = self.suite.cases.keys()
                    self.load()
                    fresh = [name for name in self.suite.cases if name not in known]
                    self.tried.emit(verdict, fresh[0] if fresh else "")
                else:
                    self.verdicts[verdict.name] = verdict
                    self.running -= {verdict.name}
                    self.stale -= {verdict.name}
                self.changed.emit()
            case "recorded":
                self.load()
                self.recorded.emit(told["name"], told.get("notes", []))

    def _end(self, code: int, error: str) -> None:
        self.is_trying, self.running = False, frozenset()
        if code not in (PASSED, FAILED):
            said = error.removeprefix("Error:").strip().splitlines()
            self.troubled.emit(" ".join(line.strip() for line in said) or "The tests broke off.")
        self.load()

    def _flow_changed(self, _: object) -> None:
        self.stale = frozenset(self.verdicts)
        if self.by_itself and self.suite.cases:
            self._soon.start()
        self.changed.emit()

    # Changing.

    def put(self, old: str, new: str, case: Case) -> None:
        """Change a case, which may be called otherwise from now on."""
        if old != new and old in self.verdicts:
            self.verdicts[new] = msgspec.structs.replace(self.verdicts.pop(old), name=new)
        self._change(lambda suite: suite.renamed(old, new).with_case(new, case))

    def duplicate(self, name: str) -> str:
        """Make another case like this one; gives its name."""
        other, case = self.suite.free_name(name), self.suite.cases[name]
        self._change(lambda suite: suite.with_case(other, case))
        return other

    def delete(self, names: Sequence[str]) -> Callable[[], None]:
        """Take cases out; gives what brings them back."""
        before = self.suite
        gone = {name: before.cases[name] for name in names if name in before.cases}
        self._change(lambda suite: suite.without(names))
        return lambda: self._change(lambda suite: suite.with_again(gone, [*before.cases]))

    def _change(self, change: Callable[[Suite], Suite]) -> None:
        """Change the file as it is now, whoever may have written it since it was read."""
        self.load()
        if self.path is None or self.flaw:
            self.troubled.emit(self.flaw)
            return
        try:
            keep_suite(self.path, change(self.suite))
        except HeddleError as error:
            self.troubled.emit(str(error))
        self.load()

    def acceptable(self, name: str) -> bool:
        """Whether what a case gave could be taken as what is expected of it."""
        case, verdict = self.suite.cases.get(name), self.verdicts.get(name)
        return case is not None and verdict is not None and updated(case, verdict) != case

    def accept(self, names: Sequence[str]) -> None:
        """Take what these gave as what is expected, and run them again."""
        taken = {
            name: updated(self.suite.cases[name], self.verdicts[name])
            for name in filter(self.acceptable, names)
        }
        self._change(lambda suite: suite.with_again(taken, [*suite.cases]))
        self.run(names)

    def close(self) -> None:
        """Let go of everything."""
        self._soon.stop()
        self._child.close()
