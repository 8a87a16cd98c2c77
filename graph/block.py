"""The `@block` decorator: a kind of block, read from the signature of a function."""

import collections.abc
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from graph.connections import Connection
from graph.context import Context
from graph.flow import Flow
from graph.spec import (
    REQUIRED,
    BlockSpec,
    Check,
    Effect,
    Example,
    Follows,
    Join,
    Look,
    Mode,
    NeedsOf,
    Output,
    Parameter,
    SpendsOf,
)
from graph.values import ANY, LIST, TEXT, ValueType, type_of

F = TypeVar("F", bound=Callable[..., Any])

KIND = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")

Expression = Annotated[str, Look("expression", names=("item", "index"))]
"""A parameter that holds a Python expression, worked out by the block through its context."""

FlowName = Annotated[str, Look("flow")]
"""A parameter that names a flow: embedded in this one, or a file beside it."""

FlowNames = Annotated[Sequence[str], Look("flows")]
"""A parameter that names any number of such flows."""

BODY = re.compile(r"@[a-z][a-z0-9_]*\Z")
"""The name of a flow that comes with a kind of block: none that is drawn can be called so."""


class Route(NamedTuple):
    """What a block with several outputs returns to give a value on one of them only."""

    port: str
    value: Any


class Joined:
    """Marks a stream of texts whose value, once complete, is one text: `Annotated[Iterator[str], Joined]`."""  # noqa: E501


def block(
    kind: str,
    *,
    title: str,
    icon: str = "mdi6.cube-outline",
    output: str = "value",
    agent: str = "pure",
    effect: Effect = "none",
    repeatable: bool | None = None,
    patient: bool = False,
    needs: NeedsOf | None = None,
    spends: SpendsOf | None = None,
    check: Check | None = None,
    join: Join = "all",
    routes: Sequence[str] = (),
    outputs_from: str = "",
    process: bool = False,
    weight: float = 1.0,
    bodies: Mapping[str, Flow] | None = None,
    examples: Sequence[Example] = (),
    search: Sequence[str] = (),
) -> Callable[[F], F]:
    """Make a function a kind of block; everything shown of it comes from its signature.

    Parameters become fields and ports: required without a default; described by a text in
    `Annotated[type, "what it is"]`, edited as a `Look` there says. One annotated `Connection` is
    chosen by name, of the `kinds` its Look names; `**inputs` takes any further named inputs; one
    annotated `Context` gets the surroundings. The return annotation types the `output`; a
    NamedTuple gives several. A block with `routes` (or `outputs_from`, the field that names
    them) returns a `Route`. A generator streams. `bodies` are flows of its own that its function
    runs, by names like `@turn`. The docstring's first line is the summary.
    Raises TypeError for a signature that can't be a block.
    """

    def decorate(function: F) -> F:
        if not KIND.match(kind):
            raise TypeError(f"{kind!r} is no kind: write category.name in small letters.")
        if bad := next((name for name in bodies or () if not BODY.match(name)), None):
            raise TypeError(f"{kind}: {bad!r} is no name of a body: write it like @turn.")
        hints = get_type_hints(function, include_extras=True)
        returns = hints.pop("return", Any)
        parameters, open_inputs, wants_context = _parameters(kind, function, hints)
        doc = inspect.getdoc(function) or ""
        spec = BlockSpec(
            kind=kind,
            title=title,
            function=function,
            summary=doc.partition("\n")[0],
            description=doc.partition("\n")[2].strip(),
            icon=icon,
            agent=agent,
            parameters=parameters,
            outputs=_outputs(returns, output, routes),
            open_inputs=open_inputs,
            outputs_from=outputs_from,
            routes=bool(routes or outputs_from),
            tupled=_is_tuple(returns),
            joined=Joined in get_args(returns),
            wants_context=wants_context,
            bodies=dict(bodies or {}),
            mode=_mode(function, process),
            join=join,
            effect=effect,
            repeatable=effect != "write" if repeatable is None else repeatable,
            patient=patient,
            weight=weight,
            needs=needs,
            spends=spends,
            check=check,
            examples=tuple(examples),
            search=tuple(search),
        )
        function.__block__ = spec  # type: ignore[attr-defined]
        return function

    return decorate


