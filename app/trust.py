"""Which open flows may run: those made here or agreed to; others wait for a person's word."""

from PySide6.QtCore import QObject

from app.safety.approvals import Approval, Approvals
from app.safety.wants import is_nothing, needs_of
from app.studio import Studio
from app.workbench import Workbench
from graph.file_format import flow_hash
from graph.flow import Flow
from graph.spec import Needs


class Trust(QObject):
    """Judges flows that come from files, and remembers what a person has agreed to."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._approvals = Approvals(studio.settings.folder / "approvals")
        studio.workspace.added.connect(self._attend)

    def judge(self, bench: Workbench) -> None:
        """Let a flow run that is known here or touches nothing; keep any other from it."""
        flow = bench.document.flow
        wanted = needs_of(flow, self._studio.catalog)
        found = self._approvals.find(flow_hash(flow), wanted)
        bench.allowed = found.allowed if found else Needs()
        bench.trust(found is not None or is_nothing(wanted))

    def remember_saved(self, bench: Workbench, flow: Flow) -> None:
        """What a person has saved here is known here."""
        if bench.is_trusted:
            self._add(flow, bench.allowed)

    def _attend(self, bench: Workbench) -> None:
        bench.trust_changed.connect(lambda: self._remember(bench))

    def _remember(self, bench: Workbench) -> None:
        if bench.is_trusted:
            self._add(bench.document.flow, bench.allowed)

    def _add(self, flow: Flow, allowed: Needs) -> None:
        wanted = needs_of(flow, self._studio.catalog)
        self._approvals.add(flow_hash(flow), Approval(wanted, allowed))
