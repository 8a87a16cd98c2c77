"""One client on a WebSocket: what it asks is done in turn, what happens is told as it reads."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

import msgspec

from agents.contract import Notes, Receive, Send
from agents.errors import AgentError
from agents.swarm.ui_sync.board import Board
from agents.swarm.ui_sync.hub import Watcher
from agents.swarm.ui_sync.messages import (
    PROTOCOL,
    Acknowledged,
    Alive,
    Asked,
    Hello,
    Later,
    Mutate,
    Ping,
    Rejected,
    Subscribe,
    Unsubscribe,
    Wrong,
    asked,
    told,
)
from agents.swarm.ui_sync.shapes import Applied, Declined, Mutation
from graph.errors import BadInput

HEARTBEAT = 15.0
"""Seconds after which something is said, if there is nothing to say."""
LARGEST = 60_000
"""Bytes of a message that is certainly taken; the server allows 64 KiB."""
MOST_WATCHED = 1_000
MOST_ANSWERS = 256
"""Answers that wait until the client reads them; then it is listened to no more until it does."""
PAUSE = 1.0
"""Seconds after which what can't be done now is to be asked again."""

Mutating = Callable[[str, Mutation], Awaitable[Applied]]


class Gone(Exception):
    """The client hung up."""


class Line:
    """Holds at most a bounded number of answers; what changes meanwhile is looked up when told."""

    def __init__(
        self,
        board: Board,
        mutate: Mutating,
        receive: Receive,
        send: Send,
        notes: Notes | None = None,
    ) -> None:
        self._board = board
        self._mutate = mutate
        self._receive = receive
        self._send = send
        self._notes = notes
        self._noted = asyncio.Event()
        self._noted.set()
        self._watcher = Watcher()
        self._answers = deque[str]()
        self._room = asyncio.Event()

    async def run(self, protocols: Sequence[str]) -> None:
        """Speak until one of both hangs up."""
        await self._receive()  # websocket.connect
        try:
            hello = Hello(await self._board.identity(), HEARTBEAT, LARGEST)
        except AgentError as error:
            await self._hang_up(1013, str(error))
            return
        chosen = PROTOCOL if PROTOCOL in protocols else None
        await self._send({"type": "websocket.accept", "subprotocol": chosen})
        both = [asyncio.create_task(self._listen()), asyncio.create_task(self._tell(hello))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await self._hang_up(1012, "The server ends.")
            raise
        finally:
            self._board.unwatch_all(self._watcher)
            for task in both:
                task.cancel()
            ended = await asyncio.gather(*both, return_exceptions=True)
        for end in ended:
            if isinstance(end, Exception) and not isinstance(end, Gone | OSError):
                raise end

    async def _listen(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                raise Gone
            await self._hear(
                message.get("text") or (message.get("bytes") or b"").decode(errors="replace")
            )
            while len(self._answers) >= MOST_ANSWERS:
                self._room.clear()
                await self._room.wait()

    async def _hear(self, text: str) -> None:
        try:
            said = asked(text)
        except (msgspec.DecodeError, RecursionError) as error:
            self._answer(Wrong(f"That isn't understood: {error}.", "See the how-to page."))
            return
        try:
            await self._do(said)
        except Declined as error:
            self._refuse(said, error.code, error)
        except BadInput as error:
            self._refuse(said, "wrong", error)
        except AgentError as error:
            after = max(PAUSE, error.wait or 0.0)
            self._answer(Later(said.component, after, str(error), getattr(said, "id", "")))

    async def _do(self, said: Asked) -> None:
        match said:
            case Subscribe(component, since):
                if self._watcher.watched >= MOST_WATCHED:
                    raise BadInput(f"One client watches at most {MOST_WATCHED:,} components.")
                self._board.unwatch(component, self._watcher)
                await self._board.watch(component, self._watcher, since)
            case Unsubscribe(component):
                self._board.unwatch(component, self._watcher)
            case Mutate():
                if not said.id:
                    raise BadInput("A mutation needs an id.", cure="Take a random one for each.")
                await self._change(said)
            case Ping():
                self._answer(Alive())

    async def _change(self, said: Mutate) -> None:
        try:
            done = await self._mutate(said.component, said)
        except (BadInput, AgentError) as error:
            await self._note(said, "failed", getattr(error, "code", type(error).__name__))
            raise
        await self._note(said, "done", f"version {done.version}")
        self._answer(Acknowledged(said.component, said.id, done.version))

    async def _note(self, said: Mutate, outcome: Literal["done", "failed"], why: str) -> None:
        """Meanwhile nothing is told: what was done is answered before it is seen."""
        if self._notes is None:
            return
        self._noted.clear()
        try:
            await self._notes("mutate_component", said.component, outcome, why)
        finally:
            self._noted.set()

    def _refuse(self, said: Asked, code: str, error: BadInput) -> None:
        if isinstance(said, Mutate):
            self._answer(Rejected(said.component, said.id, code, error.message, error.cure))
        else:
            self._answer(Wrong(error.message, error.cure))

    def _answer(self, message: Any) -> None:
        self._answers.append(told(message))
        self._watcher.stirred.set()

    async def _tell(self, hello: Hello) -> None:
        await self._say(told(hello))
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT):
                    await self._watcher.stirred.wait()
            except TimeoutError:
                await self._say(told(Alive()))
            self._watcher.stirred.clear()
            await self._say_answers()
            for message in self._watcher.news():
                await self._say(message)
                await self._say_answers()

    async def _say_answers(self) -> None:
        """First of all: a client is to know its own mutations before it sees what they did."""
        while True:
            await self._noted.wait()
            if not self._answers:
                return
            message = self._answers.popleft()
            self._room.set()
            await self._say(message)

    async def _say(self, text: str) -> None:
        await self._send({"type": "websocket.send", "text": text})

    async def _hang_up(self, code: int, reason: str) -> None:
        with contextlib.suppress(Exception):  # it may be gone by now
            await self._send({"type": "websocket.close", "code": code, "reason": reason[:120]})
