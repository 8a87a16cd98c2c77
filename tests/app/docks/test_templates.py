"""The dock of templates: looking for them, looking at one, saying what is wanted of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.docks.templates import Templates
from app.library.model import ROW
from app.placing import TEMPLATE_MIME
from app.presenters.templates import Card
from app.studio import Studio
from graph.flow import Block, Flow
from runtime.library.about import About


@pytest.fixture
def dock(qtbot: QtBot, studio: Studio) -> Iterator[Templates]:
    made = Templates(studio)
    qtbot.addWidget(made)
    made.resize(300, 700)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: made.model.rowCount() > 0)
    yield made
    made.hide()


def shown(dock: Templates) -> list[Card]:
    return [row for row in dock.model.rows if isinstance(row, Card)]


def heads(dock: Templates) -> list[str]:
    return [row for row in dock.model.rows if isinstance(row, str)]


def index_of(dock: Templates, name: str) -> QModelIndex:
    return dock.model.index(dock.model.row_of(name), 0)


def said(dock: Templates) -> str:
    return "\n".join(label.text() for label in dock.details.findChildren(QLabel)).replace(
        "\u200b", ""
    )


def kept(studio: Studio, name: str, about: About = About()) -> None:
    studio.shelf.add(Flow.of([Block("a", "flow.constant", {"value": 1})], name=name), about)


def test_every_template_stands_under_its_category(dock: Templates, studio: Studio) -> None:
    assert len(shown(dock)) == len(studio.shelf.templates())
    assert heads(dock)[0] == "First steps"
    assert len(heads(dock)) == len(set(heads(dock)))


@pytest.mark.parametrize(
    ("words", "name"),
    [("webhook", "triage_github_issues"), ("switch", "switch_by_language"),
     ("http.get", "get_a_page"), ("Above twenty", "report_from_csv")],
)  # fmt: skip
def test_a_template_is_found_by_what_it_is_for_and_made_of(
    dock: Templates, qtbot: QtBot, words: str, name: str
) -> None:
    qtbot.keyClicks(dock.search, words)

    assert name in [card.template.name for card in shown(dock)]
    assert len(shown(dock)) < len(dock.cards)


def test_one_that_is_called_so_is_looked_at_before_one_that_mentions_it(
    dock: Templates, qtbot: QtBot
) -> None:
    qtbot.keyClicks(dock.search, "compare")

    card = dock.gallery.card()
    assert card is not None
    assert card.title == "Compare two tables"
    assert shown(dock)[0] != card


def test_nothing_found_says_so_and_clearing_brings_all_back(dock: Templates, qtbot: QtBot) -> None:
    qtbot.keyClicks(dock.search, "qqqqxyz")

    assert any("No template is called that" in w.text() and w.isVisible()
               for w in dock.findChildren(QLabel))  # fmt: skip
    dock.search.clear()
    assert shown(dock) == dock.cards


def test_a_category_shows_only_its_own(dock: Templates) -> None:
    dock.category.setCurrentIndex(dock.category.findData("When things go wrong"))

    assert heads(dock) == ["When things go wrong"]
    assert f"({len(shown(dock))})" in dock.category.currentText()


def test_what_is_looked_at_is_told_of_with_picture_needs_and_sample(dock: Templates) -> None:
    dock.gallery.setCurrentIndex(index_of(dock, "get_a_page"))

    assert dock.details.isVisible()
    words = said(dock)
    for expected in ("Get a page", "Web and APIs", "Reach over the network: example.com",
                     "https://example.com/", "Switch the network off"):  # fmt: skip
        assert expected in words


def test_a_template_that_touches_nothing_says_so(dock: Templates) -> None:
    dock.gallery.setCurrentIndex(index_of(dock, "hello"))

    assert "Nothing outside itself." in said(dock)


def test_a_template_made_of_blocks_that_are_not_installed_says_which(
    dock: Templates, studio: Studio
) -> None:
    studio.shelf.add(Flow.of([Block("a", "acme.rocket")], name="Rocket"), About())
    dock.read("rocket")

    assert "Blocks that aren't installed: acme.rocket" in said(dock)


def test_enter_in_the_search_and_in_the_gallery_begins_with_what_is_looked_at(
    dock: Templates, qtbot: QtBot
) -> None:
    begun = list[str]()
    dock.begun.connect(lambda card: begun.append(card.template.name))

    qtbot.keyClicks(dock.search, "hello")
    qtbot.keyClick(dock.search, Qt.Key.Key_Return)
    qtbot.keyClick(dock.gallery, Qt.Key.Key_Return)

    assert begun == ["hello", "hello"]


def test_arrow_keys_in_the_search_walk_over_the_names_of_categories(
    dock: Templates, qtbot: QtBot
) -> None:
    walked = list[str]()
    for _ in range(7):
        qtbot.keyClick(dock.search, Qt.Key.Key_Down)
        card = dock.gallery.card()
        assert card is not None
        walked.append(card.template.category)

    assert len(set(walked)) > 1


def test_delete_and_f2_are_for_ones_own_only(dock: Templates, studio: Studio, qtbot: QtBot) -> None:
    kept(studio, "Mine")
    dock.read()
    wanted = list[str]()
    dock.removed.connect(lambda card: wanted.append(f"remove {card.template.name}"))
    dock.edited.connect(lambda card: wanted.append(f"edit {card.template.name}"))

    for name in ("hello", "mine"):
        dock.gallery.setCurrentIndex(index_of(dock, name))
        for key in (Qt.Key.Key_F2, Qt.Key.Key_Delete):
            qtbot.keyClick(dock.gallery, key)

    assert wanted == ["edit mine", "remove mine"]


def test_the_menu_offers_what_can_be_done(dock: Templates, studio: Studio) -> None:
    kept(studio, "Mine")
    dock.read()

    offered = {}
    for name in ("hello", "mine"):
        menu = dock.menu(index_of(dock, name).data(ROW))
        offered[name] = [action.text() for action in menu.actions() if action.isEnabled()]
        menu.deleteLater()

    assert offered["hello"] == ["Open a copy", "Insert", "Export…"]
    assert offered["mine"] == ["Open a copy", "Insert", "Edit details…", "Export…", "Delete"]


def test_a_dragged_card_is_the_file_of_its_template(dock: Templates) -> None:
    data = dock.model.mimeData([index_of(dock, "hello")])

    path = bytes(data.data(TEMPLATE_MIME).data()).decode()
    assert path.endswith("hello.flow.json")


def test_packs_are_dropped_here_and_nothing_else(dock: Templates) -> None:
    dropped = list[list[Path]]()
    dock.dropped.connect(dropped.append)
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton

    taken = []
    for name in ("acme.templates.zip", "acme.txt"):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(f"/somewhere/{name}")])
        event = QDragEnterEvent(QPoint(9, 9), copy, data, left, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(dock, event)
        taken.append(event.isAccepted())
        if event.isAccepted():
            drop = QDropEvent(QPointF(9, 9), copy, data, left, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(dock, drop)

    assert taken == [True, False]
    assert dropped == [[Path("/somewhere/acme.templates.zip")]]


def test_a_narrow_dock_tells_beneath_and_a_wide_one_beside(dock: Templates, qtbot: QtBot) -> None:
    dock.gallery.setCurrentIndex(index_of(dock, "hello"))
    places = []
    for width in (260, 900):
        dock.resize(width, 640)
        qtbot.waitUntil(lambda width=width: dock.width() == width)
        qtbot.waitUntil(lambda: dock.gallery.width() > 150 and dock.details.height() > 100)
        places.append((dock.details.x() > dock.gallery.x(), dock.details.y() > dock.gallery.y()))

    assert places == [(False, True), (True, False)]


def test_cards_stand_in_columns_that_fit(dock: Templates, qtbot: QtBot) -> None:
    columns = []
    for width in (240, 1000):
        dock.resize(width, 640)
        qtbot.waitUntil(lambda width=width: dock.width() == width)
        qtbot.waitUntil(lambda width=width: dock.gallery.width() > width / 2)
        dock.gallery.doItemsLayout()
        found = [dock.model.row_of(card.template.name) for card in shown(dock)]
        rects = [dock.gallery.visualRect(dock.model.index(row, 0)) for row in found]
        columns.append(len({rect.x() for rect in rects}))
        assert all(rect.right() <= dock.gallery.viewport().width() for rect in rects)

    assert columns[0] == 1
    assert columns[1] >= 2


def test_a_template_that_went_away_meanwhile_is_not_told_of(
    dock: Templates, studio: Studio
) -> None:
    kept(studio, "Mine")
    dock.read()
    (template,) = (t for t in studio.shelf.templates() if t.own)
    studio.shelf.take_out(template)

    dock.gallery.setCurrentIndex(index_of(dock, "mine"))

    assert dock.details.isHidden()


def test_nothing_a_template_says_is_taken_for_markup(dock: Templates, studio: Studio) -> None:
    evil = "<img src='file:///etc/passwd'>"
    flow = Flow.of([Block("a", "flow.constant")], name=evil, description=evil)
    name = studio.shelf.add(flow, About(use=evil, inputs={"a": evil})).name
    dock.read(name)

    tip = index_of(dock, name).data(int(Qt.ItemDataRole.ToolTipRole))

    assert "<img" not in tip
    labels = [label for label in dock.details.findChildren(QLabel) if "<img" in label.text()]
    assert labels
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)


def test_a_screen_reader_hears_what_each_card_is(dock: Templates) -> None:
    for card in shown(dock):
        index = index_of(dock, card.template.name)
        text = index.data(int(Qt.ItemDataRole.AccessibleTextRole))
        assert text == f"Template {card.title}. {card.description}"
        assert index.data(ROW) == card
