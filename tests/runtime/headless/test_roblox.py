"""A folder of scripts that is kept alike: what is done and what is wrong is told once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agents.contract import Task
from agents.errors import Rejected
from agents.swarm.studio_bridge.folder.shapes import Did, Look
from runtime.headless.commands import roblox
from runtime.settings import Settings

DONE = Look(
    again=True, scripts=1, did=[Did("Workspace/A.luau", "written")], conflicts=[], problems=[]
)
NOTHING = Look(again=False, scripts=1, did=[], conflicts=[], problems=[])
GONE = Rejected("The folder can't be looked at.")


async def test_what_was_done_is_not_told_again_while_the_folder_is_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    comes: list[Any] = [DONE, GONE, GONE, GONE, NOTHING, asyncio.CancelledError()]

    async def perform(_: str, __: Task) -> Any:
        found = comes.pop(0)
        if isinstance(found, BaseException):
            raise found
        return found

    @contextlib.asynccontextmanager
    async def performing(*_: object, **__: object) -> AsyncIterator[roblox.Perform]:
        yield perform

    monkeypatch.setattr(roblox, "_performing", performing)
    monkeypatch.setattr(roblox, "SOON", 0.0)
    monkeypatch.setattr(roblox, "EVERY", 0.0)
    with pytest.raises(asyncio.CancelledError):
        await roblox._kept(Settings(), Task("look"), "src")

    said = capsys.readouterr()
    assert said.out.splitlines() == ["Workspace/A.luau: written"]
    assert said.err.count("can't be looked at") == 1
