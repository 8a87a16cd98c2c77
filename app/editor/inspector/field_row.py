"""One field of the form: its label, what can be done with it, its editor, its help and problems."""

import ast
from typing import Any, Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.editor.fields.expression import ExpressionField
from app.editor.fields.field import UNSET, Field
from app.editor.fields.making import editor_for
from app.editor.fields.secret import SecretField
from app.editor.fields.surroundings import Surroundings
from app.editor.inspector.field_tools import FieldTools
from app.editor.inspector.linked import Linked
from app.editor.inspector.notes import Notes, explained, offers_of
from app.presenters.form import Mode, Row

Ask = Literal["port", "unport", "jump", "unlink", "clear"]
"""What a row asks for beside another value."""

SECRETIVE = ("", "url", "connection", "secret")
"""The editors whose texts may be secrets."""


class FieldRow(QWidget):
    """Shows a Row; tells what a person wants of it."""

    edited = Signal(object)
    """The new value of the field, UNSET for its default."""
    asked = Signal(str)
    """One of Ask."""
    left = Signal()

    def __init__(self, row: Row, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self.row = row
        self.around = around
        self._offers = offers_of(around.workbench)
        self._refused = ""
        self._wanted: Mode | None = None
        """A mode that was asked for and has no value yet."""
        self.field: Field | None = None
        self._linked: Linked | None = None
        self._head = QHBoxLayout()
        self._column = QVBoxLayout(self)
        self._build()
        self.show_row(row)

    @property
    def mode(self) -> Mode:
        """What is edited: what the field holds, or what was asked for."""
        return self._wanted or self.row.mode

    @property
    def refused(self) -> str:
        """Why what is written is no value."""
        return self._refused

    def show_row(self, row: Row) -> None:
        """Show how the field stands now."""
        if row.mode != self.row.mode or row.mode == "linked":
            self._wanted = None
        untouched = row.value is self.row.value or row.value == self.row.value
        self.row = row
        self._fit_editor()
        if self.field and not (self._refused and untouched):
            self._refused = ""
            self.field.show_value(self._inner_value())
        if self._linked and row.source:
            self._linked.show_source(row.source)
        self._show_tools()
        self._show_problems()

    def refresh(self) -> None:
        """Names or a run around the block have changed."""
        if self.field:
            self.field.refresh()
        if self._linked and self.row.source:
            self._linked.show_source(self.row.source)

    def focus(self, line: int = 0, column: int = 0) -> None:
        """Put the keyboard into the editor."""
        target = self.field or self._linked
        if target:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        if line and self.field:
            self.field.go_to(line, column)

    def pending(self) -> str:
        """What is written and was refused."""
        return self.field.pending() if self.field and self._refused else ""

    def show_pending(self, text: str) -> None:
        """Show again what was written and refused."""
        if self.field and self.mode == "value":
            self.field.show_pending(text)

    def set_active(self, active: bool) -> None:
        """Show what can be done with the field, while it has the pointer or the keyboard."""
        row, mode, show = self.row, self.mode, self._tools.show_tool
        open_ = row.mode != "linked"
        show("expression", active or mode == "expression", mode == "expression")
        show(
            "secret",
            open_ and self._may_be_secret() and (active or mode == "secret"),
            mode == "secret",
        )
        show("port", open_ and self._has_port() and (active or row.exposed), row.exposed)
        show("reset", open_ and row.is_set)

    # Building.

    def _build(self) -> None:
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._head.setSpacing(2)
        self._label = QLabel(self)
        self._head.addWidget(self._label)
        self._head.addStretch(1)
        self._tools = FieldTools(self.row.label, self)
        self._tools.wanted.connect(self._use)
        self._head.addWidget(self._tools)
        self._head.setContentsMargins(0, 0, 0, 0)
        holder = QWidget(self)
        holder.setLayout(self._head)
        holder.setMinimumHeight(26)
        self._column.addWidget(holder)
        self._help = explained(self.row.parameter.description, self)
        self._help.setVisible(bool(self.row.parameter.description))
        self._column.addWidget(self._help)
        self._notes = Notes(self)
        self._column.addWidget(self._notes)

    def _fit_editor(self) -> None:
        """Have the editor that the mode and the value need."""
        wanted = self._editor_class()
        if type(self.field or self._linked) is wanted:
            return
        old = self.field or self._linked
        focused = self.has_keyboard()
        if old is not None:
            self._head.removeWidget(old)
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.field, self._linked = None, None
        self._refused = ""
        if wanted is Linked:
            self._linked = Linked(self.row, self.around, self)
            self._linked.asked.connect(self.asked)
            self._column.insertWidget(1, self._linked)
        else:
            self._place(wanted(self.row.parameter, self.around, self))
        if focused:
            self.focus()

    def _place(self, field: Field) -> None:
        self.field = field
        field.changed.connect(self._changed)
        field.refused.connect(self._refuse)
        field.left.connect(self.left)
        self._label.setBuddy(field)
        if field.inline:
            self._head.addWidget(field)
        else:
            self._column.insertWidget(1, field)

    def _editor_class(self) -> type[Any]:
        match self.mode:
            case "linked":
                return Linked
            case "expression":
                return ExpressionField
            case "secret":
                return SecretField
        return editor_for(self.row.parameter, self.row.value)

    def _inner_value(self) -> Any:
        """What the editor of the mode shows."""
        if self._wanted:
            return UNSET
        return self.row.text if self.mode in ("expression", "secret") else self.row.value

    # What a person does.

    def _changed(self, value: Any) -> None:
        match self.mode:
            case "expression":
                value = {"$expr": value} if value is not UNSET and value else UNSET
            case "secret":
                value = {"$secret": value} if value is not UNSET and value else UNSET
        if self.mode != "value":
            self._wanted = self.mode if value is UNSET else None
        self.edited.emit(value)

    def _refuse(self, why: str) -> None:
        self._refused = why
        self._show_problems()

    def _use(self, tool: str) -> None:
        if tool == "expression":
            self.want("expression")
        elif tool == "secret":
            self.want("secret")
        elif tool == "port":
            self.asked.emit("unport" if self.row.exposed else "port")
        else:
            self._set_back()

    def _set_back(self) -> None:
        self._wanted = None
        self._refused = ""
        self.edited.emit(UNSET)
        self.left.emit()

    def want(self, mode: Literal["expression", "secret"]) -> None:
        """Turn the mode on or off, keeping of the value what can be kept."""
        if self.mode == mode:
            text, self._wanted = self.row.text, None
            kept = _literal(text) if mode == "expression" else UNSET
            if self.row.is_set:
                self.edited.emit(kept)
            self.show_row(self.row)
        elif mode == "expression" and self.row.mode == "linked":
            self.edited.emit({"$expr": self.row.name})
        elif mode == "expression" and self.row.mode == "value" and self.row.is_set:
            self.edited.emit({"$expr": repr(self.row.value)})
        else:
            self._wanted = mode
            self.show_row(self.row)
        self.left.emit()
        self.focus()

    # Showing.

    def _show_tools(self) -> None:
        parameter = self.row.parameter
        mark = " *" if parameter.required and self.row.mode != "linked" else ""
        self._label.setText(f"{self.row.label}{mark}")
        self._label.setToolTip("Needs a value" if mark else "")
        self.set_active(self.underMouse() or self.has_keyboard())

    def _show_problems(self) -> None:
        problems = self.row.problems
        self._notes.show_problems(problems, self._refused, self._offers, self.row.name)
        if self.field:
            self.field.mark_problems(problems)
            wrong = any(p.severity == "error" and p.code != "missing" for p in problems)
            self.field.describe(" ".join(self._notes.texts), wrong=wrong or bool(self._refused))

    def enterEvent(self, event: QEnterEvent) -> None:
        self.set_active(True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.set_active(self.has_keyboard())
        super().leaveEvent(event)

    def has_keyboard(self) -> bool:
        """Whether what is typed goes into the row."""
        now = QApplication.focusWidget()
        return now is not None and self.isAncestorOf(now)

    def _may_be_secret(self) -> bool:
        parameter = self.row.parameter
        texts = parameter.type.kind in ("text", "any") or parameter.look.editor == "connection"
        return parameter.look.editor in SECRETIVE and texts and not parameter.type.choices

    def _has_port(self) -> bool:
        return self.row.parameter.look.editor not in ("flow", "flows")


def _literal(expression: str) -> Any:
    """The value an expression says outright, UNSET when it is worked out."""
    try:
        value = ast.literal_eval(expression)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return UNSET
    return value if isinstance(value, str | int | float | bool | list | dict) else UNSET
