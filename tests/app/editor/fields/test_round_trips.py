"""No editor changes a value by showing it: what is read again is what was shown."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.document import Document
from app.editor.fields.field import UNSET, Field
from app.editor.fields.json_field import read_json
from app.editor.fields.making import make_field
from app.editor.fields.surroundings import Surroundings
from app.workbench import Workbench
from graph.flow import Block, Flow
from graph.spec import REQUIRED, Editor, Look, Parameter
from graph.values import type_of
from tests.app.flows import CATALOG

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
tricky = texts | st.sampled_from(["12", "true", '"a"', " a ", "a\nb", "a\rb", "\u00a0", "{x}", ""])
plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | tricky
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)
names = st.text("abcdefgh_", min_size=1, max_size=4)
CASES: list[tuple[str, Any, Editor, st.SearchStrategy[Any]]] = [
    ("text", str, "", tricky),
    ("lines", str, "lines", tricky),
    ("code", str, "code", tricky),
    ("texts", list[str], "", st.lists(tricky, max_size=4)),
    ("json", Any, "json", values),
    ("table", list[dict[str, Any]], "table", st.lists(st.dictionaries(names, values, max_size=3))),
    ("mapping", dict[str, Any], "mapping", st.dictionaries(names, values, max_size=3)),
    ("mapping of texts", dict[str, str], "mapping", st.dictionaries(names, tricky, max_size=3)),
]


def read_again(field: Field) -> Any:
    """What the editor would tell of if a person changed it back and forth."""
    match type(field).__name__:
        case "TextField":
            return field.line.text()
        case "LinesField" | "CodeField":
            return field.editor.text
        case "TextsField":
            told = field.read(field.editor.text)
            return [] if told is UNSET else told
        case "JsonField":
            return read_json(field.editor.text)
        case "TableField":
            model = field.records
            for row, record in enumerate(model.rows):
                for name in list(record):
                    model._put(row, name, model.data(model.index(row, model.columns.index(name))))
            return model.rows
        case "MappingField":
            return field._said()[0]
    raise AssertionError(type(field))


@pytest.mark.parametrize(
    ("name", "annotation", "editor", "strategy"), CASES, ids=lambda v: str(v)[:12]
)
def test_what_is_shown_is_read_again(
    qtbot: QtBot, name: str, annotation: Any, editor: Editor, strategy: st.SearchStrategy[Any]
) -> None:
    bench = Workbench(Document(Flow.of([Block("it", "flow.constant")])), CATALOG)
    parameter = Parameter("value", type_of(annotation), REQUIRED, "", Look(editor))
    window = QWidget()
    qtbot.addWidget(window)
    around = Surroundings(bench, "it", window)

    @settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
    @given(strategy)
    def check(value: Any) -> None:
        field = make_field(parameter, around, window, value)
        told: list[Any] = []
        field.changed.connect(told.append)
        assert read_again(field) == (value.replace("\r\n", "\n") if editor == "code" else value)
        assert told == []
        field.deleteLater()

    check()
    bench.close()
    bench.deleteLater()
