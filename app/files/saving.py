"""Saving flows, off the thread that draws; and closing those that aren't saved."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from app.dialogs.unsaved import unsaved
from app.files.opening import FILTER
from app.studio import Studio
from app.workbench import Workbench
from graph.errors import FlowFileError, HeddleError
from graph.file_format import FILE_SUFFIX
from graph.flow import Flow
from runtime.flow_files import ChangedMeanwhile, digest_of, save

Then = Callable[[], object]


class Written(NamedTuple):
    """What came of writing a flow: the file's digest, or why there is none."""

    bench: Workbench
    path: Path
    flow: Flow
    digest: str
    error: HeddleError | None
    then: Then | None


class Saving(QObject):
    """Writes flows into files, one after the other."""

    _written = Signal(Written)
    saved = Signal(Workbench, Flow)
    """A flow was written as it was a moment ago."""
    settled = Signal(Path, Path)
    """A flow has come into its first file: the folder it had until then, and the file."""
    conflict = Signal(Workbench)
    """Someone else wrote the file of a flow since it was opened; nothing was overwritten."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._busy: list[Workbench] = []
        self._writer = ThreadPoolExecutor(1, "saving")
        self._written.connect(self._come_back)
        studio.window.destroyed.connect(lambda: self._writer.shutdown())

    def is_busy(self, bench: Workbench) -> bool:
        """Whether the flow is being written just now."""
        return bench in self._busy

    def save(self, bench: Workbench, then: Then | None = None) -> None:
        """Write the flow into its file, or ask for one; `then` is done once it is written."""
        if bench.path is None:
            self.save_as(bench, then)
        else:
            self.write(bench, bench.path, bench.digest, then)

    def save_as(self, bench: Workbench, then: Then | None = None) -> None:
        """Ask for a file and write the flow into that."""
        suggested = bench.path or self._folder() / f"{_file_name(bench.title)}{FILE_SUFFIX}"
        dialog = QFileDialog(self._studio.window, "Save the flow", str(suggested.parent), FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.selectFile(suggested.name)
        dialog.fileSelected.connect(lambda name: self.write_to(bench, Path(name), then))
        dialog.finished.connect(dialog.deleteLater)
        dialog.resize(860, 540)
        dialog.open()

    def write_to(self, bench: Workbench, path: Path, then: Then | None = None) -> None:
        """Write the flow into a file the person has chosen, and agreed to replace."""
        if not path.name.endswith(".json"):
            path = path.with_name(f"{path.name}{FILE_SUFFIX}")
        other = self._studio.workspace.at(path)
        if other is not None and other is not bench:
            why = f"{path.name} is open in another tab. Save under another name, or close that tab."
            self._studio.notices.tell(why, "error", key="save")
            return
        try:
            replacing = digest_of(path)
        except FlowFileError as error:
            self._studio.notices.tell(str(error), "error", key="save")
            return
        self.write(bench, path, replacing, then)

    def write(self, bench: Workbench, path: Path, replacing: str, then: Then | None = None) -> None:
        """Write the flow into a file that holds what `replacing` is the digest of."""
        flow = bench.document.flow
        bench.document.seal()

        def work() -> None:
            digest, failed = "", None
            try:
                digest = save(path, flow, replacing=replacing)
            except HeddleError as error:
                failed = error
            self._written.emit(Written(bench, path, flow, digest, failed, then))

        self._busy.append(bench)
        self._writer.submit(work)

    def _come_back(self, written: Written) -> None:
        bench, path = written.bench, written.path
        self._busy.remove(bench)
        if isinstance(written.error, ChangedMeanwhile):
            self.conflict.emit(bench)
        elif written.error:
            why = f"{written.error} What you did is kept as a draft."
            self._studio.notices.tell(why, "error", key="save")
        else:
            before = None if bench.path else bench.scratch
            bench.mark_saved(path, written.digest, written.flow)
            if before is not None:
                self.settled.emit(before, path)
            self.saved.emit(bench, written.flow)
            self._studio.preferences.opened(path)
            self._studio.notices.withdraw("save")
            if written.then:
                written.then()

    # Closing.

    def close(self, bench: Workbench) -> None:
        """Close a flow; one that isn't saved only as the person says."""
        remove = self._studio.workspace.remove
        untouched = bench.is_from_template and not bench.document.history
        if bench.document.is_saved or untouched:
            remove(bench)
            return
        self._studio.workspace.show(bench)
        unsaved(
            self._studio.window, bench.title,
            save=lambda: self.save(bench, lambda: remove(bench)),
            discard=lambda: remove(bench),
        )  # fmt: skip

    def _folder(self) -> Path:
        recent = self._studio.preferences.recent()
        return recent[0].parent if recent else Path.home()


def _file_name(title: str) -> str:
    """The title as the name of a file: lower case, words joined by underscores."""
    words = "".join(c if c.isalnum() else " " for c in title.lower()).split()
    return "_".join(words) or "flow"
