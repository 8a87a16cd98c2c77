"""Large flows are checked apart, and only the last state of one counts."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from app.checking import MANY, is_large
from graph.edits import SetField
from graph.flow import Block, Flow
from tests.app.flows import opened

MANY_BLOCKS = Flow.of([Block(f"b{n}", "text.case", {"text": "x"}) for n in range(MANY)])


@pytest.mark.parametrize(("flow", "large"), [
    (Flow(), False),
    (MANY_BLOCKS, False),
    (Flow.of([Block("one", "flow.call", {"flow": "in"})], flows={"in": MANY_BLOCKS}), True),
])  # fmt: skip
def test_blocks_are_counted_through_all_flows(flow: Flow, large: bool) -> None:
    assert is_large(flow) is large


def test_a_large_flow_is_checked_on_another_thread(
    request: pytest.FixtureRequest, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []
    from app import checking

    real = checking.check
    monkeypatch.setattr(checking, "check", lambda *given: (threads.append(
        threading.current_thread().name), real(*given))[1])  # fmt: skip
    flow = Flow.of([*MANY_BLOCKS.blocks.values(), Block("bad", "text.case")])
    bench = opened(request, flow)

    with qtbot.waitSignal(bench.problems_changed, timeout=20_000):
        pass

    assert [problem.block for problem in bench.problems] == ["bad"]
    assert all(name.startswith("checks") for name in threads)


def test_what_was_found_before_an_edit_is_not_told_after_it(
    request: pytest.FixtureRequest, qtbot: QtBot
) -> None:
    flow = Flow.of([*MANY_BLOCKS.blocks.values(), Block("bad", "text.case")])
    bench = opened(request, flow)
    bench._check()

    bench.do(SetField("bad", "text", "good"))
    bench.check_now()
    qtbot.wait(300)

    assert bench.problems == ()
