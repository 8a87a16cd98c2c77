"""A connection asked: whether it works, which models it has, without what opens the door."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from graph.connections import Connection
from graph.errors import HeddleError
from runtime.connections.contents import Served, Tested
from runtime.engine.hidden import Hidden
from runtime.failures import failure_of
from runtime.plugins import ModelsOf, TryOut

PATIENCE = 30.0
"""Seconds that a connection may take to answer."""

SOON = 8.0
"""Seconds it may take to name its models, while somebody looks at a list of them."""

LONGEST = 500
"""Characters of what is kept of an answer."""

MOST = 500
"""Models of one connection that are told of."""

T = TypeVar("T")


class _Trouble(Exception):
    """Why nothing came of asking, in words that a person may see."""


async def tried(
    connection: Connection, try_out: TryOut | None, now: Callable[[], float] = time.time
) -> Tested:
    """What came of asking the other side. Never raises."""
    if try_out is None:
        return Tested(False, "Connections of this kind can't be tried out.", now())
    try:
        said = await _asked(try_out, connection, PATIENCE)
    except _Trouble as trouble:
        return Tested(False, str(trouble), now())
    return Tested(True, _cleaned(connection, said), now())


async def served(connection: Connection, models_of: ModelsOf | None) -> Served:
    """The models that the other side says it has, or why it didn't say. Never raises."""
    if models_of is None:
        return Served(trouble="Connections of this kind lead to no models.")
    try:
        found = await _asked(models_of, connection, SOON)
    except _Trouble as trouble:
        return Served(trouble=str(trouble))
    return Served(tuple(_cleaned(connection, model) for model in found[:MOST]))


async def _asked(
    ask: Callable[[Connection], Awaitable[T]], connection: Connection, seconds: float
) -> T:
    """What the other side answers. Raises _Trouble."""
    try:
        async with asyncio.timeout(seconds):
            return await ask(connection)
    except TimeoutError:
        said = f"Nobody answered in {seconds:g} s."
    except HeddleError as error:
        said = str(error)
    except Exception as error:  # noqa: BLE001 - it may be a pack's, and raise anything
        said = failure_of(error, "").message
    raise _Trouble(_cleaned(connection, said))


def _cleaned(connection: Connection, said: str) -> str:
    """A text of the other side, short, and without the secrets it may repeat."""
    hidden = Hidden()
    for secret in connection.secrets:
        hidden.add(secret)
    return str(hidden.taken_out_of(said))[:LONGEST]
