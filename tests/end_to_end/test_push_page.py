"""The page on pushing to clients does what it says: pusher-js runs its code, bash its commands."""

import asyncio
import contextlib
import json
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.compose import RESOURCES
from tests.servers.heddle import TOKEN, Heddle
from tests.servers.peers import NODE, peer_or_skip

PAGE = RESOURCES.parent / "docs/how_to/push_to_clients.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
APP = {"PUSHER_APP_ID": "1001", "PUSHER_KEY": "a-key", "PUSHER_SECRET": "a-secret"}
PATIENCE = 40.0


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(PAGE.read_text()) if kind == language]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Heddle]:
    with Heddle(tmp_path / "home", **APP) as made:
        yield made


class Page:
    """What the page's code says, line by line."""

    def __init__(self, lines: asyncio.StreamReader) -> None:
        self._lines = lines

    async def says(self) -> str:
        async with asyncio.timeout(PATIENCE):
            return (await self._lines.readline()).decode().strip()


@contextlib.asynccontextmanager
async def page_on(server: Heddle) -> AsyncIterator[Page]:
    """A client that runs the page's code, as a browser does."""
    library = peer_or_skip("pusher-js") / "dist/node/pusher.js"
    port = server.address.rpartition(":")[2]
    code = "\n".join([
        f"const Pusher = require({json.dumps(str(library))}); const KEY = 'a-key';",
        *(block.replace("8004", port) for block in blocks("js")[:2]),
        "orders.bind('heddle:recovered', ({ events }) => console.log(`missed: ${events}`));",
        "process.stdin.resume().on('end', () => process.exit());",
    ])  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        NODE, "-e", code, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Page(process.stdout)
    finally:
        process.stdin.close()
        await process.wait()


async def run(server: Heddle, command: str) -> Any:
    """What a command of the page answers."""
    variables = {**os.environ, **APP, "TOKEN": TOKEN, "HERE": server.address}
    process = await asyncio.create_subprocess_exec(
        "bash", "-eu", "-c", command.replace("curl -s", "curl -sS --fail-with-body"),
        env=variables, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE):
        said, trouble = await process.communicate()
    assert process.returncode == 0, (command, said, trouble)
    return json.loads(said)


async def test_the_page_s_client_hears_what_its_commands_say(server: Heddle) -> None:
    by_token, signed, let_in, channels, hooks = blocks("sh")
    async with page_on(server) as page:
        assert await page.says() == "missed: 0"

        said = await run(server, by_token)
        assert await page.says() == "placed: 17"
        await run(server, signed)
        assert await page.says() == "placed: 18"
        assert (await run(server, channels))[0]["subscriptions"] == 1

        await run(server, signed)  # it is known, so it isn't said again
        await run(server, by_token.replace("17", "19"))
        assert await page.says() == "placed: 19"

    assert said["events"][0]["channel"] == "orders"
    assert "channel_data" in await run(server, let_in)
    assert (await run(server, hooks))[0]["kinds"] == ["member_added", "member_removed"]
