"""Sketches as models give them."""

from typing import Any

import msgspec


def step(id: str, kind: str, **fields: Any) -> dict[str, Any]:
    """One step, every part of it named as services want it."""
    return {
        "id": id, "kind": kind, "title": "", "reason": f"for {id}", "each": "",
        "fields": [
            {"name": name, "value": value if isinstance(value, str) else str(value)}
            for name, value in fields.items()
        ],
    }  # fmt: skip


def sketch(name: str, steps: list[dict[str, Any]], *links: str) -> dict[str, Any]:
    """A whole flow."""
    return {"name": name, "steps": steps, "links": list(links)}


def said(sketch: Any) -> str:
    """What a model says that gives the sketch."""
    return msgspec.json.encode(sketch).decode()


GREETING = sketch(
    "Greet somebody",
    [
        step("who", "flow.input", name="who", type="text", required="true"),
        step("greet", "text.template", text="Hello, {who}!"),
        step("out", "flow.output", name="greeting"),
    ],
    "who.value -> greet.who",
    "greet.value -> out.value",
)
"""A plan without flaws, which asks nothing of the outside."""
