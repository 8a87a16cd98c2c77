"""A link held at one end: what its other end may be put to, and why not."""

from collections.abc import Callable
from typing import Literal

from graph.compile.ports import NOTE, Level, Ports, ports_of
from graph.compile.wanted import wanted_inputs
from graph.edits import Disconnect, Edit, apply
from graph.edits.edit import together
from graph.flow import End, Flow
from graph.reshape import connect, link_check
from graph.reshape.choices import best_input, best_output
from graph.values import ANY, Fit, ValueType

Side = Literal["in", "out"]

NO_PORTS = Ports({}, {})


class LooseLink:
    """`held` is where the link stays; "out" when that is an output, "in" when it is an input.

    `taken_from` is the input that an existing link was pulled off.
    """

    def __init__(
        self, level: Level, held: End, side: Side, taken_from: End | None = None
    ) -> None:  # fmt: skip
        self.held = held
        self.side: Side = side
        self.taken_from = taken_from
        self._flow = level.flow
        self._rest = apply(level.flow, Disconnect(taken_from)) if taken_from else level.flow
        self._level = Level(self._rest, level.catalog, level.around)
        self._check = self._checking()
        self._taken: dict[str, set[str]] = {}
        for target in self._rest.links:
            self._taken.setdefault(target.block, set()).add(target.port)
        self._verdicts: dict[End, Fit] = {}
        self._best: dict[str, End | None] = {}

    @classmethod
    def pulled(cls, level: Level, at: End, side: Side) -> "LooseLink":
        """The link that a person pulls from a port: the one that ends there, or a new one."""
        link = level.flow.links.get(at) if side == "in" else None
        return cls(level, link.source, "out", at) if link else cls(level, at, side)

    @property
    def type(self) -> ValueType:
        """What the link carries, as far as the held end knows."""
        ports = self._ports(self.held.block)
        return (ports.outputs if self.side == "out" else ports.inputs).get(self.held.port, ANY)

    def verdict(self, other: End) -> Fit:
        """Whether the loose end may be put to that port."""
        if other not in self._verdicts:
            self._verdicts[other] = self._check(other)
        return self._verdicts[other]

    def suits(self, other: End) -> bool:
        """Whether it may, be it with a conversion."""
        verdict = self.verdict(other)
        return verdict.fits or bool(verdict.convert)

    def best(self, id: str) -> End | None:
        """The port of a block that the link suits best, none that is taken; None without one."""
        if id not in self._best:
            self._best[id] = self._find_best(id)
        return self._best[id]

    def wants(self, end: End) -> bool:
        """Whether a block needs what comes into that port."""
        block = self._rest.blocks.get(end.block)
        spec = self._level.catalog.get(block.kind) if block else None
        parameter = spec.parameter(end.port) if spec else None
        return self.side == "in" or (parameter is not None and parameter.required)

    def edit(self, other: End) -> Edit:
        """What links the loose end to that port. Raises EditRefused with the reason."""
        return self.edit_in(self._flow, other)

    def edit_in(self, flow: Flow, other: End) -> Edit:
        """The same, for a flow that has got more blocks meanwhile."""
        loose = [Disconnect(self.taken_from)] if self.taken_from else []
        flow = apply(flow, loose[0]) if loose else flow
        source, target = (self.held, other) if self.side == "out" else (other, self.held)
        made = connect(flow, source, target, self._level.catalog, self._level.around)
        return together([*loose, made])

    def _checking(self) -> Callable[[End], Fit]:
        end: Literal["output", "input"] = "output" if self.side == "out" else "input"
        return link_check(self._rest, self.held, end, self._level.catalog, self._level.around)

    def _find_best(self, id: str) -> End | None:
        block = self._rest.blocks.get(id)
        spec = self._level.catalog.get(block.kind) if block else None
        if spec is None or spec.kind == NOTE or id == self.held.block:
            return None
        if self.side == "out":
            ports, taken = self._ports(id), self._taken.get(id, set())
            wanted = wanted_inputs(block, spec, ports) if block else ()
            found = best_input(spec, ports, self.type, taken, wanted)
        else:
            found = best_output(self._ports(id), self.type)
        end = End(id, found[1]) if found else None
        return end if end and self.suits(end) else None

    def _ports(self, id: str) -> Ports:
        block = self._rest.blocks.get(id)
        spec = self._level.catalog.get(block.kind) if block else None
        return ports_of(block, spec, self._level) if block and spec else NO_PORTS


def told(verdict: Fit, where: str) -> str:
    """What a person is told of a port that doesn't fit as it is."""
    if verdict.convert:
        return (
            f"Values are turned into {CONVERTED.get(verdict.convert, verdict.convert)} on the way."
        )
    return f"Can't be linked to {where}: {verdict.reason}"


CONVERTED = {
    "text": "text", "number": "a number", "integer": "a whole number", "boolean": "yes or no",
    "list": "a list of one", "json": "JSON text", "parsed": "what the JSON text says",
    "bytes": "bytes",
}  # fmt: skip
"""What a conversion makes, in words."""
