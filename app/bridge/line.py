"""The thread in which the studio speaks to a runtime, and starts it when it is its own."""

import asyncio
import atexit
import contextlib
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from app.bridge.aside import aside
from app.bridge.process import Place, RuntimeProcess
from graph.errors import HeddleError
from runtime.commands import Answer, AnyCommand
from runtime.events import AnyEvent
from runtime.settings import Settings

if TYPE_CHECKING:
    from agents.manager.status import Happening
    from runtime.planning import Asked
    from runtime.remote import RemoteRuntime
    from runtime.remote_agents import RemoteAgents
    from runtime.remote_connections import RemoteConnections
    from runtime.remote_journal import RemoteJournal, RemoteMetrics

T = TypeVar("T")
State = Literal["starting", "ready", "lost", "elsewhere"]
"""`ready` is the studio's own runtime, `elsewhere` one behind an address."""


AGAIN = 2.0
"""Seconds before what happens to agents is listened to anew."""

PATIENCE = 10.0
"""Seconds that the end of the program waits for the thread, should nobody have done so before."""


class Lost(HeddleError):
    """There is no runtime to speak to."""


class Line:
    """The thread that speaks to one runtime at a time, and starts it when it is our own."""

    def __init__(
        self,
        settings: Settings,
        on_state: Callable[[State, str], None],
        on_events: Callable[[list[AnyEvent] | None], None],
        on_agents: Callable[["Happening"], None],
    ) -> None:
        self._settings = settings
        self.process = RuntimeProcess(settings)
        """The last one of our own, which may have ended."""
        self._on_state = on_state
        self._on_events = on_events
        self._on_agents = on_agents
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="bridge", daemon=True)
        self._talk: asyncio.Task[None] | None = None
        self._remote: asyncio.Future[RemoteRuntime]
        self._turning: asyncio.Lock
        self.is_begun = False
        self.is_closed = False
        self.place: Place | None = None
        """Where the runtime is that is spoken to; None while there is none."""

    def _run(self) -> None:
        assert self._loop, "it is made before the thread starts"
        asyncio.set_event_loop(self._loop)
        self._turning, self._remote = asyncio.Lock(), self._promise()
        self._loop.run_forever()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(asyncio.sleep(0))  # the turn in which closed sockets go
        self._loop.close()

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Do it in the thread, which is there from the first time on until it is closed."""
        if self.is_closed:
            work.close()
            return _cancelled()
        return self._submit(work)

    def _submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread.start()
            # A thread that Qt had called when the interpreter ends takes the program with it.
            atexit.register(self._end)
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def begin(self, place: Place | None) -> None:
        """Let go of the runtime spoken to and turn to that at a place, or to one of our own."""
        self.is_begun = True
        self.submit(self._turn_to(place))

    def obey(self, command: AnyCommand) -> "Future[Answer]":
        async def obeyed() -> Answer:
            return await (await self._there()).obey(command)

        return self.submit(obeyed())

    def look(self, read: Callable[["RemoteJournal"], Awaitable[T]]) -> "Future[T]":
        async def looked() -> T:
            return await read((await self._there()).journal)

        return self.submit(looked())

    def measure(self, read: Callable[["RemoteMetrics"], Awaitable[T]]) -> "Future[T]":
        async def measured() -> T:
            return await read((await self._there()).metrics)

        return self.submit(measured())

    def agents(self, ask: Callable[["RemoteAgents"], Awaitable[T]]) -> "Future[T]":
        async def asked() -> T:
            return await ask((await self._there()).agents)

        return self.submit(asked())

    def connections(self, ask: Callable[["RemoteConnections"], Awaitable[T]]) -> "Future[T]":
        async def asked() -> T:
            return await ask((await self._there()).connections)

        return self.submit(asked())

    def work(self, do: Callable[["Asked"], Awaitable[T]]) -> "Future[T]":
        async def done() -> T:
            return await do(await self._there())

        return self.submit(done())

    def leave(self) -> None:
        """Let go of everything, without waiting; nothing can be asked any more."""
        if not self.is_closed:
            self.is_closed = True
            if self._loop:
                self._submit(self._close())

    def close(self) -> None:
        """Let go of everything, and come back when it is gone."""
        self._end(None)

    def _end(self, patience: float | None = PATIENCE) -> None:
        self.leave()
        if self._thread.ident is not None:
            self._thread.join(patience)
        atexit.unregister(self._end)

    async def _there(self) -> "RemoteRuntime":
        """The runtime, once there is one. Raises HeddleError when there is none."""
        return await asyncio.shield(self._remote)

    async def _turn_to(self, place: Place | None) -> None:
        promise = self._promise()
        self._break_promise(promise)
        self.place = None
        async with self._turning:
            await self._let_go()
            if promise is self._remote:  # or somebody has turned elsewhere meanwhile
                self._talk = asyncio.create_task(self._speak_to(place, promise))

    async def _let_go(self) -> None:
        if self._talk:
            self._talk.cancel()
            await asyncio.wait([self._talk])
            self._talk = None
        await aside(self.process.end)

    async def _close(self) -> None:
        self._break_promise(self._promise())
        try:
            async with self._turning:
                await self._let_go()
            await _drop(asyncio.all_tasks() - {asyncio.current_task()})
        finally:
            asyncio.get_running_loop().stop()

    async def _speak_to(
        self, place: Place | None, promise: "asyncio.Future[RemoteRuntime]"
    ) -> None:
        """Start the runtime if it is to be our own, and hear it until it is gone."""
        own = place is None
        self._on_state("starting", "")
        try:
            if place is None:
                self.process = RuntimeProcess(self._settings)
                place = await aside(self.process.start)
            await self._until_gone(self._hear(place, promise, own), own)
            raise Lost(_gone(own, place))
        except HeddleError as error:
            self._lose(error, promise)
        except Exception as error:  # noqa: BLE001 - whatever speaks there, the window lives on
            self._lose(Lost(f"The runtime can't be understood: {error}."), promise)

    async def _until_gone(self, hear: Coroutine[Any, Any, None], own: bool) -> None:
        hearing = asyncio.create_task(hear)
        tasks: set[asyncio.Task[Any]] = {hearing}
        if own:
            tasks.add(asyncio.create_task(aside(self.process.wait)))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if hearing in done:
                hearing.result()
        finally:
            hearing.cancel()
            await asyncio.wait({hearing})

    async def _hear(
        self, place: Place, promise: "asyncio.Future[RemoteRuntime]", own: bool
    ) -> None:
        from runtime.remote import RemoteRuntime  # noqa: PLC0415 - 0.3 s that no window waits for

        async with RemoteRuntime(place.address, place.token, brief=True) as remote:
            with remote.watch() as happenings:
                self.place = place
                if not promise.done():
                    promise.set_result(remote)
                self._on_state("ready" if own else "elsewhere", "")
                hearing_agents = asyncio.create_task(self._hear_of_agents(remote))
                try:
                    async for batch in happenings:
                        if happenings.missed:
                            happenings.missed = 0
                            self._on_events(None)
                        self._on_events(list(batch))
                finally:
                    hearing_agents.cancel()
                    await asyncio.wait({hearing_agents})

    async def _hear_of_agents(self, remote: "RemoteRuntime") -> None:
        """What happens to agents; one who doesn't tell of it is no worse a runtime for that."""
        while True:
            with contextlib.suppress(HeddleError):
                async for happening in remote.agents.happenings():
                    self._on_agents(happening)
            await asyncio.sleep(AGAIN)

    def _lose(self, error: HeddleError, promise: "asyncio.Future[RemoteRuntime]") -> None:
        if promise is self._remote:
            self._break_promise(self._promise(), error)
            self._remote.set_exception(error)
            self._on_state("lost", str(error))

    def _break_promise(
        self, instead: "asyncio.Future[RemoteRuntime]", error: HeddleError | None = None
    ) -> None:
        """From now on another runtime is waited for; who waits for the last one is told so."""
        if not self._remote.done():
            self._remote.set_exception(error or Lost("The runtime was told to end."))
        self._remote = instead

    def _promise(self) -> "asyncio.Future[RemoteRuntime]":
        """A runtime that is to come. Nobody may want it, or hear why it doesn't come."""
        promise: asyncio.Future[RemoteRuntime] = asyncio.get_event_loop().create_future()
        promise.add_done_callback(lambda done: done.cancelled() or done.exception())
        return promise


async def _drop(tasks: set[asyncio.Task[Any]]) -> None:
    """End what is still asked, so that its sockets are closed and not just forgotten."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


def _cancelled() -> "Future[Any]":
    future: Future[Any] = Future()
    future.cancel()
    return future


def _gone(own: bool, place: Place) -> str:
    return "The runtime has ended." if own else f"The runtime at {place.address} doesn't answer."


async def tried(place: Place) -> None:
    """See whether a runtime answers there and lets us in. Raises HeddleError."""
    from runtime.remote import RemoteRuntime  # noqa: PLC0415 - as above

    async with RemoteRuntime(place.address, place.token):
        pass
