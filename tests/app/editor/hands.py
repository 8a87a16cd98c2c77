"""A canvas to act on as a person does, without the rest of the window."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.document import Document
from app.editor.acting import parts
from app.editor.canvas.canvas import Canvas
from app.editor.page import EditorPage
from app.preferences import Preferences
from app.studio import Studio
from app.theme import Theme
from app.workbench import Workbench
from graph.flow import Block, Flow, Frame, View
from runtime.settings import Settings

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton
RIGHT = Qt.MouseButton.RightButton

FLOW = Flow.of(
    [
        Block("rows", "files.read_csv", {"path": "orders.csv"}),
        Block("sort", "data.sort"),
        Block("fill", "text.template", {"text": "{total}"}),
        Block("case", "text.case"),
        Block("count", "data.measure"),
        Block("about", "flow.note", {"text": "Orders"}),
    ],
    [("rows.rows", "sort.items"), ("fill.value", "case.text")],
    view=View(
        positions={
            "rows": (0, 0), "sort": (360, 0), "fill": (0, 240), "case": (360, 240),
            "count": (720, 0), "about": (720, 240),
        },
        frames={"texts": Frame("Texts", -48, 180, 660, 200)},
    ),
)  # fmt: skip


class Hand:
    """The mouse and the keyboard of a person; places are points of the scene."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def press(
        self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE
    ) -> None:
        self._send(QEvent.Type.MouseButtonPress, at, button, button, keys)

    def move(
        self, to: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE
    ) -> None:
        self._send(QEvent.Type.MouseMove, to, Qt.MouseButton.NoButton, button, keys)

    def release(
        self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE
    ) -> None:
        self._send(QEvent.Type.MouseButtonRelease, at, button, Qt.MouseButton.NoButton, keys)

    def drag(
        self, *points: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE
    ) -> None:
        """Press at the first point, come by all others, and release at the last."""
        self.press(points[0], button, keys)
        for before, after in pairwise(points):
            self.move((before + after) / 2, button, keys)
            self.move(after, button, keys)
        self.release(points[-1], button, keys)

    def click(
        self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE
    ) -> None:
        self.press(at, button, keys)
        self.release(at, button, keys)

    def double(self, at: QPointF) -> None:
        self.click(at)
        self._send(QEvent.Type.MouseButtonDblClick, at, LEFT, LEFT, NONE)
        self.release(at)

    def hover(self, at: QPointF) -> None:
        self.move(at, Qt.MouseButton.NoButton)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(self.canvas, QKeyEvent(kind, key, keys))

    def do(self, action: str) -> None:
        """What menu, palette and shortcut do."""
        self.canvas.studio.actions.refresh()
        self.canvas.studio.actions[action].trigger()

    def _send(
        self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, buttons: Qt.MouseButton,
        keys: Qt.KeyboardModifier,
    ) -> None:  # fmt: skip
        view, place = self.canvas.viewport(), self.canvas.to_view(at)
        glob = QPointF(view.mapToGlobal(place.toPoint()))
        QApplication.sendEvent(view, QMouseEvent(kind, place, glob, button, buttons, keys))


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    window = QWidget()
    qtbot.addWidget(window)
    made = Studio(
        window, Settings(home=str(tmp_path)), Preferences(tmp_path, window),
        Theme("dark", window),
    )  # fmt: skip
    QVBoxLayout(window)
    parts.install(made)
    yield made
    made.bridge.deleteLater()


@pytest.fixture
def bench(studio: Studio) -> Workbench:
    made = Workbench(Document(FLOW), studio.catalog)
    studio.workspace.add(made)
    return made


@pytest.fixture
def refusals(bench: Workbench) -> list[str]:
    """What was refused, in words."""
    told = list[str]()
    bench.refused.connect(told.append)
    return told


@pytest.fixture
def canvas(studio: Studio, bench: Workbench, qtbot: QtBot) -> Canvas:
    page = EditorPage(bench, studio)
    layout = studio.window.layout()
    assert layout is not None
    layout.addWidget(page)
    studio.window.resize(1100, 700)
    with qtbot.waitExposed(studio.window):
        studio.window.show()
    page.canvas.restore_view_state((480, 200, 1.0))
    page.canvas.setFocus()
    return page.canvas


@pytest.fixture
def hand(canvas: Canvas) -> Hand:
    return Hand(canvas)


def steps(bench: Workbench) -> list[str]:
    """What was done, as the history says it."""
    return [step.label for step in bench.document.history[: bench.document.position]]


def placed(bench: Workbench, id: str) -> tuple[float, float]:
    return bench.flow.view.positions[id]
