"""The field of a defined agent: which there are is asked when the list opens."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.document import Document
from app.editor.fields.agent import NONE_DEFINED, AgentField
from app.editor.fields.making import make_field
from app.editor.fields.surroundings import Surroundings
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import Block, Flow

pytestmark = pytest.mark.slow


@pytest.fixture
def field(bare_studio: Studio, qtbot: QtBot) -> Iterator[AgentField]:
    """Of a block that uses an agent, in a studio with a runtime."""
    bench = Workbench(Document(Flow.of([Block("use", "agent.use")])), bare_studio.catalog)
    bare_studio.workspace.add(bench)
    bare_studio.bridge.start()
    qtbot.waitUntil(lambda: bare_studio.connections.seen is not None, timeout=20_000)
    window = QWidget()
    qtbot.addWidget(window)
    parameter = bench.catalog.spec("agent.use").parameter("agent")
    assert parameter is not None
    made = make_field(parameter, Surroundings(bench, "use", window), window)
    assert isinstance(made, AgentField)
    window.show()
    yield made
    made.box.hidePopup()
    bare_studio.bridge.close()


def define(studio: Studio, qtbot: QtBot, name: str) -> None:
    """Define an agent with the studio's runtime."""
    told, failed = list[Any](), list[Any]()
    definition = {"name": name, "model": "scripted/echo"}
    studio.bridge.agents(
        lambda agents: agents.perform("defined_agents", "define", definition=definition),
        told.append,
        failed.append,
    )
    qtbot.waitUntil(lambda: bool(told or failed), timeout=20_000)
    assert not failed, failed


def test_without_any_it_says_who_defines_them(field: AgentField, qtbot: QtBot) -> None:
    field.box.showPopup()

    qtbot.waitUntil(lambda: field.line.placeholderText() == NONE_DEFINED, timeout=20_000)


def test_those_that_are_defined_are_offered_and_what_is_typed_stays(
    field: AgentField, bare_studio: Studio, qtbot: QtBot
) -> None:
    define(bare_studio, qtbot, "weaver")
    field.line.setText("we")

    field.box.showPopup()
    qtbot.waitUntil(lambda: field.box.count() == 1, timeout=20_000)

    assert field.box.itemText(0) == "weaver"
    assert field.line.text() == "we"


def test_choosing_one_sets_the_field(field: AgentField, bare_studio: Studio, qtbot: QtBot) -> None:
    define(bare_studio, qtbot, "weaver")
    told = list[Any]()
    field.changed.connect(told.append)
    field.box.showPopup()
    qtbot.waitUntil(lambda: field.box.count() == 1, timeout=20_000)

    field.box.setCurrentIndex(0)
    field.box.activated.emit(0)

    assert told[-1] == "weaver"
