"""A connection tried out: what the other side says, without what opens the door."""

import asyncio
import time
from collections.abc import Callable

from graph.connections import Connection
from graph.errors import HeddleError
from runtime.connections.contents import Tested
from runtime.engine.hidden import Hidden
from runtime.failures import failure_of
from runtime.plugins import TryOut

PATIENCE = 30.0
"""Seconds that a connection may take to answer."""

LONGEST = 500
"""Characters of what is kept of an answer."""


async def tried(
    connection: Connection, try_out: TryOut | None, now: Callable[[], float] = time.time
) -> Tested:
    """What came of asking the other side. Never raises."""
    hidden = Hidden()
    for secret in connection.secrets:
        hidden.add(secret)
    ok, said = await _outcome(connection, try_out)
    cleaned = str(hidden.taken_out_of(said))
    return Tested(ok, cleaned[:LONGEST], now())


async def _outcome(connection: Connection, try_out: TryOut | None) -> tuple[bool, str]:
    if try_out is None:
        return False, "Connections of this kind can't be tried out."
    try:
        async with asyncio.timeout(PATIENCE):
            return True, await try_out(connection)
    except TimeoutError:
        return False, f"Nobody answered in {PATIENCE:g} s."
    except HeddleError as error:
        return False, str(error)
    except Exception as error:  # noqa: BLE001 - it may be a pack's, and raise anything
        return False, failure_of(error, "").message
