"""Two runs beside each other in words: what differs as rows, and each difference in lines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from app.presenters.comparing import Line, compared
from app.presenters.run_words import WORDS, duration
from app.presenters.tables import one_line
from graph.diff import diff
from graph.edits import describe_all, touches_logic
from graph.flow import Flow
from runtime.events import block_of
from runtime.projections.block_view import BlockView
from runtime.projections.comparison import BlockPair, Comparison, Outcome, Parting
from runtime.projections.run_view import RunView

Kind = Literal["flow", "inputs", "outputs", "block"]

LEAST = 0.0005
"""Seconds by which times differ that are told apart."""

WHY: Mapping[str, str] = {
    "inputs": "the runs were given something else",
    "flow": "the block was changed",
    "person": "somebody changed its values while debugging",
    "itself": "the same came in, and something else came out",
    "upstream": "",
}


class Row(NamedTuple):
    """One line of the comparison.

    `address` is that of a block. `before` and `after` are seconds, None where it didn't come up.
    """

    kind: Kind
    title: str
    address: str = ""
    said: str = ""
    differs: bool = False
    parts: bool = False
    """Whether the runs first part here."""
    before: float | None = None
    after: float | None = None
    spent: str = ""

    @property
    def time(self) -> str:
        """How long it took, before and after."""
        if self.kind != "block":
            return ""
        told = [duration(t) if t is not None else "–" for t in (self.before, self.after)]
        return told[0] if told[0] == told[1] else " → ".join(told)

    @property
    def longer(self) -> float:
        """By how many seconds it took longer; 0 where it didn't come up in both."""
        if self.before is None or self.after is None:
            return 0.0
        return self.after - self.before


def rows(
    found: Comparison, flows: tuple[Flow, Flow] | None, title: Callable[[str], str]
) -> list[Row]:
    """What there is to see: the flow, inputs and outputs where they differ, then every block.

    `title` says what the block of an address is called.
    """
    blocks = (_of_block(pair, title(pair.block), found.parting) for pair in found.blocks)
    return [*_around(found, flows), *blocks]


def _around(found: Comparison, flows: tuple[Flow, Flow] | None) -> Iterator[Row]:
    changes = flow_changes(flows)
    if changes:
        count = f"{len(changes)} change{'' if len(changes) == 1 else 's'}"
        yield Row("flow", "The flow", said=count, differs=True)
    if found.inputs:
        parts = found.parting is not None and not found.parting.task
        said = ", ".join(found.inputs)
        yield Row("inputs", "Run inputs", said=said, differs=True, parts=parts)
    if found.outputs:
        yield Row("outputs", "Run outputs", said=", ".join(found.outputs), differs=True)


def _of_block(pair: BlockPair, title: str, parting: Parting | None) -> Row:
    parts = parting is not None and bool(parting.task) and pair.first == parting.task
    return Row(
        "block", title, pair.block, _said(pair), pair.differing > 0, parts,
        pair.before.took if pair.before else None,
        pair.after.took if pair.after else None,
        _spent(pair.before, pair.after),
    )  # fmt: skip


def _said(pair: BlockPair) -> str:
    if not pair.differing:
        return "the same"
    if pair.before is None:
        return "only in the second"
    if pair.after is None:
        return "only in the first"
    if pair.before.state != pair.after.state:
        return f"{_state(pair.before)} → {_state(pair.after)}"
    tasks = max(pair.before.tasks, pair.after.tasks)
    return f"{pair.differing:,} of {tasks:,} differ" if tasks > 1 else "differs"


def _state(view: BlockView) -> str:
    return {"finished": "done", "caught": "failed"}.get(view.state, view.state)


def _spent(before: BlockView | None, after: BlockView | None) -> str:
    """Tokens and money, before and after; "" where nothing was spent."""
    told = [_cost(view.tokens, view.cost) if view else "" for view in (before, after)]
    if not any(told):
        return ""
    return told[0] if told[0] == told[1] else " → ".join(one or "nothing" for one in told)


def _cost(tokens: int, cost: float) -> str:
    said = f"{tokens:,} tokens" if tokens else ""
    money = f"${cost:.4f}" if cost else ""
    return ", ".join(filter(None, (said, money)))


# In sentences.


def heading(view: RunView) -> str:
    """A run in a few words: how it ended, how long it took, what it cost."""
    spent = _cost(view.tokens, view.cost)
    words = [WORDS[view.state], f"in {duration(view.took)}", f"· {spent}" if spent else ""]
    return " ".join(filter(None, words))


def verdict(found: Comparison, title: Callable[[str], str]) -> str:
    """Where the two part, in a sentence."""
    parting = found.parting
    if parting is None:
        return "Every block gave the same."
    if not parting.task:
        return f"They part at the inputs: {WHY['inputs']}."
    why = WHY[parting.cause]
    return f"They part at “{title(parting.task)}”{f': {why}' if why else ''}."


def flow_changes(flows: tuple[Flow, Flow] | None) -> list[str]:
    """How the second flow does other things than the first, a sentence each."""
    if flows is None or flows[0] == flows[1]:
        return []
    old, new = flows
    edits = diff(old, new)
    told = zip(edits, describe_all(edits, old), strict=True)
    return [text for edit, text in told if touches_logic(edit)]


# In lines.


def tasks_of(row: Row, found: Comparison, most: int = 500) -> list[str]:
    """The tasks of a block that differ."""
    from_block = (task for task in found.outcomes if block_of(task) == row.address)
    return [task for task, _ in zip(from_block, range(most), strict=False)]


def lines(row: Row, found: Comparison, flows: tuple[Flow, Flow] | None, task: str) -> list[Line]:
    """What differs in a row; of a block, in one of its tasks."""
    match row.kind:
        case "flow":
            return [Line("~", text) for text in flow_changes(flows)]
        case "inputs":
            return list(_by_name(found.before.inputs, found.after.inputs, found.inputs))
        case "outputs":
            return list(_by_name(found.before.outputs, found.after.outputs, found.outputs))
        case "block":
            return list(_of_task(*found.outcomes.get(task, (None, None))))


def _of_task(before: Outcome | None, after: Outcome | None) -> Iterator[Line]:
    old, new = _outputs(before), _outputs(after)
    for sign, side in (("-", before), ("+", after)):
        if side is not None and side.failure is not None:
            yield Line(sign, f"failed: {side.failure}")  # type: ignore[arg-type] # one of the two
        elif side is not None and side.outputs is None:
            yield Line(sign, "left out")  # type: ignore[arg-type] # one of the two
    yield from _by_name(old, new, list(dict.fromkeys((*new, *old))))


def _outputs(side: Outcome | None) -> Mapping[str, Any]:
    return side.outputs if side is not None and side.outputs is not None else {}


def _by_name(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Sequence[str]
) -> Iterator[Line]:
    for name in names:
        if name not in before:
            yield Line("+", f"{name}: {one_line(after[name], 200)}")
        elif name not in after:
            yield Line("-", f"{name}: {one_line(before[name], 200)}")
        elif changes := compared(before[name], after[name]):
            if len(names) > 1:
                yield Line("@", name)
            yield from changes
