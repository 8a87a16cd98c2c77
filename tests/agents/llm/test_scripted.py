"""Flows run without any model: answers by rules, labelled, and the same every time."""

from typing import Any

import pytest

from agents.llm.asking import answer, vectors
from agents.llm.errors import BudgetExceeded, NoModel
from agents.llm.providers.scripted import LABEL
from agents.llm.shapes import (
    Heard,
    Message,
    Question,
    TextPiece,
    Tool,
    ToolResult,
)
from agents.llm.shapes import Text as Said
from graph.context import Allowance
from graph.schemas import faults
from tests.agents.conftest import Surroundings

SEARCH = Tool(
    "search",
    "Looks something up.",
    {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
)


def asks(*said: str, **more: Any) -> Question:
    return Question(model="", messages=tuple(Message("user", (Said(t),)) for t in said), **more)


async def test_a_text_comes_back_labelled_word_by_word(context: Surroundings) -> None:
    heard: list[Heard] = []

    reply = await answer(context, ["scripted/echo"], asks("Three blue boats"), hear=heard.append)

    assert reply.message.text == f"{LABEL} Three blue boats"
    assert "".join(p.text for p in heard if isinstance(p, TextPiece)) == reply.message.text
    assert len(heard) > 3
    assert (reply.ends, reply.model) == ("done", "echo")


async def test_an_answer_follows_its_schema_and_uses_what_was_said(context: Surroundings) -> None:
    schema = {
        "type": "object",
        "properties": {
            "mood": {"enum": ["calm", "angry"]},
            "count": {"type": "integer", "minimum": 2},
            "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}, "minItems": 2},
            "note": {"anyOf": [{"type": "null"}, {"type": "string", "minLength": 500}]},
            "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        },
        "required": ["mood", "count", "tags", "note"],
        "$defs": {"tag": {"type": "string", "maxLength": 8}},
    }

    reply = await answer(context, ["scripted/echo"], asks("An angry 1 with 7 cats", answer=schema))

    import msgspec

    value = msgspec.json.decode(reply.message.text)
    assert faults(value, schema) == []
    assert (value["mood"], value["count"]) == ("angry", 7)


async def test_lines_of_instructions_are_played_as_calls_one_a_turn(context: Surroundings) -> None:
    question = asks('Please:\nuse search {"query": "tea"}\nuse search {"query": "milk"}')
    question = Question(model="", messages=question.messages, tools=(SEARCH,))

    queries = []
    while (reply := await answer(context, ["scripted/echo"], question)).ends == "tool":
        (call,) = reply.message.calls
        queries.append(call.arguments["query"])
        result = Message("tool", (ToolResult(call.id, f"found {call.arguments['query']}"),))
        messages = (*question.messages, reply.message, result)
        question = Question(model="", messages=messages, tools=(SEARCH,))

    assert queries == ["tea", "milk"]
    assert "found tea" in reply.message.text
    assert "found milk" in reply.message.text


async def test_what_it_used_up_is_estimated_and_told(context: Surroundings) -> None:
    reply = await answer(context, ["scripted/echo"], asks("Hello"))

    assert context.spent == [(reply.usage.total, 0.0, "scripted/echo")]
    ((kind, detail),) = context.traced
    assert kind == "model"
    assert detail["connection"] == "scripted"
    assert detail["attempts"] == 1
    assert not detail["cached"]


async def test_texts_that_share_words_are_near_each_other(context: Surroundings) -> None:
    texts = ["a red boat at sea", "the red boat", "taxes are due"]

    found = (await vectors(context, "scripted/echo", texts)).vectors

    def near(one: int, other: int) -> float:
        return sum(a * b for a, b in zip(found[one], found[other], strict=True))

    assert near(0, 1) > near(0, 2)
    assert near(0, 0) == pytest.approx(1.0)


async def test_an_answer_that_may_not_fit_the_budget_is_not_asked_for(
    context: Surroundings,
) -> None:
    context.left = Allowance(tokens=100)

    with pytest.raises(BudgetExceeded, match=r"5,0\d\d tokens .* 100 left"):
        await answer(context, ["scripted/echo"], asks("Hello", most_tokens=5000))

    assert context.spent == []


async def test_what_a_model_may_think_has_to_fit_the_budget_too(context: Surroundings) -> None:
    context.left = Allowance(tokens=1000)

    with pytest.raises(BudgetExceeded, match="1,000 left"):
        await answer(context, ["scripted/echo"], asks("Hello", most_tokens=100, thinking=5000))


async def test_without_any_connection_three_ways_to_a_model_are_named(
    context: Surroundings,
) -> None:

    with pytest.raises(NoModel) as raised:
        await answer(context, [""], asks("Hello"))

    for way in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "Ollama", "scripted/echo"):
        assert way in str(raised.value)
