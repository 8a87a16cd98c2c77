"""Both protocols through the official clients: what is asked, heard, used up, and how it ends."""

from typing import Any

import pytest

from agents.errors import AgentError, Refused, Rejected, Throttled, Unavailable
from agents.llm import estimate
from agents.llm.asking import vectors
from agents.llm.connections import try_out
from agents.llm.errors import Unsuited
from agents.llm.shapes import (
    Image,
    Message,
    Question,
    Text,
    Thought,
    ThoughtPiece,
    Tool,
    ToolCall,
    ToolResult,
    Usage,
)
from graph.connections import Connection
from tests.agents.llm.conftest import KEY, Asking, asks
from tests.servers.models import Called, Said

EACH = pytest.mark.parametrize("model", ["claude/m", "gpt/m", "gpt/r"])

SEARCH = Tool("search", "Looks it up.", {"type": "object", "properties": {"q": {"type": "string"}}})


@EACH
async def test_a_text_is_heard_piece_by_piece_and_what_it_took_is_known(
    asking: Asking, model: str
) -> None:
    asking.models.then(Said("Three blue boats", put_in=20, cached=8, given=5))

    reply = await asking.ask(model, said="What do you see?", system="Be brief.")

    assert reply.message == Message("assistant", (Text("Three blue boats"),))
    assert asking.heard_last == "Three blue boats"
    assert len(asking.heard) == 3
    assert (reply.ends, reply.usage) == ("done", Usage(20, 8, 0, 5))
    assert asking.spent == [(25, 0.0, model)]
    assert asking.last["usage"] == {"put_in": 20, "cached": 8, "cache_written": 0, "given": 5}
    assert asking.last["cost"] is None  # nobody knows what this model costs
    (asked,) = asking.models.asked
    assert "Be brief." in str(asked.body)
    assert asked.key == KEY


@EACH
async def test_tool_calls_come_whole_and_results_go_back(asking: Asking, model: str) -> None:
    calls = (Called("search", {"q": "tea"}), Called("search", {"q": "milk"}))
    asking.models.then(Said("Let me look.", calls=calls), "Found.")

    reply = await asking.ask(model, tools=(SEARCH,))
    results = tuple(
        ToolResult(call.id, "here", failed=n > 0) for n, call in enumerate(reply.message.calls)
    )
    messages = (*asks("Hello"), reply.message, Message("tool", results))
    last = await asking.ask(model, tools=(SEARCH,), messages=messages)

    assert reply.ends == "tool"
    assert [call.arguments for call in reply.message.calls] == [{"q": "tea"}, {"q": "milk"}]
    assert last.message.text == "Found."
    body = asking.models.asked[-1].body
    said = str(body.get("messages") or body["input"])
    assert said.count("here") == 2
    assert all(call.id in said for call in reply.message.calls)


@EACH
@pytest.mark.parametrize("arguments", ['{"q": "te', "[1]", "tea"])
async def test_arguments_that_cannot_be_read_are_told_as_a_flaw(
    asking: Asking, model: str, arguments: str
) -> None:
    asking.models.then(Said(calls=(Called("search", arguments),)))

    reply = await asking.ask(model, tools=(SEARCH,), must_use="search")

    (call,) = reply.message.calls
    assert call.arguments == {}
    assert call.flaw.startswith("The arguments are no")
    assert "search" in str(asking.models.asked[0].body["tool_choice"])


@EACH
async def test_an_answer_by_a_schema_is_asked_for_as_the_service_has_it(
    asking: Asking, model: str
) -> None:
    schema = {
        "type": "object",
        "properties": {"mood": {"enum": ["calm", "angry"]}},
        "required": ["mood"],
        "additionalProperties": False,
    }

    reply = await asking.ask(model, said="An angry man", answer=schema)

    assert reply.message.text == '{"mood":"angry"}'


@EACH
async def test_pictures_are_sent_by_content_or_by_address(asking: Asking, model: str) -> None:
    shown = (Text("What is it?"), Image(data=b"PNG"), Image(url="https://example.org/a.png"))

    await asking.ask(model, messages=(Message("user", shown),))

    sent = str(asking.models.asked[0].body)
    assert "UE5H" in sent
    assert "https://example.org/a.png" in sent


