"""What a flow says beforehand about where it goes."""

from pathlib import Path

import pytest

from agents.contract import Grants
from agents.http import blocks
from agents.http.agent import HttpAgent
from graph.block import spec_of
from graph.catalog import blocks_in
from graph.spec import Needs
from tests.agents.conftest import means_in


@pytest.mark.parametrize(
    ("fields", "hosts"),
    [
        ({"url": "https://api.example.org/x?key=k"}, ("api.example.org",)),
        ({"url": "https://user:hidden@api.example.org:8443/"}, ("api.example.org:8443",)),
        ({"url": {"$expr": "f'https://{host}/'"}}, ("*",)),
        ({}, ("*",)),
        ({"url": "nonsense"}, ("*",)),
    ],
)
def test_the_host_is_known_when_the_address_stands_in_the_flow(
    fields: dict[str, object], hosts: tuple[str, ...]
) -> None:
    assert blocks.needs(fields) == Needs(hosts=hosts)


def test_a_download_writes_its_file() -> None:
    fields = {"url": "https://example.org/a", "path": "in/a"}

    assert blocks.download_needs(fields) == Needs(hosts=("example.org",), writes=("in/a",))
    assert blocks.download_needs({}) == Needs(hosts=("*",), writes=("*",))


def test_a_wrong_address_is_found_before_the_run() -> None:
    check = spec_of(blocks.get).check
    assert check is not None

    (problem,) = check({"url": "example.org"})

    assert str(problem) == "url: The address starts with no scheme. Write https://host/path."
    assert check({"url": "https://example.org"}) == []
    assert check({"url": {"$expr": "address"}}) == []


def test_every_parameter_is_described() -> None:
    undescribed = [
        f"{spec.kind}.{parameter.name}"
        for spec in blocks_in(blocks)
        for parameter in spec.parameters
        if not parameter.description
    ]

    assert undescribed == []


def test_a_request_may_be_repeated_since_it_carries_a_key() -> None:
    spec = spec_of(blocks.request)

    assert (spec.effect, spec.repeatable) == ("write", True)
    assert spec_of(blocks.get).effect == "read"


async def test_health_says_what_is_missing(tmp_path: Path) -> None:
    agent = HttpAgent(Grants(folder="/", hosts=("nowhere.invalid",)), means_in(tmp_path))
    before = await agent.health()
    await agent.connect()

    basic, deep = await agent.health(), await agent.health(deep=True)
    await agent.close()

    assert (before.state, basic.state, deep.state) == ("down", "ok", "degraded")
    assert "nowhere.invalid" in deep.detail
