"""For a problem there is an edit that does away with it."""

import inspect
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.compile import check
from graph.compile.fixes import FIXES, fixes
from graph.edits import Inside, apply, inverse
from graph.errors import Problem
from graph.file_format import write
from graph.flow import Block, End, Flow, Link, Retry, Settings, link_between
from tests.graph.reshape.world import CATALOG, runnable

ASKING = Flow.of(
    [Block("who", "flow.input", {"name": "who", "required": True}), Block("o", "flow.output")],
    [("who.value", "o.value")],
)
A = Block("a", "flow.constant", {"value": [1]})


def titles(flow: Flow, code: str) -> list[str]:
    """The titles of what is offered for the only problem, which all of them do away with."""
    (problem,) = [problem for problem in check(flow, CATALOG) if problem.code == code]
    offered = fixes(problem, flow, CATALOG)
    for fix in offered:
        assert problem not in check(apply(flow, fix.edit), CATALOG), fix
    return [fix.title for fix in offered]


def one(kind: str, settings: Settings = Settings(), **fields: Any) -> Flow:
    return Flow.of([Block("b", kind, fields, settings=settings)])


BOTH_WAYS = [("b.value", "c.a"), ("c.value", "b.a")]
LINKED = {"a": 1}


@pytest.mark.parametrize(
    ("code", "flow", "expected"),
    [
        (
            "unknown-kind",
            one("text.jion", items=[]),
            ["Make it “Join texts”", "Remove the block"],
        ),
        ("unknown-kind", one("old.template"), ["Make it “Fill template”", "Remove the block"]),
        (
            "unknown-field",
            one("n.note", number=1, lable="x"),
            ["Call it “label”", "Remove “lable”"],
        ),
        ("unknown-field", one("n.sum", a=1, zzz=2), ["Remove “zzz”"]),
        ("missing", one("n.sum"), ["Set “a” to 0"]),
        ("missing", one("text.join"), ["Set “items” to an empty list"]),
        ("missing", one("flow.output"), ["Set “value” to nothing"]),
        (
            "wrong-type",
            one("n.sum", a=1, b="5"),
            ["Set “b” to 5", "Set “b” back to its default"],
        ),
        ("wrong-type", one("n.sum", a="4.5"), ["Set “a” to 4.5"]),
        ("wrong-type", one("n.sum", a=[]), []),
        (
            "wrong-type",
            one("n.note", number=1, label=5),
            ['Set “label” to "5"', "Set “label” back to its default"],
        ),
        (
            "wrong-type",
            one("flow.input", name="n", type="number", default="7"),
            ["Set “default” to 7", "Set “default” back to its default"],
        ),
        (
            "wrong-type",
            one("flow.input", name="n", type="nmuber"),
            ['Set “type” to "number"', "Set “type” back to its default"],
        ),
        (
            "bad-marker",
            one("n.sum", a=1, b={"$expr": "1 + 1", "note": ""}),
            ["Keep the expression alone", "Set “b” back to its default"],
        ),
        (
            "no-connection",
            one("n.note", number=1, label={"$connection": "work"}),
            ["Set “label” back to its default"],
        ),
        (
            "bad-code",
            one("n.sum", a=1, b={"$expr": "1 +"}),
            ["Set “b” back to its default"],
        ),
        (
            "bad-code",
            one("data.filter", items=[], condition="itme > 1"),
            ["Write “item” for “itme”"],
        ),
        (
            "bad-setting",
            one("n.sum", Settings(retry=Retry(0)), a=1),
            ["Try again as usual", "Don't try again"],
        ),
        ("bad-setting", one("n.sum", Settings(time_limit=0), a=1), ["Take the time limit off"]),
        ("bad-setting", one("n.sum", Settings(parallel=0), a=1), ["Run one at a time"]),
        (
            "bad-setting",
            one("text.join", Settings(each="itmes"), items=[]),
            ["Run it for each “items”", "Run it once"],
        ),
        (
            "bad-setting",
            one("n.sum", Settings(pin={"vlaue": 1}), a=1),
            ["Don't pin its result"],
        ),
        (
            "unknown-flow",
            Flow.of([Block("b", "flow.call", {"flow": "bdoy"})], flows={"body": Flow()}),
            ["Use the flow “body”", "Make an empty flow “bdoy”"],
        ),
        (
            "missing",
            Flow.of([Block("b", "flow.call", {"flow": "ask"})], flows={"ask": ASKING}),
            ["Don't require “who” in the flow “ask”", "Set “who” to nothing"],
        ),
        (
            "recursion",
            Flow.of(
                [Block("b", "flow.call", {"flow": "me"})],
                flows={"me": Flow.of([Block("again", "flow.call", {"flow": "me"})])},
            ),
            ["Remove the block"],
        ),
        (
            "same-name",
            Flow.of([Block(id, "flow.output", {"value": 1}) for id in "bc"]),
            ["Call it “result_2”"],
        ),
        (
            "bad-link",
            Flow.of([A, Block("double", "n.sum", {"a": 1})], [("dobule.value", "double.b")]),
            ["Remove the link from dobule.value to double.b"],
        ),
        (
            "bad-link",
            Flow.of(
                [Block("out", "flow.output"), Block("double", "n.sum", {"a": 1})],
                [("dobule.value", "out.value")],
            ),
            ["Link “double” instead", "Remove the link from dobule.value to out.value"],
        ),
        (
            "bad-link",
            Flow.of(
                [Block("one", "flow.constant"), Block("double", "n.sum", {"a": 1})],
                [("one.value", "dobule.b")],
            ),
            ["Link “double” instead", "Remove the link from one.value to dobule.b"],
        ),
        (
            "bad-link",
            Flow.of(
                [Block("b", "n.sum", {"a": 1}), Block("say", "n.note", {"number": 1})],
                [link_between("b.value", "say.label", "txet")],
            ),
            ["Convert it as “text”", "Remove the link from b.value to say.label"],
        ),
        (
            "type-mismatch",
            Flow.of(
                [Block("b", "n.sum", {"a": 1}), Block("say", "n.note", {"number": 1})],
                [("b.value", "say.label")],
            ),
            ["Convert it as “text”", "Remove the link from b.value to say.label"],
        ),
        (
            "type-mismatch",
            Flow.of(
                [Block("b", "text.split", {"text": ""}), Block("sum", "n.sum")],
                [("b.value", "sum.a")],
            ),
            ["Remove the link from b.value to sum.a"],
        ),
        (
            "no-port",
            Flow.of(
                [A, Block("o", "flow.output"), Block("p", "flow.output", {"name": "p"})],
                [("a.vlaue", "o.value"), ("a.vlaue", "p.value")],
            ),
            ["Link “value” instead", "Remove 2 links from a.vlaue"],
        ),
        (
            "no-port",
            Flow.of([A, Block("say", "n.note", {"number": 1})], [("a.value", "say.lable")]),
            ["Link “label” instead", "Remove the link to say.lable"],
        ),
        (
            "cycle",
            Flow.of([Block("b", "n.sum"), Block("c", "n.sum")], BOTH_WAYS),
            ["Remove what leads from c to b", "Remove what leads from b to c"],
        ),
    ],
)  # fmt: skip
def test_what_is_offered_does_away_with_the_problem(
    code: str, flow: Flow, expected: list[str]
) -> None:
    assert titles(flow, code) == expected


