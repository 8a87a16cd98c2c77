from typing import Any

import pytest

from app.presenters.input_form import UNSET, Asked, NoValue, asked, values_of, worth_remembering
from graph.compile.ports import interface
from graph.flow import Block, Flow, View
from graph.spec import REQUIRED, Parameter
from graph.values import INTEGER, TEXT

FLOW = Flow.of(
    [
        Block("a", "flow.input", {"name": "count", "type": "integer", "default": 3}),
        Block("b", "flow.input", {"name": "who", "type": "text", "required": True}, title="Who"),
    ],
    view=View(positions={"a": (0, 200), "b": (300, 0)}),
)


def test_inputs_are_asked_for_as_they_stand_on_the_canvas() -> None:
    who, count = asked(FLOW, interface(FLOW)[0], {})

    assert (who.name, who.title, who.parameter.required) == ("who", "Who", True)
    assert (count.name, count.title, count.parameter.default) == ("count", "Count", 3)
    assert (who.value, count.value) == (UNSET, 3)


def test_values_given_before_are_offered_if_they_still_suit() -> None:
    who, count = asked(FLOW, interface(FLOW)[0], {"count": "many", "who": "Ada"})

    assert who.value == "Ada"
    assert count.value == 3


def one(default: Any) -> Asked:
    return Asked("n", "Number", "b", Parameter("Number", INTEGER, default))


def test_what_is_not_set_is_left_to_its_default() -> None:
    assert values_of([(one(3), UNSET)]) == {}
    assert values_of([(one(3), 3)]) == {"n": 3}
    assert values_of([(one(3), 4)]) == {"n": 4}
    assert values_of([(Asked("t", "T", "b", Parameter("T", TEXT, "x")), "")]) == {"t": ""}


def test_only_what_differs_from_the_defaults_is_remembered() -> None:
    assert worth_remembering([one(3)], {"n": 3}) == {}
    assert worth_remembering([one(3)], {"n": 4}) == {"n": 4}


@pytest.mark.parametrize(
    ("value", "why"), [(UNSET, "has to be given"), ("x", "must be integer"), (None, "must be")]
)
def test_what_is_missing_or_does_not_suit_is_named(value: Any, why: str) -> None:
    with pytest.raises(NoValue, match=f"Number {why}") as refused:
        values_of([(one(REQUIRED), value)])

    assert refused.value.field == "n"
