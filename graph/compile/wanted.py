"""The inputs a block reads in its texts, expressions and code, though nothing gives them yet."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from graph.compile.ports import Ports, is_expression
from graph.errors import BadInput
from graph.expressions import Form, names_used
from graph.flow import NAME, Block
from graph.spec import BlockSpec, Parameter
from graph.template import Place, read_template


def wanted_inputs(block: Block, spec: BlockSpec, ports: Ports) -> tuple[str, ...]:
    """Names that could be inputs of the block: read in its fields, and given by none of them.

    What can't be read (yet) wants nothing.
    """
    if not ports.open:
        return ()
    given = {*ports.inputs, *block.fields, *_entries(block)}
    names = (name for name, value in block.fields.items() for name in _read(spec, name, value))
    return tuple(dict.fromkeys(name for name in names if name not in given))


def _entries(block: Block) -> Iterator[str]:
    """The names that records in the fields give by their keys."""
    for value in block.fields.values():
        if isinstance(value, dict) and not is_expression(value):
            yield from value


def _read(spec: BlockSpec, name: str, value: Any) -> tuple[str, ...]:
    parameter = spec.parameter(name)
    if is_expression(value):
        return _without(parameter, _names_in(str(value["$expr"]), "expression"))
    if not isinstance(value, str) or parameter is None or not spec.open_inputs:
        return ()
    match parameter.look.editor:
        case "code":
            return _without(parameter, _names_in(value, "code"))
        case "expression":
            return _without(parameter, _names_in(value, "expression"))
        case "lines":
            return _places_in(value)
    return ()


def _without(parameter: Parameter | None, names: tuple[str, ...]) -> tuple[str, ...]:
    made = parameter.look.names if parameter else ()
    return tuple(name for name in names if name not in made)


@lru_cache(maxsize=1024)
def _names_in(code: str, form: Form) -> tuple[str, ...]:
    return tuple(sorted(names_used(code, form)))


@lru_cache(maxsize=1024)
def _places_in(text: str) -> tuple[str, ...]:
    try:
        pieces = read_template(text)
    except BadInput:
        return ()
    firsts = dict.fromkeys(str(piece.path[0]) for piece in pieces if isinstance(piece, Place))
    return tuple(filter(NAME.match, firsts))
