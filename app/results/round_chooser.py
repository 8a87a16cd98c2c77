"""Chooses the round of a loop whose values are shown."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QSpinBox, QWidget

from app.workbench import Workbench

LAST = 0


class RoundChooser(QSpinBox):
    """Counts rounds from 1; below that is the last one, whichever it is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._workbench: Workbench | None = None
        self._scopes: list[str] = []
        self._dropped = 0
        self.setAccessibleName("Round of the loop")
        self.setToolTip("The round of the loop whose values are shown")
        self.setSpecialValueText("Last round")
        self.lineEdit().setTextMargins(6, 0, 0, 0)
        self.setPrefix("Round ")
        self.setKeyboardTracking(False)
        self.setMinimumWidth(160)
        self.valueChanged.connect(self._choose)
        self.hide()

    def follow(self, workbench: Workbench | None, loop: str, shown: str = "") -> None:
        """Offer the rounds of a loop in the watched run; nothing when there are none.

        `shown` is the round that is seen as long as none is chosen, which may not be the last.
        """
        self._workbench = workbench
        run = workbench.run if workbench else None
        rounds = run.scopes.get(loop, {}) if run else {}
        self._scopes = list(rounds)
        self.setVisible(bool(rounds))
        if workbench is None or run is None or not rounds:
            return
        view = run.block(loop)
        total = max(int(view.total) if view else 0, view.rounds if view else 0, len(rounds))
        self._dropped = max(0, (view.rounds if view else 0) - len(rounds))
        with QSignalBlocker(self):
            self.setRange(LAST, self._dropped + len(rounds))
            self.setSpecialValueText(self._unchosen(total, shown))
            self.setSuffix(f" of {total:,}" + self._mark(workbench))
            chosen = workbench.round
            known = chosen in rounds
            self.setValue(self._dropped + self._scopes.index(chosen) + 1 if known else LAST)

    def _unchosen(self, total: int, shown: str) -> str:
        """What is seen as long as no round is chosen."""
        if shown in self._scopes[:-1]:
            number = self._dropped + self._scopes.index(shown) + 1
            return f"Round {number:,} of {total:,}"
        return f"Last of {total:,} rounds" if total > 1 else "The only round"

    def _mark(self, workbench: Workbench) -> str:
        run, loop = workbench.run, workbench.round.rpartition("[")[0]
        rounds = run.scopes.get(loop, {}) if run else {}
        round = rounds.get(workbench.round)
        return " · failed" if round and round.failure else ""

    def _choose(self, value: int) -> None:
        if self._workbench is None:
            return
        position = max(0, value - self._dropped - 1)
        chosen = "" if value == LAST else self._scopes[position]
        self._workbench.show_round(chosen)
