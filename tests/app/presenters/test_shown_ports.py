"""A card shows the ports that matter, in the order of the block's parameters."""

from app.presenters.shown_ports import shown_inputs, shown_outputs
from graph.compile.ports import Level, Ports, ports_of
from graph.flow import Block, Flow
from graph.values import ANY, LIST, TEXT
from tests.app.flows import CATALOG

PORTS = Ports({"items": LIST, "field": TEXT, "descending": ANY}, {"value": LIST})
SORT = CATALOG.get("data.sort")
TEMPLATE = CATALOG.spec("text.template")


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


def test_the_places_of_a_text_show_as_ports() -> None:
    block, spec = Block("a", "text.template", {"text": "Dear {name}, {greeting}"}), TEMPLATE
    ports = ports_of(block, spec, Level(Flow.of([block]), CATALOG))

    assert shown_inputs(block, spec, ports, ["greeting"], ()) == ("greeting", "name")
