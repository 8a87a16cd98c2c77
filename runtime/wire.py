"""What goes over the wire: events by the batch, refusals, what is looked up, kinds of blocks."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from graph.errors import HeddleError, Problem
from graph.spec import BlockSpec
from graph.values import schema_of
from runtime.events import (
    AnyEvent,
    OutputsChanged,
    RunStarted,
    RunSucceeded,
    ScopeOpened,
    TaskFinished,
    TaskReused,
)
from runtime.journal.keeping import DEEPEST, Keeper, Refused
from runtime.journal.packing import pack, plain, unpacker
from runtime.large import LARGE, Large, Place, Side, shown

T = TypeVar("T")

MSGPACK = "application/msgpack"
JSON = "application/json"
PROBLEM = "application/problem+json"

CHUNK = 2048
"""Events in one message at the most, so that a long past doesn't come as one piece."""


LARGE_CODE = 16
"""Stands for a Large in MessagePack; `journal.packing` has the codes that journals know."""


class Missed(msgspec.Struct, frozen=True):
    """Told to a watcher too slow for what happens: so many events were left out."""

    missed: int


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a request was refused: a problem document (RFC 9457) that says the cure as well.

    `title` is the kind of error, `problems` what is wrong with a flow, one by one.
    """

    title: str
    status: int
    detail: str
    cure: str = ""
    problems: tuple[Problem, ...] = ()


def refusal_of(error: HeddleError, status: int) -> Refusal:
    """The error as told to a client."""
    problems: Sequence[Problem] = getattr(error, "problems", ())
    return Refusal(type(error).__name__, status, error.message, error.cure, tuple(problems))


# Events.

_UNREADABLE = (TypeError, ValueError, OverflowError, RecursionError)
_to_json = msgspec.json.Encoder(enc_hook=repr).encode
_to_msgpack = msgspec.msgpack.Encoder().encode


def as_json(value: Any) -> bytes:
    """An event, or a list of them, as JSON text, whatever the values in it are.

    Times become ISO 8601, bytes base64, infinite numbers null, anything that JSON has no word
    for what Python writes for it.
    """
    try:
        return _to_json(value)
    except _UNREADABLE:
        return json.dumps(_legible(value)).encode()


def packed(events: Sequence[AnyEvent] | Missed, *, brief: bool = False) -> bytes:
    """Events as one MessagePack array, with values as exact as a journal keeps them.

    `brief`: of values that are large only how they begin (see `runtime.large`).
    """
    if isinstance(events, Missed):
        return _to_msgpack(events)
    try:
        if plain(events):
            message = _to_msgpack(events)
            if not brief or len(message) <= LARGE:  # as nearly always: none can be in it
                return message
        keeper = _Looked() if brief else Keeper()
        told = [begun(event) for event in events] if brief else events
        return _to_msgpack([pack(event, keeper) for event in told])
    except (*_UNREADABLE, Refused):
        return _to_msgpack(_legible(events))


def begun(event: AnyEvent) -> AnyEvent:
    """The event with its large values only as they begin."""
    match event:
        case TaskFinished() | TaskReused() | OutputsChanged():
            outputs = _begun(event.outputs, event.run, event.task, "outputs")
            return msgspec.structs.replace(event, outputs=outputs)
        case RunSucceeded():
            outputs = _begun(event.outputs, event.run, "", "outputs")
            return msgspec.structs.replace(event, outputs=outputs)
        case RunStarted():
            inputs = _begun(event.inputs, event.run, "", "inputs")
            return msgspec.structs.replace(event, inputs=inputs)
        case ScopeOpened():
            inputs = _begun(event.inputs, event.run, event.scope, "inputs")
            return msgspec.structs.replace(event, inputs=inputs)
    return event


def _begun(values: Mapping[str, Any], run: str, task: str, side: Side) -> dict[str, Any]:
    return {name: shown(value, Place(run, task, side, name)) for name, value in values.items()}


def unpacked(message: bytes) -> list[AnyEvent] | Missed:
    """What `packed` made, or that something was missed. Raises msgspec.DecodeError."""
    return _from_msgpack.decode(message)


def _no_blob(digest: str) -> bytes:
    raise msgspec.DecodeError(f"a value refers to a blob, {digest}")


_unpack_value = unpacker(_no_blob)


def _unpack_looked(code: int, data: memoryview) -> Any:
    """A value that journals know, or one that is large."""
    if code == LARGE_CODE:
        return msgspec.msgpack.decode(data, type=Large, ext_hook=_unpack_looked)
    return _unpack_value(code, data)


_from_msgpack: msgspec.msgpack.Decoder[list[AnyEvent] | Missed] = msgspec.msgpack.Decoder(
    list[AnyEvent] | Missed, ext_hook=_unpack_looked
)


def _legible(value: Any, depth: int = 0) -> Any:
    """The value in what JSON has words for."""
    if depth > DEEPEST:
        return "…"
    match value:
        case msgspec.Struct():
            config = value.__struct_config__
            tagged = {config.tag_field: config.tag} if config.tag_field else {}
            return tagged | _legible(msgspec.structs.asdict(value), depth)
        case Mapping():
            return {_legible_text(k): _legible(v, depth + 1) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_legible(item, depth + 1) for item in value]
        case str():
            return _legible_text(value)
        case float() if not math.isfinite(value):
            return None
        case int() if not -(2**63) <= value < 2**64:
            return str(value)
    try:
        return msgspec.json.decode(_to_json(value))
    except _UNREADABLE:
        return _legible_text(value)


def _legible_text(value: Any) -> str:
    """The value as text, with half characters spelt out."""
    return str(value).encode(errors="backslashreplace").decode()


# What is looked up.


def looked(found: Any) -> bytes:
    """A struct of what was looked up, in MessagePack, its values as exact as a journal's."""
    try:
        return _to_msgpack(_Looked().kept(found, "value"))
    except (*_UNREADABLE, Refused):
        return _to_msgpack(_legible(found))


