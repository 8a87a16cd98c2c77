"""Blocks that ask models: chats, records, labels, summaries, vectors."""

from typing import Any

import pytest

from agents.llm import blocks, record_blocks, text_blocks
from agents.llm.providers.scripted import LABEL
from graph.catalog import Catalog
from graph.compile.ports import Level, ports_of
from graph.errors import BadInput
from graph.flow import Block, Flow
from graph.spec import BlockSpec, Needs
from graph.values import INTEGER, ValueType
from tests.agents.conftest import Surroundings

ECHO = "scripted/echo"
PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}
CATALOG = Catalog.of(blocks, record_blocks, text_blocks)


def spec(kind: str) -> BlockSpec:
    found = CATALOG.get(kind)
    assert found is not None
    return found


PIXEL = b"\x89PNG\r\n\x1a\n" + b"\0" * 8


async def test_a_chat_fills_its_places_and_streams_its_answer(context: Surroundings) -> None:
    said = await blocks.chat("Greet {who.name}", context, model=ECHO, who={"name": "Ada"})

    assert said.text == f"{LABEL} Greet Ada"
    assert "".join(context.streamed) == said.text
    assert len(context.streamed) > 2
    assert said.usage["tokens_in"] > 0
    assert said.usage["model"] == ECHO
    assert context.spent == [(said.usage["tokens_in"] + said.usage["tokens_out"], 0.0, ECHO)]


async def test_what_is_put_into_a_prompt_is_not_read_for_places(context: Surroundings) -> None:
    said = await blocks.chat("Say {text}", context, model=ECHO, text="{secret} {", secret="x")

    assert said.text.endswith("Say {secret} {")


async def test_a_prompt_without_inputs_goes_out_as_it_stands(context: Surroundings) -> None:
    said = await blocks.chat('Return {"a": 1}', context, model=ECHO)

    assert said.text.endswith('Return {"a": 1}')


