import asyncio

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from app.bridge.bridge import Bridge
from graph.errors import FlowFileError
from graph.file_format import write
from runtime.commands import StoreFlow
from tests.app.flows import template


def test_a_coroutine_of_the_window_has_commands_done(qapp: QApplication, bridge: Bridge) -> None:
    async def stored() -> str:
        return (await bridge.obey(StoreFlow(write(template("hello"))))).flow

    async def refused() -> None:
        with pytest.raises(FlowFileError):
            await bridge.obey(StoreFlow("no flow"))

    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    try:
        assert len(loop.run_until_complete(stored())) == 64
        loop.run_until_complete(refused())
    finally:
        asyncio.set_event_loop(None)
        loop.close()
