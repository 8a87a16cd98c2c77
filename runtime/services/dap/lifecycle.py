"""How a session begins and ends: who the client is, what is debugged, and what becomes of it."""

import asyncio
import contextlib
import hmac
import os
from typing import Any

import msgspec

from graph.errors import HeddleError
from runtime.commands import CancelRun, PauseRun, RewindRun
from runtime.services.dap import asking, going
from runtime.services.dap import shapes as s
from runtime.services.dap.capabilities import CAPABILITIES
from runtime.services.dap.debuggee import Debuggee
from runtime.services.dap.desk import Desk
from runtime.services.dap.line import Line, Refused, arguments, decoded
from runtime.services.dap.telling import Telling


class Lifecycle:
    """Of one client's session: `trusted` once it gave the token, `over` once it has enough.

    `order` is held while a command is done, so that what comes of it is told after its answer.
    """

    def __init__(self, desk: Desk, line: Line, order: asyncio.Lock) -> None:
        self._desk = desk
        self._line = line
        self._order = order
        self.telling = Telling(desk, order)
        self.trusted = not desk.lodging.token
        self.over = False
        self._tells: asyncio.Task[None] | None = None
        self._launch: s.Request | None = None

    async def close(self) -> None:
        """Let go of the run, which goes on or stands still as it does."""
        self.telling.stop()
        if self._tells is not None:
            self._tells.cancel()
            await asyncio.gather(self._tells, return_exceptions=True)
        if self._desk.debuggee is not None:
            with contextlib.suppress(HeddleError, ConnectionError):
                await self._desk.debuggee.leave()
            await self._desk.debuggee.close()

    async def initialize(self, request: s.Request) -> None:
        if self._desk.about is not None:
            raise Refused("The session is initialised already.")
        about = arguments(request, s.Initialize)
        if about.path_format != "path":
            raise Refused("Only paths of files are understood.", cure='Set pathFormat to "path".')
        self._desk.about = about
        await self._line.answer(request, CAPABILITIES)

    async def find(self, request: s.Request) -> None:
        """Find what is to be debugged; the answer comes once it has begun."""
        if self._desk.about is None:
            raise Refused("The session isn't initialised yet.", cure="Send `initialize` first.")
        if self._desk.debuggee is not None:
            raise Refused("Something is debugged already.", cure="Begin another session.")
        kind = s.Launch if request.command == "launch" else s.Attach
        asked = arguments(request, kind)
        self._let_in(asked)
        debuggee = self._debuggee(asked)
        try:
            await debuggee.find()
        except BaseException:
            await debuggee.close()
            raise
        self._desk.debuggee, self._launch = debuggee, request
        for bound in self._desk.wanted.bind_again(debuggee.adopt, debuggee.remark):
            body = msgspec.to_builtins(asking.seen(self._desk, bound))
            await self._line.say("breakpoint", {"reason": "changed", "breakpoint": body})
        await self._line.say("initialized", {})

    def _debuggee(self, asked: s.Launch | s.Attach) -> Debuggee:
        desk = self._desk
        desk.wanted.further = [
            msgspec.structs.replace(one, id=f"{desk.mark}further.{n}")
            for n, one in enumerate(asked.breakpoints)
        ]
        return Debuggee(desk.lodging, asked, desk.client(asked.client), desk.mark)

    def _let_in(self, asked: s.Target) -> None:
        token = self._desk.lodging.token
        if token and not hmac.compare_digest(asked.key.encode(), token.encode()):
            self.over = True
            raise Refused(
                "The token is missing or wrong.",
                cure="Give it as `token`, or as `adapterToken` beside an address.",
            )
        self.trusted = True

    async def begin(self, request: s.Request) -> None:
        desk, launch = self._desk, self._launch
        if desk.debuggee is None or launch is None:
            raise Refused("Nothing is debugged yet.", cure="Launch or attach first.")
        self._launch = None
        async with self._order:
            await self._line.answer(request, {})
            try:
                await self._started(launch)
            except HeddleError as error:
                await self._line.answer(launch, error)

    async def _started(self, launch: s.Request) -> None:
        desk = self._desk
        debuggee = desk.debuggee
        assert debuggee is not None, "it was found before"
        try:
            await self._set_off(debuggee)
        except HeddleError:
            await debuggee.close()
            desk.debuggee = None
            raise
        await self._line.answer(launch, {})
        how = "launch" if launch.command == "launch" else "attach"
        name = debuggee.shown.flow.name if debuggee.shown else debuggee.story.name
        about: dict[str, Any] = {"name": name or "flow", "startMethod": how}
        if debuggee.runtime is desk.lodging.runtime:
            about |= {"isLocalProcess": True, "systemProcessId": os.getpid()}
        await self._line.say("process", about)
        self._tells = asyncio.create_task(self.telling.go())
        await self.telling.stand()

    async def _set_off(self, debuggee: Debuggee) -> None:
        desk = self._desk
        desk.entering = bool(debuggee.asked.stop_on_entry)
        desk.going = True
        await debuggee.begin(desk.wanted.all())
        desk.begun = True

    async def restart(self, request: s.Request) -> None:
        """Have the run done anew from its beginning, or go back there in one that was joined."""
        desk = self._desk
        debuggee = desk.debugged()
        given = arguments(request, s.Restart).arguments
        async with self._order:
            if debuggee.joined:
                await debuggee.obey(RewindRun(debuggee.run, going.BEGINNING, debuggee.client))
            else:
                await self._anew(debuggee, given)
            await self._line.answer(request, {})

    async def _anew(self, debuggee: Debuggee, given: msgspec.Raw | None) -> None:
        desk = self._desk
        if self._tells is not None:
            self._tells.cancel()
        if debuggee.story.end is None:
            with contextlib.suppress(HeddleError):
                await debuggee.obey(CancelRun(debuggee.run, "It is begun anew.", force=True))
        if given is not None:
            debuggee.asked = decoded(bytes(given), type(debuggee.asked))
        desk.threads.clear()
        desk.handles.clear()
        await debuggee.again()
        await self._set_off(debuggee)
        self._tells = asyncio.create_task(self.telling.go())

    async def disconnect(self, request: s.Request) -> None:
        asked = arguments(request, s.Disconnect)
        debuggee = self._desk.debuggee
        self.over = True
        if debuggee is not None and self._desk.begun and debuggee.story.end is None:
            ends = asked.terminate_debuggee
            if ends is None:
                ends = not debuggee.joined and not asked.suspend_debuggee
            with contextlib.suppress(HeddleError):
                if ends:
                    await debuggee.obey(CancelRun(debuggee.run, f"{debuggee.client} left."))
                elif asked.suspend_debuggee:
                    await debuggee.obey(PauseRun(debuggee.run, client=debuggee.client))
        await self._line.answer(request, {})
