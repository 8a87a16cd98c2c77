"""One client: its requests in, answers and events out, each in its order."""

import asyncio
import contextlib
import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec

from graph.errors import HeddleError
from graph.values import did_you_mean
from runtime.commands import CancelRun, PauseRun, RewindRun
from runtime.services.dap import asking, going
from runtime.services.dap import shapes as s
from runtime.services.dap.capabilities import CAPABILITIES
from runtime.services.dap.debuggee import Debuggee
from runtime.services.dap.desk import Desk
from runtime.services.dap.framing import Give, Reading, Take, TooLong, Unframed, framed
from runtime.services.dap.lodging import Lodging
from runtime.services.dap.telling import Telling

MOST_AT_ONCE = 64
"""Requests that only look which are answered at a time; more aren't read meanwhile."""

log = logging.getLogger("heddle.dap")

Body = dict[str, Any]
Work = Callable[[Desk, Any], Awaitable[Body | None]]


class Row(NamedTuple):
    """A request: what its arguments are, and what is done. One that only looks waits for none."""

    arguments: type[s.Shape]
    work: Work
    looks: bool = False


REQUESTS: dict[str, Row] = {
    "setBreakpoints": Row(s.SetBreakpoints, asking.set_breakpoints),
    "setFunctionBreakpoints": Row(s.SetFunctionBreakpoints, asking.set_function_breakpoints),
    "setExceptionBreakpoints": Row(s.SetExceptionBreakpoints, asking.set_exception_breakpoints),
    "setDataBreakpoints": Row(s.SetDataBreakpoints, asking.set_data_breakpoints),
    "dataBreakpointInfo": Row(s.DataBreakpointInfo, asking.data_breakpoint_info),
    "breakpointLocations": Row(s.Lines, asking.breakpoint_locations),
    "continue": Row(s.OfThread, going.go_on),
    "next": Row(s.OfThread, going.over),
    "stepIn": Row(s.OfThread, going.into),
    "stepOut": Row(s.OfThread, going.out),
    "stepBack": Row(s.OfThread, going.back),
    "reverseContinue": Row(s.OfThread, going.back_to_last_stop),
    "restartFrame": Row(s.OfFrame, going.restart_frame),
    "gotoTargets": Row(s.Lines, going.goto_targets),
    "goto": Row(s.Goto, going.goto),
    "pause": Row(s.OfThread, going.pause),
    "terminate": Row(s.Nothing, going.terminate),
    "setVariable": Row(s.SetVariable, asking.set_variable),
    "setExpression": Row(s.SetExpression, asking.set_expression),
    "threads": Row(s.Nothing, asking.threads),
    "stackTrace": Row(s.StackTrace, asking.stack_trace),
    "scopes": Row(s.OfFrame, asking.scopes),
    "variables": Row(s.Variables, asking.variables, looks=True),
    "evaluate": Row(s.Evaluate, asking.evaluate, looks=True),
    "completions": Row(s.Completions, asking.completions, looks=True),
    "exceptionInfo": Row(s.OfThread, asking.exception_info),
    "loadedSources": Row(s.Nothing, asking.loaded_sources),
    "source": Row(s.InSource, asking.source),
    "heddle/skip": Row(s.Skip, going.skip),
    "heddle/retry": Row(s.OfThread, going.retry),
    "heddle/takeWheel": Row(s.Nothing, going.take_wheel),
}
"""All that is asked once it is known what is debugged; the rest is the session's own business."""


class Refused(HeddleError):
    """The request makes no sense here or now."""


