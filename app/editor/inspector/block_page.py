"""The form of one block."""

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.editor.fields.field import UNSET
from app.editor.fields.surroundings import Surroundings
from app.editor.inspector.add_input import AddInput
from app.editor.inspector.disclosure import Disclosure
from app.editor.inspector.field_row import FieldRow
from app.editor.inspector.notes import Notes, explained, offers_of, wrapped
from app.editor.inspector.page import Page
from app.editor.inspector.settings_form import SettingsForm
from app.editor.inspector.title import TitleLine
from app.editor.inspector.traffic import Traffic
from app.editor.previewer import Previewer
from app.icons import icon
from app.presenters.form import Row, elsewhere, of_settings, rows_of
from app.studio import Studio
from app.theme import current
from app.workbench import Workbench
from graph.edits import ClearField, Disconnect, Edit, Rename, SetExposed, SetField
from graph.file_format import is_file
from graph.flow import End
from graph.spec import BlockSpec

MARGIN = 16


class BlockPage(Page):
    """Shows one block of a workbench for as long as it is selected and of the same kind."""

    grown = Signal()
    """Something was opened."""

    def __init__(
        self, workbench: Workbench, block: str, studio: Studio, parent: QWidget,
        previewer: Previewer | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.workbench = workbench
        self.block = block
        self.level = workbench.level
        self._studio = studio
        self.around = Surroundings(workbench, block, self, previewer)
        studio.theme.changed.connect(self.around.theme_changed)
        self.kind = workbench.flow.blocks[block].kind
        self._focus_next = ""
        self._offers = offers_of(workbench)
        self.rows: dict[str, FieldRow] = {}
        self._waiting: dict[str, Row] = {}
        """The fields under More while that is closed."""
        self.settings: SettingsForm | None = None
        self.traffic: Traffic | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(MARGIN, 12, MARGIN, 16)
        self._column.setSpacing(16)
        self._build()

    # Building.

    def _build(self) -> None:
        self._build_head()
        self.locked = wrapped("", self, "warning")
        self._column.addWidget(self.locked)
        self._notes = Notes(self)
        self._column.addWidget(self._notes)
        spec = self.around.spec
        if spec is None:
            self._column.addStretch(1)
            self.refresh()
            return
        rows = self._all_rows(spec)
        for row in rows:
            if not row.parameter.look.more:
                self._column.addWidget(self._make_row(row, self))
        self._waiting = {row.name: row for row in rows if row.parameter.look.more}
        if spec.open_inputs:
            self.add_input = AddInput(self)
            self.add_input.wanted.connect(self._add_input)
            self._column.addWidget(self.add_input)
        if self._waiting:
            self._more = self._disclosure("More", "more", self._make_more)
        self._running = self._disclosure("How it runs", "settings", self._make_settings)
        self._disclosure("Inputs and outputs", "traffic", self._make_traffic, is_open=True)
        self._column.addStretch(1)
        self.refresh()

    def _build_head(self) -> None:
        spec = self.around.spec
        head = QHBoxLayout()
        head.setSpacing(10)
        self._sign = QLabel(self)
        self._sign.setFixedSize(QSize(26, 26))
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head.addWidget(self._sign)
        self.title = TitleLine(self)
        self.title.setPlaceholderText(spec.title if spec else self.block)
        self.title.setText(spec.title if spec else self.block)
        self.title.setAccessibleName("Title of the block")
        self.title.textEdited.connect(self._rename)
        self.title.left.connect(self._seal)
        head.addWidget(self.title, 1)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(head)
        summary = spec.summary if spec else f"No block of kind {self.kind} is installed."
        self._summary = explained(summary, self, "muted")
        column.addWidget(self._summary)
        self._column.addLayout(column)
        self._restyle()
        self.around.theme_changed.connect(self._restyle)

    def _restyle(self) -> None:
        spec = self.around.spec
        sign = icon(spec.icon if spec else "mdi6.help-rhombus-outline", current().accent)
        self._sign.setPixmap(sign.pixmap(22, 22))

    def _disclosure(self, title: str, key: str, make: Any, *, is_open: bool = False) -> Disclosure:
        made = Disclosure(title, key, self._studio.preferences, make, self, is_open=is_open)
        made.opened.connect(self.grown)
        self._column.addWidget(made)
        return made

    def open_all(self) -> None:
        """Open every part of the form, as long as the page is shown."""
        for part in self.findChildren(Disclosure):
            part.set_open(True, remember=False)

    def _make_row(self, row: Row, parent: QWidget) -> FieldRow:
        made = FieldRow(row, self.around, parent)
        made.edited.connect(lambda value: self._edit(row.name, value))
        made.asked.connect(lambda what: self._do(row.name, what))
        made.left.connect(self._seal)
        self.rows[row.name] = made
        return made

    def _make_more(self) -> QWidget:
        holder = QWidget(self)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for row in self._waiting.values():
            column.addWidget(self._make_row(row, holder))
        self._waiting = {}
        return holder

    def _make_settings(self) -> QWidget:
        self.settings = SettingsForm(self.around, self)
        return self.settings

    def _make_traffic(self) -> QWidget:
        self.traffic = Traffic(self.around, self)
        return self.traffic

    # Showing.

    def fits(self, workbench: Workbench, block: str) -> bool:
        """Whether the page can go on showing what is selected now."""
        shown = (self.workbench, self.block, self.level)
        if (workbench, block, workbench.level) != shown:
            return False
        spec, found = self.around.spec, self.around.block
        if found is None or found.kind != self.kind or spec is None:
            return False
        names = {*self.rows, *self._waiting}
        return names == {row.name for row in self._all_rows(spec)}

    def refresh(self) -> None:
        """Show the block as it is now."""
        block, spec = self.around.block, self.around.spec
        if block is None:
            return
        if self._titled(self.title.text()) != block.title:
            self.title.show_text(block.title or (spec.title if spec else self.block))
        problems = self.workbench.problems_here().get(self.block, [])
        rows = self._all_rows(spec) if spec else []
        for row in rows:
            if row.name in self.rows:
                self.rows[row.name].show_row(row)
            elif row.name in self._waiting:
                self._waiting[row.name] = row
        if any(row.problems for row in rows if row.name in self._waiting):
            self._more.set_open(True, remember=False)
        if any(map(of_settings, problems)):
            self._running.set_open(True, remember=False)
        self._notes.show_problems(tuple(elsewhere(rows, problems)), offers=self._offers)
        for part in (self.settings, self.traffic):
            if part is not None:
                part.refresh()
        self._let_edit(self._why_not())

    def _why_not(self) -> str:
        """Why nothing here can be changed; "" when it can."""
        if not self.workbench.is_trusted:
            return "You are only looking at this flow. Let it run to change it."
        files = [name for name in self.level if is_file(name)]
        return f"{files[-1]} is a file of its own. Open it to change it." if files else ""

    def _let_edit(self, why_not: str) -> None:
        """A flow that is only looked at shows its fields, and lets nothing be changed."""
        self.locked.setText(why_not)
        self.locked.setVisible(bool(why_not))
        for part in (self.title, self._notes, self.settings, *self.rows.values()):
            if part is not None:
                part.setEnabled(not why_not)

    def refresh_run(self) -> None:
        """Other values have come in."""
        for row in self.rows.values():
            row.refresh()
        if self.traffic:
            self.traffic.refresh()

    def sources(self) -> list[str]:
        """The blocks that feed this one."""
        return [link.source.block for link in self.around.links().values()]

    def focus_field(self, name: str = "", line: int = 0, column: int = 0) -> None:
        """Put the keyboard into a field, the first one by default."""
        if name in self._waiting:
            self._more.set_open(True)
        open_rows = [row for row in self.rows.values() if row.field is not None]
        row = self.rows.get(name) or next(iter((*open_rows, *self.rows.values())), None)
        if row:
            row.focus(line, column)
        else:
            self.title.setFocus()

    def keyboard_is_in(self) -> str:
        """The field that has the keyboard, or is to have it next; "" when it is elsewhere."""
        here = (name for name, row in self.rows.items() if row.has_keyboard())
        return self._focus_next or next(here, "")

    def pending(self) -> dict[str, str]:
        """What is written in fields and was refused."""
        return {name: text for name, row in self.rows.items() if (text := row.pending())}

    def show_pending(self, texts: dict[str, str]) -> None:
        """Show again what was written and refused."""
        for name, text in texts.items():
            if name in self._waiting:
                self._more.set_open(True, remember=False)
            if name in self.rows:
                self.rows[name].show_pending(text)

    def _all_rows(self, spec: BlockSpec) -> list[Row]:
        block = self.around.block
        problems = self.workbench.problems_here().get(self.block, [])
        if block is None:
            return []
        return rows_of(block, spec, self.workbench.ports_level, self.around.links(), problems)

    # Changing.

    def _edit(self, name: str, value: Any) -> None:
        block = self.around.block
        if block is None:
            return
        if value is UNSET:
            edits: tuple[Edit, ...] = (
                (ClearField(self.block, name),) if name in block.fields else ()
            )
        else:
            edits = (SetField(self.block, name, value),)
        title = name.replace("_", " ")
        done = self.workbench.do(
            *edits, label=f"Set {title} of {self.around.title}", merge=f"field:{self.block}:{name}"
        )
        if (row := self.rows.get(name)) and not (done and edits):
            row.show_row(row.row)

    def _do(self, name: str, what: str) -> None:
        exposed = self.workbench.flow.view.exposed.get(self.block, ())
        if what == "port":
            self._expose((*exposed, name), f"Show {name} as a port")
        elif what == "unport":
            self._expose(tuple(n for n in exposed if n != name), f"Don't show {name} as a port")
        elif what == "unlink":
            self.workbench.do(Disconnect(End(self.block, name)), label=f"Unlink {name}")
        elif what == "jump" and (link := self.around.links().get(name)):
            self.workbench.select((link.source.block,))
            self.workbench.reveal.emit(link.source.block)

    def _add_input(self, name: str) -> None:
        """Show a port of that name, to link into or to fill in."""
        exposed = self.workbench.flow.view.exposed.get(self.block, ())
        if name in self.rows:
            self.rows[name].focus()
        else:
            self._focus_next = name
            self._expose((*exposed, name), f"Add the input {name}")

    def _expose(self, names: tuple[str, ...], label: str) -> None:
        self.workbench.do(SetExposed(self.block, names), label=label)

    def _rename(self, text: str) -> None:
        self.workbench.do(
            Rename(self.block, self._titled(text)), label=f"Rename {self.around.title}",
            merge=f"title:{self.block}",
        )  # fmt: skip

    def _titled(self, text: str) -> str:
        """What is written as the title of its own, "" when it is that of the kind."""
        spec, title = self.around.spec, text.strip()
        return "" if title == (spec.title if spec else self.block) else title

    def _seal(self) -> None:
        self.workbench.document.seal()
