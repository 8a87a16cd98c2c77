"""The tools of an agent: what a model may give them, and what it is told of what they gave."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from agents.llm.fitting import fitted
from agents.llm.shapes import Tool
from graph.context import Context, Signature
from graph.errors import BadInput
from graph.schemas import faults
from graph.values import did_you_mean

LONGEST = 20_000
"""Characters of a tool's result that a model is told."""
MOST_NAMED = 5
"""Flaws of arguments that a model is told."""

GIVE_ANSWER = "give_answer"
"""The tool by which a model answers with a record."""


class Misused(Exception):
    """A call that can't be made; the model is told why."""


class Toolbox:
    """Flows by the names that the model knows them by. What is `fixed` the model doesn't give."""

    def __init__(
        self,
        context: Context,
        flows: Sequence[str],
        fixed: Mapping[str, Any],
        answer_by: Mapping[str, Any] | None,
    ) -> None:
        self._flows: dict[str, str] = {}
        self._signatures: dict[str, Signature] = {}
        self._takes: dict[str, dict[str, Any]] = {}
        self._fixed = fixed
        self._answer_by = answer_by
        for flow in dict.fromkeys(flows):
            told = context.flow(flow)
            name = self._free(told.name)
            self._flows[name], self._signatures[name] = flow, told
            self._takes[name] = _without(told.takes, fixed)

    def _free(self, name: str) -> str:
        number, wanted = 2, name
        while name in self._flows or name == GIVE_ANSWER:
            name, number = f"{wanted}_{number}", number + 1
        return name

    def told(self) -> list[dict[str, Any]]:
        """The tools as a model is told of them, as plain data."""
        told = [
            Tool(name, signature.description or f"The flow {name}.", self._takes[name])
            for name, signature in self._signatures.items()
        ]
        if self._answer_by is not None:
            about = "Gives your answer, and ends your work. Use it once you know the answer."
            told.append(Tool(GIVE_ANSWER, about, self._answer_by))
        return [msgspec.to_builtins(tool) for tool in told]

    def flow(self, name: str) -> str:
        return self._flows[name]

    def signature(self, name: str) -> Signature:
        return self._signatures[name]

    def checked(self, name: str, arguments: Any, flaw: str) -> dict[str, Any]:
        """The arguments as the tool takes them. Raises Misused."""
        takes = self._answer_by if name == GIVE_ANSWER else self._takes.get(name)
        if takes is None:
            known = [*self._flows, *([GIVE_ANSWER] if self._answer_by is not None else [])]
            hint = did_you_mean(name, known) or f"There are: {', '.join(known) or 'none'}."
            raise Misused(f"There is no tool {name!r}. {hint}")
        if flaw:
            raise Misused(f"The arguments can't be read: {flaw}")
        given = fitted(arguments, takes)
        try:
            found = faults(given, takes, most=MOST_NAMED)
        except BadInput as error:
            raise Misused(f"The arguments can't be checked: {error.message}") from None
        if found:
            named = "; ".join(f"{one['path'] or 'they'}: {one['message']}" for one in found)
            raise Misused(f"The arguments don't suit. {named}")
        return dict(given)

    def inputs(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What the flow is run with."""
        own = self._signatures[name].takes.get("properties", {})
        return {**arguments, **{key: self._fixed[key] for key in own if key in self._fixed}}


def text_of(outputs: Mapping[str, Any]) -> str:
    """What a tool gave as a text of bounded length."""
    value = next(iter(outputs.values())) if len(outputs) == 1 else dict(outputs)
    text = value if isinstance(value, str) else _json(value)
    text = text.encode(errors="backslashreplace").decode()  # half of a letter can't be sent
    whole = len(text)
    if whole > LONGEST:
        text = f"{text[:LONGEST]}\n… cut: {whole - LONGEST:,} of {whole:,} characters left out."
    return text


def _json(value: Any) -> str:
    """The value as JSON, or as Python writes it where JSON has no form for it."""
    try:
        plain = msgspec.to_builtins(value, str_keys=True)
        return msgspec.json.encode(plain, order="sorted").decode()
    except (TypeError, ValueError):
        return repr(value)


def marked(name: str, text: str) -> str:
    """What a tool gave as a model is told it: as data, between marks of its own.

    The mark comes from the text, so the text can't hold it and seem to end there: to find one that
    does would take trying out as many texts as there are marks.
    """
    mark = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
    return f"<data {mark} from={name}>\n{text}\n</data {mark}>"


def _without(takes: Mapping[str, Any], fixed: Mapping[str, Any]) -> dict[str, Any]:
    properties = {k: v for k, v in takes.get("properties", {}).items() if k not in fixed}
    required = [name for name in takes.get("required", ()) if name not in fixed]
    return {**takes, "properties": properties, "required": required}
