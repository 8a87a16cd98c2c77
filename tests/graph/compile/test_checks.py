"""What is wrong with a flow is found at once, each problem on its block and with a cure."""

import pytest

import graph.blocks.flow
import graph.blocks.logic
import graph.blocks.records
import graph.blocks.text
from graph.catalog import Catalog
from graph.compile import check, compile_flow
from graph.errors import FlowInvalid, Problem
from graph.flow import Block, Flow, Link, Retry, Settings, end

CATALOG = Catalog.of(graph.blocks.flow, graph.blocks.logic, graph.blocks.text)


def problems(
    *blocks: Block, links: list[tuple[str, str]] | None = None, **flows: Flow
) -> list[Problem]:
    return check(Flow.of(blocks, links or [], flows=flows), CATALOG)


def the_problem(
    *blocks: Block, links: list[tuple[str, str]] | None = None, **flows: Flow
) -> Problem:
    (problem,) = problems(*blocks, links=links, **flows)
    return problem


def test_a_good_flow_has_no_problems() -> None:
    assert not problems(
        Block("a", "flow.constant", {"value": "x"}),
        Block("t", "text.template", {"text": "{a}"}),
        links=[("a.value", "t.a")],
    )


def test_all_problems_come_at_once() -> None:
    found = problems(
        Block("a", "text.tmplate"),
        Block("b", "logic.throttle", {"per_second": "fast"}),
        Block("c", "logic.if", settings=Settings(time_limit=-1)),
    )

    assert {(problem.block, problem.code) for problem in found} == {
        ("a", "unknown-kind"),
        ("b", "wrong-type"),
        ("b", "missing"),
        ("c", "missing"),
        ("c", "bad-setting"),
    }


def test_an_unknown_kind_names_the_closest() -> None:
    assert the_problem(Block("a", "text.tmplate")).cure == "Did you mean 'text.template'?"


def test_an_unknown_field_names_the_closest() -> None:
    problem = the_problem(Block("a", "flow.constant", {"valu": 1}))

    assert (problem.code, problem.field) == ("unknown-field", "valu")
    assert "'value'" in problem.cure


def test_a_required_field_may_be_filled_or_linked() -> None:
    problem = the_problem(Block("a", "logic.if"))

    assert (problem.code, problem.field) == ("missing", "condition")
    assert "link" in problem.cure


def test_a_field_of_the_wrong_type_says_what_it_takes() -> None:
    problem = the_problem(Block("a", "logic.wait", {"seconds": "ten"}))

    assert problem.message == "'seconds' must be number, not text (\"ten\")."


@pytest.mark.parametrize(
    ("source", "target", "place"),
    [
        ("a.value", "nowhere.text", "nowhere"),
        ("nowhere.value", "t.a", "nowhere"),
        ("a.valeu", "t.a", "a.valeu"),
        ("a.value", "if.conditoin", "if.conditoin"),
    ],
)
def test_a_link_that_ends_nowhere_says_where(source: str, target: str, place: str) -> None:
    found = problems(
        Block("a", "flow.constant"),
        Block("t", "text.template", {"text": ""}),
        Block("if", "logic.if", {"condition": True}),
        links=[(source, target)],
    )

    assert [problem.place for problem in found] == [place]


def test_a_link_between_types_that_never_fit_is_refused_with_a_conversion() -> None:
    blocks = [
        Block("n", "flow.input", {"name": "n", "type": "number"}),
        Block("t", "text.case", {"style": "upper"}),
    ]
    refused = check(Flow.of(blocks, [("n.value", "t.text")]), CATALOG)
    converted = Flow.of(blocks, [Link(end("n.value"), end("t.text"), "text")])

    assert [problem.code for problem in refused] == ["type-mismatch"]
    assert "n.value -> t.text as text" in refused[0].cure
    assert not check(converted, CATALOG)


