"""What agents are defined by is kept by version, in a file as in PostgreSQL."""

import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from agents.contract import Grants, Means, NoFlows, Outside
from agents.defined.agent import DefinedAgents
from agents.defined.drawing import drawn, inputs_of, tool_name
from agents.defined.shapes import Definition, Limits
from agents.errors import AgentError
from agents.resilience.guards import Guards
from graph.compile import compile_flow
from graph.errors import BadInput
from graph.file_format import flow_hash, read
from graph.flow import Flow
from runtime.plugins import installed
from tests.servers.postgres import PostgresServer

WEAVER = Definition("weaver", goal="Weave {yarn} for {who}", model="scripted/echo")


class House(NoFlows):
    """Keeps flows, and has each run give back what it was given."""

    def __init__(self) -> None:
        self.kept = dict[str, str]()
        self.begun = dict[str, Mapping[str, Any]]()

    async def store(self, text: str = "", name: str = "") -> str:
        hash = flow_hash(read(text))
        self.kept[hash] = text
        return hash

    async def text(self, flow: str = "") -> str:
        return self.kept[flow]

    async def begin(
        self, flow: str = "", inputs: Any = None, *, run: str = "", within: Any = None
    ) -> str:
        self.begun.setdefault(run or f"r{len(self.begun)}", inputs)
        return run or f"r{len(self.begun) - 1}"

    async def go_on(self, run: str = "") -> bool:
        return True

    async def result(self, run: str = "") -> Mapping[str, Any]:
        return {"answer": dict(self.begun[run]), "ended": "answered", "usage": {}, "steps": []}


def made(folder: Path, url: str = "", house: House | None = None) -> DefinedAgents:
    outside = Outside(database_url=url)
    means = Means(Guards(), folder, outside=outside, flows=house or House())
    return DefinedAgents(Grants(folder=str(folder)), means)


@pytest_asyncio.fixture(params=["file", "postgres"])
async def agents(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[DefinedAgents]:
    url = request.getfixturevalue("empty_postgres_url") if request.param == "postgres" else ""
    agent = made(tmp_path, url)
    yield agent
    await agent.close()


async def test_versions_follow_each_other_and_the_same_is_known(agents: DefinedAgents) -> None:
    first = await agents.define(WEAVER, author="ada")
    same = await agents.define(WEAVER, author="grace")
    other = await agents.define(Definition("weaver", prompt="Quickly."), author="grace")

    found = await agents.versions("weaver")

    assert (first.version, first.takes, first.known) == (1, ("yarn", "who"), False)
    assert (same.version, same.author, same.known) == (1, "ada", True)
    assert [one.version for one in found] == [2, 1]
    assert found[0] == other
    assert await agents.names() == ["weaver"]


async def test_one_that_was_taken_away_begins_anew_after_its_versions(
    agents: DefinedAgents,
) -> None:
    await agents.define(WEAVER)
    await agents.remove("weaver")

    assert await agents.names() == []
    assert await agents.versions("weaver") == []
    assert (await agents.definition("weaver", version=1)).definition == WEAVER
    with pytest.raises(BadInput, match="no agent 'weaver'"):
        await agents.definition("weaver")
    with pytest.raises(BadInput, match="no agent"):
        await agents.remove("weaver")
    assert (await agents.define(WEAVER)).version == 3


async def test_a_name_has_no_end_of_line(agents: DefinedAgents) -> None:
    with pytest.raises(BadInput, match="no name"):
        await agents.define(Definition("weaver\n"))


async def test_a_dry_run_keeps_nothing(agents: DefinedAgents) -> None:
    await agents.define(WEAVER, dry_run=True)

    assert await agents.names() == []


async def test_with_one_key_it_works_but_once(tmp_path: Path) -> None:
    house = House()
    agent = made(tmp_path, house=house)
    await agent.define(WEAVER)

    used = [await agent.use("weaver", {"yarn": "wool", "who": "Ada"}, key="k") for _ in range(2)]

    assert used[0] == used[1]
    assert used[0].answer == {"yarn": "wool", "who": "Ada"}
    assert len(house.begun) == 1
    await agent.close()


@pytest.mark.parametrize(
    ("inputs", "said"),
    [({"yarn": "x"}, "given who"), ({"yarn": "x", "who": "y", "yarm": "z"}, "takes no 'yarm'")],
)
async def test_it_is_given_what_its_goal_has_places_for(
    tmp_path: Path, inputs: Any, said: str
) -> None:
    agent = made(tmp_path)
    await agent.define(WEAVER)

    with pytest.raises(BadInput, match=said):
        await agent.use("weaver", inputs)
    await agent.close()


async def test_without_the_database_it_says_so_and_is_well_again_after(
    own_postgres: PostgresServer, tmp_path: Path
) -> None:
    agent = made(tmp_path, own_postgres.new_database())
    await agent.define(WEAVER)

    own_postgres.stop(signal.SIGQUIT)
    with pytest.raises(AgentError):
        await agent.names()
    away = await agent.health(deep=True)
    own_postgres.start()
    back = await agent.health(deep=True)

    assert (away.state, back.state) == ("degraded", "ok")
    assert await agent.names() == ["weaver"]
    await agent.close()


def test_the_flow_of_an_agent_compiles_and_holds_all_that_was_said() -> None:
    limits = Limits(steps=3, tokens=500, cost=0.5, seconds=60, at_once=2, answer_tokens=99)
    definition = Definition(
        "weaver", "Weave {yarn}", model="scripted/echo", prompt="Be quick.", ask_before="always",
        temperature=0.5, limits=limits,
    )  # fmt: skip

    flow = drawn(definition, {})
    plan = compile_flow(flow, installed().catalog)

    fields = flow.blocks["agent"].fields
    assert plan.inputs.keys() == {"yarn"}
    assert fields["most_total_tokens"] == 500
    assert (fields["system"], fields["temperature"], fields["parallel"]) == ("Be quick.", 0.5, 2)


def test_a_goal_takes_each_place_once() -> None:
    assert inputs_of(Definition("a", "{x} {y.z} {x} {{no}}")) == ("x", "y")


def test_tools_have_names_of_their_own() -> None:
    taken = {"look_up": Flow()}

    assert tool_name("look up!", taken) == "look_up_2"
    assert tool_name("9 lives", {}) == "_9_lives"
    assert tool_name("…", {}) == "tool"
