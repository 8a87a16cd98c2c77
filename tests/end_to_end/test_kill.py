"""Killed a hundred times at any moment, every run finishes, and nothing finished is done again."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Awaitable
from pathlib import Path

import pytest

from graph.file_format import write
from graph.flow import Block, Flow
from runtime.events import ENDINGS, AnyEvent, RunSucceeded, TaskFinished
from runtime.journal.contract import UnknownRun
from runtime.journal.places import open_journal
from tests.agents.http.server import Received, Sent, WebServer

KILLS = 100
ITEMS = 40


def deliveries(url: str) -> Flow:
    """Post every item to a server, four at a time, then one summary that needs them all."""
    body = Flow.of(
        [
            Block("item", "flow.input", {"name": "item"}),
            Block("text", "text.template", {"text": "item {item}"}),
            Block("post", "http.request", {"url": url}),
            Block("after", "text.template", {"text": "{answer} after {sent}"}),
            Block("out", "flow.output"),
        ],
        [
            ("item.value", "text.item"),
            ("text.value", "post.body"),
            ("post.body", "after.answer"),
            ("text.value", "after.sent"),
            ("after.value", "out.value"),
        ],
    )
    return Flow.of(
        [
            Block("items", "flow.constant", {"value": list(range(ITEMS))}),
            Block("each", "logic.for_each", {"body": "deliver", "parallel": 4}),
            Block("last", "http.request", {"url": url}),
            Block("out", "flow.output", {"name": "answers"}),
        ],
        [("items.value", "each.items"), ("each.value", "last.body"), ("each.value", "out.value")],
        flows={"deliver": body},
    )


class Forks:
    """The process that has all imported and begins killable children."""

    def __init__(self, journal: str, folder: Path) -> None:
        self._words = (str(Path(__file__).with_name("forks.py")), journal, str(folder))

    async def __aenter__(self) -> "Forks":
        root = Path(__file__).parent.parent.parent
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self._words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(root)},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def child(self, line: str, kill_after: float | None) -> str:
        """How a child ended: what it said last, or `killed`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n".encode())
        pid = int((await self._process.stdout.readline()).split()[1])
        ended = "killed"
        if kill_after is not None:
            await asyncio.sleep(kill_after)
            os.kill(pid, signal.SIGKILL)  # a child of ours, not waited for yet
        while (answer := (await self._process.stdout.readline()).decode().strip()) != "gone":
            ended = answer
        return ended


async def journaled(place: str, run: str) -> list[AnyEvent]:
    """The durable events of a run; none when it was killed before its first."""
    journal = await open_journal(place)
    try:
        return await journal.read(run)
    except UnknownRun:
        return []
    finally:
        await journal.close()


def slowly(_: Received) -> Awaitable[Sent]:
    return asyncio.sleep(0.002, Sent(headers={"Content-Type": "text/plain"}, body=b"done"))


def sent(web: WebServer, run: str) -> Counter[str]:
    """How often each task of a run was delivered."""
    keys = (request.headers["idempotency-key"] for request in web.received)
    return Counter(key.partition(":")[2] for key in keys if key.startswith(f"{run}:"))


@pytest.mark.timeout(400)  # some 25 s where nobody else is at work
async def test_a_hundred_kills_lose_and_repeat_nothing(tmp_path: Path) -> None:
    chance = random.Random(20)
    place = f"sqlite:///{tmp_path / 'runs.db'}"
    kills = midway = runs = 0
    async with WebServer() as web, Forks(place, tmp_path) as forks:
        web.on["/deliver"] = slowly
        file = tmp_path / "deliveries.flow.json"
        file.write_text(write(deliveries(web.url("/deliver"))))
        while kills < KILLS:
            runs += 1
            run, line = f"run{runs}", f"start {file} run{runs}"
            settled: dict[str, int] = {}
            ended: list[AnyEvent] = []
            while not ended:
                kill = chance.uniform(0.0, 0.15) if kills < KILLS else None
                kills += kill is not None
                await forks.child(line, kill)
                events, posted = await journaled(place, run), sent(web, run)
                assert {task: posted[task] for task in settled} == settled
                settled = {e.task: posted[e.task] for e in events if isinstance(e, TaskFinished)}
                ended = [event for event in events if isinstance(event, ENDINGS)]
                midway += bool(events) and not ended
                line = f"resume {run}" if events else line

            assert [type(event) for event in ended] == [RunSucceeded], ended
            assert set(posted) == {f"each[{n}]/post" for n in range(ITEMS)} | {"last"}
            assert max(posted.values()) <= 1 + kills

    assert midway > KILLS / 4