def test_an_unknown_conversion_is_named() -> None:
    flow = Flow.of(
        [Block("a", "flow.constant"), Block("t", "text.template", {"text": ""})],
        [Link(end("a.value"), end("t.a"), "txt")],
    )

    (problem,) = check(flow, CATALOG)
    assert "'txt'" in problem.message


def test_a_circle_is_named_in_running_order() -> None:
    problem = the_problem(
        *(Block(name, "text.template", {"text": ""}) for name in ("a", "b", "c", "hangs_behind")),
        links=[
            ("a.value", "b.x"),
            ("b.value", "c.x"),
            ("c.value", "a.x"),
            ("c.value", "hangs_behind.x"),
        ],
    )

    assert problem.code == "cycle"
    assert "a -> b -> c -> a" in problem.message


def test_an_expression_with_a_mistake_says_where() -> None:
    problem = the_problem(Block("a", "logic.if", {"condition": {"$expr": "1 +* 2"}}))

    assert (problem.code, problem.field, problem.line) == ("bad-code", "condition", 1)


def test_an_expression_sees_only_what_is_linked() -> None:
    problem = the_problem(
        Block("n", "flow.constant"),
        Block("a", "logic.if", {"condition": {"$expr": "countt > 1"}}),
        links=[("n.value", "a.count")],
    )

    assert "count" in problem.message + problem.cure


def test_a_body_must_be_there() -> None:
    problem = the_problem(Block("e", "logic.for_each", {"items": [], "body": "rond"}), round=Flow())

    assert (problem.code, problem.cure) == ("unknown-flow", "Did you mean 'round'?")


def test_what_a_body_needs_must_be_linked() -> None:
    body = Flow.of([Block("x", "flow.input", {"name": "rate", "required": True})])

    problem = the_problem(Block("e", "logic.for_each", {"items": [], "body": "b"}), b=body)

    assert "'rate'" in problem.message


def test_problems_inside_a_body_say_which() -> None:
    problem = the_problem(
        Block("e", "logic.for_each", {"items": [], "body": "b"}),
        b=Flow.of([Block("x", "no.such")]),
    )

    assert problem.place == "b/x"


def test_a_flow_that_runs_itself_is_refused() -> None:
    a = Flow.of([Block("call_b", "flow.call", {"flow": "b"})])
    b = Flow.of([Block("call_a", "flow.call", {"flow": "a"})])

    found = problems(Block("start", "flow.call", {"flow": "a"}), a=a, b=b)

    assert {problem.code for problem in found} == {"recursion"}


def test_two_outputs_may_not_share_a_name() -> None:
    found = problems(
        Block("a", "flow.output", {"value": 1}), Block("b", "flow.output", {"value": 2})
    )

    assert [problem.code for problem in found] == ["same-name"]


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (Settings(retry=Retry(attempts=0)), "retry"),
        (Settings(time_limit=0), "time_limit"),
        (Settings(parallel=0), "parallel"),
        (Settings(each="no_such"), "each"),
        (Settings(pin={"no_such": 1}), "pin"),
    ],
)
def test_settings_that_make_no_sense_are_named(settings: Settings, field: str) -> None:
    problem = the_problem(Block("a", "flow.constant", settings=settings))

    assert (problem.code, problem.field) == ("bad-setting", field)


def test_secrets_and_expressions_stand_alone() -> None:
    problem = the_problem(Block("a", "logic.if", {"condition": {"$expr": "1", "more": 2}}))

    assert problem.code == "bad-marker"


def test_a_secret_inside_a_record_of_texts_is_a_text() -> None:
    fields = {"records": [], "names": {"old": {"$secret": "name"}}}
    flow = Flow.of([Block("a", "data.rename", fields)])

    assert not check(flow, Catalog.of(graph.blocks.records))


def test_compiling_a_bad_flow_says_all_of_it() -> None:
    with pytest.raises(FlowInvalid) as refused:
        compile_flow(Flow.of([Block("a", "no.such"), Block("b", "nor.this")]), CATALOG)

    assert len(refused.value.problems) == 2
    assert "2 problems" in str(refused.value)
