"""Inputs made up: such as a flow takes, the same each time, shrunk when they are at fault."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import BadInput
from graph.flow import Block, Flow
from graph.schemas import faults
from runtime.flow_tests.case import Effect, Properties
from runtime.flow_tests.draws import Choices, Draws, smallest
from runtime.flow_tests.exploring import Explored, Explorer, pinned
from runtime.flow_tests.made_up import made_up
from runtime.inputs import fitting
from tests.runtime.flow_tests.conftest import Lab, input_block, output_block, reading

TYPES = ("any", "text", "number", "integer", "boolean", "list", "record", "table")


def checking(condition: str, type: str = "integer") -> Flow:
    """A flow that fails unless its input `n` is as the code asks."""
    code = f"if not ({condition}):\n    raise ValueError('bad')\nreturn n"
    return Flow.of(
        [
            input_block("n", type, required=True),
            Block("check", "code.python", {"code": code}),
            output_block("n"),
        ],
        [("n.value", "check.n"), ("check.value", "n_out.value")],
    )


async def explore(
    lab: Lab, flow: Flow, properties: Properties | None = None, *effects: Effect, number: int = 64
) -> Explored:
    explorer = Explorer(lab.plan(flow), properties or Properties(), effects, lab.bench, lab.world)
    return await explorer.explore(number)


# Making up


@given(st.randoms(use_true_random=False))
def test_whatever_is_made_up_suits_the_inputs(source: random.Random) -> None:
    from graph.compile import compile_flow
    from runtime.plugins import installed

    flow = Flow.of([input_block(type, type, required=True) for type in TYPES])
    plan = compile_flow(flow, installed(None).catalog)

    inputs = made_up(plan, {}, Draws(source=source))

    assert fitting(plan, inputs) == inputs


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 3, "maximum": 9, "multipleOf": 3},
        {"type": "number", "exclusiveMinimum": 0},
        {"maximum": -5},
        {"type": "string", "minLength": 3, "maxLength": 5},
        {"type": "string", "format": "date"},
        {"enum": ["a", "b"]},
        {"const": 3},
        {"examples": [1, 2]},
        {"anyOf": [{"type": "null"}, {"type": "boolean"}]},
        {"type": ["integer", "null"]},
        {"items": {"type": "integer"}, "minItems": 2, "maxItems": 3},
        {"properties": {"id": {"type": "integer"}, "x": {"type": "string"}}, "required": ["id"]},
        {},
    ],
)
def test_a_schema_narrows_what_is_made_up(schema: dict[str, Any], lab_free: Any) -> None:
    for seed in range(50):
        inputs = made_up(lab_free, {"n": schema}, Draws(source=random.Random(seed)))

        assert faults(inputs["n"], schema) == []


def test_a_schema_nobody_can_follow_is_refused(lab_free: Any) -> None:
    with pytest.raises(BadInput, match="No value for the input 'n'"):
        made_up(lab_free, {"n": {"type": "string", "pattern": "^x{40}$"}}, Draws())


@pytest.fixture
def lab_free() -> Any:
    """The plan of a flow with one input `n` of any type."""
    from graph.compile import compile_flow
    from runtime.plugins import installed

    return compile_flow(Flow.of([input_block("n", required=True)]), installed(None).catalog)


# Shrinking


async def test_the_smallest_list_that_still_fails_is_found() -> None:
    async def fails(choices: Choices) -> Choices | None:
        return choices if sum(choices) >= 10 and 3 in choices else None

    found = await smallest((7, 3, 0, 40, 2, 9, 1), fails)

    assert sorted(found) == [3, 7]


# Exploring


async def test_a_flow_that_takes_everything_is_left_in_peace(lab: Lab) -> None:
    tried, trial = await explore(lab, checking("True"))

    assert (tried, trial) == (64, None)


@pytest.mark.parametrize(
    ("condition", "type", "simplest"),
    [
        ("n < 7", "integer", 7),
        ("len(n) < 3", "list", [None, None, None]),
        ("'z' not in n", "text", "z"),
    ],
)
async def test_what_is_at_fault_is_shrunk(
    lab: Lab, condition: str, type: str, simplest: Any
) -> None:
    _, trial = await explore(lab, checking(condition, type), number=400)

    assert trial is not None
    assert trial.finding is not None
    assert trial.finding.place == "check"
    value = trial.inputs["n"]
    assert value == simplest


async def test_the_same_inputs_are_tried_each_time(lab: Lab) -> None:
    first, again = [await explore(lab, checking("n < 100")) for _ in range(2)]

    assert first.trial is not None
    assert again.trial is not None
    assert (first.tried, first.trial.inputs) == (again.tried, again.trial.inputs)


async def test_failures_that_may_be_are_no_surprise(lab: Lab) -> None:
    _, trial = await explore(lab, checking("n < 7"), Properties(may_fail=("CodeFailed",)))

    assert trial is None


async def test_rules_over_inputs_and_outputs_are_looked_at(lab: Lab) -> None:
    rules = Properties({"n": {"minimum": 0, "maximum": 50}}, ("outputs['n'] < 20",))
    _, trial = await explore(lab, checking("True"), rules)

    assert trial is not None
    assert trial.inputs == {"n": 20}
    assert trial.finding is not None
    assert trial.finding.message == "This doesn't hold: outputs['n'] < 20"


async def test_what_was_found_becomes_a_case_that_fails_until_it_is_mended(lab: Lab) -> None:
    _, trial = await explore(lab, checking("n < 7"))
    assert trial is not None
    case = pinned(trial, ())

    broken = await lab.judge(checking("n < 7"), case)
    mended = await lab.judge(checking("True"), case)

    assert (broken.state, mended.state) == ("failed", "passed")
    assert "ValueError: bad" in case.about


async def test_a_broken_rule_is_pinned_with_it(lab: Lab) -> None:
    rule = "outputs['n'] < 20"
    _, trial = await explore(lab, checking("True"), Properties({"n": {"minimum": 0}}, (rule,)))
    assert trial is not None

    verdict = await lab.judge(checking("True"), pinned(trial, (rule,)))

    assert verdict.state == "failed"
    assert rule in verdict.findings[0].message


async def test_the_outside_answers_as_it_was_recorded_to_something_like_it(lab: Lab) -> None:
    known = Effect("read", "files.read", asked={"path": "x"}, gives={"content": "milk"})

    _, answered = await explore(lab, reading(), None, known)
    _, unanswered = await explore(lab, reading())

    assert answered is None
    assert unanswered is not None
    assert unanswered.finding is not None
    assert unanswered.finding.about == "unrecorded"


async def test_the_time_is_asked_for_real_and_kept_with_what_was_found(lab: Lab) -> None:
    flow = Flow.of(
        [
            input_block("n", "integer", required=True),
            Block("now", "data.now"),
            Block("check", "code.python", {"code": "return 1 // n if now else 0"}),
        ],
        [("n.value", "check.n"), ("now.value", "check.now")],
    )

    _, trial = await explore(lab, flow)

    assert trial is not None
    case = pinned(trial, ())
    verdict = await lab.judge(flow, case)
    assert [effect.kind for effect in case.effects] == ["data.now"]
    assert [finding.about for finding in verdict.findings] == ["ending"]
