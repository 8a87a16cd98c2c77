"""What is out of date after an edit is exactly what a run of what changed does again."""

from app.presenters.stale import stale
from graph.compile import compile_flow
from graph.edits import Connect, Disconnect, SetField, apply
from graph.flow import Block, Flow, Link, end
from tests.app.flows import CATALOG

INNER = Flow.of(
    [
        Block("item", "flow.input", {"name": "item"}),
        Block("loud", "text.template", {"text": "{item}!"}),
        Block("twice", "text.template", {"text": "{loud}{loud}"}),
        Block("result", "flow.output"),
    ],
    [("item.value", "loud.item"), ("loud.value", "twice.loud"), ("twice.value", "result.value")],
)

FLOW = Flow.of(
    [
        Block("a", "text.template", {"text": "a"}),
        Block("b", "text.template", {"text": "{a} b"}),
        Block("c", "text.template", {"text": "{b} c"}),
        Block("other", "text.template", {"text": "alone"}),
        Block("each", "logic.for_each", {"items": [1, 2], "body": "inner"}),
        Block("after", "text.template", {"text": "{all}"}),
        Block("sub", "flow.call", {"flow": "inner"}),
    ],
    [("a.value", "b.a"), ("b.value", "c.b"), ("each.value", "after.all"), ("a.value", "sub.item")],
    flows={"inner": INNER},
)

THEN = compile_flow(FLOW, CATALOG)


def test_an_unchanged_flow_is_up_to_date() -> None:
    assert stale(FLOW, THEN, CATALOG) == frozenset()


def test_a_changed_block_and_what_follows_are_out_of_date() -> None:
    now = apply(FLOW, SetField("b", "text", "{a} x"))

    assert stale(now, THEN, CATALOG) == {"b", "c"}


def test_undoing_the_change_makes_it_up_to_date_again() -> None:
    edit = SetField("b", "text", "{a} x")
    now = apply(apply(FLOW, edit), SetField("b", "text", "{a} b"))

    assert stale(now, THEN, CATALOG) == frozenset()


def test_a_link_taken_away_counts_as_a_change() -> None:
    now = apply(FLOW, Disconnect(end("sub.item")))

    assert stale(now, THEN, CATALOG) == {
        "sub", "sub/item", "sub/loud", "sub/twice", "sub/result",
    }  # fmt: skip


def test_a_change_inside_a_body_reaches_what_follows_the_loop() -> None:
    flows = {"inner": apply(INNER, SetField("twice", "text", "{loud}"))}
    now = Flow(blocks=FLOW.blocks, links=FLOW.links, flows=flows)

    assert stale(now, THEN, CATALOG) == {
        "each", "each/twice", "each/result", "after", "sub", "sub/twice", "sub/result",
    }  # fmt: skip


def test_nobody_knows_while_the_flow_cant_be_run() -> None:
    now = apply(FLOW, Connect(Link(end("c.value"), end("a.c"))))
    broken = Flow(blocks={**now.blocks, "x": Block("x", "text.nothing")}, links=now.links,
                  flows=now.flows)  # fmt: skip

    assert stale(broken, THEN, CATALOG) is None
