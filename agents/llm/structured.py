"""Answers that follow a JSON Schema: mended where that is safe, checked, and asked for again."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from agents.llm.conversation import said, spoken
from agents.llm.damaged_json import readings
from agents.llm.errors import WrongAnswer
from agents.llm.fitting import fitted, suits, unwrapped
from agents.llm.inquiry import Inquiry
from agents.llm.prompts import again, follow
from agents.llm.shapes import Message, Reply
from graph.context import Context
from graph.errors import BadInput
from graph.schemas import faults

MOST_TRIES = 10
MOST_NAMED = 5
"""Places in which an answer is wrong that the model, or a person, is told."""


class Record(NamedTuple):
    """A value that follows the schema, and the answer it was read from."""

    value: Any
    reply: Reply


def whole(schema: Any) -> dict[str, Any]:
    """A drawn schema as services take it: of a record, and with nothing in it that isn't drawn.

    Raises BadInput for what is no schema, or describes no record.
    """
    if not isinstance(schema, Mapping) or not schema.get("properties"):
        raise BadInput("No fields are drawn.", cure="Draw what the answer is to hold.")
    faults(None, schema, most=1)
    return {"type": "object", **_closed(schema)}


async def record(
    context: Context,
    inquiry: Inquiry,
    messages: tuple[Message, ...],
    schema: Mapping[str, Any],
    *,
    system: str = "",
    tries: int = 3,
    show: bool = True,
) -> Record:
    """What a model answers, as a value that follows the schema.

    An answer that doesn't is mended if only one thing can be meant; else the model is told what
    is wrong, `tries` times in all. Raises WrongAnswer, and what asking raises.
    """
    told = f"{system}\n\n{follow(schema)}".strip()
    conversation, problems = messages, list[str]()
    tries = max(1, min(tries, MOST_TRIES))
    for number in range(tries):
        if number and show:
            inquiry.anew()
        reply = await inquiry.reply(conversation, system=told, answer_by=schema, show=show)
        text = reply.message.text
        if reply.ends in ("length", "refused"):
            context.trace("answer", {"text": text, "ends": reply.ends})
            raise _hopeless(reply)
        value, problems = _best(text, schema)
        if not problems:
            return Record(value, reply)
        context.trace("answer", {"text": text, "wrong": problems, "try": number + 1})
        conversation = (*messages, spoken(reply.message), said(again(problems)))
    times = "once" if tries == 1 else f"{tries} times"
    raise WrongAnswer(
        f"The model answered {times}, and never as the fields say. {' '.join(problems)}",
        cure="See its answer under Exchanges; name the fields more plainly, or ask another model.",
    )


def _best(text: str, schema: Mapping[str, Any]) -> tuple[Any, list[str]]:
    """The first reading that follows the schema, or what is wrong with the likeliest."""
    problems = ["It holds no JSON."]
    for number, reading in enumerate(readings(text)):
        value = fitted(unwrapped(reading, schema), schema)
        if suits(value, schema):
            return value, []
        if not number:
            found = faults(value, schema, most=MOST_NAMED)
            problems = [f"{one['path'] or 'The value'}: {one['message']}" for one in found]
    return None, problems


def _hopeless(reply: Reply) -> WrongAnswer:
    if reply.ends == "length":
        return WrongAnswer(
            "The answer was cut off at the most tokens it may have.", cure="Raise `most_tokens`."
        )
    return WrongAnswer(
        f"The model refuses to answer. {reply.message.text[:200]}".strip(),
        cure="Ask for something else, or another model.",
    )


def _closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema, with `additionalProperties` off wherever nothing is said of them."""
    return {word: _inside(word, inner) for word, inner in _with_end(schema)}


def _with_end(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from schema.items()
    if "properties" in schema and "additionalProperties" not in schema:
        yield "additionalProperties", False


def _inside(word: str, inner: Any) -> Any:
    if word in ("properties", "$defs", "definitions") and isinstance(inner, Mapping):
        return {name: _schema(one) for name, one in inner.items()}
    if word in ("anyOf", "oneOf", "prefixItems") and isinstance(inner, list):
        return [_schema(one) for one in inner]
    return _schema(inner) if word == "items" else inner


def _schema(inner: Any) -> Any:
    return _closed(inner) if isinstance(inner, Mapping) else inner
