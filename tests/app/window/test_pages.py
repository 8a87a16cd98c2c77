"""The tabs of the window: what comes to the front, and who then has the keyboard."""

from pytestqt.qtbot import QtBot

from app.editor.canvas.canvas import Canvas
from app.studio import Studio


def test_a_flow_that_comes_to_the_front_has_the_keyboard(studio: Studio, qtbot: QtBot) -> None:
    with qtbot.waitExposed(studio.window):
        studio.window.show()

    studio.actions["file.new"].trigger()

    qtbot.waitUntil(lambda: isinstance(studio.window.focusWidget(), Canvas))
