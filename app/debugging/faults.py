"""Making blocks and links go wrong on purpose, and telling as long as some do."""

from functools import partial

from PySide6.QtCore import QObject

from app.dialogs.fault import FaultSheet
from app.notices import Offer
from app.presenters.faults import what
from app.studio import Studio
from app.workbench import Workbench
from runtime.breakpoints import Fault

NOTICE = "faults"


def install(studio: Studio) -> None:
    """Bind the actions that put faults in and take them out."""
    Injecting(studio)


class Injecting(QObject):
    """Asks what is to go wrong, and says as each run begins that something will."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._faults = studio.runs.faults
        self._faults.changed.connect(self._tell)
        workspace, actions = studio.workspace, studio.actions
        workspace.current_changed.connect(lambda: self._tell(workspace.current))
        actions.bind(
            "debug.fault", self._ask,
            enabled=lambda: workspace.current is not None and _place(workspace.current) is not None,
        )  # fmt: skip
        actions.bind(
            "debug.no_faults", self._clear,
            enabled=lambda: workspace.current is not None and bool(workspace.current.faulty),
        )  # fmt: skip

    def _ask(self) -> None:
        bench = self._studio.workspace.current
        place = _place(bench) if bench else None
        if bench is None or place is None:
            return
        block, port = place
        known = self._faults.at(bench, block, port)
        name = f"“{bench.title_at(block)}”"
        sheet = FaultSheet(
            self._studio.window, name, block, port, known, partial(self._put, bench, known)
        )
        sheet.open()

    def _put(self, bench: Workbench, known: Fault | None, fault: Fault | None) -> None:
        if bench.is_closed:
            return
        if fault is not None:
            self._faults.put(bench, fault)
        elif known is not None:
            self._faults.remove(bench, known)

    def _clear(self) -> None:
        if bench := self._studio.workspace.current:
            self._faults.clear(bench)

    def _tell(self, bench: Workbench | None) -> None:
        """Say what goes wrong on purpose in the flow in front, as long as it does."""
        if bench is not self._studio.workspace.current:
            return
        faults = self._faults.of(bench) if bench else ()
        if bench is None or not faults:
            self._studio.notices.withdraw(NOTICE)
            return
        first = faults[0]
        said = f"“{bench.title_at(first.block)}” goes wrong on purpose: {_small(what(first))}."
        others = len(faults) - 1
        more = f" {others} more {'do' if others > 1 else 'does'} too." if others else ""
        self._studio.notices.tell(
            said + more,
            "warning",
            Offer("Take all out" if others else "Take out", self._clear),
            key=NOTICE,
            stays=True,
        )


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _place(bench: Workbench) -> tuple[str, str] | None:
    """The block that is selected, or the block and port that the selected link comes from."""
    if len(bench.selected) == 1 and not bench.selected_links:
        return bench.address(next(iter(bench.selected))), ""
    if len(bench.selected_links) == 1 and not bench.selected:
        link = bench.flow.links.get(next(iter(bench.selected_links)))
        return (bench.address(link.source.block), link.source.port) if link else None
    return None