class Session:
    """Speaks to one client until either has enough."""

    def __init__(self, lodging: Lodging, take: Take, give: Give) -> None:
        self._reading = Reading(take)
        self._give = give
        self._desk = Desk(lodging, self._say)
        self._seq = 0
        self._sending = asyncio.Lock()
        self._order = asyncio.Lock()
        """Held while a command is done, so that what comes of it is told after its answer."""
        self._telling = Telling(self._desk, self._order)
        self._tells: asyncio.Task[None] | None = None
        self._looking: dict[int, asyncio.Task[None]] = {}
        self._launch: s.Request | None = None
        self._trusted = not lodging.token
        self._over = False
        self._own: dict[str, Callable[[s.Request], Awaitable[None]]] = {
            "initialize": self._initialize,
            "launch": self._find,
            "attach": self._find,
            "configurationDone": self._begin,
            "restart": self._restart,
            "disconnect": self._disconnect,
            "cancel": self._cancel,
        }

    async def run(self) -> None:
        """Answer until the client hangs up, or asks to be let go."""
        try:
            async for message in self._reading:
                await self._receive(message)
                if self._over:
                    break
        except Unframed as error:
            await self._respond(0, "", error)
        except ConnectionError:
            pass
        finally:
            await self._close()

    async def _close(self) -> None:
        tasks = [*self._looking.values(), *([self._tells] if self._tells else [])]
        self._telling.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._desk.debuggee is not None:
            with contextlib.suppress(HeddleError, ConnectionError):
                await self._desk.debuggee.leave()
            await self._desk.debuggee.close()

    # In.

    async def _receive(self, message: bytes | TooLong) -> None:
        if isinstance(message, TooLong):
            await self._respond(0, "", message)
            return
        try:
            request = msgspec.json.decode(message, type=s.Request)
        except (msgspec.DecodeError, RecursionError) as error:
            await self._respond(_seq_in(message), _command_in(message), _no_request(error))
            return
        while len(self._looking) >= MOST_AT_ONCE:
            await asyncio.wait(self._looking.values(), return_when=asyncio.FIRST_COMPLETED)
        row = REQUESTS.get(request.command)
        if row is not None and row.looks and self._trusted:
            task = asyncio.create_task(self._look(request, row))
            self._looking[request.seq] = task
            task.add_done_callback(lambda _: self._looking.pop(request.seq, None))
        else:
            await self._answer(request, row)

    async def _look(self, request: s.Request, row: Row) -> None:
        try:
            await self._do(request, row)
        except asyncio.CancelledError:
            await self._respond(request.seq, request.command, Refused("cancelled"))
            raise

    async def _answer(self, request: s.Request, row: Row | None) -> None:
        if request.command in self._own:
            await self._guarded(request, self._own[request.command](request))
        elif row is None:
            cure = did_you_mean(request.command, [*self._own, *REQUESTS])
            told = Refused(f"There is no request {request.command!r}.", cure=cure)
            await self._respond(request.seq, request.command, told)
        elif not self._trusted:
            told = Refused("Nothing is debugged yet.", cure="Launch or attach, with the token.")
            await self._respond(request.seq, request.command, told)
        else:
            async with self._order:
                await self._do(request, row)
            if request.command == "pause":
                self._telling.wait()

    async def _do(self, request: s.Request, row: Row) -> None:
        async def work() -> None:
            arguments = _arguments(request, row.arguments)
            body = await row.work(self._desk, arguments)
            await self._respond(request.seq, request.command, body)

        await self._guarded(request, work())

    async def _guarded(self, request: s.Request, work: Awaitable[None]) -> None:
        """Whatever a request does, it is answered."""
        try:
            await work
        except HeddleError as error:
            await self._respond(request.seq, request.command, error)
        except ConnectionError:
            raise
        except Exception as error:
            log.error("A request met something unexpected.", exc_info=error)
            told = Refused(f"Heddle met something unexpected: {type(error).__name__}.")
            await self._respond(request.seq, request.command, told)

    # Beginnings and ends.

    async def _initialize(self, request: s.Request) -> None:
        if self._desk.about is not None:
            raise Refused("The session is initialised already.")
        about = _arguments(request, s.Initialize)
        if about.path_format != "path":
            raise Refused("Only paths of files are understood.", cure='Set pathFormat to "path".')
        self._desk.about = about
        await self._respond(request.seq, request.command, CAPABILITIES)

    async def _find(self, request: s.Request) -> None:
        """Find what is to be debugged; the answer comes once it has begun."""
        if self._desk.about is None:
            raise Refused("The session isn't initialised yet.", cure="Send `initialize` first.")
        if self._desk.debuggee is not None:
            raise Refused("Something is debugged already.", cure="Begin another session.")
        kind = s.Launch if request.command == "launch" else s.Attach
        asked = _arguments(request, kind)
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
            await self._say("breakpoint", {"reason": "changed", "breakpoint": body})
        await self._say("initialized", {})

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
            self._over = True
            raise Refused(
                "The token is missing or wrong.",
                cure="Give it as `token`, or as `adapterToken` beside an address.",
            )
        self._trusted = True

    async def _begin(self, request: s.Request) -> None:
        desk, launch = self._desk, self._launch
        if desk.debuggee is None or launch is None:
            raise Refused("Nothing is debugged yet.", cure="Launch or attach first.")
        self._launch = None
        async with self._order:
            await self._respond(request.seq, request.command, {})
            await self._guarded(launch, self._started(launch))

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
        await self._respond(launch.seq, launch.command, {})
        how = "launch" if launch.command == "launch" else "attach"
        name = debuggee.shown.flow.name if debuggee.shown else debuggee.story.name
        about: Body = {"name": name or "flow", "startMethod": how}
        if debuggee.runtime is desk.lodging.runtime:
            about |= {"isLocalProcess": True, "systemProcessId": os.getpid()}
        await self._say("process", about)
        self._tells = asyncio.create_task(self._telling.go())
        await self._telling.stand()

    async def _set_off(self, debuggee: Debuggee) -> None:
        desk = self._desk
        desk.entering = bool(debuggee.asked.stop_on_entry)
        desk.going = True
        await debuggee.begin(desk.wanted.all())
        desk.begun = True

    async def _restart(self, request: s.Request) -> None:
        """Have the run done anew from its beginning, or go back there in one that was joined."""
        desk = self._desk
        debuggee = desk.debugged()
        given = _arguments(request, s.Restart).arguments
        async with self._order:
            if debuggee.joined:
                await debuggee.obey(RewindRun(debuggee.run, going.BEGINNING, debuggee.client))
            else:
                await self._anew(debuggee, given)
            await self._respond(request.seq, request.command, {})

    async def _anew(self, debuggee: Debuggee, given: msgspec.Raw | None) -> None:
        desk = self._desk
        if self._tells is not None:
            self._tells.cancel()
        if debuggee.story.end is None:
            with contextlib.suppress(HeddleError):
                await debuggee.obey(CancelRun(debuggee.run, "It is begun anew."))
        if given is not None:
            debuggee.asked = _decoded(bytes(given), type(debuggee.asked))
        desk.threads.clear()
        desk.handles.clear()
        await debuggee.again()
        await self._set_off(debuggee)
        self._tells = asyncio.create_task(self._telling.go())

    async def _disconnect(self, request: s.Request) -> None:
        asked = _arguments(request, s.Disconnect)
        debuggee = self._desk.debuggee
        self._over = True
        if debuggee is not None and self._desk.begun and debuggee.story.end is None:
            ends = asked.terminate_debuggee
            if ends is None:
                ends = not debuggee.joined and not asked.suspend_debuggee
            with contextlib.suppress(HeddleError):
                if ends:
                    await debuggee.obey(CancelRun(debuggee.run, f"{debuggee.client} left."))
                elif asked.suspend_debuggee:
                    await debuggee.obey(PauseRun(debuggee.run, client=debuggee.client))
        await self._respond(request.seq, request.command, {})

    async def _cancel(self, request: s.Request) -> None:
        asked = _arguments(request, s.Cancel)
        task = self._looking.get(asked.request_id)
        if task is not None:
            task.cancel()
        await self._respond(request.seq, request.command, {})

    # Out.

    async def _respond(self, seq: int, command: str, said: Body | HeddleError | None) -> None:
        message: Body = {"type": "response", "request_seq": seq, "command": command}
        if isinstance(said, HeddleError):
            error = {"id": 1, "format": "{reason}", "variables": {"reason": str(said)}}
            message |= {"success": False, "message": str(said), "body": {"error": error}}
        else:
            message |= {"success": True, **({} if said is None else {"body": said})}
        await self._send(message)

    async def _say(self, event: str, body: Body) -> None:
        await self._send({"type": "event", "event": event, **({"body": body} if body else {})})

    async def _send(self, message: Body) -> None:
        async with self._sending:
            self._seq += 1
            await self._give(framed({"seq": self._seq, **message}))


def _arguments(request: s.Request, kind: type[Any]) -> Any:
    return _decoded(bytes(request.arguments), kind)


def _decoded(arguments: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(arguments, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused(f"The arguments don't suit: {error}.") from None


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
