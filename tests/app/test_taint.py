"""A secret that a run uses is shown by no dock, sheet or notice of the studio."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.document import Document
from app.start import build
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.flow import Block, Flow, Settings
from runtime.breakpoints import Breakpoint
from runtime.settings import Settings as Heddle
from tests.app.flows import CATALOG
from tests.servers.mirror import forms, mirror

LONG = 20_000
SECRET = "planted/7c1e+9f&key"
ROLES = (
    Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.EditRole,
    Qt.ItemDataRole.AccessibleTextRole,
)  # fmt: skip


def flow(address: str) -> Flow:
    secret = {"$secret": "planted"}
    return Flow.of(
        [
            Block("fine", "http.request", {"url": f"{address}/echo", "headers": {"X-Key": secret},
                                           "body": {"key": secret}}),
            Block("told", "text.template", {"text": "It said {fine}"}),
            Block("wrong", "http.request", {"url": f"{address}/no", "headers": {"X-Key": secret}},
                  "", Settings(on_error="port")),
        ],
        [("fine.body", "told.fine")],
    )  # fmt: skip


@pytest.fixture
def window(
    qapp: object, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    monkeypatch.setenv("HEDDLE_SECRET_PLANTED", SECRET)
    window = build(Heddle(home=str(tmp_path_factory.mktemp("home")), database_url="memory:"))
    yield window
    window.studio.bridge.close()
    window.close()
    window.deleteLater()


def texts(widget: QWidget) -> Iterator[str]:
    """All that a widget and those in it say, to eyes and to screen readers."""
    for one in (widget, *widget.findChildren(QWidget)):
        yield from (one.toolTip(), one.accessibleName(), one.accessibleDescription())
        match one:
            case QLabel() | QAbstractButton() | QLineEdit():
                yield one.text()
            case QPlainTextEdit() | QTextEdit():
                yield one.toPlainText()
            case QComboBox():
                yield from (one.itemText(i) for i in range(one.count()))
            case QAbstractItemView() if one.model() is not None:
                yield from _cells(one.model(), QModelIndex())


def _cells(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[str]:
    for row in range(model.rowCount(parent)):
        for column in range(_columns(model, parent)):
            index = model.index(row, column, parent)
            yield from (str(model.data(index, role)) for role in ROLES)
        yield from _cells(model, model.index(row, 0, parent))


def _columns(model: QAbstractItemModel, parent: QModelIndex) -> int:
    # Qt hides it in models of a single column.
    return 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)


def test_a_planted_secret_is_shown_nowhere(window: MainWindow, qtbot: QtBot) -> None:
    with mirror() as address, qtbot.waitExposed(window):
        window.show()
        window.complete()
        bench = Workbench(Document(flow(address)), CATALOG)
        window.studio.workspace.add(bench)
        points = window.studio.runs.breakpoints
        points.put(bench, Breakpoint("p", "told", condition="'key' in str(fine)"))
        points.put(bench, Breakpoint("q", "fine", at="after", log="It gave {outputs}"))
        said: list[str] = []

        for dock in window.findChildren(QDockWidget):
            dock.show()
        window.studio.actions["run.start"].trigger()
        qtbot.waitUntil(lambda: bool(bench.live and bench.live.view.held), timeout=LONG)
        for id in ("fine", "told", "wrong"):
            bench.select([id])
            for dock in window.findChildren(QDockWidget):
                dock.raise_()
                qtbot.wait(20)
            said += texts(window)
        window.studio.actions.refresh()
        window.studio.actions["run.start"].trigger()  # goes on
        qtbot.waitUntil(lambda: bool(bench.live and bench.live.is_over), timeout=LONG)
        for id in ("fine", "told", "wrong"):
            bench.select([id])
            qtbot.wait(100)
            said += texts(window)

    whole = "\n".join(said)
    assert "•••" in whole, "the values are shown, the secret in them isn't"
    assert not [form for form in forms(SECRET) if form in whole]
