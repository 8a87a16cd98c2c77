"""The breakpoints of a client: what it asks for, what they are bound to, what the run is told."""

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any, NamedTuple

from graph.errors import HeddleError
from graph.values import did_you_mean, shorten
from runtime.breakpoints import Breakpoint
from runtime.engine.points import BadBreakpoint, Points
from runtime.services.dap.shapes import (
    Bound,
    DataBreakpoint,
    FilterOption,
    FunctionBreakpoint,
    Source,
    SourceBreakpoint,
)
from runtime.services.dap.sources import FlowSource, Meant

FILTERS: Sequence[dict[str, Any]] = (
    {
        "filter": "uncaught", "label": "Uncaught errors", "default": True,
        "description": "Stop before an error is raised that nothing in the flow catches.",
        "supportsCondition": True, "conditionDescription": "error['type'] == 'Unreachable'",
    },
    {
        "filter": "all", "label": "All errors", "default": False,
        "description": "Stop before any error is raised, caught or not.",
        "supportsCondition": True, "conditionDescription": "error['type'] == 'Unreachable'",
    },
    {
        "filter": "cost", "label": "Cost exceeded", "default": False,
        "description": "Stop once the run has cost more than so many US dollars.",
        "supportsCondition": True, "conditionDescription": "US dollars: 0.50",
    },
    {
        "filter": "tokens", "label": "Tokens exceeded", "default": False,
        "description": "Stop once the run has used more than so many tokens.",
        "supportsCondition": True, "conditionDescription": "A number of tokens: 10000",
    },
)  # fmt: skip
"""Breakpoints that are at no line, as a client offers them."""


_Made = Iterable[tuple[Meant, str, str]]
"""What is meant, on what condition, and which hits count."""


class _Set(NamedTuple):
    """A breakpoint as it was set, and what the run is told of it."""

    bound: Bound
    points: Sequence[Breakpoint]
    kind: str


