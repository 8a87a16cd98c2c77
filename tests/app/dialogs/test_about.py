"""About Heddle."""

from PySide6.QtWidgets import QTreeWidget
from pytestqt.qtbot import QtBot

from app.dialogs.about import About
from app.presenters.made_of import libraries, version
from app.window.main_window import MainWindow


def test_libraries_are_named_with_their_licences() -> None:
    found = {library.name.lower(): library.licence for library in libraries()}

    assert found["msgspec"] == "BSD-3-Clause"
    assert found["pebble"] == "LGPL"
    assert all(found.values())


def test_the_dialog_tells_the_version(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitExposed(window):
        window.show()

    window.studio.actions["help.about"].trigger()

    about = window.findChild(About)
    assert about is not None
    assert about.findChild(QTreeWidget).topLevelItemCount() > 10
    assert version()