async def test_a_conversation_goes_on_from_where_another_chat_left_it(
    context: Surroundings,
) -> None:
    first = await blocks.chat("One", context, model=ECHO, system="Be brief.")
    second = await blocks.chat("Two", context, model=ECHO, messages=first.messages)

    assert second.messages == [
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": f"{LABEL} One"},
        {"role": "user", "content": "Two"},
        {"role": "assistant", "content": f"{LABEL} Two"},
    ]


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (7, "list of messages"),
        ([{"role": "robot", "content": "x"}], "Message 1 is of the role 'robot'"),
        (["hi", 3], "Message 2"),
        ([{"role": "user", "content": [{"type": "song"}]}], "Message 1 has a part"),
    ],
)
async def test_what_is_no_conversation_is_named(
    context: Surroundings, messages: Any, reason: str
) -> None:
    with pytest.raises(BadInput, match=reason):
        await blocks.chat("x", context, model=ECHO, messages=messages)


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (b"no picture", "Picture 1 is of no kind"),
        ("dog", "Picture 1 is a text that is no address"),
        ([PIXEL, 7], "Picture 2"),
        ("data:image/png;base64,%%%", "Picture 1 is no base64"),
        ({"name": "cat.png"}, "Picture 1 is a record without `content`"),
    ],
)
async def test_what_is_no_picture_is_named(context: Surroundings, image: Any, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        await blocks.describe(image, context, model=ECHO)


@pytest.mark.parametrize(
    "image", [PIXEL, "https://example.org/cat.png", {"name": "cat.png", "content": PIXEL}]
)
async def test_pictures_come_as_bytes_addresses_and_files(
    context: Surroundings, image: Any
) -> None:
    said = await blocks.describe(image, context, "What is {what}?", model=ECHO, what="this")

    assert said.text.endswith("What is this?")
    assert [part["type"] for part in said.messages[0]["content"]] == ["image", "text"]


async def test_an_empty_prompt_is_not_sent(context: Surroundings) -> None:
    with pytest.raises(BadInput, match="prompt is empty"):
        await blocks.chat("  ", context, model=ECHO)


async def test_a_record_has_the_fields_as_they_were_drawn(context: Surroundings) -> None:
    filled = await record_blocks.structured("{who}", PERSON, context, model=ECHO, who="Ada, 36")

    assert filled.value == {"name": "Ada, 36", "age": 36}


async def test_records_are_extracted_with_the_words_they_were_read_from(
    context: Surroundings,
) -> None:
    found = await record_blocks.extract("Ada\n  is 36.", PERSON, context, quotes=True, model=ECHO)

    assert [set(item) for item in found.items] == [{"name", "age", "quote"}]
    assert found.items[0]["quote"] == "Ada\n  is 36"


async def test_a_long_text_is_searched_in_pieces(context: Surroundings) -> None:
    text = "\n\n".join(f"Person {n} is {n} years old, as everybody knows." for n in range(9))

    found = await record_blocks.extract(text, PERSON, context, model=ECHO, piece_tokens=30)

    assert len(found.items) == len(context.told) > 3
    assert context.told[-1][:2] == (len(found.items), len(found.items))


async def test_a_text_gets_one_of_the_labels(context: Surroundings) -> None:
    text = "I want my money back, this is a refund request"

    found = await record_blocks.classify(
        text, ["question", "refund"], context, confidence=True, model=ECHO
    )

    assert found.label == "refund"
    assert found.confidence is not None
    assert 0 <= found.confidence <= 1


async def test_a_way_is_chosen_among_the_labels_and_otherwise(context: Surroundings) -> None:
    route = await record_blocks.route("about billing", ["support", "billing"], context, model=ECHO)

    assert (route.port, route.value) == ("billing", "about billing")


async def test_a_long_text_is_summed_up_by_its_pieces(context: Surroundings) -> None:
    text = "\n\n".join(f"Chapter {n}. {'Much happens in it. ' * 40}" for n in range(6))

    made = await text_blocks.summarise(text, context, model=ECHO, piece_tokens=500)

    assert len(made.parts) >= 3
    assert made.summary == "".join(context.streamed)
    assert made.usage["tokens_out"] > 0


async def test_texts_that_are_alike_are_near_each_other(context: Surroundings) -> None:
    texts = ["the cat sleeps on the sofa", "stock prices fell on monday", "cats like a warm sofa"]
    placed = await text_blocks.embed([*texts, "where is the cat sofa"], context, model=ECHO)

    near = text_blocks.nearest(texts, placed.vectors[:3], placed.vectors[3], take=1)

    assert near[0]["item"] == texts[0]


def test_vectors_of_other_models_are_not_compared() -> None:
    with pytest.raises(BadInput, match="have 2 numbers"):
        text_blocks.nearest(["a"], [[1.0, 0.0]], [1.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("kind", "output", "of_list"),
    [("ai.structured", "value", False), ("ai.extract", "items", True)],
)
def test_what_comes_out_is_of_the_type_that_is_drawn(kind: str, output: str, of_list: bool) -> None:
    block = Block("b", kind, {"fields": PERSON, "prompt": "x"})

    type = ports_of(block, spec(kind), Level(Flow(), CATALOG)).outputs[output]

    record = type.item if of_list else type
    assert isinstance(record, ValueType)
    assert dict(record.fields)["age"] == INTEGER


@pytest.mark.parametrize(
    ("fields", "leads_to"),
    [
        ({"model": "scripted/echo"}, Needs()),
        ({"model": "anthropic/x", "fallbacks": ["openai/y"]},
         Needs(hosts=("api.anthropic.com", "api.openai.com"))),
        ({}, Needs(hosts=("*",))),
        ({"model": "auto:cheapest"}, Needs(hosts=("*",))),
        ({"model": {"$expr": "which"}}, Needs(hosts=("*",))),
        ({"model": "scripted/echo", "fallbacks": ["local/z"]}, Needs(connections=("local",))),
    ],
)  # fmt: skip
def test_a_block_says_where_its_questions_go(fields: Any, leads_to: Needs) -> None:
    needs = spec("ai.chat").needs
    assert needs is not None

    assert needs(fields) == leads_to


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("ai.structured", {"fields": {"type": "object", "properties": {}}}, "No fields are drawn"),
        ("ai.structured", {"fields": {"properties": {"a": {"type": "who"}}}}, "schema is wrong"),
        ("ai.classify", {"labels": ["one"]}, "fewer than two"),
        ("ai.route", {"labels": ["one", "one"]}, "twice"),
    ],
)
def test_what_is_wrong_is_seen_before_anything_runs(kind: str, fields: Any, reason: str) -> None:
    check = spec(kind).check
    assert check is not None

    assert reason in check(fields)[0].message
