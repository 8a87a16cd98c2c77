"""What an empty canvas says."""

from pytestqt.qtbot import QtBot

from app.editor.empty_hint import EmptyHint
from app.placing import place
from app.window.main_window import MainWindow


def test_it_is_there_until_the_first_block_is_and_again_without_any(
    window: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitExposed(window):
        window.show()
    window.studio.actions["file.new"].trigger()
    bench = window.studio.workspace.current
    hint = window.findChild(EmptyHint)
    assert bench is not None
    assert hint.isVisible()

    place(bench, "text.template")
    assert not hint.isVisible()

    bench.undo()
    assert hint.isVisible()


def test_it_stays_in_the_middle_and_lets_the_mouse_through(
    window: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitExposed(window):
        window.show()
    window.studio.actions["file.new"].trigger()
    hint = window.findChild(EmptyHint)

    canvas = hint.parentWidget()
    qtbot.waitUntil(lambda: abs(hint.geometry().center().x() - canvas.rect().center().x()) < 3)

    assert canvas.childAt(hint.geometry().center()) is not hint
