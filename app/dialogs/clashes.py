"""Where two people changed the same thing: choose one of both, for each."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QWidget,
)

from app.dialogs.sheet import Sheet
from graph.merging import Clash, Fact

Chosen = Callable[[frozenset[Fact]], object]


class ClashSheet(Sheet):
    """One row for each clash, with mine chosen at first."""

    def __init__(self, parent: QWidget, clashes: Sequence[Clash], done: Chosen) -> None:
        count = "one thing" if len(clashes) == 1 else f"{len(clashes)} things"
        super().__init__(
            parent, f"You both changed {count}",
            "Everything else fits together. Choose what counts here.", width=840,
        )  # fmt: skip
        self._done = done
        self._theirs: dict[Fact, QRadioButton] = {}
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = QWidget(area)
        self._grid = QGridLayout(rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        for row, clash in enumerate(clashes):
            self._add(row, clash)
        self._grid.setRowStretch(len(clashes), 1)
        area.setWidget(rows)
        area.setMinimumHeight(min(60 + 44 * len(clashes), 380))
        self.body.addWidget(area, 1)
        self.button("All theirs", lambda: self.choose_all(theirs=True), closes=False, left=True)
        self.button("All mine", lambda: self.choose_all(theirs=False), closes=False, left=True)
        self.button("Cancel")
        self.button("Merge", self._finish, main=True)

    def choose_all(self, *, theirs: bool) -> None:
        """Choose one side everywhere."""
        for button in self._theirs.values():
            group = button.group()
            group.button(1 if theirs else 0).setChecked(True)

    def choose(self, fact: Fact, *, theirs: bool) -> None:
        """Choose one side for one clash."""
        self._theirs[fact].group().button(1 if theirs else 0).setChecked(True)

    def _add(self, row: int, clash: Clash) -> None:
        what = QLabel(clash.what, self)
        what.setTextFormat(Qt.TextFormat.PlainText)
        what.setWordWrap(True)
        what.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(what, row, 0)
        group = QButtonGroup(self)
        for side, said in enumerate((f"Mine: {clash.mine}", f"Theirs: {clash.theirs}")):
            button = QRadioButton(_short(said), self)
            button.setToolTip(said)
            button.setAccessibleName(f"{clash.what}. {said}")
            button.setChecked(side == 0)
            group.addButton(button, side)
            self._grid.addWidget(button, row, 1 + side)
        theirs = group.button(1)
        assert isinstance(theirs, QRadioButton)
        self._theirs[clash.fact] = theirs

    def _finish(self) -> None:
        self._done(frozenset(fact for fact, theirs in self._theirs.items() if theirs.isChecked()))


def _short(text: str) -> str:
    return (text if len(text) <= 38 else f"{text[:37]}…").replace("&", "&&")
