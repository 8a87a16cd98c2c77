"""Whoever doesn't say how it is keeps nobody waiting, and is asked by all at once."""

import asyncio
from pathlib import Path
from typing import ClassVar

import pytest

from agents.contract import Grants, Health
from agents.manager.known import Known
from agents.manager.manager import Manager
from agents.worker import Worker
from runtime.services.integration import pulse
from runtime.services.integration.pulse import Pulse, overall
from runtime.services.integration.shapes import AgentHealth


class Silent(Worker):
    """Never says how it is."""

    kind: ClassVar[str] = "ui_sync"
    for_all: ClassVar[bool] = True
    asked: ClassVar[int] = 0

    async def health(self, *, deep: bool = False) -> Health:
        if deep:
            type(self).asked += 1
            await asyncio.Event().wait()
        return Health("ok")


async def test_one_that_never_answers_is_told_as_such_and_asked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "WITHIN", 0.01)
    manager = Manager(tmp_path, known={"ui_sync": Known("UI", f"{__name__}:Silent")})
    asking = Pulse(manager, Grants(folder="/"))
    await manager.named("ui_sync", Grants(folder="/"))

    first, second = await asyncio.gather(asking.deep(), asking.asked(["ui_sync"]))
    asking.end()
    await manager.close(within=0)

    assert first["ui_sync"].status == second["ui_sync"].status == "unhealthy"
    assert "didn't say how it is" in first["ui_sync"].detail
    assert Silent.asked == 1


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        (("healthy", "healthy"), "healthy"),
        (("healthy", "degraded"), "degraded"),
        (("healthy", "healthy", "unhealthy"), "degraded"),
        (("healthy", "unhealthy"), "unhealthy"),
        ((), "unhealthy"),
    ],
)
def test_all_together_are_as_well_as_most_of_them(states: tuple[str, ...], whole: str) -> None:
    healths = {str(n): AgentHealth(state) for n, state in enumerate(states)}  # type: ignore[arg-type]

    assert overall(healths) == whole
