"""The dock of schemas: a real runtime's, with what flows keep there."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.docks.schemas import DOCK, Schemas
from app.schemas.pages import COMPATIBLE, VALID
from app.schemas.panel import Panel
from app.studio import Studio

LONG = 20_000
LESSON: dict[str, Any] = {
    "type": "object",
    "properties": {"lesson_id": {"type": "string"}, "title": {"type": "string"}},
    "required": ["lesson_id"],
}
STRICTER = {**LESSON, "required": ["lesson_id", "title"]}


@pytest.fixture(scope="module")
def studio(own_studio: Studio) -> Studio:
    return own_studio


@pytest.fixture
def dock(qtbot: QtBot, studio: Studio) -> Schemas:
    made = Schemas(studio)
    qtbot.addWidget(made)
    made.resize(1000, 340)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def panel(studio: Studio, dock: Schemas) -> Panel:
    assert isinstance(dock.panel, Panel)
    studio.bridge.start()
    return dock.panel


def register(
    qtbot: QtBot,
    studio: Studio,
    name: str,
    version: str,
    definition: Any,
    on: str = "backend",
) -> None:
    """Have a schema kept by the runtime, as a flow does; done again, it stays as it is."""
    done = list[object]()
    schema = {
        "schema_name": name, "schema_type": "json_schema", "platform": on,
        "version": version, "definition": definition,
    }  # fmt: skip
    studio.bridge.agents(
        lambda a: a.perform("schema_validator", "register", schema=schema, level="NONE"),
        done.append,
    )
    qtbot.waitUntil(lambda: bool(done), timeout=LONG)


def choose(qtbot: QtBot, panel: Panel, name: str, versions: int = 2) -> None:
    """Select a schema, and see all its versions."""
    panel.look()
    qtbot.waitUntil(lambda: name in [row.name for row in panel.table.listed.rows], timeout=LONG)
    panel.table.selectRow([row.name for row in panel.table.listed.rows].index(name))
    qtbot.waitUntil(lambda: panel.details.title.text() == name, timeout=LONG)
    assert panel.details.versions.count() == versions


@pytest.fixture
def kept(panel: Panel, qtbot: QtBot, studio: Studio) -> Panel:
    """A panel that shows two versions for the backend."""
    register(qtbot, studio, "lesson", "1.0.0", LESSON)
    register(qtbot, studio, "lesson", "2.0.0", STRICTER)
    choose(qtbot, panel, "lesson")
    return panel


def test_an_empty_dock_says_how_schemas_come_here(panel: Panel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "Register schema" in panel.empty.text(), timeout=LONG)

    assert panel.empty.isVisible()


def test_schemas_are_listed_by_platform_with_their_versions(
    kept: Panel, qtbot: QtBot, studio: Studio
) -> None:
    register(qtbot, studio, "lesson", "1.0.0", LESSON, "roblox")
    kept.look()
    qtbot.waitUntil(lambda: len(kept.table.listed.rows) == 2, timeout=LONG)

    rows = [row.texts[:4] for row in kept.table.listed.rows]

    assert rows == [
        ("lesson", "Backend", "JSON Schema", "2.0.0  (2)"),
        ("lesson", "Roblox", "JSON Schema", "1.0.0"),
    ]
    assert "JSON Schema  ·  Backend" in kept.details.headline.text()
    assert kept.table.selected is not None
    assert kept.table.selected.platform == "backend"


def test_the_version_that_is_chosen_is_shown(kept: Panel, qtbot: QtBot) -> None:
    newest = kept.details.definition.toPlainText()

    kept.details.versions.setCurrentIndex(1)
    kept.details.versions.activated.emit(1)

    assert '"required": [\n    "lesson_id",\n    "title"\n  ]' in newest
    assert '"required": [\n    "lesson_id"\n  ]' in kept.details.definition.toPlainText()


def test_two_versions_show_what_is_different_and_what_that_breaks(
    kept: Panel, qtbot: QtBot
) -> None:
    page = kept.details.differences
    kept.details.tabs.setCurrentWidget(page)

    qtbot.waitUntil(lambda: "/required" in page.found.text(), timeout=LONG)

    assert page.changes.toPlainText() == "+ required[1]: title"
    assert "2.0.0 can't read what 1.0.0 wrote" in page.found.text()


def test_versions_that_read_each_other_are_called_compatible(
    panel: Panel, qtbot: QtBot, studio: Studio
) -> None:
    register(qtbot, studio, "titled", "1.0.0", LESSON)
    register(qtbot, studio, "titled", "1.1.0", {**LESSON, "title": "Lesson"})
    choose(qtbot, panel, "titled")

    panel.details.tabs.setCurrentWidget(panel.details.differences)

    qtbot.waitUntil(lambda: panel.details.differences.found.text() == COMPATIBLE, timeout=LONG)


def test_a_pasted_value_is_held_against_the_version(kept: Panel, qtbot: QtBot) -> None:
    page = kept.details.validation
    kept.details.tabs.setCurrentWidget(page)

    page.value.setPlainText('{"lesson_id": 7, "title": "x"}')
    qtbot.mouseClick(page.validate, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "lesson_id" in page.found.text(), timeout=LONG)
    page.value.setPlainText('{"lesson_id": "7", "title": "x"}')
    qtbot.mouseClick(page.validate, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.found.text() == VALID, timeout=LONG)
    page.value.setPlainText("{nothing")
    qtbot.mouseClick(page.validate, Qt.MouseButton.LeftButton)

    assert "That is no JSON" in page.found.text()


def test_types_are_shown_in_both_languages_and_copied(kept: Panel, qtbot: QtBot) -> None:
    page = kept.details.types
    kept.details.tabs.setCurrentWidget(page)
    qtbot.waitUntil(lambda: "lessonId: string;" in page.code.toPlainText(), timeout=LONG)

    qtbot.mouseClick(page.platforms["roblox"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "LessonId: string" in page.code.toPlainText(), timeout=LONG)
    qtbot.mouseClick(kept.details.copy, Qt.MouseButton.LeftButton)

    assert QGuiApplication.clipboard().text() == page.code.toPlainText()


def test_the_dock_doesn_t_open_by_itself() -> None:
    assert not DOCK.shown
