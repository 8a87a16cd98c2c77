"""Whatever a model sketches, what is drawn of it runs, or somebody is told why there is nothing."""

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from graph.catalog import Catalog
from graph.compile import check
from graph.diff import diff
from graph.edits import apply
from graph.flow import Block, Flow, Settings
from graph.layout.boxes import box_of
from graph.planning.again import Part, replaced
from graph.planning.asking import planning_flow
from graph.planning.keyless import planned_without_model
from graph.planning.plan import Task, planned
from graph.planning.sketch import NoSketch, schema, sketch_of
from graph.schemas import faults
from runtime.plugins import installed
from tests.graph.planning.sketches import step


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return installed(None).catalog


def errors(flow: Flow, catalog: Catalog) -> list[str]:
    return [str(p) for p in check(flow, catalog) if p.severity == "error"]


GOOD = {
    "name": "Fetch and pick",
    "steps": [
        step("url", "flow.input", name="url", type="text", required="true"),
        step("fetch", "http.get"),
        step("fill", "text.template", text="Dear {name}"),
        step("out", "flow.output", name="answer"),
    ],
    "links": ["url.value -> fetch.url", "fetch.body -> fill.name", "fill.value -> out.value"],
}


def test_a_good_sketch_becomes_the_flow_it_says(catalog: Catalog) -> None:
    plan = planned(Task.of("fetch a page and fill a text template", catalog), GOOD, catalog)

    assert plan.complaints == ()
    assert plan.mends == ()
    assert set(plan.flow.blocks) == {"url", "fetch", "fill", "out"}
    assert plan.flow.blocks["url"].fields["required"] is True
    assert len(plan.flow.links) == 3
    assert set(plan.flow.view.positions) == set(plan.flow.blocks)
    assert plan.reasons["fetch"] == "for fetch"
    assert plan.flow.description == "fetch a page and fill a text template"
    assert faults(GOOD, schema(), most=5) == []


def test_what_is_wrong_with_a_sketch_is_told_to_the_model_and_mended_here(catalog: Catalog) -> None:
    task = Task.of("fetch a page and fill a text template", catalog)
    bad = msgspec.json.decode(msgspec.json.encode(GOOD))
    bad["steps"][1]["kind"] = "http.gett"
    bad["steps"][2]["fields"] = []
    bad["links"].append("fill.value -> nowhere.value")

    plan = planned(task, bad, catalog)

    told = " ".join(plan.complaints)
    assert "http.gett" in told
    assert "http.get" in told
    assert "nowhere" in told
    assert "fill.text: 'text' has no value" in told
    assert errors(plan.flow, catalog) == []
    assert plan.flow.blocks["text"].kind == "flow.input"
    assert "http.gett" in task.prompt(plan.complaints)


def test_what_nobody_gives_becomes_an_input(catalog: Catalog) -> None:
    task = Task.of("fetch a page", catalog)

    plan = planned(task, {"name": "", "steps": [step("fetch", "http.get")], "links": []}, catalog)

    assert plan.flow.blocks["url"].kind == "flow.input"
    assert errors(plan.flow, catalog) == []


def test_a_plan_may_be_kept_from_changing_the_world(catalog: Catalog) -> None:
    task = Task.of("write a file and post it to a web address", catalog, writes=False)

    assert not [s.kind for s in task.kinds if s.effect == "write" and s.agent != "llm"]
    with pytest.raises(NoSketch):
        planned(task, {"name": "", "steps": [step("a", "files.write")], "links": []}, catalog)


def test_a_plan_names_no_secret(catalog: Catalog) -> None:
    told = {"url": "https://example.org", "body": '{"all": [{"$secret": "github"}]}'}
    task = Task.of("post something to a web address", catalog)

    plan = planned(task, {"name": "", "steps": [step("send", "http.request", **told)], "links": []},
                   catalog)  # fmt: skip

    assert "$secret" not in str(plan.flow)
    assert "names a secret" in " ".join(plan.complaints)