@EACH
async def test_thoughts_are_heard_apart_from_the_text(asking: Asking, model: str) -> None:
    asking.models.then(Said("Yes.", thought="Is it?"), "Still yes.")

    reply = await asking.ask(model, thinking=2000)
    await asking.ask(model, messages=(*asks("Hello"), reply.message, *asks("Sure?")))

    assert asking.heard[0] == ThoughtPiece("Is it?")
    assert reply.message.text == "Yes."
    (thought,) = (part for part in reply.message.parts if isinstance(part, Thought))
    assert thought.text == "Is it?"
    assert ("seal" in str(asking.models.asked[1].body)) == (
        model != "gpt/m"
    )  # chat completions have none


@EACH
@pytest.mark.parametrize("ends", ["done", "length", "refused"])
async def test_why_an_answer_ends_is_said(asking: Asking, model: str, ends: Any) -> None:
    asking.models.then(Said("Well", ends=ends))

    assert (await asking.ask(model)).ends == ends


@EACH
@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (401, f"the key {KEY} is unknown", Refused),
        (403, "not allowed", Refused),
        (402, "no money", Refused),
        (400, "your credit balance is too low", Refused),
        (400, "a field is wrong", Rejected),
        (400, "the prompt is too long: it exceeds the context window", Unsuited),
        (404, "model m does not exist", Unsuited),
        (413, "too large", Unsuited),
        (429, "slow down", Throttled),
        (500, "oh", Unavailable),
        (529, "overloaded", Unavailable),
    ],
)
async def test_a_refusal_says_what_it_is_and_never_the_key(
    asking: Asking, model: str, status: int, message: str, kind: type[AgentError]
) -> None:
    asking.models.always = Said(status=status, message=message, retry_after=None)

    with pytest.raises(AgentError) as raised:
        await asking.ask(model)

    assert type(raised.value) is kind
    assert message.replace(KEY, "•••") in str(raised.value)
    assert KEY not in repr(raised.value) + str(asking.traced)
    assert len(asking.models.asked) == (3 if kind.retryable else 1)


async def test_a_service_that_is_not_there_is_unreachable_by_both(asking: Asking) -> None:
    nowhere = {"key": KEY, "base_url": "http://127.0.0.1:9"}
    asking.connected["claude"] = Connection("claude", "anthropic", nowhere)
    asking.connected["gpt"] = Connection("gpt", "openai", nowhere)

    for model in ("claude/m", "gpt/m"):
        with pytest.raises(AgentError, match="onnect"):
            await asking.ask(model)


async def test_texts_become_vectors_in_their_order(asking: Asking) -> None:
    texts = [f"text {n}" for n in range(300)]

    found = await vectors(asking, "gpt/e", texts)
    again = await vectors(asking, "gpt/e", texts[299:])

    assert len(found.vectors) == 300
    assert found.vectors[299] == again.vectors[0]
    assert len(asking.models.asked) == 3  # so many at once
    assert asking.spent[0] == (found.usage.total, 0.0, "gpt/e")
    with pytest.raises(Unsuited):
        await vectors(asking, "claude/m", texts)


async def test_a_connection_tries_itself_out(asking: Asking) -> None:
    for name in ("claude", "gpt", "local"):
        assert "scripted-large" in await try_out(asking.connected[name])
    asking.models.key = "another"
    with pytest.raises(Refused):
        await try_out(asking.connected["gpt"])


async def test_what_calls_had_no_name_in_one_server_is_named(asking: Asking) -> None:
    body = (
        'data: {"id":"1","object":"chat.completion.chunk","created":0,"model":"m",'
        '"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"search","arguments":"{}"}}]},'
        '"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    )
    asking.models.then(Said(body=body))

    reply = await asking.ask("local/m", tools=(SEARCH,))

    assert reply.ends == "tool"
    assert reply.message.calls == (ToolCall("call_0", "search", {}),)
    assert reply.usage.given > 0  # estimated, where nobody counted


async def test_a_prompt_that_an_anthropic_like_server_does_not_count_is_estimated(
    asking: Asking,
) -> None:
    block = '"index":0,"content_block":{"type":"text","text":""}'
    delta = '"index":0,"delta":{"type":"text_delta","text":"Hi"}'
    body = (
        f'event: content_block_start\ndata: {{"type":"content_block_start",{block}}}\n\n'
        f'event: content_block_delta\ndata: {{"type":"content_block_delta",{delta}}}\n\n'
        'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},'
        '"usage":{"output_tokens":2}}\n\n'
        'event: message_stop\ndata: {"type":"message_stop"}\n\n'
    )
    asking.models.then(Said(body=body))

    reply = await asking.ask("claude/m", said="What do you see?")

    assert reply.message.text == "Hi"
    assert reply.usage.put_in == estimate.of_question(
        Question(model="m", messages=asks("What do you see?"))
    )
    assert reply.usage.given == 2
