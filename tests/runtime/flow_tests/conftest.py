"""Flows, and a bench to test them on; the sandbox and agents are the real ones."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from graph.compile import Plan, compile_flow
from graph.flow import Block, Flow
from runtime.compose import World
from runtime.events import AnyEvent
from runtime.flow_tests.bench import Bench
from runtime.flow_tests.case import Case
from runtime.flow_tests.desk import Desk
from runtime.flow_tests.judging import judged
from runtime.flow_tests.recording import Recorded, case_of
from runtime.flow_tests.verdict import Verdict
from runtime.plugins import installed


class Lab:
    """What tests do with a flow: run it as a user would, keep the run, judge a case."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder
        self.bench = Bench(world, folder, patience=10.0)

    def plan(self, flow: Flow) -> Plan:
        return compile_flow(flow, installed(self.folder / "packs").catalog)

    async def run(self, flow: Flow, inputs: Mapping[str, Any] | None = None) -> Sequence[AnyEvent]:
        """A run that really asks the outside, in a copy of the folder."""
        ran = await self.bench.run(self.plan(flow), inputs or {}, Desk((), "do"), really=True)
        return ran.events

    async def recorded(self, flow: Flow, inputs: Mapping[str, Any] | None = None) -> Recorded:
        return await case_of(await self.run(flow, inputs), self.plan(flow), self.bench)

    async def judge(self, flow: Flow, case: Case) -> Verdict:
        return await judged("it", case, self.plan(flow), self.bench, self.world)


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    world = World(tmp_path / "packs")
    yield Lab(world, tmp_path)
    await world.close()


def input_block(name: str, type: str = "any", **fields: Any) -> Block:
    return Block(name, "flow.input", {"name": name, "type": type, **fields})


def output_block(name: str) -> Block:
    return Block(f"{name}_out", "flow.output", {"name": name})


def reading() -> Flow:
    """Reads a file by the name it is given, and shouts what is in it."""
    return Flow.of(
        [
            input_block("path", "text", required=True),
            Block("read", "files.read"),
            Block("shout", "text.template", {"text": "{content}!"}),
            output_block("text"),
        ],
        [
            ("path.value", "read.path"),
            ("read.content", "shout.content"),
            ("shout.value", "text_out.value"),
        ],
    )