def test_what_takes_the_place_of_a_block_keeps_that_blocks_secrets_and_names_no_other(
    catalog: Catalog,
) -> None:
    fields = {"url": "https://example.org", "headers": {"X-Key": {"$secret": "own"}}}
    flow = Flow.of([Block("get", "http.get", fields), Block("x", "http.get", {"url": "y"})])
    part = Part.of(flow, ["get"], "It failed.", catalog)

    def secrets_of(name: str) -> str:
        given = {"url": "https://example.org", "headers": f'{{"X-Key": {{"$secret": "{name}"}}}}'}
        found = replaced(
            part, {"name": "", "steps": [step("get", "http.get", **given)], "links": []}, catalog
        )
        assert found.edit is not None
        return str(apply(flow, found.edit).blocks["get"].fields)

    assert "$secret" in secrets_of("own")
    assert "$secret" not in secrets_of("other")


GOALS = (
    "Fetch a web page, split the text into lines and count them",
    "Read a CSV file, sort the rows by price and write a table to a file",
    "Query the database and send the rows to a web address",
    "Read all files of a folder, then join the texts",
    "Parse JSON, pick the names and make a text list",
    "Wait ten seconds, then get the web page",
    "Filter a list of records and count them",
    "Validate a record against a schema",
    "Download a file from a web address",
    "Run Python code over a list and save the result as JSON",
)


@pytest.mark.parametrize("goal", GOALS)
def test_without_a_model_there_is_a_sound_beginning(goal: str, catalog: Catalog) -> None:
    plan = planned_without_model(goal, catalog)

    assert plan is not None
    assert errors(plan.flow, catalog) == []
    assert [b for b in plan.flow.blocks.values() if b.kind not in ("flow.input", "flow.output")]


def test_a_goal_that_names_nothing_has_no_plan(catalog: Catalog) -> None:
    assert planned_without_model("xyzzy", catalog) is None


ALL = installed(None).catalog
KINDS = sorted(spec.kind for spec in ALL)
PORTS = sorted(
    {p.name for s in ALL for p in s.parameters} | {o.name for s in ALL for o in s.outputs}
)
ids = st.sampled_from(["a", "b", "c", "d e", "1x", ""])
values = st.sampled_from(
    ["", "1", "[1, 2]", "{}", "null", "{{", '{"$expr": "1 +"}', '{"$secret": "k"}', "x"]
)
sketched = st.fixed_dictionaries({
    "name": st.text(max_size=5),
    "steps": st.lists(st.fixed_dictionaries({
        "id": ids, "kind": st.sampled_from([*KINDS, "no.such"]), "title": st.text(max_size=3),
        "reason": st.just("r"), "each": st.sampled_from(["", *PORTS]),
        "fields": st.lists(
            st.fixed_dictionaries({"name": st.sampled_from([*PORTS, ""]), "value": values}),
            max_size=4,
        ),
    }), max_size=6),
    "links": st.lists(st.builds(
        "{}.{} -> {}.{}".format, ids, st.sampled_from(PORTS), ids, st.sampled_from(PORTS)
    ) | st.text(max_size=8), max_size=6),
})  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(sketched)
def test_whatever_is_sketched_the_outcome_runs_or_is_refused_in_words(value: Any) -> None:
    task = Task("anything", tuple(ALL))
    try:
        plan = planned(task, value, ALL)
    except NoSketch:
        return
    assert errors(plan.flow, ALL) == []


def test_what_is_no_sketch_is_refused() -> None:
    for value in (None, [], {}, {"name": "x"}, {"name": "x", "steps": [{"id": 1}]}):
        with pytest.raises(NoSketch):
            sketch_of(value)


def test_planning_is_a_flow_that_runs(catalog: Catalog) -> None:
    assert errors(planning_flow("Plan {this}", "scripted/echo", ["a/b"]), catalog) == []


FLOW = Flow.of(
    [Block("url", "flow.input", {"name": "url", "type": "text"}),
     Block("get", "http.get"),
     Block("out", "flow.output", {"name": "body"}),
     Block("note", "flow.note", {"text": "mine"})],
    [("url.value", "get.url"), ("get.body", "out.value")],
    name="Get",
)  # fmt: skip
BETTER = {
    "name": "", "steps": [
        step("fetch", "http.get", fail_on_status="false"),
        step("clean", "text.template", text="{body}"),
    ],
    "links": ["before.url -> fetch.url", "fetch.body -> clean.body", "clean.value -> after.body"],
}  # fmt: skip


