"""What agents have in common: tasks find their method, and calls are counted."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from agents.contract import Grants, Task
from agents.errors import Rejected, Unreachable
from agents.files.agent import FilesAgent
from agents.worker import Worker, capability
from graph.context import Context
from graph.errors import BadInput
from tests.agents.conftest import Granting, means_in


class Stitch(msgspec.Struct, frozen=True):
    row: int
    kind: str = "knit"


class Knitter(Worker):
    kind: ClassVar[str] = "knitter"
    title: ClassVar[str] = "Knitting"

    @capability("write")
    async def knit(
        self, stitches: list[Stitch], *, tell: Callable[[int], None] | None = None
    ) -> int:
        """Put stitches on the needle.

        They stay there.
        """
        if not stitches:
            raise BadInput("There is nothing to knit.")
        if tell:
            tell(len(stitches))
        return len(stitches)

    @capability("read")
    async def count(self, context: Context, wait: float = 0.0) -> str:
        """Tell for whom is counted."""
        await asyncio.sleep(wait)
        return context.key

    @capability()
    async def drop(self) -> None:
        """Lose everything."""
        raise Unreachable("The needle is gone.")


@pytest.fixture
def knitter(tmp_path: Path) -> Knitter:
    return Knitter(Grants(folder=str(tmp_path)), means_in(tmp_path))


def test_capabilities_are_the_methods_that_are_marked() -> None:
    offers = {offer.name: offer for offer in Knitter.capabilities()}

    assert list(offers) == ["count", "drop", "knit"]
    knit = offers["knit"]
    assert (knit.summary, knit.effect) == ("Put stitches on the needle.", "write")
    assert knit.takes["required"] == ["stitches"]
    assert list(knit.takes["properties"]) == ["stitches"]
    assert knit.takes["$defs"]["Stitch"]["properties"]["row"] == {"type": "integer"}
    assert knit.gives == {"type": "integer"}
    assert list(offers["count"].takes["properties"]) == ["wait"]


async def test_a_task_is_done_by_the_method_of_its_name(
    knitter: Knitter, granting: Granting
) -> None:
    assert await knitter.perform(Task("knit", {"stitches": [{"row": 1}, {"row": 2}]})) == 2
    context: Any = granting()
    assert await knitter.perform(Task("count"), context) == "run-1/block"


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (Task("nit"), "Knitting can't do 'nit'. Did you mean 'knit'?"),
        (Task("knit", {"stitches": [{"row": "first"}]}), "knit can't be done so: Expected `int`"),
        (Task("knit", {"stitch": []}), "knit can't be done so: Object contains unknown field"),
    ],
)
async def test_a_task_nobody_can_do_is_refused(knitter: Knitter, task: Task, said: str) -> None:
    with pytest.raises((Rejected, BadInput)) as raised:
        await knitter.perform(task)
    assert str(raised.value).startswith(said)


async def test_calls_are_counted_however_they_are_made_and_end(knitter: Knitter) -> None:
    told: list[int] = []
    await knitter.knit([Stitch(1)], tell=told.append)
    await knitter.perform(Task("knit", {"stitches": [{"row": 2}]}))
    with pytest.raises(BadInput):
        await knitter.knit([])
    with pytest.raises(Unreachable):
        await knitter.drop()

    figures = knitter.figures()

    assert told == [1]
    assert (figures.calls, figures.failures, figures.in_flight) == (4, 1, 0)
    assert len(figures.recent) == 4
    assert figures.last_failure == "It could not be reached."


async def test_a_call_that_is_cancelled_is_over_and_no_failure(
    knitter: Knitter, granting: Granting
) -> None:
    context: Any = granting()
    calling = asyncio.ensure_future(knitter.count(context, 60))
    await asyncio.sleep(0)
    waiting = asyncio.create_task(knitter.work.over())
    await asyncio.sleep(0)
    assert knitter.figures().in_flight == 1

    calling.cancel()
    await waiting

    assert knitter.figures().failures == 0


async def test_an_agent_of_the_house_is_asked_in_the_same_way(tmp_path: Path) -> None:
    grants = Grants(folder=str(tmp_path), writes=(str(tmp_path),))
    files = FilesAgent(grants, means_in(tmp_path))

    await files.perform(Task("write", {"path": "a.txt", "content": b"yarn"}))

    assert await files.perform(Task("read", {"path": "a.txt", "size_limit": 100})) == b"yarn"
    assert files.figures().calls == 2
