"""The inputs a block reads by name though nothing gives them yet."""

import pytest

from graph.compile.ports import Level, ports_of
from graph.compile.wanted import wanted_inputs
from graph.flow import Block, Flow
from runtime.plugins import installed

CATALOG = installed().catalog


def wanted(kind: str, **fields: object) -> tuple[str, ...]:
    block = Block("it", kind, fields)
    spec = CATALOG.spec(kind)
    return wanted_inputs(block, spec, ports_of(block, spec, Level(Flow.of([block]), CATALOG)))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Hello {name}, {user.email} and {name}", ("name", "user")),
        ("no places", ()),
        ("{{braces}}", ()),
        ("{an odd name} {rows[0].total}", ("rows",)),
        ("{unfinished", ()),
    ],
)
def test_a_text_wants_its_places(text: str, names: tuple[str, ...]) -> None:
    assert wanted("text.template", text=text) == names


def test_what_a_record_in_the_fields_gives_is_not_wanted() -> None:
    assert wanted("text.template", text="{name} {age}", fields={"name": "Ada"}) == ("age",)


def test_code_wants_the_names_it_reads_and_does_not_make() -> None:
    code = "total = sum(amounts)\nreturn round(total * rate)"

    assert wanted("code.python", code=code) == ("amounts", "rate")


def test_code_that_cannot_be_read_wants_nothing() -> None:
    assert wanted("code.python", code="return (") == ()


def test_an_expression_in_any_field_wants_its_names() -> None:
    assert wanted("logic.if", condition={"$expr": "amount > limit and value"}) == (
        "amount",
        "limit",
    )


def test_a_block_without_open_inputs_wants_nothing() -> None:
    assert wanted("text.replace", text="{name}", find="a", put="b") == ()