def looked_up(message: bytes, kind: type[T]) -> T:
    """What `looked` made. Raises msgspec.DecodeError."""
    return msgspec.msgpack.decode(message, type=kind, ext_hook=_unpack_looked)


class _Looked(Keeper):
    """Takes structs apart, and knows values that are too large."""

    def kept(self, value: Any, place: str, depth: int = 1) -> Any:
        match value:
            case Large():
                fields = self._fields(value, place, depth)
                return msgspec.msgpack.Ext(LARGE_CODE, _to_msgpack(fields))
            case msgspec.Struct():
                return self._fields(value, place, depth)
        return super().kept(value, place, depth)

    def _fields(self, value: msgspec.Struct, place: str, depth: int) -> dict[str, Any]:
        fields = msgspec.structs.asdict(value).items()
        return {name: self.kept(one, f"{place}.{name}", depth) for name, one in fields}


# Kinds of blocks.


def described(spec: BlockSpec) -> dict[str, Any]:
    """A kind of block for those who aren't Python: all that is known of it, as plain data."""
    return {
        "kind": spec.kind,
        "title": spec.title,
        "category": spec.category,
        "summary": spec.summary,
        "description": spec.description,
        "icon": spec.icon,
        "agent": spec.agent,
        "effect": spec.effect,
        "mode": spec.mode,
        "join": spec.join,
        "open_inputs": spec.open_inputs,
        "outputs_from": spec.outputs_from,
        "repeatable": spec.repeatable,
        "parameters": [
            {
                "name": parameter.name,
                "type": str(parameter.type),
                "required": parameter.required,
                "description": parameter.description,
                "editor": parameter.look.editor,
            }
            for parameter in spec.parameters
        ],
        "outputs": [
            {
                "name": output.name,
                "type": str(output.type),
                "description": output.description,
                "schema": schema_of(output.type),
            }
            for output in spec.outputs
        ],
        "schema": spec.schema(),
        "search": list(spec.search),
    }
