"""`heddle agents`: which there are, whether they can work, and those of a server."""

import json

from tests.runtime.headless.conftest import Heddle


def test_agents_are_listed_before_anybody_needs_them(heddle: Heddle) -> None:
    done = heddle("agents")

    assert done.code == 0
    for name in ("http", "files", "database", "code", "llm", "mcp", "schema_validator"):
        assert name in done.out
    assert "It starts when it is first needed." in done.out


def test_a_deep_check_starts_them_all(heddle: Heddle) -> None:
    done = heddle("agents", "--deep", "--json")

    agents = {one["agent"]: one for one in json.loads(done.out)["agents"]}
    assert done.code == 0
    assert {one["state"] for one in agents.values()} == {"ok"}
    assert agents["code"]["calls"] == 1
    assert "read" in [one["name"] for one in agents["files"]["capabilities"]]


def test_only_those_of_a_server_can_be_restarted(heddle: Heddle) -> None:
    done = heddle("agents", "--restart", "http")

    assert done.code == 2
    assert "Say by --server whose agents are meant." in done.err
