"""An agent's definition drawn as a flow: inputs, the agent with its tools, what it gives."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from agents.defined.shapes import Definition
from graph.flow import Block, Flow
from graph.template import Place, read_template

WORK = "agent"
GIVES = ("answer", "ended", "usage", "steps")


def inputs_of(definition: Definition) -> tuple[str, ...]:
    """The names that the goal has places for. Raises BadInput for a text that can't be read."""
    places = (one for one in read_template(definition.goal) if isinstance(one, Place))
    return tuple(dict.fromkeys(str(place.path[0]) for place in places))


def drawn(definition: Definition, tools: Mapping[str, Flow]) -> Flow:
    """The flow that the agent is; `tools` are the flows it may use. Raises BadInput."""
    takes = inputs_of(definition)
    return Flow.of(
        [
            *(Block(f"in_{name}", "flow.input", {"name": name}) for name in takes),
            Block(WORK, "ai.agent", _fields(definition, tuple(tools)), definition.name),
            *(Block(f"out_{name}", "flow.output", {"name": name}) for name in GIVES),
        ],
        [
            *((f"in_{name}.value", f"{WORK}.{name}") for name in takes),
            *((f"{WORK}.{name}", f"out_{name}.value") for name in GIVES),
        ],
        name=f"agent {definition.name}",
        description=definition.description,
        flows=tools,
    )


def tool_name(flow: str, taken: Mapping[str, Any]) -> str:
    """What a flow is called among the tools: as it is, in letters that names have."""
    plain = re.sub(r"\W", "_", flow, flags=re.ASCII).strip("_") or "tool"
    plain = f"_{plain}" if plain[0].isdigit() else plain
    number, free = 2, plain
    while free in taken:
        free, number = f"{plain}_{number}", number + 1
    return free


def _fields(definition: Definition, tools: tuple[str, ...]) -> dict[str, Any]:
    limits = definition.limits
    given: dict[str, Any] = {
        "goal": definition.goal,
        "tools": list(tools),
        "system": definition.prompt,
        "model": definition.model,
        "fallbacks": list(definition.fallbacks),
        "ask_before": definition.ask_before,
        "answer_fields": msgspec.to_builtins(definition.answer_fields),
        "temperature": definition.temperature,
        "most_steps": limits.steps,
        "most_total_tokens": limits.tokens,
        "most_cost": limits.cost,
        "most_seconds": limits.seconds,
        "parallel": limits.at_once,
        "most_tokens": limits.answer_tokens,
    }
    return {name: value for name, value in given.items() if value not in (None, "", [])}
