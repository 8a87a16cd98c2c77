"""A flow in the order in which one reads it, and its blocks in a sentence each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from app.presenters.run_words import duration
from graph.catalog import Catalog
from graph.errors import Problem
from graph.flow import Block, Flow
from runtime.projections.block_view import BlockView

_STATES: Mapping[str, str] = {
    "waiting": "waiting", "running": "running", "retrying": "trying again",
    "asking": "waits for an answer", "doubted": "needs your word",
    "finished": "done", "reused": "reused", "skipped": "skipped",
    "failed": "failed", "caught": "failed, caught", "cancelled": "cancelled",
}  # fmt: skip


def reading_order(flow: Flow) -> list[str]:
    """The blocks along the links, each chain as far as it goes; from the upper left downwards.

    What stands in a circle comes last, in the order of the flow.
    """
    after, waits = defaultdict[str, list[str]](list), dict.fromkeys(flow.blocks, 0)
    for link in flow.links.values():
        source, target = link.source.block, link.target.block
        if source in waits and target in waits:
            after[source].append(target)
            waits[target] += 1
    ready = _lowest_first([id for id, count in waits.items() if not count], flow)
    order = list[str]()
    while ready:
        order.append(id := ready.pop())
        freed = list[str]()
        for target in after[id]:
            waits[target] -= 1
            if not waits[target]:
                freed.append(target)
        ready += _lowest_first(freed, flow)
    placed = set(order)
    return order + [id for id in flow.blocks if id not in placed]


def _lowest_first(ids: list[str], flow: Flow) -> list[str]:
    """From the lower right to the upper left, since the last is taken first."""
    places, nowhere = flow.view.positions, (0.0, 0.0)

    def corner(id: str) -> tuple[float, float]:
        x, y = places.get(id, nowhere)
        return y, x

    return sorted(ids, key=corner)[::-1]


def title_of(block: Block, catalog: Catalog) -> str:
    """What a block is called: its own title, else that of its kind."""
    spec = catalog.get(block.kind)
    return block.title or (spec.title if spec else block.kind)


def sources_of(flow: Flow) -> dict[str, list[str]]:
    """By block: the blocks that its links come from, each once."""
    found = defaultdict[str, dict[str, None]](dict)
    for link in flow.links.values():
        found[link.target.block][link.source.block] = None
    return {id: list(sources) for id, sources in found.items()}


def state_words(view: BlockView | None) -> str:
    """How a block stands in a run, in a word or two; "" before it came up."""
    if view is None:
        return ""
    words = _STATES[view.state]
    if view.rounds:
        return f"{words}, {view.rounds_done + view.rounds_failed} of {view.rounds}"
    return f"{words} {duration(view.took)}" if view.state == "finished" else words


def spoken(
    title: str, kind: str, sources: Sequence[str], state: str, problems: Iterable[Problem]
) -> str:
    """A block in one sentence: `Greet, text.template, links from Name, done 3 ms`."""
    links = f"links from {', '.join(sources)}" if sources else ""
    faults = "; ".join(problem.message for problem in problems)
    said = (title, kind, links, state, f"problem: {faults}" if faults else "")
    return ", ".join(filter(None, said))
