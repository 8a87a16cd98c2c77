"""Taking things off the canvas, and selecting what belongs together."""

from app.editor.acting.binding import Binder, any_block, anything
from app.workbench import Workbench
from graph.edits import ClearFrame, Disconnect, Edit, RemoveBlock
from graph.flow import Flow
from graph.reshape import remove_keeping


def bind(to: Binder) -> None:
    to.on_flow("edit.delete", delete, anything)
    to.on_flow("edit.remove_keeping", delete_keeping, any_block)
    to.on_flow("edit.select_linked", select_linked, any_block)


def removal(bench: Workbench) -> list[Edit]:
    """The edits that take out whatever is selected."""
    flow, blocks = bench.flow, bench.selected
    links = (
        target for target in sorted(bench.selected_links)
        if target.block not in blocks and flow.links[target].source.block not in blocks
    )  # fmt: skip
    return [
        *map(Disconnect, links),
        *map(RemoveBlock, sorted(blocks)),
        *map(ClearFrame, sorted(bench.selected_frames)),
    ]


def delete(bench: Workbench) -> None:
    """Take out whatever is selected."""
    bench.do(*removal(bench), label="Delete")


def delete_keeping(bench: Workbench) -> None:
    """Take the selected blocks out, and join what stood around them."""
    around = bench.document.around(bench.level)
    edit = remove_keeping(bench.flow, bench.selected, bench.catalog, around)
    bench.do(edit, label="Delete and keep links")


def select_linked(bench: Workbench) -> None:
    """Select all that hangs together with what is selected."""
    bench.select(linked_with(bench.flow, bench.selected))


def linked_with(flow: Flow, ids: frozenset[str]) -> frozenset[str]:
    """These blocks and all that links lead to, one way or the other."""
    beside: dict[str, set[str]] = {}
    for link in flow.links.values():
        beside.setdefault(link.source.block, set()).add(link.target.block)
        beside.setdefault(link.target.block, set()).add(link.source.block)
    seen, todo = set(ids), list(ids)
    while todo:
        fresh = beside.get(todo.pop(), set()) - seen
        seen |= fresh
        todo += fresh
    return frozenset(seen)
