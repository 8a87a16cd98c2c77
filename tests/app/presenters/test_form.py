"""The form of a block, without a screen."""

import pytest

from app.presenters.form import Row, as_words, elsewhere, rows_of, said_here
from graph.compile.ports import Level
from graph.errors import Problem
from graph.flow import Block, Flow
from tests.app.flows import CATALOG

INNER = Flow.of([
    Block("in", "flow.input", {"name": "price", "type": "number", "required": True,
                               "description": "What it costs."}),
    Block("more", "flow.input", {"name": "rate", "default": 2}),
])  # fmt: skip


def rows(flow: Flow, id: str, *problems: Problem) -> dict[str, Row]:
    block = flow.blocks[id]
    links = {link.target.port: link for link in flow.links_into(id)}
    made = rows_of(block, CATALOG.spec(block.kind), Level(flow, CATALOG), links, problems)
    return {row.name: row for row in made}


def test_the_inputs_of_a_called_flow_are_fields() -> None:
    flow = Flow.of([Block("call", "flow.call", {"flow": "inner"})], flows={"inner": INNER})

    found = rows(flow, "call")

    assert list(found) == ["flow", "price", "rate"]
    assert found["price"].parameter.required
    assert found["price"].parameter.description == "What it costs."
    assert found["rate"].parameter.default == 2


def test_what_else_a_block_was_given_is_a_field_too() -> None:
    flow = Flow.of(
        [Block("a", "flow.constant"), Block("code", "code.python", {"code": "", "price": 3})],
        [("a.value", "code.rate")],
    )

    found = rows(flow, "code")

    assert list(found) == ["code", "price", "rate"]
    assert not found["price"].of_kind
    assert found["rate"].mode == "linked"


@pytest.mark.parametrize(("value", "mode", "text"), [
    ("plain", "value", ""), ({"$expr": "a"}, "expression", "a"), ({"$secret": "b"}, "secret", "b"),
    ({"$expr": 3}, "value", ""), ({"$expr": "a", "b": 1}, "value", ""),
])  # fmt: skip
def test_what_a_field_holds(value: object, mode: str, text: str) -> None:
    found = rows(Flow.of([Block("a", "text.case", {"text": value})]), "a")

    assert (found["text"].mode, found["text"].text) == (mode, text)


def test_an_expression_of_what_is_linked_stays_an_expression() -> None:
    flow = Flow.of(
        [Block("a", "flow.constant"), Block("b", "text.case", {"text": {"$expr": "text + '!'"}})],
        [("a.value", "b.text")],
    )

    found = rows(flow, "b")["text"]

    assert found.mode == "expression"
    assert found.source is not None


def test_every_problem_of_a_block_stands_in_one_place() -> None:
    flow = Flow.of([Block("a", "http.get")])
    of_field = Problem("missing", "", block="a", field="url")
    of_setting = Problem("bad-setting", "", block="a", field="time_limit")
    of_block = Problem("recursion", "", block="a")
    problems = (of_field, of_setting, of_block)

    found = rows(flow, "a", *problems)

    assert found["url"].problems == (of_field,)
    assert found["time_limit"].problems == ()
    assert elsewhere(found.values(), problems) == [of_block]


@pytest.mark.parametrize(("message", "said"), [
    ("'url' has no value.", "It has no value. Fill it."),
    ("'url': there is no 'x'.", "there is no 'x'. Fill it."),
    ("Another thing.", "Another thing. Fill it."),
])  # fmt: skip
def test_beneath_a_field_its_name_is_not_said_again(message: str, said: str) -> None:
    assert said_here(Problem("e", message, "Fill it."), "url") == said


@pytest.mark.parametrize(("name", "words"), [
    ("time_limit", "Time limit"), ("url", "URL"), ("read_json", "Read JSON"), ("GET", "GET"),
])  # fmt: skip
def test_names_are_read_as_words(name: str, words: str) -> None:
    assert as_words(name) == words