def spec_of(function: Callable[..., Any]) -> BlockSpec:
    """The spec of a function decorated with `@block`. Raises TypeError for any other."""
    spec = getattr(function, "__block__", None)
    if not isinstance(spec, BlockSpec):
        raise TypeError(f"{function!r} is no block.")
    return spec


def _parameters(
    kind: str, function: Callable[..., Any], hints: dict[str, Any]
) -> tuple[tuple[Parameter, ...], bool, str]:
    made, open_inputs, wants_context = list[Parameter](), False, ""
    for name, parameter in inspect.signature(function).parameters.items():
        if hints.get(name) is Context:
            wants_context = name
        elif parameter.kind is parameter.VAR_KEYWORD:
            open_inputs = True
        elif parameter.kind in (parameter.VAR_POSITIONAL, parameter.POSITIONAL_ONLY):
            raise TypeError(f"{kind}: {name!r} must be a parameter with a name.")
        elif name not in hints:
            raise TypeError(f"{kind}: {name!r} needs an annotation.")
        else:
            default = REQUIRED if parameter.default is parameter.empty else parameter.default
            made.append(_parameter(name, hints[name], default))
    return tuple(made), open_inputs, wants_context


def _parameter(name: str, annotation: Any, default: Any) -> Parameter:
    notes = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    description = next((note for note in reversed(notes) if isinstance(note, str)), "")
    look = next((note for note in reversed(notes) if isinstance(note, Look)), Look())
    kind = type_of(annotation)
    if not look.editor and kind.choices:
        look = Look("choice", look.more)
    connects = _connects(annotation)
    if not look.editor and connects:
        look = msgspec.structs.replace(look, editor="connection")
    return Parameter(name, kind, default, description, look, connects)


def _connects(annotation: Any) -> bool:
    """Whether what an annotation allows is a connection, or nothing."""
    if get_origin(annotation) is Annotated:
        return _connects(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        members = [member for member in get_args(annotation) if member is not type(None)]
        return len(members) == 1 and _connects(members[0])
    return annotation is Connection


def _outputs(returns: Any, name: str, routes: Sequence[str]) -> tuple[Output, ...]:
    if routes:
        return tuple(Output(route) for route in routes)
    if returns is Route:
        return ()
    if returns is None or returns is type(None):
        return ()
    if _is_tuple(returns):
        hints = get_type_hints(returns, include_extras=True)
        return tuple(_output(field, hints.get(field, Any)) for field in returns._fields)
    return (_output(name, returns),)


def _is_tuple(returns: Any) -> bool:
    """Whether an annotation is a NamedTuple, each field of which is an output."""
    named = isinstance(returns, type) and issubclass(returns, tuple) and hasattr(returns, "_fields")
    return named and returns is not Route


_STREAMS = (
    collections.abc.Iterator,
    collections.abc.AsyncIterator,
    collections.abc.Generator,
    collections.abc.AsyncGenerator,
)


def _output(name: str, annotation: Any) -> Output:
    notes: tuple[Any, ...] = ()
    if get_origin(annotation) is Annotated:
        annotation, *rest = get_args(annotation)
        notes = tuple(rest)
    description = next((note for note in notes if isinstance(note, str)), "")
    if get_origin(annotation) in _STREAMS:
        return Output(name, _stream_type(annotation, notes), description)
    follows = next((note.field for note in notes if isinstance(note, Follows)), "")
    return Output(name, type_of(annotation), description, follows)


def _stream_type(annotation: Any, notes: tuple[Any, ...]) -> ValueType:
    if Joined in notes:
        return TEXT
    item = type_of(get_args(annotation)[0])
    return LIST if item == ANY else ValueType("list", item=item)


def _mode(function: Callable[..., Any], process: bool) -> Mode:
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        return "stream"
    if inspect.iscoroutinefunction(function):
        return "async"
    return "process" if process else "inline"
