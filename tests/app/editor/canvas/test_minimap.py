"""The map in the corner: it shows what the canvas shows, and leads there."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.minimap import Minimap
from app.studio import Studio
from graph.edits import MoveBlocks
from graph.flow import Block, Flow, View

FLOW = Flow.of(
    [Block("a", "data.sort"), Block("b", "data.sort")],
    view=View(positions={"a": (0, 0), "b": (4000, 2000)}),
)


@pytest.fixture
def canvas(show: Any) -> Canvas:
    shown: Canvas = show(FLOW)
    shown.set_zoom(1.0)
    return shown


def test_a_click_on_the_map_goes_there(canvas: Canvas, studio: Studio, qtbot: QtBot) -> None:
    minimap = Minimap(canvas, studio)
    minimap.show()

    qtbot.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=QPoint(10, minimap.height() // 2))
    left = canvas.area().center().x()
    qtbot.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=QPoint(minimap.width() - 10, 60))

    assert left < 400
    assert canvas.area().center().x() > 3600


def test_the_map_follows_the_flow_and_stays_in_the_corner(
    canvas: Canvas, studio: Studio, qtbot: QtBot
) -> None:
    minimap = Minimap(canvas, studio)
    before = minimap.grab().toImage()

    canvas.workbench.do(MoveBlocks({"b": (4000, 200)}))
    canvas.resize(1000, 700)

    qtbot.waitUntil(lambda: minimap.grab().toImage() != before)
    assert canvas.rect().contains(minimap.geometry())
    assert canvas.width() - minimap.geometry().right() < 20


def test_a_small_canvas_has_no_room_for_a_map(canvas: Canvas, studio: Studio) -> None:
    minimap = Minimap(canvas, studio)
    large = minimap.isVisible()

    canvas.resize(300, 200)

    assert (large, minimap.isVisible()) == (True, False)
