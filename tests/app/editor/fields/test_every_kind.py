"""The form of every kind of block that comes with Heddle."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.editor.fields.field import UNSET
from app.editor.fields.making import editor_for, make_field
from app.editor.fields.surroundings import Surroundings
from app.editor.inspector.block_page import BlockPage
from app.window.main_window import MainWindow
from graph.flow import Block, Flow
from tests.app.flows import CATALOG, opened

KINDS = pytest.mark.parametrize("kind", CATALOG.kinds)


@KINDS
def test_a_form_shows_every_default_without_changing_the_flow(
    kind: str, shared_window: MainWindow, request: pytest.FixtureRequest
) -> None:
    flow = Flow.of([Block("it", kind)])
    bench = opened(request, flow)
    bench.check_now()

    page = BlockPage(bench, "it", shared_window.studio, shared_window)
    page.open_all()
    page.refresh()

    assert set(page.rows) == {p.name for p in CATALOG.spec(kind).parameters}
    assert bench.document.flow is flow
    page.deleteLater()


@KINDS
def test_every_default_can_be_set_and_is_shown_as_it_is(
    kind: str, request: pytest.FixtureRequest, qtbot: QtBot
) -> None:
    around = Surroundings(opened(request, Flow.of([Block("it", kind)])), "it")
    parent = QWidget()
    qtbot.addWidget(parent)

    for parameter in CATALOG.spec(kind).parameters:
        field = make_field(parameter, around, parent)
        told: list[object] = []
        field.changed.connect(told.append)
        default = field.default
        if default is UNSET or default is None:
            continue
        assert editor_for(parameter, default).shows(default)
        field.show_value(default)
        field.show_value(UNSET)
        assert field.value is UNSET
        assert told == []
        assert field.shown == default