def test_only_the_name_is_written_anew_and_nothing_that_looks_like_it() -> None:
    code = """str(nmae, nmae='nmae').nmae + nmae  # nmae"""
    say = Block("say", "text.template", {"text": {"$expr": code}})
    flow = Flow.of([A, say], [("a.value", "say.name")])

    (problem,) = check(flow, CATALOG)
    (fix,) = fixes(problem, flow, CATALOG)

    fixed = apply(flow, fix.edit)
    assert fixed.blocks["say"].fields == {
        "text": {"$expr": """str(name, nmae='nmae').nmae + name  # nmae"""}
    }
    assert check(fixed, CATALOG) == []


def test_a_problem_in_an_embedded_flow_is_fixed_there() -> None:
    flow = Flow(flows={"outer": Flow(flows={"inner": one("n.sum")})})

    (problem,) = check(flow, CATALOG)
    (fix,) = fixes(problem, flow, CATALOG)

    assert isinstance(fix.edit, Inside)
    assert check(apply(flow, fix.edit), CATALOG) == []


def test_a_problem_in_another_file_is_not_fixed_here() -> None:
    flow = Flow(flows={"lib/part.flow.json": one("n.sum")})

    (problem,) = check(flow, CATALOG)

    assert fixes(problem, flow, CATALOG) == []


