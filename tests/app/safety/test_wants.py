"""What a flow wants to touch is listed for a person, and granted and nothing beyond it."""

from pathlib import Path

import pytest

from app.safety.approvals import Approval, Approvals
from app.safety.wants import covers, grants, is_nothing, needs_of, wants
from graph.catalog import Catalog
from graph.flow import Block, Flow
from graph.spec import Needs
from runtime.plugins import installed

FLOW = Flow.of(
    [
        Block("get", "http.get", {"url": "https://example.org/a"}),
        Block("again", "http.get", {"url": "https://example.org/b"}),
        Block("anywhere", "http.get", {"url": {"$expr": "inputs['url']"}}),
        Block("load", "files.read", {"path": "data/in.csv"}),
        Block("outside", "files.read", {"path": "/data/*/all.csv"}),
        Block("sample", "files.read", {"path": "heddle:samples/x.json"}),
        Block("keep", "files.write", {"path": "../out.csv", "content": "x"}),
        Block("work", "code.python", {"code": "1"}),
    ]
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return installed().catalog


def test_each_thing_is_listed_once_with_all_blocks_that_touch_it(catalog: Catalog) -> None:
    found = {(want.what, want.target): want.places for want in wants(FLOW, catalog)}

    assert found == {
        ("hosts", "*"): ("anywhere",),
        ("hosts", "example.org"): ("get", "again"),
        ("writes", "../out.csv"): ("keep",),
        ("reads", "data/in.csv"): ("load",),
        ("reads", "/data/*/all.csv"): ("outside",),
        ("code", ""): ("work",),
    }


@pytest.mark.parametrize(
    "kind", ["roblox.push_scripts", "realtime.broadcast", "ui.set", "schema.register"]
)
def test_what_changes_something_for_others_is_agreed_to_first(catalog: Catalog, kind: str) -> None:
    flow = Flow.of([Block("a", kind)])

    (want,) = wants(flow, catalog)

    assert (want.what, want.said) == ("changes", catalog.spec(kind).title)
    assert not is_nothing(needs_of(flow, catalog))
    assert not covers(Needs(), needs_of(flow, catalog))


def test_a_run_is_granted_what_the_flow_names_and_its_folder(catalog: Catalog) -> None:
    flow = Flow.of([block for id, block in FLOW.blocks.items() if id != "anywhere"])

    given = grants(flow, catalog, Path("/flows/mine"), {}, Needs(hosts=("www.example.org",)))

    assert given == {
        "folder": "/flows/mine",
        "reads": ["/flows/mine", "/data"],
        "writes": ["/flows/mine", "/flows/out.csv"],
        "hosts": ["example.org", "www.example.org"],
        "databases": [],
    }


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("workflow.start", {"name": "user_sync"}),
        ("agent.use", {"agent": "weaver"}),
        ("gateway.call", {"name": "lesson"}),
        ("gateway.publish", {"name": "lesson", "path": "/lesson", "flow": "Lesson"}),
        ("sync.define", {"name": "users", "on_conflict": "merge", "merge_flow": "Merge"}),
    ],
)
def test_what_begins_another_run_is_granted_whatever_that_may_reach(
    catalog: Catalog, kind: str, fields: dict[str, str]
) -> None:
    flow = Flow.of([Block("begin", kind, fields)])

    given = grants(flow, catalog, Path("/flows/mine"), {}, Needs())

    assert (given["hosts"], given["databases"]) == (["*"], ["*"])


def test_a_flow_that_publishes_another_is_not_let_run_unasked(catalog: Catalog) -> None:
    fields = {"name": "notes", "path": "/notes", "flow": "Notes"}

    assert not is_nothing(needs_of(Flow.of([Block("it", "gateway.publish", fields)]), catalog))


def test_a_folder_of_scripts_is_asked_for_and_granted(catalog: Catalog) -> None:
    flow = Flow.of([Block("sync", "roblox.folder", {"folder": "/places/lab"})])
    unknown = Flow.of([Block("sync", "roblox.folder", {"folder": {"$expr": "inputs['x']"}})])

    given = grants(flow, catalog, Path("/flows/mine"), {}, Needs())

    assert given["writes"] == ["/flows/mine", "/places/lab"]
    assert needs_of(unknown, catalog) == Needs(writes=("*",))


def test_inputs_say_what_is_touched(catalog: Catalog) -> None:
    flow = Flow.of(
        [Block("url", "flow.input", {"name": "url"}), Block("get", "http.get")],
        [("url.value", "get.url")],
    )

    given = grants(flow, catalog, Path("/f"), {"url": "http://here.example"}, Needs())

    assert given["hosts"] == ["here.example"]


def test_a_flow_that_only_reads_what_comes_with_heddle_wants_nothing(catalog: Catalog) -> None:
    flow = Flow.of([FLOW.blocks["sample"], Block("fill", "text.template")])

    assert is_nothing(needs_of(flow, catalog))
    assert not is_nothing(needs_of(FLOW, catalog))


def test_an_approval_covers_no_more_than_was_agreed_to(tmp_path: Path, catalog: Catalog) -> None:
    approvals = Approvals(tmp_path / "approvals")
    agreed = needs_of(FLOW, catalog)
    approvals.add("abc", Approval(agreed))

    assert approvals.find("abc", agreed) == Approval(agreed)
    assert approvals.find("abc", agreed | Needs(hosts=("evil.example",))) is None
    assert approvals.find("other", agreed) is None
    assert not covers(Needs(), Needs(code=True))