class Wanted:
    """All breakpoints of one client. `mark` begins the ids of those that the run is told of."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._ids = count(1)
        self._files: dict[str, list[_Set]] = {}
        self._asked: dict[str, tuple[Source, list[SourceBreakpoint]]] = {}
        self._rest: dict[str, list[_Set]] = {}
        self.further: list[Breakpoint] = []

    def all(self) -> list[Breakpoint]:
        """What the run is told."""
        sets = [*self._files.values(), *self._rest.values()]
        own = [point for made in sets for one in made for point in one.points]
        return [*own, *self.further]

    def is_own(self, point: str) -> bool:
        return point.startswith(self._mark) or any(one.id == point for one in self.further)

    def find(self, point: str) -> tuple[int, str]:
        """The client's own number of a breakpoint that was hit, and of which kind it is."""
        for sets in (*self._files.values(), *self._rest.values()):
            for one in sets:
                if any(made.id == point for made in one.points):
                    return one.bound.id, one.kind
        return 0, ""

    # Lines.

    def set_lines(
        self, source: Source, asked: list[SourceBreakpoint], flow: FlowSource | None,
        check: Callable[[str], str],
    ) -> list[Bound]:  # fmt: skip
        """The breakpoints of a file anew. `check` says what is to be said of a place."""
        key = source.path or str(source.source_reference)
        before = [one.bound.id for one in self._files.get(key, ())]
        numbers = [before[n] if n < len(before) else next(self._ids) for n in range(len(asked))]
        self._asked[key] = (source, asked)
        self._files[key] = [
            self._on_line(source, one, number, flow, check)
            for one, number in zip(asked, numbers, strict=True)
        ]
        return [one.bound for one in self._files[key]]

    def bind_again(
        self, of: Callable[[Source], FlowSource | None], check: Callable[[str], str]
    ) -> Iterator[Bound]:
        """Those set before it was known what is debugged."""
        for source, asked in list(self._asked.values()):
            yield from self.set_lines(source, asked, of(source), check)

    def _on_line(
        self, source: Source, asked: SourceBreakpoint, number: int, flow: FlowSource | None,
        check: Callable[[str], str],
    ) -> _Set:  # fmt: skip
        def unbound(why: str) -> _Set:
            return _Set(Bound(number, False, why, source, asked.line), (), "breakpoint")

        if flow is None:
            return unbound("This file is no part of the flow that is debugged.")
        spot = flow.spot(source.path or "", asked.line)
        if spot is None:
            return unbound("No block and no link stands on this line.")
        try:
            meant = flow.meant(source.path or "", spot)
            notes = {check(one.block) for one in meant}
            made = [
                self._point(number, n, one, asked.condition, asked.hit_condition, asked.log_message)
                for n, one in enumerate(meant)
            ]
        except HeddleError as error:
            return unbound(str(error))
        note = " ".join(sorted(filter(None, notes))) or None
        bound = Bound(number, True, note, source, spot.first, spot.column, spot.last)
        return _Set(bound, made, "breakpoint")

    # Blocks by name, errors and budgets, values.

    def set_blocks(
        self, asked: list[FunctionBreakpoint], flow: FlowSource | None
    ) -> list[Bound]:  # fmt: skip
        return self._set("function breakpoint", asked, lambda one: self._by_name(one, flow))

    def _by_name(self, asked: FunctionBreakpoint, flow: FlowSource | None) -> _Made:
        meant = flow.named(asked.name) if flow else []
        if not meant:
            cure = did_you_mean(asked.name, flow.names()) if flow else ""
            raise HeddleError(f"The flow has no block {asked.name!r}.", cure=cure)
        return [(one, asked.condition, asked.hit_condition) for one in meant]

    def set_values(self, asked: list[DataBreakpoint]) -> list[Bound]:
        return self._set("data breakpoint", asked, _of_value, changed=True)

    def _set(
        self, kind: str, asked: Sequence[Any], of: Callable[[Any], _Made], *, changed: bool = False
    ) -> list[Bound]:
        sets: list[_Set] = []
        for one in asked:
            number = next(self._ids)
            try:
                made = [
                    self._point(number, n, meant, condition, hits, "", changed)
                    for n, (meant, condition, hits) in enumerate(of(one))
                ]
                sets.append(_Set(Bound(number, True), made, kind))
            except HeddleError as error:
                sets.append(_Set(Bound(number, False, str(error)), (), kind))
        self._rest[kind] = sets
        return [one.bound for one in sets]

    def set_filters(self, options: Iterable[FilterOption]) -> list[Bound]:
        sets: list[_Set] = []
        for option in options:
            number = next(self._ids)
            try:
                point = _filter(f"{self._mark}{number}", option)
                _must_be_expression(point.condition)
                Points([point])
                sets.append(_Set(Bound(number, True), [point], "exception"))
            except HeddleError as error:
                sets.append(_Set(Bound(number, False, str(error)), (), "exception"))
        self._rest["exception"] = sets
        return [one.bound for one in sets]

    def _point(
        self, number: int, n: int, meant: Meant, condition: str, hits: str, log: str,
        changed: bool = False,
    ) -> Breakpoint:  # fmt: skip
        """Raises BadBreakpoint."""
        _must_be_expression(condition)
        point = Breakpoint(
            f"{self._mark}{number}.{n}",
            meant.block,
            "before" if meant.before else "after",
            meant.port,
            meant.to,
            condition.strip(),
            hits.strip(),
            log,
            changed,
        )
        Points([point])
        return point


def data_id(task: str, port: str, *, before: bool) -> str:
    """The name of a port whose changes may stop the run."""
    return f"{'in' if before else 'out'}:{task}:{port}"


def _of_value(asked: DataBreakpoint) -> _Made:
    side, _, rest = asked.data_id.partition(":")
    block, _, port = rest.rpartition(":")
    if side not in ("in", "out") or not block or not port:
        raise HeddleError(f"{asked.data_id!r} is no value that can be watched.")
    return [(Meant(block, port, side == "in"), asked.condition, asked.hit_condition)]


def _filter(id: str, option: FilterOption) -> Breakpoint:
    condition = option.condition.strip()
    match option.filter_id:
        case "uncaught":
            return Breakpoint(id, at="error", condition=condition, uncaught=True)
        case "all":
            return Breakpoint(id, at="error", condition=condition)
        case "cost":
            return Breakpoint(id, cost=_number(condition, "dollars"))
        case "tokens":
            return Breakpoint(id, tokens=int(_number(condition, "tokens")))
    raise BadBreakpoint(f"There is no filter {option.filter_id!r}.")


def _must_be_expression(text: str) -> None:
    """Raises BadBreakpoint; what it comes to, the run says."""
    try:
        if text.strip():
            ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "it is too deeply nested"
        raise BadBreakpoint(f"{shorten(text)} is no expression: {reason}.") from None


def _number(text: str, of: str) -> float:
    try:
        return float(text.lstrip("$").replace("_", ""))
    except ValueError:
        raise BadBreakpoint(f"{text!r} is no number of {of}.", cure="Write a number.") from None
