"""Which block or link stands on a line of a flow file."""

from graph.file_format import read
from runtime.services.dap.lines import Lines

TEXT = """{"heddle": 1, "blocks": {
  "one": {"kind": "flow.constant",
          "fields": {"value": "}{\\"blocks\\""}},
  "two": {"kind": "flow.output"}, "three": {"kind": "flow.note"}
},
"links": [
  "one.value -> two.value"
],
"flows": {"inner": {"blocks": {
  "one": {"kind": "flow.note"}}}}
}
"""
LINES = Lines(TEXT, read(TEXT))


def named(line: int) -> str:
    spot = LINES.at(line)
    return "" if spot is None else str(spot.link or "/".join((*spot.flows, spot.block)))


def test_every_line_of_a_block_is_its_own() -> None:
    assert [named(n) for n in (1, 2, 3, 5)] == ["", "one", "one", ""]


def test_of_two_on_a_line_the_first_is_meant() -> None:
    assert named(4) == "two"


def test_a_link_has_its_line() -> None:
    assert named(7) == "one.value -> two.value"


def test_a_block_of_an_embedded_flow_is_told_apart_from_one_of_the_same_name() -> None:
    spot = LINES.block(("inner",), "one")

    assert named(10) == "inner/one"
    assert spot is not None
    assert (spot.first, spot.last, spot.column) == (10, 10, 3)
