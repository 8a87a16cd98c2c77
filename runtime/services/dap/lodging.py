"""What all sessions of one adapter share: the runtime at hand, and where others are."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Any

from graph.catalog import Catalog
from graph.errors import HeddleError
from runtime.ownership import is_gone
from runtime.runtime import Runtime
from runtime.services.dap.eyes import AnyRuntime
from runtime.services.dap.shapes import Granted
from runtime.services.whereabouts import whereabouts

Grant = Callable[[Granted, Path], dict[str, Any]]
"""The grants of a run, from what was asked and the folder of its flow. Raises HeddleError."""


class Lodging:
    """A runtime that is open, and how runs in it are granted what they ask.

    `token` is what a client has to know, "" when it needn't know any; `folder` is where servers
    of this machine say that they are there.
    """

    def __init__(self, runtime: Runtime, grant: Grant, *, token: str = "", folder: Path) -> None:
        self.runtime = runtime
        self.grant = grant
        self.token = token
        self._folder = folder
        self._numbers = count(1)

    @property
    def catalog(self) -> Catalog:
        return self.runtime.catalog

    def number(self) -> int:
        """Tells one client from another."""
        return next(self._numbers)

    async def at(self, address: str, token: str, stack: AsyncExitStack) -> AnyRuntime:
        """The runtime of an address, "" for the one at hand. Raises HeddleError."""
        if not address:
            return self.runtime
        # 0.2 s of httpx and websockets that only who debugs on a server need spend.
        from runtime.remote import RemoteRuntime  # noqa: PLC0415 - see above

        return await stack.enter_async_context(RemoteRuntime(address, token))

    async def driving(self, owner: str, stack: AsyncExitStack) -> AnyRuntime | None:
        """The runtime that drives runs of an owner; None when nobody does any more."""
        if owner == self.runtime.owner:
            return self.runtime
        if not owner or is_gone(owner):
            return None
        found = whereabouts(self._folder, owner)
        if found is None:
            raise HeddleError(
                f"The run belongs to {owner}, which is at work.",
                cure="Give the address and token of its server.",
            )
        return await self.at(found.address, found.token, stack)
