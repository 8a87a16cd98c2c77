"""The web server every test here talks to."""

from collections.abc import AsyncIterator

import pytest

from tests.agents.http.server import WebServer


@pytest.fixture
async def web() -> AsyncIterator[WebServer]:
    async with WebServer() as server:
        yield server
