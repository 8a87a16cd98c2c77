"""A breakpoint as a form: when it can stop, what its condition sees, and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from app.presenters.shown_ports import label
from graph.compile.ports import Ports
from graph.expressions import problems_in
from graph.values import schema_of
from runtime.breakpoints import Breakpoint, Phase

Counting = Literal["", "=", ">=", "%"]

COUNTINGS: Mapping[Counting, str] = {
    "": "Every time", "=": "Only the time with number", ">=": "From the time with number on",
    "%": "Every so many times:",
}  # fmt: skip
"""Which of its hits count, by the sign in `Breakpoint.hits`."""


class When(NamedTuple):
    """One moment of a block's life at which a breakpoint can be."""

    title: str
    at: Phase
    port: str = ""


def whens(ports: Ports, is_source: bool = True) -> list[When]:
    """The moments of a block with these ports."""
    return [
        When("Before it starts", "before"),
        When("After it is done", "after"),
        When("When an error of it is about to be raised", "error"),
        *(When(f"When the input {label(name)} has come", "before", name) for name in ports.inputs),
        *(
            When(f"When the output {label(name)} has come out", "after", name)
            for name in (ports.outputs if is_source else ())
        ),
    ]


def schema_of_port(ports: Ports, point: Breakpoint) -> dict[str, Any]:
    """What the values of a breakpoint's port must be like, as its type says."""
    own = ports.outputs if point.at == "after" else ports.inputs
    found = own.get(point.port)
    return schema_of(found) if found is not None else {}


def split_hits(hits: str) -> tuple[Counting, int]:
    """Which hits count, as the sign and the number of the form."""
    sign = hits.rstrip("0123456789 ").strip()
    number = int(hits[len(sign) :].strip() or 1) if hits else 1
    match sign:
        case ">=":
            return ">=", number
        case ">":
            return ">=", number + 1
        case "%":
            return "%", number
    return ("=" if hits else ""), number


def joined_hits(counting: Counting, number: int) -> str:
    """The other way round of `split_hits`."""
    match counting:
        case "":
            return ""
        case "=":
            return str(number)
    return f"{counting}{number}"


def expected_names(inputs: Iterable[str], outputs: Iterable[str], point: Breakpoint) -> list[str]:
    """What the condition can ask for."""
    names = [*inputs, "inputs"]
    if point.at == "after":
        names += ["outputs", *outputs]
    if point.at == "error":
        names.append("error")
    if point.port:
        names.append("value")
    return list(dict.fromkeys(names))


def fitting(point: Breakpoint) -> Breakpoint:
    """The breakpoint without what makes no sense where it is."""
    if not point.port:
        point = replace(point, changed=False, schema=None)
    return replace(point, condition=point.condition.strip(), log=point.log.strip())


def flaws(point: Breakpoint) -> dict[str, str]:
    """What is wrong with a breakpoint: by field, why."""
    return dict(_flaws(point))


def _flaws(point: Breakpoint) -> Iterator[tuple[str, str]]:
    if point.condition.strip():
        for problem in problems_in(point.condition, known=None, form="expression")[:1]:
            yield "condition", problem.message
    for part in _expressions(point.log):
        for problem in problems_in(part, known=None, form="expression")[:1]:
            yield "log", f"In {{{part}}}: {problem.message}"
    if point.cost is not None and point.cost < 0:
        yield "cost", "Write an amount of dollars, such as 0.50."
    if point.tokens is not None and point.tokens < 0:
        yield "tokens", "Write a number of tokens, such as 10000."


def _expressions(log: str) -> Iterator[str]:
    """What stands in the {places} of a message."""
    for part in log.split("{")[1:]:
        inside, closed, _ = part.partition("}")
        if closed:
            yield inside
