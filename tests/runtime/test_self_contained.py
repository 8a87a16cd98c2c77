"""A flow of many files becomes one text, which says the same."""

import time
from pathlib import Path

import pytest

from graph.compile import compile_flow
from graph.errors import FlowInvalid
from graph.file_format import read, write
from graph.flow import Block, Flow
from graph.self_contained import self_contained
from runtime.flow_files import load
from tests.runtime.test_flow_files import CATALOG, calling, constant, put


def test_files_are_embedded_under_names_made_of_theirs(tmp_path: Path) -> None:
    put(tmp_path, main=calling("lib/clean.flow.json"), lib__clean=constant(1))
    flow = load(tmp_path / "main.flow.json", CATALOG).flow

    whole = self_contained(flow, CATALOG)

    assert set(whole.flows) == {"clean"}
    assert whole.blocks["call_0"].fields == {"flow": "clean"}
    assert read(write(whole)) == whole
    assert compile_flow(whole, CATALOG).ids == compile_flow(flow, CATALOG).ids


def test_files_of_one_name_in_two_folders_stay_two(tmp_path: Path) -> None:
    names = ("a/x.flow.json", "b/x.flow.json", "2.flow.json", "größe.flow.json")
    put(tmp_path, main=calling(*names), a__x=constant(1), b__x=constant(2))
    put(tmp_path, **{"2": constant(3), "größe": constant(4)})
    flow = load(tmp_path / "main.flow.json", CATALOG).flow

    whole = self_contained(flow, CATALOG)

    called = [whole.flows[str(block.fields["flow"])] for block in whole.blocks.values()]
    assert set(whole.flows) == {"x", "x_2", "_2", "gr__e"}
    assert [flow.blocks["one"].fields["value"] for flow in called] == [1, 2, 3, 4]
    assert read(write(whole)) == whole


def test_a_flow_that_is_one_text_already_stays_what_it_is() -> None:
    flow = Flow.of([Block("call", "flow.call", {"flow": "x"})], flows={"x": constant(1)})

    assert self_contained(flow, CATALOG) is flow


def test_a_file_that_many_refer_to_is_made_once(tmp_path: Path) -> None:
    for level in range(30):
        below = [f"{level + 1}{side}.flow.json" for side in "ab"]
        put(tmp_path, **{f"{level}{side}": calling(*below) for side in "ab"})
    put(tmp_path, **{"30a": constant(1), "30b": constant(1)})
    flow = load(tmp_path / "0a.flow.json", CATALOG).flow

    began = time.process_time()
    whole = self_contained(flow, CATALOG)
    with pytest.raises(FlowInvalid, match="With every place in which a flow is embedded"):
        compile_flow(whole, CATALOG)
    assert time.process_time() - began < 2


def test_what_is_no_name_of_a_flow_is_left_for_the_checks_to_find() -> None:
    flow = Flow.of(
        [Block("call", "flow.call", {"flow": ["x.flow.json"]})], flows={"x.flow.json": constant(1)}
    )

    assert self_contained(flow, CATALOG).blocks["call"].fields == {"flow": ["x.flow.json"]}
