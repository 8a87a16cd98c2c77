"""The field of a model: what servers have is asked when the list opens, and never holds it up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.document import Document
from app.editor.fields.making import make_field
from app.editor.fields.model import ModelField
from app.editor.fields.surroundings import Surroundings
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import Block, Flow
from runtime.connections.connections import Connections
from runtime.connections.contents import Draft
from runtime.plugins import own_connectable
from tests.servers.models import Models

pytestmark = pytest.mark.slow


@pytest.fixture
def field(bare_studio: Studio, home: Path, models: Models, qtbot: QtBot) -> Iterator[ModelField]:
    """Of a Chat block, in a studio in which `local` is connected."""
    here = Connections(home, own_connectable(), prefer="vault", variables={})
    shown = here.put(Draft(name="local", kind="openai_compatible", fields={"base_url": models.url}))
    here.agree("local", shown.agrees_to)
    bench = Workbench(Document(Flow.of([Block("chat", "ai.chat")])), bare_studio.catalog)
    bare_studio.workspace.add(bench)
    bare_studio.bridge.start()
    qtbot.waitUntil(lambda: bare_studio.connections.seen is not None, timeout=20_000)
    window = QWidget()
    qtbot.addWidget(window)
    parameter = bench.catalog.spec("ai.chat").parameter("model")
    assert parameter is not None
    made = make_field(parameter, Surroundings(bench, "chat", window), window)
    assert isinstance(made, ModelField)
    made.resize(300, 30)
    window.show()
    yield made
    made.box.hidePopup()
    bare_studio.bridge.close()


def offered(field: ModelField) -> list[str]:
    return [field.box.itemText(row) for row in range(field.box.count())]


def test_the_list_names_what_the_server_has_once_it_has_said(
    field: ModelField, models: Models, qtbot: QtBot
) -> None:
    assert models.asked == [], "nobody has looked at the list"
    field.line.setText("loc")

    field.box.showPopup()
    assert offered(field)[0] == "Asking “local” which models it has…"
    qtbot.waitUntil(lambda: "local/scripted-small" in offered(field), timeout=20_000)

    assert offered(field)[:2] == ["local/scripted-large", "local/scripted-small"]
    assert field.line.text() == "loc", "what is being typed stays"
    assert [one.path for one in models.asked] == ["/v1/models"]


def test_a_server_that_is_gone_is_told_of_and_cannot_be_chosen(
    field: ModelField, models: Models, qtbot: QtBot
) -> None:
    models.key = "another"

    field.box.showPopup()
    qtbot.waitUntil(lambda: "names no models" in offered(field)[0], timeout=20_000)

    assert "Check the key" in offered(field)[0]
    assert not field.box.model().flags(field.box.model().index(0, 0)) & Qt.ItemFlag.ItemIsEnabled
    models.key = ""
    field.box.hidePopup()
    field.box.showPopup()
    qtbot.waitUntil(lambda: offered(field)[0] == "local/scripted-large", timeout=20_000)


def test_a_model_is_chosen_from_the_list(field: ModelField, qtbot: QtBot) -> None:
    told: list[object] = []
    field.changed.connect(told.append)
    field.box.showPopup()
    qtbot.waitUntil(lambda: offered(field)[0] == "local/scripted-large", timeout=20_000)

    field.box.setCurrentIndex(0)
    field.box.activated.emit(0)

    assert told[-1] == "local/scripted-large"
