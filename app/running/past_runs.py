"""Runs of the past, brought to the flow they are of."""

from collections.abc import Callable

from app.studio import Studio
from app.workbench import Workbench
from graph.file_format import read
from runtime.journal.contract import FlowRow, RunRow


def on_its_flow(studio: Studio, run: RunRow, do: Callable[[Workbench], object]) -> None:
    """Do something in a workbench of the run's flow: one that is open, or the flow as it was."""
    benches = [studio.workspace.current, *studio.workspace]
    for bench in benches:
        if bench is not None and run.name and bench.document.flow.name == run.name:
            studio.workspace.show(bench)
            do(bench)
            return
    _open_as_it_was(studio, run, do)


def _open_as_it_was(studio: Studio, run: RunRow, do: Callable[[Workbench], object]) -> None:
    def show(kept: FlowRow | None) -> None:
        if kept is None:
            studio.notices.tell("The flow of that run isn't kept any more.", "warning")
            return
        studio.flow_wanted.emit(read(kept.text, name=run.name))
        if (front := studio.workspace.current) is not None:
            do(front)

    studio.bridge.look(lambda journal: journal.flow(run.flow), show)
