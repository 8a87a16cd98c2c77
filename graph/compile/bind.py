"""A block's function bound to the slots it reads, in the cheapest way that does it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from graph.compile.plan import Call, Source, Values
from graph.errors import BadInput
from graph.spec import BlockSpec
from graph.values import COERCIONS, mismatch


class Skipped:
    """What a slot holds that never gets a value."""

    def __repr__(self) -> str:
        return "SKIPPED"


SKIPPED = Skipped()


def bind(spec: BlockSpec, fields: Mapping[str, Any], sources: Sequence[Source]) -> Call:
    """The call that gives the block's result for the values of a scope.

    Called for every task of every run, so the common shapes avoid building a dictionary.
    """
    function = spec.function
    if spec.join != "all" or any(source.convert or source.expects for source in sources):
        return partial(_gathered, function, fields, sources)
    if not sources:
        return partial(_constant, partial(function, **fields) if fields else function)
    if fields:
        return partial(_many, function, fields, sources)
    first = spec.parameters[0].name if spec.parameters else ""
    if len(sources) == 1 and sources[0].parameter == first:
        return partial(_one, function, sources[0].slot)
    return partial(_linked, function, sources)


def _constant(function: Callable[[], Any], values: Values) -> Any:
    return function()


def _one(function: Callable[[Any], Any], slot: int, values: Values) -> Any:
    return function(values[slot])


def _linked(function: Callable[..., Any], sources: Sequence[Source], values: Values) -> Any:
    return function(**{source[0]: values[source[1]] for source in sources})


def _many(
    function: Callable[..., Any],
    fields: Mapping[str, Any],
    sources: Sequence[Source],
    values: Values,
) -> Any:
    return function(**{source[0]: values[source[1]] for source in sources}, **fields)


def _gathered(
    function: Callable[..., Any],
    fields: Mapping[str, Any],
    sources: Sequence[Source],
    values: Values,
) -> Any:
    return function(**gather(sources, values), **fields)


def gather(sources: Sequence[Source], values: Values) -> dict[str, Any]:
    """The values that came, by parameter, converted where the link says so.

    Raises BadInput for a value that its parameter doesn't take.
    """
    given: dict[str, Any] = {}
    for parameter, slot, convert, expects in sources:
        value = values[slot]
        if value is not SKIPPED:
            if convert:
                value = COERCIONS[convert](value)
            if expects is not None and (reason := mismatch(expects, value)):
                raise BadInput(f"{parameter!r} {reason}.", cure="Look at what is linked to it.")
            given[parameter] = value
    return given
