"""The welcome page: templates and recent flows, by mouse and by keyboard."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.theme import RESOURCES
from app.welcome.page import Welcome
from app.welcome.recent_row import RecentRow
from app.welcome.template_card import TemplateCard
from app.window.main_window import MainWindow


@pytest.fixture
def welcome(qtbot: QtBot, window: MainWindow) -> Welcome:
    with qtbot.waitExposed(window):
        window.show()
    page = window.findChild(Welcome)
    assert page is not None
    qtbot.waitUntil(lambda: bool(page.findChildren(TemplateCard)))
    return page


def _saved(folder: Path, name: str) -> Path:
    path = folder / f"{name}.flow.json"
    path.write_bytes((RESOURCES / "templates" / "hello.flow.json").read_bytes())
    return path


def _recent(page: Welcome) -> list[str]:
    rows = [row for row in page.findChildren(RecentRow) if not row.isHidden()]
    return [row.path.name for row in rows]


def test_every_template_that_comes_with_heddle_has_a_card(welcome: Welcome) -> None:
    shown = {card.card.path for card in welcome.findChildren(TemplateCard)}

    assert shown == set((RESOURCES / "templates").glob("*.flow.json"))


def test_a_pressed_card_opens_a_copy_of_the_template(welcome: Welcome, window: MainWindow) -> None:
    hello = next(c for c in welcome.findChildren(TemplateCard) if c.card.title == "Hello")

    hello.click()

    front = window.studio.workspace.current
    assert front is not None
    assert front.document.flow.name == "Hello"
    assert front.path is None


def test_arrow_keys_move_between_cards_and_space_takes_one(
    welcome: Welcome, window: MainWindow, qtbot: QtBot
) -> None:
    first, second = welcome.findChildren(TemplateCard)[:2]
    first.setFocus()

    qtbot.keyClick(first, Qt.Key.Key_Right)
    assert second.hasFocus()
    qtbot.keyClick(second, Qt.Key.Key_Space)

    front = window.studio.workspace.current
    assert front is not None
    assert front.document.flow.name == second.card.title


def test_a_screen_reader_hears_what_each_card_is(welcome: Welcome) -> None:
    for card in welcome.findChildren(TemplateCard):
        assert card.accessibleName() == f"Template {card.card.title}"
        assert card.accessibleDescription() == card.card.description


def test_recent_flows_are_listed_newest_first_and_missing_ones_are_gone(
    welcome: Welcome, window: MainWindow, tmp_path: Path
) -> None:
    old, gone, new = (_saved(tmp_path, name) for name in ("old", "gone", "new"))
    for path in (old, gone, new):
        window.studio.preferences.opened(path)
    gone.unlink()

    window.studio.preferences.recent_changed.emit()

    assert _recent(welcome) == ["new.flow.json", "old.flow.json"]


def test_a_flow_is_taken_off_the_list_and_its_file_stays(
    welcome: Welcome, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = _saved(tmp_path, "kept")
    window.studio.preferences.opened(path)
    row = next(row for row in welcome.findChildren(RecentRow) if not row.isHidden())

    qtbot.keyClick(row, Qt.Key.Key_Delete)

    qtbot.waitUntil(lambda: _recent(welcome) == [])
    assert path.exists()


def test_cards_stand_in_as_many_columns_as_fit(welcome: Welcome, qtbot: QtBot) -> None:
    window = welcome.window()
    columns = []
    for width in (640, 1300):
        window.resize(width, 700)
        qtbot.waitUntil(lambda width=width: welcome.width() > width - 40)
        columns.append({card.x() for card in welcome.findChildren(TemplateCard)})

    assert len(columns[0]) < len(columns[1])
    for card in welcome.findChildren(TemplateCard):
        assert card.geometry().right() <= card.parentWidget().width()


def test_a_card_that_is_walked_to_comes_into_view(welcome: Welcome, qtbot: QtBot) -> None:
    welcome.window().resize(700, 500)
    last = welcome.findChildren(TemplateCard)[-1]
    page = welcome.widget()
    qtbot.waitUntil(lambda: last.mapTo(page, last.rect().bottomLeft()).y() < page.height())
    assert last.visibleRegion().isEmpty()

    last.setFocus(Qt.FocusReason.TabFocusReason)

    qtbot.waitUntil(lambda: not last.visibleRegion().isEmpty())


def test_a_template_that_was_added_meanwhile_is_there_when_the_page_is_shown_again(
    welcome: Welcome, window: MainWindow, qtbot: QtBot
) -> None:
    folder = window.studio.settings.folder / "templates"
    folder.mkdir()
    window.studio.actions["file.new"].trigger()

    _saved(folder, "mine")
    window.studio.workspace.show(None)

    def paths() -> set[str]:
        return {c.card.path.name for c in welcome.findChildren(TemplateCard)}

    qtbot.waitUntil(lambda: "mine.flow.json" in paths())
