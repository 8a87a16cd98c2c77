"""A JSON Schema, written, or read off the value that came last."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtWidgets import QPushButton, QWidget

from app.editor.fields.json_field import JsonField
from app.editor.fields.surroundings import Surroundings
from app.icons import icon
from app.theme import current
from graph.errors import BadInput
from graph.spec import Parameter
from runtime.large import Large


class SchemaField(JsonField):
    """JSON that must be a schema."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.infer = QPushButton(
            icon("mdi6.auto-fix", current().muted), "From the last value", self
        )
        self.infer.setProperty("plain", True)
        self.infer.setToolTip("Describe the value that came in last")
        self.infer.clicked.connect(self._infer)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self.infer)
        self.refresh()

    def refresh(self) -> None:
        self.infer.setVisible("value" in self.around.given())

    def wrong(self, value: Any) -> str:
        if reason := super().wrong(value):
            return reason
        from graph.schemas import faults  # noqa: PLC0415 - the validator is heavy

        try:
            faults(None, value, most=1)
        except BadInput as error:
            return f"is no schema: {error.message.rstrip('.')}"
        return ""

    def _infer(self) -> None:
        value = self.around.given().get("value")
        self.become(schema_like(value.head if isinstance(value, Large) else value))
        self.show_value(self.value)
        self.left.emit()


_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


def schema_like(value: Any) -> dict[str, Any]:
    """A schema that the value follows; what is in it is required."""
    if isinstance(value, dict):
        inner = {str(name): schema_like(one) for name, one in value.items()}
        return {"type": "object", "properties": inner, "required": list(inner)}
    if isinstance(value, list | tuple):
        return {"type": "array", **_items(value)}
    return {"type": _TYPES[type(value)]} if type(value) in _TYPES else {}


def _items(values: Iterable[Any]) -> dict[str, Any]:
    """What all items follow, when they are alike."""
    found = [schema_like(value) for value in values]
    return {"items": found[0]} if found and all(one == found[0] for one in found) else {}
