from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from app.bridge.bridge import Bridge
from app.runs.control import RunControl
from app.workbench import Workbench
from graph.flow import Block, Flow
from runtime.settings import Settings
from tests.app.flows import opened, template


@pytest.fixture
def runs(bridge: Bridge, shared_settings: Settings) -> RunControl:
    return RunControl(bridge, shared_settings, bridge)


@pytest.fixture
def workbench(qapp: object, request: pytest.FixtureRequest) -> Workbench:
    """An open flow that greets."""
    return opened(request, template("hello"))


def is_over(workbench: Workbench) -> Callable[[], bool]:
    return lambda: workbench.run is not None and workbench.run.is_over


def test_a_run_from_a_template_ends_with_its_values_on_show(
    runs: RunControl, workbench: Workbench, qtbot: QtBot
) -> None:
    runs.start(workbench, {"name": "Ada"})
    qtbot.waitUntil(is_over(workbench), timeout=20_000)

    run = workbench.run
    assert run is not None
    assert run.view.state == "succeeded"
    assert "Ada" in str(run.view.outputs)
    assert run.values


def test_what_cant_run_is_refused_with_the_reason(
    runs: RunControl, request: pytest.FixtureRequest, qtbot: QtBot
) -> None:
    broken = opened(request, Flow.of([Block("a", "text.upper")]))

    with qtbot.waitSignal(runs.refused, timeout=20_000) as refused:
        runs.start(broken, {})

    assert refused.args[0] is broken
    assert "text" in str(refused.args[1])
    assert broken.run is None


def test_a_cancelled_run_ends_at_once(
    runs: RunControl, request: pytest.FixtureRequest, qtbot: QtBot
) -> None:
    slow = opened(request, Flow.of([Block("wait", "logic.wait", {"seconds": 600})]))
    runs.start(slow, {})
    qtbot.waitUntil(
        lambda: slow.run is not None and slow.run.block("wait") is not None, timeout=20_000
    )

    assert slow.run is not None
    runs.cancel(slow.run.run)
    qtbot.waitUntil(is_over(slow), timeout=20_000)

    assert slow.run.view.state == "cancelled"
