"""An agent for weather stations that answer over TCP, and the block that asks one."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from agents.contract import Grants, Health, Means
from agents.errors import AgentError, Rejected, Unreachable
from agents.hosts import allow
from agents.worker import Worker, capability
from graph.block import block
from graph.context import Context
from graph.errors import BadInput
from graph.spec import Needs


class StationAgent(Worker):
    """Asks stations, each of which sends its temperature as a line and hangs up."""

    kind: ClassVar[str] = "station"
    title: ClassVar[str] = "Weather stations"

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._asked = set[str]()

    async def health(self, *, deep: bool = False) -> Health:
        """Deep: whether the stations that were asked before still answer."""
        silent = [
            address for address in sorted(self._asked) if deep and not await _answers(address)
        ]
        return (
            Health("degraded", f"No answer from {', '.join(silent)}.") if silent else Health("ok")
        )

    @capability("read")
    async def temperature(self, address: str) -> float:
        """What a station at HOST:PORT measures, in degrees Celsius."""
        host, port = _place(address)
        allow(self.grants, host, port)
        self._asked.add(address)
        # Nothing is tried again here, for a block says itself how often that is done.
        guard = self.means.guards.of(f"station:{address}")
        line = await guard.call(lambda: _line(host, port), within=5.0, again=False)
        try:
            return float(line)
        except ValueError:
            raise Rejected(f"The station at {address} sent no number.") from None


def _place(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise BadInput(f"{address!r} is no address.", cure="Write HOST:PORT.")
    return host, int(port)


async def _line(host: str, port: int) -> str:
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError as error:
        raise Unreachable(f"The station at {host}:{port} doesn't answer.") from error
    try:
        return (await reader.readline()).decode(errors="replace")
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _answers(address: str) -> bool:
    try:
        return bool(await asyncio.wait_for(_line(*_place(address)), 5.0))
    except (AgentError, TimeoutError):
        return False


def _needs(fields: Mapping[str, Any]) -> Needs:
    """Which host is asked, so that a person can agree to it beforehand."""
    return Needs(hosts=(str(fields.get("address", "*")),))


@block(
    "station.temperature",
    title="Read temperature",
    icon="mdi6.thermometer",
    output="celsius",
    agent="station",
    effect="read",
    needs=_needs,
)
async def temperature(
    context: Context,
    address: Annotated[str, "Where the station is: HOST:PORT."],
) -> float:
    """Ask a weather station how warm it is."""
    stations = await context.agent(StationAgent)
    return await stations.temperature(address)
