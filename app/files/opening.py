"""New flows, flows from files and templates, and flows that are dropped on the window."""

import secrets
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog

from app.dialogs.unreadable import unreadable
from app.document import Document
from app.files.trust import Trust
from app.safety.reading import from_template, newest_backup, open_flow, spoken
from app.safety.salvage import salvaged
from app.studio import Studio
from app.workbench import Workbench
from graph.errors import FlowFileError
from graph.file_format import FILE_SUFFIX, read
from graph.flow import Flow
from runtime.bundle.contents import BUNDLE_SUFFIX
from runtime.library.about import about_of

FILTER = (
    f"Flows and runs (*{FILE_SUFFIX} *{BUNDLE_SUFFIX});;Flows (*{FILE_SUFFIX});;"
    f"Runs (*{BUNDLE_SUFFIX});;JSON files (*.json);;All files (*)"
)


class Opening(QObject):
    """Makes workbenches of files, templates and nothing."""

    def __init__(self, studio: Studio, trust: Trust) -> None:
        super().__init__(studio)
        self._studio = studio
        self._trust = trust
        studio.window.setAcceptDrops(True)
        studio.window.installEventFilter(self)

    def new(self) -> Workbench:
        """An empty flow in front."""
        return self.show(Flow())

    def choose(self) -> None:
        """Let the person choose files to open."""
        choose_files(self._studio, "Open a flow", self._folder(), FILTER)

    def open(self, path: Path) -> None:
        """The flow of a file in front; the tab it has already, if it has one.

        A run bundle is handed on to whoever keeps runs.
        """
        if path.suffix == BUNDLE_SUFFIX:
            self._studio.bundle_wanted.emit(path)
            return
        if (present := self._studio.workspace.at(path)) is not None:
            self._studio.workspace.show(present)
            return
        if self._is_template(path):
            self.open_template(path)
            return
        try:
            opened = open_flow(path, self._studio.catalog)
        except FlowFileError as error:
            self._cannot_open(path, error)
            return
        bench = Workbench(Document(opened.flow), self._studio.catalog, path)
        bench.digest = opened.digest
        self._trust.judge(bench)
        self._studio.preferences.opened(path)
        self._studio.workspace.add(bench)
        for problem in opened.problems:
            self._studio.notices.tell(f"{path.name}: {problem.message} {problem.cure}", "warning",
                                      stays=True)  # fmt: skip

    def open_template(self, path: Path) -> None:
        """A new flow made of a template, which is never touched itself."""
        try:
            flow = from_template(path, self._studio.catalog)
        except FlowFileError as error:
            self._cannot_open(path, error)
            return
        bench = self.show(flow, known=self._is_template(path))
        bench.is_from_template = True
        bench.sample = about_of(path).inputs

    def show(self, flow: Flow, *, known: bool = True, planned: bool = False) -> Workbench:
        """A flow that no file holds yet, in front; one not `known` here is judged first."""
        bench = Workbench(Document(flow), self._studio.catalog)
        bench.is_planned = planned
        bench.scratch = scratch_folder(self._studio)
        if flow != Flow():
            bench.document.mark_unsaved()
        if not known:
            self._trust.judge(bench)
        self._studio.workspace.add(bench)
        return bench

    # What can't be opened.

    def _cannot_open(self, path: Path, error: FlowFileError) -> None:
        backup, rest = newest_backup(path), _salvaged(path)
        unreadable(
            self._studio.window, path, error,
            backup=partial(self._open_backup, path, backup) if backup else None,
            rest=partial(self._open_rest, path, rest) if rest else None,
        )  # fmt: skip

    def _open_rest(self, path: Path, rest: Flow) -> None:
        """What could be read, as a flow of its own: saving it never harms the file."""
        name = rest.name or spoken(path)
        named = msgspec.structs.replace(rest, name=f"{name} (as far as it can be read)")
        self.show(named, known=False)

    def _open_backup(self, path: Path, backup: Path) -> None:
        """The backup as a flow of its own: what to do with the broken file is not ours to say."""
        flow = read(backup.read_bytes(), name=backup.name)
        name = flow.name or spoken(path)
        self.show(msgspec.structs.replace(flow, name=f"{name} (backup)"), known=False)

    # Where from.

    def _is_template(self, path: Path) -> bool:
        return self._studio.shelf.is_shipped(path)

    def _folder(self) -> Path:
        """Where the person is likely to look: beside the flow in front, or the last one."""
        front = self._studio.workspace.current
        recent = self._studio.preferences.recent()
        if front and front.path:
            return front.path.parent
        return recent[0].parent if recent else Path.home()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open flow files that are dropped on the window."""
        if isinstance(event, QDragEnterEvent | QDropEvent) and (paths := _files(event)):
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:
                self._studio.open_files(paths)
            return True
        return super().eventFilter(watched, event)


def _salvaged(path: Path) -> Flow | None:
    try:
        return salvaged(path.read_bytes(), path.name)
    except OSError:
        return None


def _files(event: QDropEvent) -> list[Path]:
    files = [url.toLocalFile() for url in event.mimeData().urls()]
    return [Path(file) for file in files if file.endswith((".json", BUNDLE_SUFFIX))]


def scratch_folder(studio: Studio) -> Path:
    """A new folder for the files of a flow that isn't saved anywhere yet."""
    made = studio.settings.folder / "unsaved" / secrets.token_hex(6)
    made.mkdir(parents=True)
    return made


def choose_files(studio: Studio, title: str, folder: Path, filter: str) -> None:
    """Let the person choose files, and open them."""
    dialog = QFileDialog(studio.window, title, str(folder), filter)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(lambda names: studio.open_files(map(Path, names)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.resize(860, 540)
    dialog.open()
