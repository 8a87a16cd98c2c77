"""Blocks that ask a service of models, which answers well, badly, and not at all."""

import json
from pathlib import Path
from typing import Any

import pytest

from agents.llm import blocks, record_blocks
from agents.llm.errors import WrongAnswer
from graph.context import ANEW
from tests.agents.llm.conftest import Asking
from tests.servers.models import Models, Said

PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}
LOCAL = "local/scripted-large"


def said_to(models: Models, request: int) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = models.asked[request].body["messages"]
    return messages


@pytest.mark.parametrize("model", ["claude/scripted-large", "gpt/scripted-large", LOCAL])
async def test_a_chat_streams_and_tells_what_it_took(
    asking: Asking, models: Models, model: str
) -> None:
    models.then(Said("Good morning, Ada", put_in=20, given=5))

    said = await blocks.chat("Greet {who}", asking, system="Be brief.", model=model, who="Ada")

    assert said.text == "".join(asking.streamed) == "Good morning, Ada"
    assert (said.usage["tokens_in"], said.usage["tokens_out"]) == (20, 5)
    assert said.usage["model"] == model


async def test_a_nearly_right_answer_is_mended_and_nothing_is_asked_again(
    asking: Asking, models: Models
) -> None:
    models.then(Said("Sure:\n```json\n{'name': 'Ada', 'age': '36',}\n```"))

    filled = await record_blocks.structured("Who?", PERSON, asking, model=LOCAL)

    assert filled.value == {"name": "Ada", "age": 36}
    assert len(models.asked) == 1


async def test_a_wrong_answer_is_sent_back_with_what_is_wrong(
    asking: Asking, models: Models
) -> None:
    models.then(Said('{"name": "Ada"}'), Said('{"name": "Ada", "age": 36}'))

    filled = await record_blocks.structured("Who?", PERSON, asking, model=LOCAL)

    assert filled.value == {"name": "Ada", "age": 36}
    assert '"age" is a required property' in json.dumps(said_to(models, 1)[-1]["content"]).replace(
        '\\"', '"'
    )
    assert ANEW in asking.streamed


async def test_an_answer_that_is_never_right_fails_with_the_answer_on_record(
    asking: Asking, models: Models
) -> None:
    models.always = Said("I would rather not say.")

    with pytest.raises(WrongAnswer, match="answered 2 times"):
        await record_blocks.structured("Who?", PERSON, asking, model=LOCAL, tries=2)

    answers = [detail for kind, detail in asking.traced if kind == "answer"]
    assert [one["text"] for one in answers] == ["I would rather not say."] * 2
    assert len(models.asked) == 2


async def test_an_answer_that_was_cut_off_is_no_record(asking: Asking, models: Models) -> None:
    models.then(Said('{"name": "Ada", "age": 3', ends="length"))

    with pytest.raises(WrongAnswer, match="cut off") as failure:
        await record_blocks.structured("Who?", PERSON, asking, model=LOCAL)

    assert "most_tokens" in failure.value.cure


async def test_a_quote_that_is_not_in_the_text_is_left_out(asking: Asking, models: Models) -> None:
    found = [{"name": "Ada", "age": 36, "quote": "Ada is thirty-six"}]
    models.then(Said(json.dumps({"items": found})))

    extracted = await record_blocks.extract("Ada is 36.", PERSON, asking, quotes=True, model=LOCAL)

    assert extracted.items == [{"name": "Ada", "age": 36, "quote": None}]


async def test_another_model_takes_over_and_what_was_shown_is_taken_back(
    asking: Asking, models: Models
) -> None:
    models.says = lambda received: (
        Said("Half an ans", cut=2) if received.model == "scripted-large" else Said("A whole one")
    )

    said = await blocks.chat("Hi", asking, model=LOCAL, fallbacks=["gpt/scripted-small"])

    assert said.text == "A whole one"
    assert said.usage["model"] == "gpt/scripted-small"
    assert "".join(asking.streamed).rpartition(ANEW)[2] == "A whole one"


async def test_a_kept_conversation_goes_on_in_the_next_run(models: Models, tmp_path: Path) -> None:
    models.then(Said("Hello, Ada"), Said("You are Ada"))
    for run, prompt in (("run-1", "I am Ada"), ("run-2", "Who am I?")):
        context = Asking(models, tmp_path)
        context.key = f"{run}:chat"
        said = await blocks.chat(prompt, context, model=LOCAL, conversation="ada")
        await context.close()
        await context.guards.close()

    contents = [message["content"] for message in said.messages]
    assert contents == ["I am Ada", "Hello, Ada", "Who am I?", "You are Ada"]
    assert [message["role"] for message in said_to(models, 1)] == ["user", "assistant", "user"]


async def test_a_chat_that_is_asked_again_after_a_crash_keeps_one_turn(
    asking: Asking, models: Models
) -> None:
    models.always = Said("Hello")
    for _ in range(2):
        said = await blocks.chat("Hi", asking, model=LOCAL, conversation="crash")

    assert len(said.messages) == 2
