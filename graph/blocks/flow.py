"""Where a flow begins and ends: inputs, outputs, constants, sub-flows and notes."""

from typing import Annotated, Any, Literal

from graph.block import FlowName, block
from graph.spec import Example, Look

TypeName = Literal["any", "text", "number", "integer", "boolean", "list", "record", "table"]


@block("flow.input", title="Input", icon="mdi6.login", search=("parameter", "argument", "start"))
def flow_input(
    name: Annotated[str, "What the input is called by whoever runs the flow."],
    type: Annotated[TypeName, "What it takes."] = "any",
    default: Annotated[
        Any, "Used when none is given; an input without default is required."
    ] = None,
    required: Annotated[bool, "Whether a run must give it."] = False,
    description: Annotated[str, "What it is for.", Look("lines")] = "",
) -> Any:
    """A value the flow is given when it runs."""
    return default


@block("flow.output", title="Output", icon="mdi6.logout", search=("result", "return", "end"))
def flow_output(
    value: Annotated[Any, "What the flow gives."],
    name: Annotated[str, "What the output is called."] = "result",
    description: Annotated[str, "What it is.", Look("lines")] = "",
) -> Any:
    """A value the flow gives when it is done."""
    return value


@block(
    "flow.constant",
    title="Constant",
    icon="mdi6.numeric",
    search=("value", "literal", "fixed"),
    examples=[Example({"value": [1, 2]}, [1, 2], "A list")],
)
def constant(value: Annotated[Any, "The value.", Look("json")] = None) -> Any:
    """A value that is always the same."""
    return value


@block("flow.call", title="Sub-flow", icon="mdi6.sitemap-outline", search=("subflow", "nested"))
def call(
    flow: Annotated[FlowName, "The flow to use here: an embedded one, or a file beside this one."],
    **inputs: Any,
) -> Any:
    """Use another flow as one block; its inputs and outputs become ports."""
    raise NotImplementedError("a sub-flow is laid out when the flow is compiled")


@block("flow.note", title="Note", icon="mdi6.note-text-outline", search=("comment", "markdown"))
def note(text: Annotated[str, "Markdown.", Look("lines")] = "") -> None:
    """A text on the canvas that does nothing."""
