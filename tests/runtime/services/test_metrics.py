"""What the runtime measures, over plain HTTP and through the client that the studio uses."""

import asyncio

import pytest

from graph.flow import Block, Flow
from runtime.metrics.series import NoSuchMetric, Question
from runtime.projections.metrics.catalogue import METRICS
from runtime.remote import RemoteRuntime
from tests.runtime.services.conftest import TOKEN, Served

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADDED = Flow.of([Block("one", "t.add", {"a": 1})], name="Measured over the wire")


async def ran(served: Served) -> str:
    run = await served.runtime.start(ADDED)
    await served.runtime.ended(run)
    return run


async def test_everything_that_can_be_asked_for_is_described(served: Served) -> None:
    await ran(served)
    await asyncio.sleep(0.1)

    async with served.client() as client:
        told = (await client.get("/metrics")).json()

    assert [metric["name"] for metric in told["metrics"]] == list(METRICS)
    assert all(metric["title"] and metric["about"] for metric in told["metrics"])
    assert {"flow": ADDED.name, "block": "one"} in [seen["series"] for seen in told["series"]]


async def test_values_are_numbers_by_step(served: Served) -> None:
    async with served.client() as client:
        answer = await client.get("/metrics/series?names=task_rate,memory&points=5")
        [rate, memory] = answer.json()

    assert (rate["name"], memory["name"]) == ("task_rate", "memory")
    assert len(rate["values"]) == 5
    assert rate["step"] == 1


async def test_what_was_never_counted_has_a_line_of_nought(served: Served) -> None:
    async with RemoteRuntime(served.address, TOKEN) as remote:
        question = Question(("runs_failed", "run_success"), by="flow", flow="Never run", points=3)
        failed, success = await remote.metrics.read(question)

    assert failed.values == [0, 0, 0]
    assert success.values == [None, None, None]


async def test_a_run_has_a_course_of_its_own(served: Served) -> None:
    run = await ran(served)

    async with RemoteRuntime(served.address, TOKEN) as remote:
        [line] = await remote.metrics.of_run(run, Question(("task_rate",), by="block"))

    assert (line.series.block, line.start) == ("one", 0)
    assert sum(value or 0 for value in line.values) * line.step == pytest.approx(1)


async def test_a_metric_that_nobody_knows_is_refused_there_and_here(served: Served) -> None:
    async with served.client() as client:
        refused = await client.get("/metrics/series?names=memry")
        malformed = await client.get("/metrics/series?names=memory&by=colour")
    async with RemoteRuntime(served.address, TOKEN) as remote:
        with pytest.raises(NoSuchMetric, match="Did you mean 'memory'"):
            await remote.metrics.read(Question(("memry",)))

    assert refused.status_code == 404
    assert malformed.status_code == 400


async def test_metrics_of_no_run_are_refused(served: Served) -> None:
    async with served.client() as client:
        refused = await client.get("/runs/nobody/metrics?names=task_rate")

    assert refused.status_code == 404
