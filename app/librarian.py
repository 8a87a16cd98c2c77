"""What is done with templates: begun, put in, kept, changed, put away, handed on and taken in."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.dialogs.inputs import last_inputs
from app.docks.templates import Templates
from app.document import Document
from app.files.trust import Trust
from app.inspecting import bring_up
from app.library.putting_in import put_in
from app.library.sheet import TemplateSheet
from app.notices import Offer
from app.presenters.templates import Card
from app.safety.reading import from_template
from app.studio import Studio
from app.workbench import Workbench
from graph.edits import Position
from graph.errors import EditRefused, HeddleError
from graph.flow import Flow
from graph.self_contained import self_contained
from runtime.library.about import CATEGORIES, PACK_SUFFIX, About
from runtime.library.shelf import PutAway, Shelf, Template, file_name

NOTICE = "templates"
PACKS = f"Packs of templates (*{PACK_SUFFIX});;Zip files (*.zip);;All files (*)"


def install(studio: Studio) -> None:
    """Bind what is done with templates."""
    Librarian(studio)


class Librarian(QObject):
    """Does what the dock, the menu and the canvas want of the library."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._dock: Templates = studio.window.findChild(Templates)
        self._trust: Trust = studio.findChild(Trust)
        dock, bind = self._dock, studio.actions.bind
        dock.begun.connect(lambda card: studio.template_wanted.emit(card.path))
        dock.inserted.connect(lambda card: self.insert(card.path))
        dock.edited.connect(self.edit)
        dock.removed.connect(self.remove)
        dock.exported.connect(lambda card: self.export([card.template]))
        studio.insert_wanted.connect(self.insert)
        dock.dropped.connect(self.take_in)
        bind("insert.template", self.look, enabled=lambda: studio.workspace.current is not None)
        bind("file.save_template", self.keep, enabled=self._has_blocks)
        bind("file.import_templates", self.choose_packs)
        bind("file.export_templates", lambda: self.export(self._own()))

    @property
    def _shelf(self) -> Shelf:
        return self._studio.shelf

    def _has_blocks(self) -> bool:
        front = self._studio.workspace.current
        return front is not None and bool(front.document.flow.blocks)

    def _own(self) -> list[Template]:
        return [template for template in self._shelf.templates() if template.own]

    # Using them.

    def look(self) -> None:
        """Show the library, ready to be searched."""
        bring_up(self._dock)
        self._dock.search.setFocus()
        self._dock.search.selectAll()

    def insert(self, path: Path, at: Position | None = None) -> None:
        """Put the blocks of a template into the flow in front."""
        bench = self._studio.workspace.current
        if bench is None:
            return
        try:
            flow = from_template(path, self._studio.catalog)
            done = put_in(bench, flow, at)
        except (HeddleError, EditRefused) as error:
            self._tell(error)
            return
        if done and not self._shelf.is_shipped(path):
            self._studio.put_in.emit(bench, flow)

    # One's own.

    def keep(self) -> None:
        """Ask what is to be said of the flow in front, and keep it."""
        bench = self._studio.workspace.current
        if bench is None:
            return
        inputs = dict(last_inputs(self._studio, bench))

        def save(flow: Flow, about: About) -> None:
            whole = self_contained(flow, self._studio.catalog)
            self._keep(lambda: self._shelf.add(whole, about), trusted=bench.is_trusted)

        self._ask("Save as template", bench, About(inputs=inputs), save)

    def edit(self, card: Card) -> None:
        """Ask anew what is to be said of a template."""
        try:
            flow = from_template(card.path, self._studio.catalog)
        except HeddleError as error:
            self._tell(error)
            return
        bench = Workbench(Document(flow), self._studio.catalog, parent=self)
        known = self._trust.is_known(flow)

        def save(changed: Flow, about: About) -> None:
            self._keep(lambda: self._shelf.change(card.template, changed, about), trusted=known)

        sheet = self._ask("Edit details", bench, card.about, save)
        sheet.finished.connect(lambda _: bench.deleteLater())

    def _ask(
        self, title: str, bench: Workbench, about: About, keep: Callable[[Flow, About], object]
    ) -> TemplateSheet:
        used = [template.category for template in self._shelf.templates()]
        sheet = TemplateSheet(self._studio.window, title, bench, about, (*CATEGORIES, *used), keep)
        sheet.open()
        return sheet

    def _keep(self, write: Callable[[], Template], *, trusted: bool) -> None:
        """Write a template and look at it; what may run here may do so as a template too."""
        try:
            kept = write()
            if trusted:
                self._trust.agree(from_template(kept.path, self._studio.catalog))
        except HeddleError as error:
            self._tell(error)
            return
        self._studio.notices.withdraw(NOTICE)
        bring_up(self._dock)
        self._dock.read(kept.name)

    def remove(self, card: Card) -> None:
        """Take a template out; it can be put back."""
        try:
            taken = self._shelf.take_out(card.template)
        except HeddleError as error:
            self._tell(error)
            return
        self._dock.read()
        undo = Offer("Undo", lambda: self._put_back(taken, card.template.name))
        self._studio.notices.tell(f"Deleted “{card.title}”.", "info", undo, key=NOTICE)

    def _put_back(self, taken: PutAway, name: str) -> None:
        try:
            self._shelf.put_back(taken)
        except HeddleError as error:
            self._tell(error)
        self._dock.read(name)

    # Packs.

    def export(self, templates: Sequence[Template]) -> None:
        """Ask for a file, and write the templates into it."""
        if not templates:
            text = "You have no templates of your own yet: save a flow as one first."
            self._studio.notices.tell(text, "info", key=NOTICE)
            return
        name = templates[0].name if len(templates) == 1 else "my_templates"
        dialog = self._dialog("Export templates", QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(f"{file_name(name)}{PACK_SUFFIX}")
        dialog.fileSelected.connect(lambda chosen: self.write_pack(Path(chosen), templates))
        dialog.open()

    def write_pack(self, path: Path, templates: Sequence[Template]) -> None:
        """Write templates into one file."""
        from runtime.library.packs import pack  # noqa: PLC0415 - reading zip files is seldom needed

        if path.suffix != ".zip":
            path = path.with_name(f"{path.name}{PACK_SUFFIX}")
        try:
            path.write_bytes(pack(templates, self._studio.catalog))
        except HeddleError as error:
            self._tell(error)
        except OSError as error:
            text = f"{path} can't be written: {error.strerror}."
            self._studio.notices.tell(text, "error", key=NOTICE)
        else:
            text = f"Wrote {_counted(len(templates))} into {path.name}."
            self._studio.notices.tell(text, "success", key=NOTICE)

    def choose_packs(self) -> None:
        """Let packs be chosen, and take them in."""
        dialog = self._dialog("Import templates", QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.take_in([Path(n) for n in names]))
        dialog.open()

    def take_in(self, paths: Sequence[Path]) -> None:
        """Put the templates of packs into the library; one that won't do is told of."""
        from runtime.library.packs import take_in  # noqa: PLC0415 - as above

        for path in paths:
            try:
                taken = take_in(path, self._shelf, self._studio.catalog)
            except HeddleError as error:
                self._tell(error)
                return
            self._studio.notices.tell(
                _told(len(taken.new), taken.known, path), "success", key=NOTICE
            )
            bring_up(self._dock)
            self._dock.read(taken.new[0].name if taken.new else "")

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self._studio.window, title, str(Path.home()), PACKS)
        dialog.setFileMode(mode)
        dialog.finished.connect(dialog.deleteLater)
        dialog.resize(860, 540)
        return dialog

    def _tell(self, error: Exception) -> None:
        self._studio.notices.tell(str(error), "error", key=NOTICE)


def _told(new: int, known: int, path: Path) -> str:
    if not new:
        return f"All templates of {path.name} are in the library already."
    here = f" {_counted(known)} were here already." if known else ""
    return f"Added {_counted(new)} of {path.name}.{here}"


def _counted(number: int) -> str:
    return f"{number} {'template' if number == 1 else 'templates'}"