def test_only_the_part_that_failed_is_planned_anew(catalog: Catalog) -> None:
    part = Part.of(FLOW, ["get"], "404 Not Found", catalog)
    assert "404" in part.prompt()
    assert "before.url" in part.prompt()

    found = replaced(part, BETTER, catalog)

    assert found.complaints == ()
    assert found.edit is not None
    after = apply(FLOW, found.edit)
    assert errors(after, catalog) == []
    for id in ("url", "out", "note"):
        assert after.blocks[id] == FLOW.blocks[id]
    assert after.blocks["get"].kind == "text.template"
    assert after.blocks["fetch"].fields == {"fail_on_status": False}
    assert len(found.words) == len(diff(FLOW, after))


def test_a_part_whose_outputs_are_used_must_give_them(catalog: Catalog) -> None:
    part = Part.of(FLOW, ["get"], "404", catalog)
    less = {**BETTER, "links": BETTER["links"][:2]}

    found = replaced(part, less, catalog)

    assert "Nothing is linked into after.body." in found.complaints


def test_several_blocks_are_planned_anew_together_and_others_make_way(catalog: Catalog) -> None:
    row = Flow.of(
        [Block("url", "flow.input", {"name": "url", "type": "text"}),
         Block("get", "http.get", settings=Settings(time_limit=9.0)),
         Block("fill", "text.template", {"text": "{body}"}),
         Block("out", "flow.output", {"name": "body"})],
        [("url.value", "get.url"), ("get.body", "fill.body"), ("fill.value", "out.value")],
    )  # fmt: skip
    places = {id: (300.0 * n, 0.0) for n, id in enumerate(row.blocks)}
    flow = replace(row, view=replace(row.view, positions=places))
    part = Part.of(flow, ["get", "fill"], "", catalog, "Louder, please.")
    assert "text.case" in {spec.kind for spec in part.kinds}, "other blocks for texts may do, too"
    longer = {
        "name": "", "steps": [
            step("fetch", "http.get"), step("one", "text.template", text="{body}"),
            step("two", "text.template", text="{one}"),
            step("three", "text.template", text="{two}"),
        ],
        "links": ["before.url -> fetch.url", "fetch.body -> one.body", "one.value -> two.one",
                  "two.value -> three.two", "three.value -> after.value"],
    }  # fmt: skip

    found = replaced(part, longer, catalog)

    assert "Louder, please." in part.prompt()
    assert found.edit is not None
    after = apply(flow, found.edit)
    assert errors(after, catalog) == []
    assert set(after.blocks) == {"url", "out", *found.blocks}
    assert found.blocks == ("fetch", "one", "two", "get")
    assert after.blocks["get"].settings.time_limit == 9.0
    boxes = sorted(box_of(id, at, {}) for id, at in after.view.positions.items())
    assert len(boxes) == 6
    assert all(one.right <= next.left for one, next in pairwise(boxes)), "none covers another"


def test_ports_of_one_name_are_told_apart_in_a_part(catalog: Catalog) -> None:
    flow = Flow.of(
        [Block("a", "text.template", {"text": "{x}"}),
         Block("b", "text.template", {"text": "{x}"}),
         Block("given", "flow.input", {"name": "given"}),
         Block("one", "flow.output", {"name": "one"}),
         Block("two", "flow.output", {"name": "two"})],
        [("given.value", "a.x"), ("given.value", "b.x"),
         ("a.value", "one.value"), ("b.value", "two.value")],
    )  # fmt: skip
    part = Part.of(flow, ["a", "b"], "", catalog)
    swapped = {
        "name": "", "steps": [step("c", "text.template", text="{p}{q}")],
        "links": ["before.a_x -> c.p", "before.b_x -> c.q",
                  "c.value -> after.a_value", "c.value -> after.b_value"],
    }  # fmt: skip

    found = replaced(part, swapped, catalog)

    assert found.complaints == ()
    assert found.edit is not None
    assert {str(link) for link in apply(flow, found.edit).links.values()} == {
        "given.value -> a.p", "given.value -> a.q", "a.value -> one.value", "a.value -> two.value",
    }  # fmt: skip
