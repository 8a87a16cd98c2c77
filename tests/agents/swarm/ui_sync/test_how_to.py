"""What the how-to page has one type in does what the page says, with a real `heddle serve`."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.agents.swarm.ui_sync.conftest import CLIENT
from tests.servers.heddle import TOKEN, Heddle
from tests.servers.peers import NODE

PAGE = (Path(__file__).parents[4] / "docs/how_to/keep_interfaces_in_sync.md").read_text("utf-8")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heddle]:
    with Heddle(tmp_path_factory.mktemp("ui")) as made:
        yield made


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def output(server: Heddle, *command: str | Path) -> str:
    variables = {"HEDDLE": server.address, "TOKEN": TOKEN, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, env=variables, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def answers(said: str) -> list[Any]:
    """The JSON that curl wrote, one after the other."""
    return [msgspec.json.decode(one) for one in said.replace("}{", "}\n{").splitlines()]


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_page_s_requests_change_the_cart_and_list_it(server: Heddle) -> None:
    changing, listing = (one.replace("curl ", "curl -sSf ") for one in examples("sh"))

    changed = answers(output(server, "bash", "-euc", changing))
    (listed,) = answers(output(server, "bash", "-euc", listing))

    assert [one["version"] for one in changed] == [1, 2, 3, 3]
    assert changed[-1]["value"] == {"items": ["tea", "milk"]}
    (cart,) = listed["components"]
    assert (cart["component"], cart["version"], cart["subscribers"]) == ("cart", 3, 0)


def test_the_page_s_client_shows_each_change(server: Heddle, tmp_path: Path) -> None:
    (script,) = examples("js")
    shutil.copy(CLIENT, tmp_path)
    (tmp_path / "page.mjs").write_text(script.replace('"cart"', '"basket"'), "utf-8")

    said = output(server, NODE, tmp_path / "page.mjs")

    assert said.splitlines()[-1] == "{ items: [ 'tea' ], note: 'by noon' }"
