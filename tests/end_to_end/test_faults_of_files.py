"""Hostile flow files, through the whole pipe: refused at once and in few words, or harmless."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from graph.compile import Plan, compile_flow
from graph.errors import FlowInvalid, HeddleError
from graph.file_format import read
from runtime.compose import RESOURCES
from runtime.flow_files import load
from runtime.plugins import installed
from tests.graph.strategies import values

pytestmark = pytest.mark.alone

CATALOG = installed().catalog
SOON = 10.0
"""Seconds in which every file must be refused, on two noisy processors."""

Tree = dict[str, Any]


def tree(blocks: Mapping[str, Any], links: list[str] | None = None, **more: Any) -> Tree:
    return {"heddle": 1, "blocks": blocks, "links": links or [], **more}


def fill(text: Any = "x", **fields: Any) -> Tree:
    return {"kind": "text.template", "fields": {"text": text, **fields}}


def many(make: Callable[[int], Any], count: int = 10_000) -> Tree:
    return {f"b{n}": make(n) for n in range(count)}


def calls(name: str, times: int = 2, kind: str = "flow.call", field: str = "flow") -> Tree:
    items = {"items": []} if kind == "logic.for_each" else {}
    return {f"c{n}": {"kind": kind, "fields": {field: name, **items}} for n in range(times)}


def tower(levels: int, **how: Any) -> Tree:
    """Flows that each run the next, side by side in one file."""
    flows = {f"f{n}": {"blocks": calls(f"f{n + 1}", **how)} for n in range(1, levels)}
    flows[f"f{levels}"] = {"blocks": {"one": {"kind": "flow.constant"}}}
    return tree(calls("f1", **how), flows=flows)


LOOP = {"kind": "logic.for_each", "field": "body"}

HOSTILE: dict[str, tuple[Tree, str]] = {
    "unknown kinds": (tree(many(lambda n: {"kind": f"no.kind{n}"})), "1001 problems"),
    "mistyped kinds": (tree(many(lambda n: {"kind": "text.templat"})), "'text.template'?"),
    "long kinds": (tree(many(lambda n: {"kind": "no." + "x" * 9_000}, 1000)), "No block of kind"),
    "missing fields": (tree(many(lambda n: {"kind": "text.split"})), "1001 problems"),
    "unknown fields": (
        tree({"one": {"kind": "text.split", "fields": {f"f{n}": n for n in range(10_000)}}}),
        "has no field 'f0'",
    ),
    "wrong types": (tree(many(lambda n: fill(text=[n]))), "'text' must be text"),
    "links that end nowhere": (
        tree(many(lambda n: fill()), [f"x{n}.value -> b{n}.a" for n in range(10_000)]),
        "ends in no block",
    ),
    "ports that are not there": (
        tree(many(lambda n: fill()), [f"b{n}.val -> b{n + 1}.a" for n in range(9_999)]),
        "has no output 'val'",
    ),
    "a circle": (
        tree(many(lambda n: fill()), [f"b{n}.value -> b{(n + 1) % 9_999}.a" for n in range(9_999)]),
        "run in a circle: b0 -> b1",
    ),
    "a block on itself": (tree({"a": fill()}, ["a.value -> a.x"]), "in a circle: a -> a"),
    "bad code": (
        tree(many(lambda n: {"kind": "code.python", "fields": {"code": "x = (1,"}})),
        "was never closed",
    ),
    "deep code": (
        tree(many(lambda n: fill({"$expr": "(" * 250 + "1" + ")" * 250}), 200)), "can't read this",
    ),
    "unknown names": (tree(many(lambda n: fill({"$expr": "a + b + c"}))), "There is no 'a' here"),
    "markers": (
        tree(many(lambda n: fill({"$secret": ["x"], "more": 1}))), "holds a $secret that isn't one",
    ),
    "flows that are not there": (tree(calls("gone", 10_000)), "names the flow 'gone'"),
    "a flow in itself": (
        tree(calls("f", 1), flows={"f": {"blocks": calls("f", 1)}}), "without end",
    ),
    "sub-flows that double": (tower(31), "1,000,000 can be run"),
    "bodies that run each other": (tower(2_000, times=1, **LOOP), "more than 32 deep"),
    "sub-flows that run each other": (tower(2_000, times=1), "more than 32 deep"),
    "settings that make no sense": (
        tree(many(lambda n: {**fill(), "settings": {"parallel": 0, "time_limit": -1}})),
        "time limit must be above zero",
    ),
    "too many inputs of a name": (
        tree(many(lambda n: {"kind": "flow.input", "fields": {"name": "same"}})),
        "Two inputs are called",
    ),
    "endless patterns": (
        tree({"one": {"kind": "text.extract", "fields": {"text": "x", "pattern": "(" * 5_000}}}),
        "one.pattern",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("made", "said"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_flow_is_refused_at_once_in_few_words(
    tmp_path: Path, made: Tree, said: str
) -> None:
    path = tmp_path / "hostile.flow.json"
    path.write_text(json.dumps(made))

    began = time.process_time()
    with pytest.raises(FlowInvalid) as caught:
        compile_flow(load(path, CATALOG).flow, CATALOG)

    assert time.process_time() - began < SOON
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 60
    assert len(caught.value.problems) <= 1001


def test_loops_over_loops_that_share_their_bodies_are_planned_once(tmp_path: Path) -> None:
    def two(level: int) -> Tree:
        bodies = {f"c{n}": f"f{level + n}" for n in (1, 2)}
        return {
            name: {"kind": "logic.for_each", "fields": {"body": body, "items": []}}
            for name, body in bodies.items()
        }

    flows: Tree = {f"f{n}": {"blocks": two(n)} for n in range(1, 30)}
    flows |= {f"f{n}": {"blocks": {"one": {"kind": "flow.constant"}}} for n in (30, 31)}
    path = tmp_path / "loops.flow.json"
    path.write_text(json.dumps(tree(two(0), flows=flows)))

    began = time.process_time()
    plan = compile_flow(load(path, CATALOG).flow, CATALOG)

    assert time.process_time() - began < SOON
    assert plan.bodies[0]["f1"].bodies[0]["f2"] is plan.bodies[1]["f2"]


def test_files_that_refer_to_each_other_by_the_thousand_are_refused_at_once(
    tmp_path: Path,
) -> None:
    (tmp_path / "start.flow.json").write_text(json.dumps(tree(calls("0a.flow.json", 1))))
    for level in range(25):
        below = {f"c{s}": calls(f"{level + 1}{s}.flow.json", 1)["c0"] for s in "ab"}
        for side in "ab":
            (tmp_path / f"{level}{side}.flow.json").write_text(json.dumps(tree(below)))
    for side in "ab":
        leaf = tree({"one": {"kind": "flow.constant"}})
        (tmp_path / f"25{side}.flow.json").write_text(json.dumps(leaf))

    began = time.process_time()
    with pytest.raises(FlowInvalid, match=r"it has [0-9,]+ blocks"):
        compile_flow(load(tmp_path / "start.flow.json", CATALOG).flow, CATALOG)

    assert time.process_time() - began < SOON


# Any file at all.

TEMPLATES = [
    json.loads(path.read_text()) for path in sorted((RESOURCES / "templates").glob("*.flow.json"))
]
kinds = st.sampled_from(sorted(CATALOG.kinds))
odd = (
    values
    | st.sampled_from(["$expr", "$secret", "$connection"]).flatmap(
        lambda marker: st.fixed_dictionaries({marker: values | st.just("inputs.x + value")})
    )
    | kinds
    | st.sampled_from(["", "value", "loop", "a.value -> b.value", {"kind": "logic.while"}])
)


def copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


@st.composite
def disturbed(draw: st.DrawFn) -> Tree:
    """A template in which some parts, at any depth, are something else."""
    made = copied(draw(st.sampled_from(TEMPLATES)))
    for _ in range(draw(st.integers(1, 4))):
        at = made
        for _ in range(draw(st.integers(0, 6))):
            inner = list(at.values()) if isinstance(at, dict) else at
            deeper = [part for part in inner if isinstance(part, (dict, list)) and part]
            if not deeper:
                break
            at = draw(st.sampled_from(deeper))
        if isinstance(at, dict):
            name = draw(st.sampled_from([*at, "fields", "settings", "each", "body", "pin", "x"]))
            at[name] = copied(draw(odd))
        else:
            at[draw(st.integers(0, len(at) - 1))] = copied(draw(odd))
    return made


@settings(max_examples=300)
@given(disturbed())
def test_whatever_a_file_says_it_is_a_plan_or_a_clear_error(made: Tree) -> None:
    try:
        outcome: Plan | HeddleError = compile_flow(read(json.dumps(made)), CATALOG)
    except HeddleError as error:
        outcome = error

    assert isinstance(outcome, Plan) or outcome.message
    event(type(outcome).__name__)
