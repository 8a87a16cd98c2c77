"""Blocks are pinned to what they gave in the shown run, and let go again."""

import datetime
from typing import Any

import pytest

from app.editor.acting.pinning import LARGEST
from app.presenters.live_run import LiveRun
from app.workbench import Workbench
from runtime.events import RunStarted, TaskFinished
from tests.app.editor.hands import Hand


def gave(bench: Workbench, block: str, value: Any) -> None:
    """Show a run in which a block gave something."""
    live = LiveRun("r")
    outputs = {"value": value}
    live.take([RunStarted("r", 1, 0.0, "flow"), TaskFinished("r", 2, 1.0, block, 0.5, outputs)])
    bench.watch(live)


def pins(bench: Workbench) -> dict[str, Any]:
    return {id: b.settings.pin for id, b in bench.flow.blocks.items() if b.settings.pin is not None}


def test_the_key_pins_what_a_block_gave_and_unpins_it(hand: Hand, bench: Workbench) -> None:
    gave(bench, "fill", "12 in all")
    bench.select(["fill", "sort"])

    hand.do("arrange.pin")
    assert pins(bench) == {"fill": {"value": "12 in all"}}

    bench.select(["fill"])
    hand.do("arrange.pin")
    assert pins(bench) == {}

    bench.undo()
    assert pins(bench) == {"fill": {"value": "12 in all"}}


def test_without_a_run_there_is_nothing_to_pin(hand: Hand, bench: Workbench) -> None:
    bench.select(["fill"])
    hand.canvas.studio.actions.refresh()

    assert not hand.canvas.studio.actions["arrange.pin"].isEnabled()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("x" * (LARGEST + 1), "too large to be kept in the flow"),
        (datetime.date(2024, 2, 29), "can't be a date"),
    ],
)
def test_what_no_file_can_hold_is_not_pinned(
    hand: Hand, bench: Workbench, refusals: list[str], value: Any, why: str
) -> None:
    gave(bench, "fill", value)
    bench.select(["fill"])

    hand.do("arrange.pin")

    assert pins(bench) == {}
    assert why in refusals[0]
