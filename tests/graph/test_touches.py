"""What a flow would touch is known before it runs, as far as it can be."""

from collections.abc import Mapping
from typing import Any

import graph.blocks.flow
import graph.blocks.logic
from graph.block import block, spec_of
from graph.catalog import Catalog
from graph.flow import Block, Flow, Settings
from graph.spec import Needs
from graph.touches import together, touches


def _needs(fields: Mapping[str, Any]) -> Needs:
    path = fields.get("path")
    return Needs(writes=(path if isinstance(path, str) else "*",))


@block("t.save", title="Save", effect="write", needs=_needs)
def save(path: str, content: Any = None) -> None:
    """Stands for a block that writes a file."""


@block("t.tell", title="Tell others", effect="write")
def tell(said: Any = None) -> None:
    """Stands for a block that changes something which has no address."""


CATALOG = Catalog.of(graph.blocks.flow, graph.blocks.logic).joined([spec_of(save), spec_of(tell)])


def written(flow: Flow, **inputs: Any) -> dict[str, tuple[str, ...]]:
    return {touch.place: touch.needs.writes for touch in touches(flow, CATALOG, inputs)}


def test_a_field_says_what_is_touched() -> None:
    flow = Flow.of([Block("a", "t.save", {"path": "out.txt"}), Block("b", "flow.note")])

    assert written(flow) == {"a": ("out.txt",)}


def test_a_block_that_changes_something_is_known_though_no_address_says_what() -> None:
    flow = Flow.of([Block("a", "t.tell"), Block("b", "t.save", {"path": "out.txt"})])

    assert together(touches(flow, CATALOG)) == Needs(writes=("out.txt",), changes=("Tell others",))


def test_what_a_link_brings_only_the_run_will_tell() -> None:
    flow = Flow.of(
        [Block("where", "logic.merge_any"), Block("a", "t.save", {"path": "never used"})],
        [("where.value", "a.path")],
    )

    assert written(flow) == {"a": ("*",)}


def test_an_input_is_known_by_what_is_given_or_by_its_default() -> None:
    flow = Flow.of(
        [
            Block("where", "flow.input", {"name": "where", "default": "here.txt"}),
            Block("a", "t.save"),
        ],
        [("where.value", "a.path")],
    )

    assert written(flow) == {"a": ("here.txt",)}
    assert written(flow, where="there.txt") == {"a": ("there.txt",)}


def test_an_expression_counts_and_not_what_is_linked_to_its_own_port() -> None:
    flow = Flow.of(
        [
            Block("harmless", "flow.constant", {"value": "ok.txt"}),
            Block("a", "t.save", {"path": {"$expr": "'/etc/passwd'"}}),
        ],
        [("harmless.value", "a.path")],
    )

    assert written(flow) == {"a": ("*",)}


def test_an_expression_of_known_values_is_worked_out() -> None:
    flow = Flow.of(
        [
            Block("folder", "flow.constant", {"value": "out"}),
            Block("a", "t.save", {"path": {"$expr": "folder + '/a.txt'"}}),
        ],
        [("folder.value", "a.folder")],
    )

    found = touches(flow, CATALOG, evaluate=lambda code, names: f"{names['folder']}: {code}")

    assert written(flow) == {"a": ("*",)}
    assert found[0].needs.writes == ("out: folder + '/a.txt'",)


def test_an_expression_that_cannot_be_worked_out_may_mean_anything() -> None:
    flow = Flow.of([Block("a", "t.save", {"path": {"$expr": "unknown"}})])

    found = touches(flow, CATALOG, evaluate=lambda code, names: names[code])

    assert found[0].needs.writes == ("*",)


def test_flows_inside_are_looked_into_once() -> None:
    body = Flow.of(
        [
            Block("path", "flow.input", {"name": "item", "default": "unused"}),
            Block("a", "t.save"),
            Block("b", "t.save", {"path": "b.txt"}),
        ],
        [("path.value", "a.path")],
    )
    flow = Flow.of(
        [
            Block("one", "logic.for_each", {"items": [], "body": "body"}),
            Block("two", "logic.for_each", {"items": [], "body": "body"}),
        ],
        flows={"body": body},
    )

    assert written(flow) == {"one/a": ("*",), "one/b": ("b.txt",)}


def test_a_block_that_will_not_run_touches_nothing() -> None:
    flow = Flow.of(
        [
            Block("a", "t.save", {"path": "a"}, settings=Settings(bypass=True)),
            Block("b", "t.save", {"path": "b"}, settings=Settings(pin={"value": None})),
        ]
    )

    assert written(flow) == {}


def test_secrets_are_found_wherever_they_stand() -> None:
    headers = {"headers": [{"value": {"$secret": "token"}}]}
    flow = Flow.of([Block("a", "flow.constant", {"value": headers})])

    assert together(touches(flow, CATALOG)) == Needs(secrets=("token",))
