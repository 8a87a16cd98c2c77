"""Runs of the past, brought to the flow they are of."""

from collections.abc import Callable, Iterator

from app.studio import Studio
from app.workbench import Workbench
from graph.errors import HeddleError
from graph.file_format import flow_hash, read
from graph.self_contained import self_contained
from runtime.journal.contract import FlowRow, RunRow


def on_its_flow(studio: Studio, run: RunRow, do: Callable[[Workbench], object]) -> None:
    """Do something in a workbench of the run's flow: one that is open, or the flow as it was.

    A run from elsewhere is shown on nothing but the very flow it ran, which waits for a person's
    word before it may do anything.
    """
    for bench in _open(studio):
        if _is_of(bench, run):
            studio.workspace.show(bench)
            do(bench)
            return
    _open_as_it_was(studio, run, do)


def _open(studio: Studio) -> Iterator[Workbench]:
    """The open flows, the one in front first."""
    front = studio.workspace.current
    if front is not None:
        yield front
    yield from studio.workspace


def _is_of(bench: Workbench, run: RunRow) -> bool:
    if run.name and not run.origin:
        return run.name == bench.spoken_name
    shown = bench.live is not None and bench.live.run == run.run
    return shown or _hash(bench) == run.flow


def _hash(bench: Workbench) -> str:
    try:
        return flow_hash(self_contained(bench.document.flow, bench.catalog))
    except HeddleError:  # what no file can hold has no hash
        return ""


def _open_as_it_was(studio: Studio, run: RunRow, do: Callable[[Workbench], object]) -> None:
    def show(kept: FlowRow | None) -> None:
        if kept is None:
            studio.notices.tell("The flow of that run isn't kept any more.", "warning")
            return
        flow = read(kept.text, name=run.name)
        (studio.stranger_wanted if run.origin else studio.flow_wanted).emit(flow)
        if (front := studio.workspace.current) is not None:
            do(front)

    studio.bridge.look(lambda journal: journal.flow(run.flow), show)
