"""The actions that move the view of the canvas in front."""

import pytest
from pytestqt.qtbot import QtBot

from app.document import Document
from app.editor.canvas.canvas import Canvas
from app.editor.canvas.minimap import Minimap
from app.editor.front import canvas_in_front
from app.window.main_window import MainWindow
from app.workbench import Workbench
from tests.app.flows import template


@pytest.fixture
def canvas(window: MainWindow, qtbot: QtBot) -> Canvas:
    studio = window.studio
    studio.workspace.add(Workbench(Document(template("triage_github_issues")), studio.catalog))
    with qtbot.waitExposed(window):
        window.show()
    found = canvas_in_front(studio)
    assert found
    return found


def test_zoom_and_fit_act_on_the_canvas_in_front(window: MainWindow, canvas: Canvas) -> None:
    actions = window.studio.actions
    actions["view.actual"].trigger()
    actual = canvas.zoom
    actions["view.zoom_in"].trigger()
    nearer = canvas.zoom
    actions["view.fit"].trigger()

    assert (actual, nearer) == (1.0, 1.25)
    assert canvas.area().contains(canvas.shapes.bounds())


def test_fit_selection_shows_what_is_selected(window: MainWindow, canvas: Canvas) -> None:
    canvas.workbench.select(["report"])

    window.studio.actions["view.fit_selection"].trigger()

    away = canvas.area().center() - canvas.shapes.rect("report").center()
    assert away.manhattanLength() < 5
    assert canvas.zoom == 1.0


def test_what_is_fitted_stays_in_view_when_the_window_becomes_smaller(
    window: MainWindow, canvas: Canvas
) -> None:
    window.studio.actions["view.fit"].trigger()

    window.resize(900, 700)

    assert canvas.area().contains(canvas.shapes.bounds())


def test_map_and_values_are_switched_everywhere_and_remembered(
    window: MainWindow, canvas: Canvas
) -> None:
    studio = window.studio
    minimap = canvas.findChildren(Minimap)[0]

    studio.actions["view.minimap"].trigger()
    studio.actions["view.values"].trigger()

    assert (minimap.wanted, canvas.values) == (False, True)
    assert studio.preferences.flag("canvas/minimap", True) is False
    assert studio.preferences.flag("canvas/values") is True


def test_there_is_no_canvas_in_front_on_the_welcome_page(
    window: MainWindow, canvas: Canvas
) -> None:
    window.studio.workspace.show(None)

    assert canvas_in_front(window.studio) is None


def test_each_level_keeps_its_view(window: MainWindow, canvas: Canvas) -> None:
    canvas.restore_view_state((1000.0, 50.0, 1.5))
    before = canvas.view_state()

    canvas.workbench.enter("triage", "each")
    inside = canvas.view_state()
    canvas.workbench.leave()

    assert inside != before
    assert canvas.view_state() == pytest.approx(before)
    assert [id for id in canvas.shapes.ids if id == "each"] == ["each"]
