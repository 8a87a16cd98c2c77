import pytest

from app.presenters.stop_words import glyph_of, held_title, what, where, why
from runtime.breakpoints import Breakpoint
from runtime.events import Failure, TaskHeld
from tests.app.flows import CATALOG
from tests.app.presenters.test_stopping import FLOW


@pytest.mark.parametrize(
    ("point", "words"),
    [
        (Breakpoint("p", "sub/loud"), "Sub-flow / Change case"),
        (Breakpoint("p", "sub", port="text"), "Sub-flow · input text"),
        (Breakpoint("p", "words", at="after", port="value"), "Constant · output value"),
        (
            Breakpoint("p", "sub", at="after", port="shout", to="out.value"),
            "Sub-flow → Output · value",
        ),
        (Breakpoint("p", at="error"), "Anywhere"),
        (Breakpoint("p", cost=1.0), "The whole run"),
        (Breakpoint("p", "gone/away"), "gone/away"),
    ],
)
def test_where_a_breakpoint_is(point: Breakpoint, words: str) -> None:
    assert where(point, FLOW, CATALOG) == words


@pytest.mark.parametrize(
    ("point", "words"),
    [
        (Breakpoint("p", "b"), "Stops every time"),
        (Breakpoint("p", "b", condition="text == 'x'"), "Stops if text == 'x'"),
        (Breakpoint("p", "b", hits="%3"), "Stops every 3rd time"),
        (Breakpoint("p", "b", hits=">=2", whole=False),
         "Stops from the 2nd time on, this branch alone"),
        (Breakpoint("p", "b", hits="11"), "Stops the 11th time"),
        (Breakpoint("p", "b", port="text", changed=True), "Stops when the value changes"),
        (Breakpoint("p", "b", at="error"), "Stops when an error is about to be raised"),
        (Breakpoint("p", tokens=10_000), "Stops once the run has used more than 10,000 tokens"),
        (Breakpoint("p", "b", log="text is {text}"), "Says “text is {text}”"),
    ],
)  # fmt: skip
def test_what_makes_it_stop(point: Breakpoint, words: str) -> None:
    assert what(point) == words


def test_a_breakpoint_looks_like_what_it_does() -> None:
    glyphs = [glyph_of(Breakpoint("p", **d)) for d in ({}, {"hits": "3"}, {"log": "hello"})]  # type: ignore[arg-type] # fields by name

    assert glyphs == ["stop", "condition", "log"]


def test_where_a_run_stands_and_why() -> None:
    held = TaskHeld("r", 1, 0.0, "each[2]/greet", "before", "breakpoint", "p")

    assert held_title(held, "Greet") == "Before Greet, round 3"
    assert why(held, Breakpoint("p", "greet", condition="a > 1")) == "Breakpoint: if a > 1."
    assert why(held, Breakpoint("p", "greet")) == "Breakpoint."


def test_an_error_about_to_be_raised_is_told_with_its_message() -> None:
    failure = Failure("Refused", "The host said no.")
    held = TaskHeld("r", 1, 0.0, "get", "error", "breakpoint", "p", failure=failure)

    assert held_title(held, "Get") == "Error in Get"
    assert why(held, None) == "Error: The host said no."
