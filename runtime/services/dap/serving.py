"""Where clients of the protocol come in: the standard input and output, or a port."""

import asyncio
import contextlib
import os
import queue
import threading
from collections.abc import AsyncIterator

from runtime.services.dap.framing import Give, Take
from runtime.services.dap.lodging import Lodging
from runtime.services.dap.session import Session
from runtime.services.server import Listening

CHUNK = 64 * 1024
MOST_CLIENTS = 64


async def speak_on_stdio(lodging: Lodging) -> None:
    """One session over the standard input and output, until either side ends it."""
    output = os.dup(1)
    os.dup2(2, 1)  # what anything else prints must not get in between
    try:
        await Session(lodging, _taking(0), _giving(output)).run()
    finally:
        os.dup2(output, 1)
        os.close(output)


def _taking(descriptor: int) -> Take:
    """Reads in a thread of its own, which holds up nobody when the process ends."""
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[bytes] = asyncio.Queue(4)

    def read() -> None:
        chunk = b"-"
        with contextlib.suppress(RuntimeError, OSError):  # the loop has ended, or the input has
            while chunk:
                chunk = os.read(descriptor, CHUNK)
                asyncio.run_coroutine_threadsafe(chunks.put(chunk), loop).result()
            return
        with contextlib.suppress(RuntimeError):
            asyncio.run_coroutine_threadsafe(chunks.put(b""), loop)

    threading.Thread(target=read, name="dap-in", daemon=True).start()
    return chunks.get


def _giving(descriptor: int) -> Give:
    """Writes in a thread of its own: a client that reads slowly keeps no run waiting."""
    loop = asyncio.get_running_loop()
    waiting: queue.SimpleQueue[tuple[bytes, asyncio.Future[None]]] = queue.SimpleQueue()

    def write() -> None:
        while True:
            data, done = waiting.get()
            try:
                while data:
                    data = data[os.write(descriptor, data) :]
                error = None
            except OSError:
                error = ConnectionError("Nobody reads any more.")
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(_settle, done, error)

    async def give(data: bytes) -> None:
        done: asyncio.Future[None] = loop.create_future()
        waiting.put((data, done))
        await done

    threading.Thread(target=write, name="dap-out", daemon=True).start()
    return give


def _settle(done: "asyncio.Future[None]", error: Exception | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


@contextlib.asynccontextmanager
async def listening_for(lodging: Lodging, listening: Listening) -> AsyncIterator[None]:
    """Let clients in at a port as long as this lasts, each with a session of its own."""
    sessions: set[asyncio.Task[None]] = set()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(sessions) < MOST_CLIENTS:
            session = Session(lodging, lambda: reader.read(CHUNK), _sending(writer))
            task = asyncio.create_task(session.run())
            sessions.add(task)
            await asyncio.wait((task,))
            sessions.discard(task)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(speak, sock=listening.socket)
    try:
        yield
    finally:
        server.close()
        for task in list(sessions):
            task.cancel()
        if sessions:
            await asyncio.wait(sessions)


def _sending(writer: asyncio.StreamWriter) -> Give:
    async def give(data: bytes) -> None:
        writer.write(data)
        await writer.drain()

    return give
