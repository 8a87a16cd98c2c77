"""How a block is run: retries, limits, what happens when it fails."""

import msgspec
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.editor.fields.field import Field
from app.editor.fields.making import make_field
from app.editor.fields.surroundings import Surroundings
from app.editor.inspector.notes import Notes, explained
from app.presenters.running import Question, questions
from graph.edits import SetSettings
from runtime.large import Large


class SettingsForm(QWidget):
    """Asks the questions that fit the block; others come and go with the answers."""

    def __init__(self, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = around
        self._asked: dict[str, Question] = {}
        self._lines: dict[str, QWidget] = {}
        self.fields: dict[str, Field] = {}
        self.notes: dict[str, Notes] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self.refresh()

    def refresh(self) -> None:
        """Ask what fits the block as it is now."""
        asked = self._questions()
        for name in [name for name in self._lines if self._outdated(name, asked)]:
            line = self._lines.pop(name)
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
            del self.fields[name], self.notes[name]
        for place, (name, question) in enumerate(asked.items()):
            self._asked[name] = question
            if name not in self._lines:
                self._lines[name] = self._line(name, question)
                self._column.insertWidget(place, self._lines[name])
            self.fields[name].show_value(question.answer)
        self._show_problems()

    def _outdated(self, name: str, asked: dict[str, Question]) -> bool:
        return name not in asked or asked[name].parameter != self._asked[name].parameter

    def _questions(self) -> dict[str, Question]:
        block, spec = self._around.block, self._around.spec
        if block is None or spec is None:
            return {}
        # What is linked comes first; further inputs, which the kind doesn't have, are always so.
        inputs = dict.fromkeys((*self._around.links(), *self._around.workbench.ports(block).inputs))
        gave = self._around.outputs()
        is_whole = not any(isinstance(value, Large) for value in gave.values())
        asked = questions(block, spec, inputs, msgspec.to_builtins(gave) if is_whole else None)
        # What is too large to be here is too large to stand in a flow file as well.
        can_pin = is_whole or block.settings.pin is not None
        return {q.parameter.name: q for q in asked if can_pin or q.parameter.name != "pin"}

    def _line(self, name: str, question: Question) -> QWidget:
        line = QWidget(self)
        column = QVBoxLayout(line)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        label = QLabel(question.label, line)
        head.addWidget(label)
        head.addStretch(1)
        column.addLayout(head)
        field = make_field(question.parameter, self._around, line, question.answer)
        label.setBuddy(field)
        if field.inline:
            head.addWidget(field)
        else:
            column.addWidget(field)
        column.addWidget(explained(question.parameter.description, line))
        notes = Notes(line)
        column.addWidget(notes)
        field.changed.connect(lambda value: self._answer(name, value))
        field.refused.connect(lambda why: notes.show_problems((), why))
        field.left.connect(self._around.workbench.document.seal)
        self.fields[name], self.notes[name] = field, notes
        return line

    def _answer(self, name: str, value: object) -> None:
        around = self._around
        around.workbench.do(
            SetSettings(around.id, self._asked[name].said(value)),
            label=f"Change how {around.title} runs", merge=f"setting:{around.id}:{name}",
        )  # fmt: skip

    def _show_problems(self) -> None:
        found = self._around.workbench.problems_here().get(self._around.id, [])
        for name, notes in self.notes.items():
            here = tuple(p for p in found if p.code == "bad-setting" and p.field == name)
            notes.show_problems(here)
