"""The dialog that asks which two runs to compare."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from app.dialogs.sheet import Sheet
from app.presenters.run_words import WORDS, duration
from runtime.journal.contract import RunRow

Compare = Callable[[RunRow, RunRow], object]


class CompareDialog(Sheet):
    """Two lists of the same runs; at first the newest and the one before."""

    def __init__(
        self, parent: QWidget, runs: Sequence[RunRow], preferred: Sequence[str], then: Compare
    ) -> None:
        super().__init__(
            parent, "Compare two runs", "Their charts are laid over each other, from the beginning."
        )
        self._runs, self._then = runs, then
        self.first, self.second = self._list("First run"), self._list("Second run")
        form = QFormLayout()
        form.addRow("First", self.first)
        form.addRow("Second", self.second)
        self.body.addLayout(form)
        ids = [run.run for run in runs]
        wanted = [run for run in preferred if run in ids]
        wanted += [run for run in ids if run not in wanted]
        for combo, run in zip((self.first, self.second), wanted, strict=False):
            combo.setCurrentIndex(ids.index(run))
        self.button("Cancel")
        self.button("Compare", self._compare, main=True)

    def _list(self, name: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setAccessibleName(name)
        combo.addItems([told(run) for run in self._runs])
        return combo

    def _compare(self) -> None:
        self._then(self._runs[self.first.currentIndex()], self._runs[self.second.currentIndex()])


def told(run: RunRow) -> str:
    """A run in a few words: what it was of, when, what became of it, how long it took."""
    began = datetime.fromtimestamp(run.started, UTC).astimezone()
    took = "" if run.ended is None else duration(max(0.0, run.ended - run.started))
    when = f"{began.day} {began:%B, %H:%M:%S}"
    words = (run.name or "Untitled", when, WORDS[run.state], took)
    return " · ".join(word for word in words if word)


def names_of(*runs: RunRow) -> list[str]:
    """What tells runs apart in a legend: when they began, and of what they are if not the same."""
    began = [datetime.fromtimestamp(run.started, UTC).astimezone() for run in runs]
    clocks = [f"{when:%H:%M:%S}" for when in began]
    if len({run.name for run in runs}) == 1:
        return clocks
    return [f"{run.name or 'Untitled'} {clock}" for run, clock in zip(runs, clocks, strict=True)]
