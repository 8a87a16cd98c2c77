"""Blocks that other programs offer: there as soon as they are known, without a restart."""

from pathlib import Path

import pytest

from agents.contract import Grants
from agents.mcp.snapshot import Snapshot, Tool, forget, keep
from graph.compile import check
from graph.errors import UnknownKind
from graph.flow import Block, Flow
from runtime.compose import compose
from runtime.plugins import Offered, installed
from runtime.settings import Settings

KIND = "mcp.hub__create_issue"
SNAPSHOT = Snapshot("hub", tools=(Tool("create_issue"),))
FLOW = Flow(blocks={"a": Block("a", KIND)})


def test_tools_that_were_kept_are_blocks(tmp_path: Path) -> None:
    keep(tmp_path / "mcp", SNAPSHOT)

    assert KIND in installed(None, tmp_path).catalog
    assert KIND not in installed(None).catalog


def test_a_file_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    keep(tmp_path / "mcp", SNAPSHOT)
    (tmp_path / "mcp" / "other.json").write_text("{")

    assert KIND in installed(None, tmp_path).catalog


def test_what_comes_and_goes_is_noticed_without_a_restart(tmp_path: Path) -> None:
    offered = Offered(installed(None, tmp_path).catalog, tmp_path)
    before = offered.catalog()

    keep(tmp_path / "mcp", SNAPSHOT)
    there = offered.catalog()
    forget(tmp_path / "mcp", "hub")

    assert KIND not in before
    assert KIND in there
    assert offered.catalog().kinds.keys() == before.kinds.keys()


async def test_a_runtime_that_goes_on_takes_flows_with_new_tools(tmp_path: Path) -> None:
    settings = Settings(home=str(tmp_path))
    async with compose(settings, Grants(folder=str(tmp_path)), place="memory:") as runtime:
        with pytest.raises(Exception, match="isn't known here"):
            await runtime.store(FLOW)

        keep(settings.agents_folder / "mcp", SNAPSHOT)

        assert await runtime.store(FLOW)


def test_a_tool_that_is_not_here_is_named_with_its_connection() -> None:
    (problem,) = check(FLOW, installed(None).catalog)

    assert problem.block == "a"
    assert "tool 'create_issue' of the MCP connection 'hub'" in problem.message
    assert "Connections dock" in problem.cure
    with pytest.raises(UnknownKind, match="'create_issue'"):
        installed(None).catalog.spec(KIND)
