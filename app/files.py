"""All that has to do with the files of flows, put together."""

from collections.abc import Callable

from app.dialogs.permissions import Permissions
from app.disk_changes import DiskChanges
from app.opening import Opening
from app.saving import Saving
from app.studio import Studio
from app.trust import Trust
from app.workbench import Workbench


def install(studio: Studio) -> None:
    """Bind what opens, saves and closes flows."""
    trust = Trust(studio)
    opening, saving = Opening(studio, trust), Saving(studio)
    saving.saved.connect(trust.remember_saved)
    DiskChanges(studio, saving).came_in.connect(trust.judge)
    bind, workspace = studio.actions.bind, studio.workspace

    def front(do: Callable[[Workbench], object]) -> Callable[[], object]:
        return lambda: do(workspace.current) if workspace.current else None

    def is_open() -> bool:
        return workspace.current is not None

    bind("file.new", opening.new)
    bind("file.open", opening.choose)
    bind("file.save", front(saving.save), enabled=is_open)
    bind("file.save_as", front(saving.save_as), enabled=is_open)
    bind("file.close", front(saving.close), enabled=is_open)
    bind("file.permissions", front(lambda bench: Permissions(studio, bench).open()),
         enabled=is_open)  # fmt: skip
    studio.open_wanted.connect(opening.open)
    studio.flow_wanted.connect(opening.show)
    studio.template_wanted.connect(opening.open_template)
    studio.close_wanted.connect(saving.close)
