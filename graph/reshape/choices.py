"""Which port of a block suits a link best."""

from collections.abc import Collection, Iterable, Iterator

from graph.compile.ports import INPUT, Ports
from graph.spec import BlockSpec, Parameter
from graph.values import ANY, ValueType, certain, fit

_RARELY_LINKED = {
    "choice", "code", "colour", "connection", "expression", "schedule", "schema", "secret",
}  # fmt: skip
"""Editors of fields that a person mostly fills by hand."""


def is_by_hand(spec: BlockSpec, parameter: Parameter) -> bool:
    """Whether a person mostly writes the field: so the text that further inputs are put into."""
    editor = parameter.look.editor
    return editor in _RARELY_LINKED or (spec.open_inputs and editor == "lines")


Rank = tuple[int, ...]
"""How well a port suits; the smaller the better."""


def best_input(
    spec: BlockSpec,
    ports: Ports,
    given: ValueType,
    taken: Collection[str] = (),
    wanted: Iterable[str] = (),
) -> tuple[Rank, str] | None:
    """The input that suits what comes, none of the taken ones; None when none does.

    `wanted` are names that the block reads and nothing gives: the first of them comes before all.
    """
    asked = next((name for name in wanted if name not in taken), "")
    if asked:
        return (0, 0, 0, 0), asked
    found = [
        (rank, name)
        for name, wanted in ports.inputs.items()
        if name not in taken and (rank := _input_rank(spec, name, given, wanted))
    ]
    if ports.open and spec.kind != INPUT:
        free = next(name for name in _names() if name not in taken and name not in ports.inputs)
        found.append(((0, 0, 2, 1), free))
    return min(found, key=lambda pair: pair[0], default=None)


def _names() -> Iterator[str]:
    yield "value"
    number = 2
    while True:
        yield f"value_{number}"
        number += 1


def _input_rank(spec: BlockSpec, name: str, given: ValueType, wanted: ValueType) -> Rank | None:
    rank = _type_rank(given, wanted)
    if rank is None:
        return None
    parameter = spec.parameter(name)
    aside = parameter and (parameter.look.more or is_by_hand(spec, parameter))
    needed = parameter is None or parameter.required
    return (rank // 3, int(bool(aside)), int(not needed), rank)


def best_output(ports: Ports, wanted: ValueType) -> tuple[Rank, str] | None:
    """The output that suits what is asked for; None when none does."""
    found = [
        ((rank // 3, int(name == "error"), 0, rank), name)
        for name, given in ports.outputs.items()
        if (rank := _type_rank(given, wanted)) is not None
    ]
    return min(found, key=lambda pair: pair[0], default=None)


def _type_rank(given: ValueType, wanted: ValueType) -> int | None:
    """0 when all values suit, 1 when some do, 2 when nobody knows, 3 when one must be converted."""
    verdict = fit(given, wanted)
    if not verdict.fits:
        return 3 if verdict.convert else None
    if ANY in (given, wanted):
        return 2
    return 0 if certain(given, wanted) else 1
