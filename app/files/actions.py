"""All that has to do with the files of flows, put together."""

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from app.dialogs.permissions import Permissions
from app.dialogs.properties import Properties
from app.dialogs.versions import VersionsSheet
from app.files.disk_changes import DiskChanges
from app.files.opening import Opening
from app.files.saving import Saving
from app.files.trust import Trust
from app.notices import Offer
from app.safety.versions import Versions
from app.studio import Studio
from app.workbench import Workbench


def install(studio: Studio) -> None:
    """Bind what opens, saves and closes flows."""
    trust = Trust(studio)
    opening, saving = Opening(studio, trust), Saving(studio)
    versions = Versions(studio.settings.folder / "versions")
    saving.settled.connect(partial(settle, studio, versions))
    saving.saved.connect(trust.remember_saved)
    DiskChanges(studio, saving).came_in.connect(trust.judge)
    bind, workspace = studio.actions.bind, studio.workspace
    workspace.removed.connect(tidy)

    def front(do: Callable[[Workbench], object]) -> Callable[[], object]:
        return lambda: do(workspace.current) if workspace.current else None

    def is_open() -> bool:
        return workspace.current is not None

    bind("file.new", opening.new)
    bind("file.open", opening.choose)
    bind("file.save", front(saving.save), enabled=is_open)
    bind("file.save_as", front(saving.save_as), enabled=is_open)
    bind("file.close", front(saving.close), enabled=is_open)
    bind("file.versions", front(lambda bench: show_versions(studio, bench, versions, trust)),
         enabled=is_open)  # fmt: skip
    bind("file.properties", front(lambda bench: Properties(studio.window, bench).open()),
         enabled=is_open)  # fmt: skip
    bind("file.export_python", front(lambda bench: export(studio, bench)),
         enabled=is_open)  # fmt: skip
    bind("file.offer_as_tool", front(lambda bench: offer(studio, bench)),
         enabled=is_open)  # fmt: skip
    bind("file.permissions", front(lambda bench: Permissions(studio, bench).open()),
         enabled=is_open)  # fmt: skip
    studio.open_wanted.connect(opening.open)
    studio.flow_wanted.connect(opening.show)
    studio.stranger_wanted.connect(partial(opening.show, known=False))
    studio.planned_wanted.connect(partial(opening.show, known=False, planned=True))
    studio.template_wanted.connect(opening.open_template)
    studio.close_wanted.connect(saving.close)


def offer(studio: Studio, bench: Workbench) -> None:
    """Show what other programs need to call the flow."""
    from app.dialogs.offer_as_tool import offer_as_tool  # noqa: PLC0415 - few starts need it

    offer_as_tool(studio, bench)


def export(studio: Studio, bench: Workbench) -> None:
    """Show the flow as Python."""
    from app.dialogs.python_export import export_python  # noqa: PLC0415 - few starts need it

    export_python(studio, bench)


def tidy(bench: Workbench) -> None:
    """Remove the folder of a flow that was never saved, if nothing is in it."""
    if bench.path is None and bench.scratch is not None:
        with contextlib.suppress(OSError):
            bench.scratch.rmdir()


def settle(studio: Studio, versions: Versions, folder: Path, file: Path) -> None:
    """Move what belongs to a flow along when it comes into its first file."""
    versions.move(folder, file.resolve())
    try:
        folder.rmdir()
    except OSError:  # its runs have written something there, which is not ours to move
        text = f"What the flow wrote before it was saved is still in {folder}."
        show = Offer("Show", lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
        studio.notices.tell(text, "info", show, key="settled")


def show_versions(studio: Studio, bench: Workbench, versions: Versions, trust: Trust) -> None:
    """The dialog of a flow's versions. What is kept here is known here; a backup may not be."""
    VersionsSheet(
        studio.window, bench, versions,
        kept=lambda flow: trust.remember_saved(bench, flow),
        restored=lambda: trust.judge(bench),
    ).open()  # fmt: skip
