from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from app.results.pane import CHANGES, ValuePane
from app.results.table_view import TableView
from app.results.text_views import ChangesView, PlainView
from app.results.tree_view import PORTION, TreeView


@pytest.fixture
def pane(qtbot: QtBot) -> ValuePane:
    made = ValuePane()
    qtbot.addWidget(made)
    return made


def table(pane: ValuePane) -> TableView:
    view = pane.view("table")
    assert isinstance(view, TableView)
    return view


def test_a_hundred_thousand_rows_are_shown_sorted_and_copied(pane: ValuePane) -> None:
    rows = [{"n": 100_000 - i, "name": f"row {i}"} for i in range(100_000)]
    pane.show_value(rows)
    model = table(pane).model()

    table(pane).sortByColumn(0, Qt.SortOrder.AscendingOrder)

    assert pane.shown == "table"
    assert model.rowCount() == 100_000
    assert model.index(0, 1).data() == "row 99999"
    assert model.headerData(0, Qt.Orientation.Vertical) == "100000"

    table(pane).selectRow(0)
    pane.copy()

    assert QGuiApplication.clipboard().text() == "n\tname\n1\trow 99999\n"


def test_a_view_that_was_chosen_stays_for_values_of_that_shape(pane: ValuePane) -> None:
    pane.show_value([{"a": 1}])
    pane.choose("tree")
    pane.show_value([{"a": 2}])

    assert pane.shown == "tree"

    pane.show_value("plain words")

    assert pane.shown == "text"


def test_a_tree_makes_only_what_is_opened(pane: ValuePane) -> None:
    pane.show_value({"many": list(range(10_000)), "deep": {"a": {"b": 1}}})
    tree = pane.view("tree")
    assert isinstance(tree, TreeView)
    model = tree.model()
    many = model.index(0, 0)

    assert model.hasChildren(many)
    assert model.rowCount(many) == 0
    model.fetchMore(many)
    assert model.rowCount(many) == PORTION
    assert model.index(7, 1, many).data() == "7"


def test_what_changed_since_the_last_run_can_be_seen(pane: ValuePane) -> None:
    pane.show_value("one\n2", "one\ntwo")
    pane.choose(CHANGES)
    view = pane.view(CHANGES)
    assert isinstance(view, ChangesView)

    assert view.toPlainText().splitlines()[1:] == ["  one", "- two", "+ 2"]

    pane.show_value("one", "one")

    assert pane.shown == "text"


def test_a_text_that_grows_keeps_its_place(pane: ValuePane) -> None:
    pane.show_value("Once")
    pane.show_value("Once upon a time")
    view = pane.view("text")
    assert isinstance(view, PlainView)

    assert view.toPlainText() == "Once upon a time"


def test_markdown_loads_nothing_from_anywhere(pane: ValuePane, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png())
    pane.show_value(
        f"# Hi\n\n![x]({(tmp_path / 'secret.png').as_uri()}) <img src='http://x.example'>"
    )

    view = pane.view("markdown")

    assert pane.shown == "markdown"
    assert "Hi" in view.toPlainText()  # type: ignore[attr-defined]  # a QTextBrowser
    assert view.loadResource(2, "http://x.example/y.png") == ""  # type: ignore[attr-defined]


def test_a_picture_is_read_from_bytes_and_from_the_flow_s_folder_only(
    pane: ValuePane, tmp_path: Path
) -> None:
    inside = tmp_path / "flow"
    inside.mkdir()
    (inside / "a.png").write_bytes(png())
    (tmp_path / "b.png").write_bytes(png())
    pane.pictures.folder = inside

    for value, said in (
        (png(), "4 by 3"), ("a.png", "4 by 3"), ("../b.png", "outside"),
        ("no.png", "can't be read"),
    ):  # fmt: skip
        pane.show_value(value)
        assert pane.shown == "image"
        assert said in pane.pictures.accessibleDescription()


def test_values_are_saved_as_the_name_of_the_file_asks(pane: ValuePane, tmp_path: Path) -> None:
    pane.show_value([{"a": 1}])

    pane.write(tmp_path / "x.csv")
    pane.write(tmp_path / "x.json")

    assert (tmp_path / "x.csv").read_text() == "a\n1\n"
    assert (tmp_path / "x.json").read_text() == '[{"a":1}]'


def png() -> bytes:
    """A small picture."""
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(held.data())
