"""A field on its own, of a block in a flow."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.editor.fields.field import UNSET, Field
from app.editor.fields.making import make_field
from app.editor.fields.surroundings import Surroundings
from app.workbench import Workbench
from graph.flow import Block, Flow
from graph.spec import REQUIRED, Look, Parameter
from graph.values import type_of
from tests.app.flows import opened


class Told(NamedTuple):
    """A field, the values it told of, and its refusals."""

    field: Any
    values: list[Any]
    refusals: list[str]


Make = Callable[..., Told]


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Workbench:
    return opened(request, Flow.of([Block("it", "logic.for_each")], flows={"inner": Flow()}))


@pytest.fixture
def make(qtbot: QtBot, bench: Workbench) -> Iterator[Make]:
    window = QWidget()
    qtbot.addWidget(window)
    around = Surroundings(bench, "it", window)

    def made(
        annotation: Any, editor: Any = "", default: Any = REQUIRED, value: Any = UNSET,
        description: str = "", names: tuple[str, ...] = (),
    ) -> Told:  # fmt: skip
        kind = type_of(annotation)
        look = Look("choice" if kind.choices else editor, names=names)
        field: Field = make_field(
            Parameter("body", kind, default, description, look), around, window, value
        )
        told = Told(field, [], [])
        field.changed.connect(told.values.append)
        field.refused.connect(told.refusals.append)
        return told

    yield made
    window.hide()
