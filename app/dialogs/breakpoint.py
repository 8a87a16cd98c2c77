"""The form of a breakpoint: when it stops, on what condition, how often, or what it says."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.sheet import Sheet
from app.editor.fields.expression import ExpressionField
from app.editor.fields.field import UNSET
from app.editor.fields.json_field import JsonField
from app.editor.previewer import Previewer
from app.editor.stop_surroundings import StopSurroundings
from app.presenters.stop_form import (
    COUNTINGS,
    When,
    fitting,
    flaws,
    joined_hits,
    schema_of_port,
    split_hits,
    whens,
)
from app.presenters.stop_words import where
from app.studio import Studio
from app.workbench import Workbench
from graph.compile.ports import OUTPUT, Ports
from graph.errors import BadInput
from graph.spec import Look, Parameter
from graph.values import ANY, RECORD
from runtime.breakpoints import Breakpoint

CONDITION = Parameter("condition", ANY, "", look=Look("expression"))
SCHEMA = Parameter("schema", RECORD, {})
MOST_HITS = 1_000_000


class BreakpointSheet(Sheet):
    """Edits one breakpoint; it is set when the form is closed by its button."""

    def __init__(
        self, studio: Studio, bench: Workbench, point: Breakpoint, *, is_new: bool
    ) -> None:
        super().__init__(
            studio.window,
            "New breakpoint" if is_new else "Breakpoint",
            where(replace(point, port=point.port if point.to else ""), bench.document.flow,
                  bench.catalog),
            width=600,
        )  # fmt: skip
        self._points = studio.runs.breakpoints
        self._bench = bench
        self.point = point
        id = point.block.rpartition("/")[2]
        previewer: Previewer | None = studio.window.findChild(Previewer)
        self._around = StopSurroundings(bench, id, point, self, previewer)
        self._ports = bench.ports(self._around.block) if self._around.block else Ports({}, {})
        studio.theme.changed.connect(self._around.theme_changed)
        self._notes: dict[str, QLabel] = {}
        self._build()
        self.button("Remove", self._remove, left=True).setVisible(not is_new)
        self.button("Cancel")
        self._done = self.button("Set" if is_new else "Done", self._apply, main=True)
        self._show()

    # Building.

    def _build(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(12)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.when = self._make_when()
        if not self.point.to:
            form.addRow("Stop", self.when)
        self.when.setVisible(not self.point.to)
        self.condition = ExpressionField(CONDITION, self._around, self)
        self.condition.editor.setAccessibleName("Condition")
        self.condition.show_value(self.point.condition or UNSET)
        self.condition.editor.setPlaceholderText("Always; or a condition, such as value > 3")
        self.condition.changed.connect(self._edited)
        form.addRow("Only if", self._noted("condition", self.condition))
        form.addRow("The value", self._make_value())
        form.addRow("How often", self._make_hits())
        self.log = QLineEdit(self.point.log, self)
        self.log.setAccessibleName("Message")
        self.log.setPlaceholderText("Stop; or say something instead, with {expressions}")
        self.log.textEdited.connect(self._edited)
        form.addRow("Say", self._noted("log", self.log))
        form.addRow("", self._make_switches())
        self._form = form
        self.body.addLayout(form)

    def _make_when(self) -> QComboBox:
        block = self._around.block
        self._whens: Sequence[When] = whens(self._ports, block is None or block.kind != OUTPUT)
        box = QComboBox(self)
        box.setAccessibleName("When it stops")
        box.setAccessibleDescription("When it stops")
        box.addItems([when.title for when in self._whens])
        here = (self.point.at, self.point.port)
        known = [(when.at, when.port) for when in self._whens]
        box.setCurrentIndex(known.index(here) if here in known else 0)
        box.currentIndexChanged.connect(self._edited)
        return box

    def _make_value(self) -> QWidget:
        self._value = QWidget(self)
        column = QVBoxLayout(self._value)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.changed = QCheckBox("Is another than the last time", self)
        self.changed.setChecked(self.point.changed)
        self.breaks = QCheckBox("Doesn't fit this JSON schema:", self)
        self.breaks.setChecked(self.point.schema is not None)
        self.schema = JsonField(SCHEMA, self._around, self)
        self.schema.editor.setAccessibleName("JSON schema")
        self.schema.show_value(UNSET if self.point.schema is None else self.point.schema)
        self.schema.changed.connect(self._edited)
        self.schema.refused.connect(lambda why: self._note("schema", why))
        for box in (self.changed, self.breaks):
            column.addWidget(box)
            box.toggled.connect(self._edited)
        column.addWidget(self._noted("schema", self.schema))
        return self._value

    def _make_hits(self) -> QWidget:
        counting, number = split_hits(self.point.hits)
        holder = QWidget(self)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        self.counting = QComboBox(self)
        self.counting.setAccessibleName("How often")
        self.counting.setAccessibleDescription("How often it stops")
        self.counting.addItems(list(COUNTINGS.values()))
        self.counting.setCurrentIndex(list(COUNTINGS).index(counting))
        self.number = QSpinBox(self)
        self.number.setAccessibleName("Number of times")
        self.number.setRange(1, MOST_HITS)
        self.number.setValue(number)
        self.counting.currentIndexChanged.connect(self._edited)
        self.number.valueChanged.connect(self._edited)
        row.addWidget(self.counting)
        row.addWidget(self.number)
        row.addStretch(1)
        return holder

    def _make_switches(self) -> QWidget:
        holder = QWidget(self)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.branch = QCheckBox("Hold this branch alone, and let the others go on", self)
        self.branch.setChecked(not self.point.whole)
        self.enabled = QCheckBox("Enabled", self)
        self.enabled.setChecked(self.point.enabled)
        for box in (self.branch, self.enabled):
            box.toggled.connect(self._edited)
            column.addWidget(box)
        return holder

    def _noted(self, name: str, editor: QWidget) -> QWidget:
        """An editor with room below it for what is wrong."""
        holder = QWidget(self)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        note = self._notes[name] = QLabel(holder)
        note.setProperty("role", "error")
        note.setWordWrap(True)
        note.setTextFormat(Qt.TextFormat.PlainText)
        note.hide()
        column.addWidget(editor)
        column.addWidget(note)
        return holder

    # What a person makes of it.

    def edited(self) -> Breakpoint:
        """The breakpoint as the form says."""
        when = self._whens[self.when.currentIndex()] if not self.point.to else None
        counting = list(COUNTINGS)[self.counting.currentIndex()]
        condition, schema = self.condition.value, self.schema.value
        made = replace(
            self.point,
            at=when.at if when else self.point.at,
            port=when.port if when else self.point.port,
            condition="" if condition is UNSET else str(condition),
            changed=self.changed.isChecked(),
            schema=self._schema(schema) if self.breaks.isChecked() else None,
            hits=joined_hits(counting, self.number.value()),
            log=self.log.text(),
            whole=not self.branch.isChecked(),
            enabled=self.enabled.isChecked(),
        )
        return fitting(made)

    def _schema(self, written: Any) -> dict[str, Any]:
        return written if isinstance(written, dict) else {}

    def _edited(self, *_: object) -> None:
        self._around.point = self.edited()
        if self.breaks.isChecked() and self.schema.value is UNSET and self._around.point.port:
            self.schema.show_value(schema_of_port(self._ports, self._around.point))
            self._around.point = self.edited()
        self._show()

    def _show(self) -> None:
        point = self._around.point
        self._form.setRowVisible(self._value, bool(point.port))
        self.schema.setVisible(self.breaks.isChecked())
        self.number.setVisible(self.counting.currentIndex() > 0)
        self.branch.setEnabled(not point.log)
        wrong = flaws(point)
        if point.schema is not None and (why := _flaw_of(point.schema)):
            wrong["schema"] = why
        for name in self._notes:
            self._note(name, wrong.get(name, ""))
        self._done.setEnabled(not wrong)
        self.adjustSize()

    def _note(self, name: str, why: str) -> None:
        self._notes[name].setText(why)
        self._notes[name].setVisible(bool(why))
        if why:
            self._done.setEnabled(False)

    def _apply(self) -> None:
        self._points.put(self._bench, self.edited())

    def _remove(self) -> None:
        self._points.remove(self._bench, self.point.id)


def _flaw_of(schema: dict[str, Any]) -> str:
    """What is wrong with a schema itself."""
    from graph.schemas import faults  # noqa: PLC0415 - heavy, and seldom needed

    try:
        faults(None, schema)
    except BadInput as error:
        return error.message
    return ""
