"""One client: its requests in, answers out, each in its order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from graph.errors import HeddleError
from graph.values import did_you_mean
from runtime.services.dap import shapes as s
from runtime.services.dap.desk import Desk
from runtime.services.dap.framing import Give, Reading, Take, TooLong, Unframed
from runtime.services.dap.lifecycle import Lifecycle
from runtime.services.dap.line import Line, Refused, arguments
from runtime.services.dap.lodging import Lodging
from runtime.services.dap.requests import REQUESTS, Row

MOST_AT_ONCE = 64
"""Requests that only look which are answered at a time; more aren't read meanwhile."""

log = logging.getLogger("heddle.dap")


class Session:
    """Speaks to one client until either has enough."""

    def __init__(self, lodging: Lodging, take: Take, give: Give) -> None:
        self._reading = Reading(take)
        self._line = Line(give)
        self._desk = Desk(lodging, self._line.say)
        self._order = asyncio.Lock()
        self._life = Lifecycle(self._desk, self._line, self._order)
        self._looking: dict[int, asyncio.Task[None]] = {}
        self._own: dict[str, Callable[[s.Request], Awaitable[None]]] = {
            "initialize": self._life.initialize,
            "launch": self._life.find,
            "attach": self._life.find,
            "configurationDone": self._life.begin,
            "restart": self._life.restart,
            "disconnect": self._life.disconnect,
            "cancel": self._cancel,
        }

    async def run(self) -> None:
        """Answer until the client hangs up, or asks to be let go."""
        try:
            async for message in self._reading:
                await self._receive(message)
                if self._life.over:
                    break
        except Unframed as error:
            await self._line.respond(0, "", error)
        except ConnectionError:
            pass
        finally:
            await self._close()

    async def _close(self) -> None:
        tasks = list(self._looking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._life.close()

    # In.

    async def _receive(self, message: bytes | TooLong) -> None:
        if isinstance(message, TooLong):
            await self._line.respond(0, "", message)
            return
        try:
            request = msgspec.json.decode(message, type=s.Request)
        except (msgspec.DecodeError, RecursionError) as error:
            await self._line.respond(_seq_in(message), _command_in(message), _no_request(error))
            return
        while len(self._looking) >= MOST_AT_ONCE:
            await asyncio.wait(self._looking.values(), return_when=asyncio.FIRST_COMPLETED)
        row = REQUESTS.get(request.command)
        if row is not None and row.looks and self._life.trusted:
            task = asyncio.create_task(self._look(request, row))
            self._looking[request.seq] = task
            task.add_done_callback(lambda _: self._looking.pop(request.seq, None))
        else:
            await self._answer(request, row)

    async def _look(self, request: s.Request, row: Row) -> None:
        try:
            await self._do(request, row)
        except asyncio.CancelledError:
            await self._line.answer(request, Refused("cancelled"))
            raise

    async def _answer(self, request: s.Request, row: Row | None) -> None:
        if request.command in self._own:
            await self._guarded(request, self._own[request.command](request))
        elif row is None:
            cure = did_you_mean(request.command, [*self._own, *REQUESTS])
            told = Refused(f"There is no request {request.command!r}.", cure=cure)
            await self._line.answer(request, told)
        elif not self._life.trusted:
            told = Refused("Nothing is debugged yet.", cure="Launch or attach, with the token.")
            await self._line.answer(request, told)
        else:
            async with self._order:
                await self._do(request, row)
            if request.command == "pause":
                self._life.telling.wait()

    async def _do(self, request: s.Request, row: Row) -> None:
        async def work() -> None:
            body = await row.work(self._desk, arguments(request, row.arguments))
            await self._line.answer(request, body)

        await self._guarded(request, work())

    async def _guarded(self, request: s.Request, work: Awaitable[None]) -> None:
        """Whatever a request does, it is answered."""
        try:
            await work
        except HeddleError as error:
            await self._line.answer(request, error)
        except ConnectionError:
            raise
        except Exception as error:
            log.error("A request met something unexpected.", exc_info=error)
            told = Refused(f"Heddle met something unexpected: {type(error).__name__}.")
            await self._line.answer(request, told)

    async def _cancel(self, request: s.Request) -> None:
        asked = arguments(request, s.Cancel)
        task = self._looking.get(asked.request_id)
        if task is not None:
            task.cancel()
        await self._line.answer(request, {})


def _no_request(error: Exception) -> Refused:
    return Refused(f"That is no request: {error}.")


def _seq_in(message: bytes) -> int:
    """The number of a request that is none, as far as it can be told."""
    seq = _member(message, "seq")
    return seq if isinstance(seq, int) and 0 <= seq < 2**53 else 0


def _command_in(message: bytes) -> str:
    command = _member(message, "command")
    return command[:100] if isinstance(command, str) else ""


def _member(message: bytes, name: str) -> Any:
    try:
        found = msgspec.json.decode(message, type=dict[str, msgspec.Raw])
        return msgspec.json.decode(found[name])
    except (msgspec.DecodeError, KeyError, RecursionError):
        return None
