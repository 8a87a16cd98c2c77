"""Looks after the files of open flows: what someone else writes is seen, and never overwritten."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QFileSystemWatcher, QObject, QTimer, Signal

from app.dialogs.changed_on_disk import Choices, changed_on_disk
from app.dialogs.clashes import ClashSheet
from app.dialogs.sheet import Sheet
from app.files.saving import Saving
from app.notices import Offer
from app.safety.changes import changes
from app.safety.reading import Opened, bare, digest_or_nothing, open_flow
from app.studio import Studio
from app.workbench import Workbench
from graph.errors import FlowFileError, HeddleError
from graph.file_format import is_file, write
from graph.flow import Flow
from graph.merging import Fact, merge
from runtime.flow_files import NOTHING, with_files

SETTLE = 150
"""Milliseconds a file is left alone after a change, so that whoever writes can finish."""


class DiskChanges(QObject):
    """Compares the files of open flows with what was read from them."""

    came_in = Signal(Workbench)
    """What someone else wrote has become part of an open flow."""

    def __init__(self, studio: Studio, saving: Saving) -> None:
        super().__init__(studio)
        self._studio = studio
        self._saving = saving
        self._asking: dict[Workbench, Sheet] = {}
        self._told: dict[Workbench, str] = {}
        self._watcher = QFileSystemWatcher(self)
        self._settling = QTimer(self, singleShot=True, interval=SETTLE)
        self._settling.timeout.connect(self.look)
        self._watcher.fileChanged.connect(lambda _: self._settling.start())
        self._watcher.directoryChanged.connect(lambda _: self._settling.start())
        studio.workspace.added.connect(self._attend)
        studio.workspace.removed.connect(self._forget)
        saving.conflict.connect(self._on_conflict)
        studio.window.installEventFilter(self)

    def look(self) -> None:
        """Look at the files of all open flows."""
        for bench in self._studio.workspace:
            self._look_at(bench)
            self._look_at_sub_flows(bench)
        self._watch()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again when the person comes back from elsewhere."""
        if event.type() == QEvent.Type.WindowActivate:
            self._settling.start()
        return super().eventFilter(watched, event)

    def _attend(self, bench: Workbench) -> None:
        bench.saved_changed.connect(self._watch)
        self._settling.start()
        self._watch()

    def _forget(self, bench: Workbench) -> None:
        self._told.pop(bench, None)
        if sheet := self._asking.pop(bench, None):
            sheet.close()
        self._watch()

    def _watch(self) -> None:
        """Watch the files, and their folders: a file that is replaced is another one."""
        files = {file for bench in self._studio.workspace for file in _files_of(bench)}
        wanted = {str(path) for path in (*files, *(file.parent for file in files))}
        present = {*self._watcher.files(), *self._watcher.directories()}
        if gone := present - wanted:
            self._watcher.removePaths(list(gone))
        if come := [path for path in wanted - present if Path(path).exists()]:
            self._watcher.addPaths(come)

    def _look_at(self, bench: Workbench, *, saving: bool = False) -> None:
        """Compare one file; the person is told of a change once, and again when `saving`."""
        if bench.path is None or self._saving.is_busy(bench) or bench in self._asking:
            return
        digest = digest_or_nothing(bench.path)
        if digest == bench.digest or (self._told.get(bench) == digest and not saving):
            return
        self._told[bench] = digest
        if digest == NOTHING:
            self._is_gone(bench, bench.path)
            return
        try:
            opened = open_flow(bench.path, self._studio.catalog)
        except FlowFileError as error:
            if saving:
                left = Opened(bench.document.flow, digest, error.problems)
                self._ask(bench, bench.path, left, broken=True)
            else:
                self._is_broken(bench.path)
            return
        if bench.document.is_saved or _says_the_same(bench.document.flow, opened.flow):
            self._follow(bench, bench.path, opened)
        else:
            self._ask(bench, bench.path, opened)

    def _look_at_sub_flows(self, bench: Workbench) -> None:
        """Follow the files that the flow refers to; one that can't be read stays as it was."""
        flow, was_saved = bench.document.flow, bench.document.is_saved
        if bench.path is None or not any(map(is_file, flow.flows)):
            return
        try:
            now = with_files(bare(flow), bench.folder, bench.catalog)
        except HeddleError:
            return
        if now != flow and bench.become(now, "Follow the files of sub-flows") and was_saved:
            bench.mark_saved(bench.path, bench.digest)

    def _on_conflict(self, bench: Workbench) -> None:
        """Saving found another file than was opened."""
        self._look_at(bench, saving=True)

    # What is done about it.

    def _is_gone(self, bench: Workbench, path: Path) -> None:
        bench.document.mark_unsaved()
        bench.digest = NOTHING
        bench.saved_changed.emit()
        self._studio.notices.tell(
            f"{path.name} is no longer there. The flow is kept as a draft; saving writes it again.",
            "warning", Offer("Save", partial(self._saving.save, bench)), key=f"disk {path}",
        )  # fmt: skip

    def _is_broken(self, path: Path) -> None:
        self._studio.notices.tell(
            f"{path.name} was changed by someone else and can't be read now. "
            "Your flow is as it was; saving asks what becomes of the file.",
            "warning", key=f"disk {path}",
        )  # fmt: skip

    def _follow(self, bench: Workbench, path: Path, opened: Opened) -> None:
        """Nothing of mine would be lost: become what the file says."""
        before = bench.document.flow
        self._take_theirs(bench, path, opened)
        if bench.document.flow is not before:
            self._studio.notices.tell(
                f"{path.name} was changed by someone else, and is shown as it is now.",
                "info", Offer("Undo", bench.undo), key=f"disk {path}",
            )  # fmt: skip

    def _ask(self, bench: Workbench, path: Path, opened: Opened, *, broken: bool = False) -> None:
        mine, theirs, base = bench.document.flow, opened.flow, bench.document.saved
        self._studio.workspace.show(bench)
        sheet = changed_on_disk(
            self._studio.window, path.name,
            changes(base, mine) if base is not None else ("All of it: no file held it before.",),
            ("The file can't be read any more.",) if broken else changes(base or mine, theirs),
            Choices(
                keep_mine=partial(self._keep_mine, bench, path, opened.digest),
                take_theirs=None if broken else partial(self._take_theirs, bench, path, opened),
                merge=None if broken or base is None else partial(self._merge, bench, path, opened),
                save_as=partial(self._saving.save_as, bench),
            ),
        )  # fmt: skip
        self._asking[bench] = sheet
        sheet.finished.connect(lambda _: self._asking.pop(bench, None))

    def _keep_mine(self, bench: Workbench, path: Path, digest: str) -> None:
        """Write mine over it: what stands there now becomes the newest backup."""
        self._saving.write(bench, path, digest)

    def _take_theirs(self, bench: Workbench, path: Path, opened: Opened) -> None:
        if bench.become(opened.flow, "Take the file's version"):
            self.came_in.emit(bench)
            bench.mark_saved(path, opened.digest)

    def _merge(self, bench: Workbench, path: Path, opened: Opened) -> None:
        base = bench.document.saved
        assert base is not None
        clashes = merge(base, bench.document.flow, opened.flow).clashes

        def finish(taken: frozenset[Fact]) -> None:
            self._finish_merge(bench, path, opened, base, taken)

        if clashes:
            ClashSheet(self._studio.window, clashes, finish).open()
        else:
            finish(frozenset())

    def _finish_merge(
        self, bench: Workbench, path: Path, opened: Opened, base: Flow, taken: frozenset[Fact]
    ) -> None:
        merged = merge(base, bench.document.flow, opened.flow, taken).flow
        if bench.become(merged, "Merge with the file"):
            bench.mark_saved(path, opened.digest, opened.flow)
            self.came_in.emit(bench)
            self._studio.notices.tell(
                "Both changes are in the flow now. Save to write them into the file.", "success",
                Offer("Save", partial(self._saving.save, bench)), key=f"disk {path}",
            )  # fmt: skip


def _files_of(bench: Workbench) -> Iterator[Path]:
    """The file of a flow, and those it refers to itself."""
    if bench.path:
        yield bench.path.resolve()
        names = filter(is_file, bench.document.flow.flows)
        yield from ((bench.folder / name).resolve() for name in names)


def _says_the_same(one: Flow, other: Flow) -> bool:
    """Whether both would be written as the same file."""
    try:
        return write(one) == write(other)
    except FlowFileError:
        return False
