"""Which open flows may run: those made here or agreed to; others wait for a person's word."""

from collections.abc import Iterable, Iterator
from functools import partial

from PySide6.QtCore import QObject

from app.document import Change
from app.safety.approvals import Approval, Approvals
from app.safety.wants import is_nothing, needs_of
from app.studio import Studio
from app.workbench import Workbench
from graph.edits import AddFlow, Edit, Inside, Many
from graph.file_format import flow_hash, is_file
from graph.flow import Flow
from graph.spec import Needs


class Trust(QObject):
    """Judges flows that come from files, and remembers what a person has agreed to."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._approvals = Approvals(studio.settings.folder / "approvals")
        studio.workspace.added.connect(self._attend)
        studio.put_in.connect(lambda bench, flow: self._look_into(bench, [flow]))

    def judge(self, bench: Workbench) -> None:
        """Let a flow run that is known here or touches nothing; keep any other from it."""
        flow = bench.document.flow
        wanted = needs_of(flow, self._studio.catalog)
        found = self._approvals.find(flow_hash(flow), wanted)
        bench.allowed = found.allowed if found else Needs()
        bench.trust(found is not None or is_nothing(wanted))

    def agree(self, flow: Flow) -> None:
        """Remember that a flow may run, as far as what it says it does."""
        self._add(flow, Needs())

    def remember_saved(self, bench: Workbench, flow: Flow) -> None:
        """What a person has saved here is known here."""
        if bench.is_trusted:
            self._add(flow, bench.allowed)

    def _on_change(self, bench: Workbench, change: Change) -> None:
        """A sub-flow that comes from a file is looked at like any flow that does."""
        if change.cause == "edit":
            self._look_into(bench, come_from_files(change.edit))

    def _look_into(self, bench: Workbench, flows: Iterable[Flow]) -> None:
        """Keep a flow from running that uses one of these, unless all are known."""
        if bench.is_trusted and not all(map(self.is_known, flows)):
            bench.trust(False)

    def is_known(self, flow: Flow) -> bool:
        """Whether the flow may run here, as it is now."""
        wanted = needs_of(flow, self._studio.catalog)
        return is_nothing(wanted) or self._approvals.find(flow_hash(flow), wanted) is not None

    def _attend(self, bench: Workbench) -> None:
        bench.changed.connect(partial(self._on_change, bench))
        self._look_into(bench, sub_flow_files(bench.document.flow))  # they may be new to a draft
        bench.trust_changed.connect(lambda: self._remember(bench))

    def _remember(self, bench: Workbench) -> None:
        if bench.is_trusted:
            self._add(bench.document.flow, bench.allowed)

    def _add(self, flow: Flow, allowed: Needs) -> None:
        for one in (flow, *sub_flow_files(flow)):
            wanted = needs_of(one, self._studio.catalog)
            self._approvals.add(flow_hash(one), Approval(wanted, allowed))


def sub_flow_files(flow: Flow) -> Iterator[Flow]:
    """The flows in a flow that are files of their own, without what those refer to."""
    for name, inner in flow.flows.items():
        if is_file(name):
            yield inner
        else:
            yield from sub_flow_files(inner)


def come_from_files(edit: Edit) -> Iterator[Flow]:
    """The flows that an edit puts in from files."""
    match edit:
        case Many():
            for inner in edit.edits:
                yield from come_from_files(inner)
        case Inside():
            yield from come_from_files(edit.inner)
        case AddFlow() if is_file(edit.name):
            yield edit.flow
