"""A flow as a model sketches it: steps and links as texts, small enough to be written in one go."""

from collections.abc import Mapping
from typing import Any

import msgspec

from graph.errors import HeddleError


class NoSketch(HeddleError):
    """What a model gave is no sketch of a flow."""


class Setting(msgspec.Struct, frozen=True):
    """One field of a step. The value is text; what isn't text stands there as JSON."""

    name: str
    value: str


class Step(msgspec.Struct, frozen=True):
    """One block: its kind and fields, and why it is there. `each` names a list it runs over."""

    id: str
    kind: str
    title: str = ""
    reason: str = ""
    fields: tuple[Setting, ...] = ()
    each: str = ""


class Sketch(msgspec.Struct, frozen=True):
    """A whole flow. Links are written `step.port -> step.port`."""

    name: str
    steps: tuple[Step, ...]
    links: tuple[str, ...] = ()


def sketch_of(value: Any) -> Sketch:
    """The sketch in a record. Raises NoSketch."""
    try:
        return msgspec.convert(value, Sketch)
    except msgspec.ValidationError as error:
        raise NoSketch(f"The plan can't be read: {error}.", cure="Ask again.") from error


def schema() -> Mapping[str, Any]:
    """The JSON Schema of a sketch, every part of it named as services want it."""
    text = {"type": "string"}
    field = _record(name=text, value={**text, "description": "Text as it is; anything else JSON."})
    step = _record(
        id={**text, "description": "A short name of letters, digits and underscores."},
        kind={**text, "description": "One of the kinds that were described."},
        title={**text, "description": "What stands over the block, a few words."},
        reason={**text, "description": "What the step is for, in one sentence."},
        fields={"type": "array", "items": field},
        each={**text, "description": "A list input to run it for, item by item; mostly empty."},
    )
    link = {**text, "description": "step.output -> step.input"}
    return _record(
        name={**text, "description": "What the flow is called."},
        steps={"type": "array", "items": step},
        links={"type": "array", "items": link},
    )


def _record(**properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}
