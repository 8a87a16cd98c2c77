"""Offering a flow as an MCP tool: what the dialog says is what other programs can use."""

import json
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.dialogs.offer_as_tool import OfferSheet
from app.document import Document
from app.studio import Studio
from app.theme import RESOURCES
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.flow import Flow


def offered(window: MainWindow) -> OfferSheet | None:
    window.studio.actions["file.offer_as_tool"].trigger()
    return window.findChild(OfferSheet)


def test_the_configuration_names_the_program_and_the_file(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "hello there.flow.json"
    path.write_bytes((RESOURCES / "templates" / "hello.flow.json").read_bytes())
    window.studio.open_files([path])

    sheet = offered(window)

    assert sheet is not None
    buttons = {button.text(): button for button in sheet.findChildren(QPushButton)}
    buttons["Copy configuration"].click()
    (server,) = json.loads(QGuiApplication.clipboard().text())["mcpServers"].values()
    assert server["args"][-2:] == ["mcp", str(path)]
    buttons["Copy command"].click()
    assert QGuiApplication.clipboard().text().endswith(f"mcp '{path}'")
    sheet.reject()


def test_a_flow_without_a_file_has_to_be_saved_first(window: MainWindow, studio: Studio) -> None:
    studio.workspace.add(Workbench(Document(Flow()), studio.catalog))

    assert offered(window) is None
