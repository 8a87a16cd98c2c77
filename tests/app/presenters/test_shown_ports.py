"""A card shows the ports that matter, in the order of the block's parameters."""

from app.presenters.shown_ports import shown_inputs, shown_outputs
from graph.compile.ports import Ports
from graph.flow import Block
from graph.values import ANY, LIST, TEXT
from tests.app.flows import CATALOG

PORTS = Ports({"items": LIST, "field": TEXT, "descending": ANY}, {"value": LIST})
SORT = CATALOG.get("data.sort")


def inputs(
    block: Block, linked: tuple[str, ...] = (), exposed: tuple[str, ...] = ()
) -> tuple[str, ...]:
    return shown_inputs(block, SORT, PORTS, linked, exposed)


def test_what_must_be_given_shows_until_a_field_gives_it() -> None:
    assert inputs(Block("a", "data.sort")) == ("items",)
    assert inputs(Block("a", "data.sort", {"items": [1]})) == ()


def test_what_is_linked_or_exposed_shows_in_the_order_of_the_parameters() -> None:
    shown = inputs(Block("a", "data.sort"), linked=("extra", "descending"), exposed=("field",))

    assert shown == ("items", "field", "descending", "extra")


def test_an_output_that_isn_t_there_shows_while_a_link_starts_from_it() -> None:
    assert shown_outputs(Block("a", "data.sort"), PORTS, ["gone"]) == ("value", "gone")


def test_what_leaves_the_flow_hands_on_only_what_is_taken() -> None:
    block, ports = Block("a", "flow.output"), Ports({"value": ANY}, {"value": ANY})

    assert shown_outputs(block, ports, []) == ()
    assert shown_outputs(block, ports, ["value"]) == ("value",)
