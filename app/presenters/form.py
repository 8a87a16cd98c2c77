"""The form of a block: which fields it has, how each stands, and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from graph.compile.ports import CALL, Level, input_type, interface
from graph.errors import Problem
from graph.flow import Block, End, Link
from graph.spec import REQUIRED, BlockSpec, Look, Parameter
from graph.values import ANY

Mode = Literal["value", "expression", "secret", "linked"]
"""What a field holds: a value, what gives one when the block runs, or nothing but a link."""

UNSET = msgspec.UNSET


class Row(NamedTuple):
    """A field of the form. `value` is UNSET while its default holds."""

    parameter: Parameter
    value: Any = UNSET
    mode: Mode = "value"
    source: End | None = None
    """Where the link into it comes from."""
    exposed: bool = False
    """Whether it is shown as a port without being linked."""
    problems: tuple[Problem, ...] = ()
    of_kind: bool = True
    """Whether the kind of block has it; no for one of the further inputs a block takes."""

    @property
    def name(self) -> str:
        return self.parameter.name

    @property
    def is_set(self) -> bool:
        return self.value is not UNSET

    @property
    def label(self) -> str:
        """What stands before it."""
        return as_words(self.parameter.name)

    @property
    def text(self) -> str:
        """The expression, or the name of the secret."""
        return str(next(iter(self.value.values()))) if self.mode in ("expression", "secret") else ""


_AS_WRITTEN = {
    word.lower(): word for word in ("URL", "SQL", "JSON", "HTML", "CSV", "ID", "HTTP", "XML", "UTC")
}


def as_words(text: str) -> str:
    """A name as a person reads it: `snake_case` is "Snake case", `json` is "JSON"."""
    words = text.replace("_", " ").strip()
    words = words if words.isupper() else words[:1].upper() + words[1:]
    return " ".join(_AS_WRITTEN.get(word.lower(), word) for word in words.split())


def said_here(problem: Problem, name: str) -> str:
    """The problem and its cure, where it is plain which field is meant."""
    message = problem.message
    if message.startswith(f"{name!r}: "):
        message = message.removeprefix(f"{name!r}: ")
    elif message.startswith(f"{name!r} "):
        message = f"It {message.removeprefix(f'{name!r} ')}"
    return f"{message} {problem.cure}".rstrip()


def rows_of(
    block: Block, spec: BlockSpec, level: Level, links: Mapping[str, Link],
    problems: Iterable[Problem],
) -> list[Row]:  # fmt: skip
    """The fields of a block in the order of its form; `links` are those into it, by port."""
    exposed = frozenset(level.flow.view.exposed.get(block.id, ()))
    known = [*spec.parameters, *_inputs_of_flow(block, level)]
    names = {parameter.name for parameter in known}
    further = dict.fromkeys((*block.fields, *links, *sorted(exposed)))
    more = [Parameter(name, ANY, None) for name in further if name not in names]
    by_field = _by_field(problems)
    return [
        Row(
            parameter,
            value := block.fields.get(parameter.name, UNSET),
            _mode(value, links.get(parameter.name)),
            links[parameter.name].source if parameter.name in links else None,
            parameter.name in exposed,
            tuple(by_field.get(parameter.name, ())),
            parameter in known,
        )
        for parameter in (*known, *more)
    ]


def elsewhere(rows: Iterable[Row], problems: Iterable[Problem]) -> list[Problem]:
    """The problems of the block that stand beneath none of its fields or settings."""
    names = {row.name for row in rows}
    return [
        p for p in problems if not of_settings(p) and p.field not in names and p.port not in names
    ]


def of_settings(problem: Problem) -> bool:
    """Whether the problem is in one of the settings of how a block runs."""
    return problem.code == "bad-setting" and bool(problem.field)


def _mode(value: Any, link: Link | None) -> Mode:
    marker, content = next(iter(value.items())) if _is_pair(value) else ("", None)
    if marker == "$expr" and isinstance(content, str):
        return "expression"  # which may make something of what is linked to the field
    if link is not None:
        return "linked"
    return "secret" if marker == "$secret" and isinstance(content, str) else "value"


def _is_pair(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1


def _inputs_of_flow(block: Block, level: Level) -> Iterator[Parameter]:
    """The inputs of the flow that a block calls, as its parameters."""
    inner = level.find(str(block.fields.get("flow", ""))) if block.kind == CALL else None
    if inner is None:
        return
    for name, given in interface(inner.flow)[0].items():
        if name == "flow":
            continue
        required = given.fields.get("required") is True
        default = REQUIRED if required else given.fields.get("default")
        description = str(given.fields.get("description", ""))
        yield Parameter(name, input_type(given), default, description, Look())


def _by_field(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    found = dict[str, list[Problem]]()
    for problem in problems:
        if of_settings(problem):
            continue  # which may be called as a field is
        found.setdefault(problem.field or problem.port, []).append(problem)
    return found
