"""Runs carried from one machine to another: written into a file, kept and shown from one."""

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.docks.history import History
from app.files.opening import choose_files
from app.presenters.made_of import version
from app.running.past_runs import on_its_flow
from app.studio import Studio
from graph.errors import HeddleError
from runtime.bundle.contents import BUNDLE_SUFFIX
from runtime.commands import Answer, ImportRun
from runtime.journal.contract import RunRow

if TYPE_CHECKING:
    from runtime.bundle.gathering import Readable

NOTICE = "bundle"
FILTER = f"Runs (*{BUNDLE_SUFFIX});;All files (*)"


def install(studio: Studio) -> None:
    """Bind what exports and opens runs."""
    Bundles(studio)


class Bundles(QObject):
    """Does what the dock, the menu and a file that is opened want of bundles."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        dock = studio.window.findChild(History)
        dock.export_wanted.connect(self.choose_place)
        dock.open_wanted.connect(self.choose)
        studio.bundle_wanted.connect(self.open)
        studio.actions.bind("run.export", self._export_shown, enabled=self._shows_run)
        studio.actions.bind("run.open", self.choose)

    # Out.

    def choose_place(self, run: RunRow) -> None:
        """Ask where a run is to be written to, and write it there."""
        dialog = QFileDialog(self._studio.window, "Export the run", _file_name(run), FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(BUNDLE_SUFFIX.removeprefix("."))
        dialog.fileSelected.connect(lambda name: self.export(run.run, Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export(self, run: str, path: Path) -> None:
        """Write a run into a file."""

        async def write(journal: "Readable") -> RunRow:
            # What packs zip files is of no use to a studio that exports nothing.
            from runtime.bundle.gathering import gathered  # noqa: PLC0415 - see above
            from runtime.bundle.writing import save, written  # noqa: PLC0415 - see above

            bundle = await gathered(journal, run, time.time(), _every_secret())
            try:
                save(written(bundle, version()), path)
            except OSError as error:
                raise _not_written(path, error) from error
            return await journal.run(run)

        self._studio.bridge.look(write, partial(self._tell_written, path), self._refuse)

    def _tell_written(self, path: Path, run: RunRow) -> None:
        text = f"The run is in {path.name}. It holds the flow and all values, and no secrets."
        if run.ended is None:
            text = f"{path.name} holds what has happened in the run so far."
        self._studio.notices.tell(text, "success", key=NOTICE)

    def _export_shown(self) -> None:
        front = self._studio.workspace.current
        if front is not None and front.live is not None:
            run = front.live.run
            self._studio.bridge.look(lambda j: j.run(run), self.choose_place, self._refuse)

    def _shows_run(self) -> bool:
        front = self._studio.workspace.current
        return front is not None and front.live is not None

    # In.

    def choose(self) -> None:
        """Let the person choose a file with a run in it."""
        choose_files(self._studio, "Open a run", Path.home(), FILTER)

    def open(self, path: Path) -> None:
        """Keep the run that is in a file, and show it on its flow, which may do nothing yet."""
        from runtime.bundle.reading import content_of  # noqa: PLC0415 - unpacks zip files

        try:
            content = content_of(path)
        except HeddleError as error:
            self._refuse(error)
            return
        self._studio.bridge.ask(ImportRun(content), self._show, partial(self._refuse_file, path))

    def _show(self, kept: Answer) -> None:
        self._studio.bridge.look(lambda journal: journal.run(kept.run), self._bring_up)

    def _bring_up(self, run: RunRow) -> None:
        on_its_flow(self._studio, run, lambda bench: self._studio.runs.show(bench, run.run))
        self._studio.window.findChild(History).read()
        if run.origin:
            self._studio.notices.tell(
                "This run was done elsewhere. Look at it, compare it, go through its values; "
                "nothing is done here unless you let it.", "info", key=NOTICE,
            )  # fmt: skip

    # What went wrong.

    def _refuse(self, error: HeddleError) -> None:
        self._studio.notices.tell(str(error), "error", key=NOTICE)

    def _refuse_file(self, path: Path, error: HeddleError) -> None:
        self._studio.notices.tell(f"{path.name} can't be opened: {error}", "error", key=NOTICE)


class NotWritten(HeddleError):
    """A bundle can't be written where it is wanted."""


def _not_written(path: Path, error: OSError) -> NotWritten:
    reason = (error.strerror or str(error)).lower()
    return NotWritten(f"{path.name} can't be written: {reason}.", cure="Choose another place.")


def _file_name(run: RunRow) -> str:
    """What a bundle of the run is called when nobody says otherwise."""
    spoken = "".join(c if c.isalnum() or c in " -_" else " " for c in run.name or "run")
    when = time.strftime("%Y-%m-%d %H.%M", time.localtime(run.started))
    return f"{' '.join(spoken.split())} {when}{BUNDLE_SUFFIX}"


def _every_secret() -> list[str]:
    """Every secret of this home, should one have got into a run by another way."""
    # Read only when a run is sent away.
    from runtime.connections.connections import Connections  # noqa: PLC0415 - see above
    from runtime.plugins import own_connectable  # noqa: PLC0415 - see above
    from runtime.settings import settings_from  # noqa: PLC0415 - see above

    return Connections(settings_from().folder, own_connectable()).all_values()
