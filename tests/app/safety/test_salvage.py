"""What can be read of a file that is partly wrong is not lost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.safety.reading import bare
from app.safety.salvage import salvaged
from graph.file_format import read, write
from graph.flow import Block, Flow, Settings
from tests.graph.strategies import flows, mutated


@given(flow=flows())
def test_a_whole_file_is_read_wholly(flow: Flow) -> None:
    text = write(flow).encode()
    whole = read(text)

    found = salvaged(text, "x")

    assert found == whole or not (bare(whole).blocks or bare(whole).flows)


@given(data=st.data(), flow=flows())
def test_what_is_read_of_any_file_can_be_saved(data: st.DataObject, flow: Flow) -> None:
    text = data.draw(mutated(write(flow).encode()))

    found = salvaged(text, "x")

    assert found is None or read(write(found)) is not None


def test_only_the_parts_at_fault_are_left_out() -> None:
    tree = {
        "heddle": 99,
        "name": "Newer",
        "blocks": {
            "good": {"kind": "text.template", "fields": {"text": "x"}, "colour": "new"},
            "bad": {"knid": "x"},
            "1": {"kind": "x"},
            "half": {"kind": "x", "settings": {"parallel": "many", "each": "items"}},
        },
        "links": ["good.value -> half.text", "good -> half", 3],
        "view": {"positions": {"good": [1, 2], "half": "here"}, "shape": {}},
        "new": True,
    }

    found = salvaged(json.dumps(tree).encode(), "x")

    assert found is not None
    assert found.blocks == {
        "good": Block("good", "text.template", {"text": "x"}),
        "half": Block("half", "x", settings=Settings(each="items")),
    }
    assert [str(link) for link in found.links.values()] == ["good.value -> half.text"]
    assert found.view.positions == {"good": (1, 2)}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"heddle": 2}', '{"blocks": 3}'])
def test_of_no_flow_nothing_is_read(text: str) -> None:
    assert salvaged(text.encode(), "x") is None
