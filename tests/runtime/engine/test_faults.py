"""Faults injected while debugging: each goes wrong as the real thing would."""

from typing import Any

import pytest

from graph.flow import Block, Flow, Retry, Settings
from runtime.breakpoints import Fault
from runtime.engine.live import Live
from runtime.events import FaultInjected, RunFailed, RunSucceeded, TaskRetried
from tests.runtime.engine.world import Studio, calls

FLOW = Flow.of(
    [
        Block("a", "t.watched", {"value": "some text", "name": "a"}),
        Block("b", "t.watched", {"name": "b"}, "", Settings(retry=Retry(attempts=3, jitter=0))),
        Block("out", "flow.output"),
    ],
    [("a.value", "b.value"), ("b.value", "out.value")],
)


def begin(studio: Studio, *faults: Fault) -> Live:
    live = studio.begin(FLOW)
    studio.executor.debugger.set_faults(live, faults)
    return live


async def test_a_delay_holds_a_block_up(studio: Studio) -> None:
    live = begin(studio, Fault("f", "b", "delay", seconds=5))

    await studio.pass_time(4.9)
    before = calls["b"]
    end = await studio.finish(live)

    assert (before, calls["b"]) == (0, 1)
    assert isinstance(end, RunSucceeded)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault("f", "b", "status", status=429), "Throttled"),
        (Fault("f", "b", "status", status=500), "Unavailable"),
        (Fault("f", "b", "timeout", seconds=2), "TimedOut"),
        (Fault("f", "b", "breaker"), "BreakerOpen"),
    ],
)
async def test_what_may_pass_is_tried_again_and_then_fails(
    studio: Studio, fault: Fault, kind: str
) -> None:
    end = await studio.finish(begin(studio, fault))

    retried = [e for e in await studio.events() if isinstance(e, TaskRetried)]
    assert isinstance(end, RunFailed)
    assert end.failure.type == kind
    assert "on purpose" in end.failure.cure
    assert len(retried) == 2
    assert calls["b"] == 0


async def test_a_fault_that_happens_once_is_survived_by_a_retry(studio: Studio) -> None:
    end = await studio.finish(begin(studio, Fault("f", "b", "status", status=503, times=1)))

    happened = [e for e in await studio.events() if isinstance(e, FaultInjected)]
    assert isinstance(end, RunSucceeded)
    assert [(e.task, e.fault, e.kind) for e in happened] == [("b", "f", "status")]


@pytest.mark.parametrize(
    ("value", "expected"), [({}, "some"), ({"value": [1, 2]}, [1, 2])], ids=["cut", "given"]
)
async def test_a_value_comes_out_malformed(
    studio: Studio, value: dict[str, Any], expected: Any
) -> None:
    live = begin(studio, Fault("f", "a", "malformed", port="value", **value))

    end = await studio.finish(live)

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": expected}


async def test_a_fault_that_is_off_does_nothing(studio: Studio) -> None:
    end = await studio.finish(begin(studio, Fault("f", "b", "breaker", enabled=False)))

    assert isinstance(end, RunSucceeded)
