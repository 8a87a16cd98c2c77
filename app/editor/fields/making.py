"""Chooses the editor of a field by what its kind of block says, and by the value there is."""

from typing import Any

from PySide6.QtWidgets import QWidget

from app.editor.fields.agent import AgentField
from app.editor.fields.choice import ChoiceField, SegmentedField
from app.editor.fields.code import CodeField, SqlField
from app.editor.fields.colour import ColourField
from app.editor.fields.connection import ConnectionField
from app.editor.fields.drawn import DrawnField
from app.editor.fields.expression import ExpressionField
from app.editor.fields.field import UNSET, Field
from app.editor.fields.flow import FlowField
from app.editor.fields.flows import FlowsField
from app.editor.fields.json_field import JsonField
from app.editor.fields.lines import LinesField, TextsField
from app.editor.fields.mapping import MappingField
from app.editor.fields.model import ModelField
from app.editor.fields.number import NumberField
from app.editor.fields.path import FolderField, PathField, UrlField
from app.editor.fields.places import PlacesField
from app.editor.fields.schedule import ScheduleField
from app.editor.fields.schema import SchemaField
from app.editor.fields.surroundings import Surroundings
from app.editor.fields.switch import SwitchField
from app.editor.fields.table import TableField
from app.editor.fields.text import TextField
from graph.spec import Editor, Parameter
from graph.values import ValueType

EDITORS: dict[Editor, type[Field]] = {
    "lines": LinesField,
    "code": CodeField,
    "expression": ExpressionField,
    "sql": SqlField,
    "json": JsonField,
    "schema": SchemaField,
    "fields": DrawnField,
    "model": ModelField,
    "agent": AgentField,
    "table": TableField,
    "mapping": MappingField,
    "file": PathField,
    "folder": FolderField,
    "url": UrlField,
    "connection": ConnectionField,
    "flow": FlowField,
    "flows": FlowsField,
    "colour": ColourField,
    "schedule": ScheduleField,
}
"""The editors that a block asks for by name."""

BY_TYPE: dict[str, type[Field]] = {
    "text": TextField,
    "number": NumberField,
    "integer": NumberField,
    "boolean": SwitchField,
    "date": TextField,
    "datetime": TextField,
    "record": MappingField,
}
"""The editors of types, where a block asks for none."""

OF_ITEMS: dict[str, type[Field]] = {"text": TextsField, "record": TableField}
"""The editors of lists, by what is in them."""


def editor_for(parameter: Parameter, value: Any = UNSET) -> type[Field]:
    """The editor of a field; JSON for a value that the proper one couldn't show."""
    chosen = _proper(parameter)
    if value is not UNSET and not chosen.shows(value):
        lines = issubclass(chosen, TextField) and LinesField.shows(value)
        return LinesField if lines else JsonField
    return chosen


def make_field(
    parameter: Parameter, around: Surroundings, parent: QWidget, value: Any = UNSET
) -> Field:
    """The editor of a field, showing its value."""
    made = editor_for(parameter, value)(parameter, around, parent)
    made.show_value(value)
    return made


def _proper(parameter: Parameter) -> type[Field]:
    if parameter.type.choices:
        return SegmentedField if SegmentedField.fits(parameter) else ChoiceField
    if parameter.look.editor == "lines" and "{places}" in parameter.description:
        return PlacesField
    return EDITORS.get(parameter.look.editor) or _of_type(parameter.type)


def _of_type(kind: ValueType) -> type[Field]:
    if kind.kind == "union":
        kinds = [member.kind for member in kind.members if member.kind != "null"]
        one = "text" if "text" in kinds else kinds[0] if len(kinds) == 1 else ""
        return BY_TYPE.get(one, JsonField)
    if kind.kind == "list" and kind.item:
        return OF_ITEMS.get(kind.item.kind, JsonField)
    return BY_TYPE.get(kind.kind, JsonField)