def test_a_problem_that_nobody_knows_has_no_fix() -> None:
    assert fixes(Problem("strange", "Something is odd."), Flow(), CATALOG) == []
    assert fixes(Problem("missing", "Gone since.", block="b"), Flow(), CATALOG) == []


names = st.sampled_from(["x", "y", "s0", "s1", "out_one", "s9"])
ports = st.sampled_from(["a", "b", "value", "vaule", "flow", "on"])
odd: st.SearchStrategy[Any] = st.sampled_from(
    ["5", 5, None, [], {}, True, "text", {"$expr": ""}, {"$expr": "a +"}, {"$connection": "c"}]
)
spoilt = st.builds(
    Settings,
    retry=st.sampled_from([None, Retry(0), Retry(2, -1)]),
    time_limit=st.sampled_from([None, -1.0]),
    on_error=st.sampled_from(["stop", "port"]),
    each=st.sampled_from(["", "a", "aa"]),
    parallel=st.sampled_from([8, 0]),
    pin=st.sampled_from([None, {"value": 1}, {"vlaue": 1}]),
)
kinds = st.sampled_from(
    ["n.sum", "n.smu", "flow.call", "flow.output", "flow.input", "logic.for_each", "text.join"]
)


@st.composite
def broken(draw: st.DrawFn) -> Flow:
    """A flow in which a few things are wrong."""
    flow = draw(runnable(4))
    blocks, links = dict(flow.blocks), dict(flow.links)
    for _ in range(draw(st.integers(0, 3))):
        fields = draw(st.dictionaries(ports | st.just("body"), odd | st.just("inner"), max_size=3))
        id = draw(names)
        blocks[id] = Block(id, draw(kinds), fields, settings=draw(st.just(Settings()) | spoilt))
    for _ in range(draw(st.integers(0, 3))):
        target = End(draw(names), draw(ports))
        source = End(draw(names), draw(ports))
        links[target] = Link(source, target, draw(st.sampled_from(["", "text", "txet"])))
    inner = {"inner": draw(broken())} if draw(st.integers(0, 5)) == 0 else {}
    return Flow.of(blocks.values(), links.values(), flows=inner)


@given(broken())
@settings(max_examples=150)
def test_every_fix_does_away_with_its_problem_and_can_be_taken_back(flow: Flow) -> None:
    for problem in check(flow, CATALOG):
        for fix in fixes(problem, flow, CATALOG):
            fixed = apply(flow, fix.edit)
            assert problem not in check(fixed, CATALOG), fix
            assert write(apply(fixed, inverse(flow, fix.edit))) == write(flow)
            assert fix.title


def test_every_problem_that_can_be_fixed_is_one_that_is_found() -> None:
    from graph.compile import checks, unfolding

    source = "".join(inspect.getsource(module) for module in (checks, unfolding))
    own = {"field-value", "field-clash"}

    assert all(f'"{code}"' in source for code in FIXES.keys() - own)
