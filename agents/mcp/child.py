"""A server that is started here: lines over its standard input and output, bounded on every side."""  # noqa: E501

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from mcp.shared.message import SessionMessage
from mcp.types import jsonrpc_message_adapter

from agents.errors import Unreachable
from agents.mcp.bounds import LARGEST, Bounds
from agents.mcp.servers import Program
from graph.errors import BadInput

TAIL = 2_000
"""Bytes kept of what the server says on its standard error."""

GRACE = 2.0
"""Seconds a server has to end once its input has, and again once it was asked to."""

_LOOK = 0.02


class Child:
    """One start of a program, as a transport of the SDK: entered, it gives two streams."""

    def __init__(self, program: Program, folder: Path, bounds: Bounds) -> None:
        self._program = program
        self._folder = folder
        self._bounds = bounds
        self._process: asyncio.subprocess.Process | None = None
        self._saying: asyncio.Task[None] | None = None
        self._tail = bytearray()

    @property
    def said(self) -> str:
        """The last that the server said on its standard error, on one line."""
        lines = self._tail.decode(errors="replace").split("\n")
        return " ".join(" ".join(lines[-4:]).split())[-300:]

    async def __aenter__(self) -> tuple["_Lines", "_Input"]:
        self._process = process = await _started(self._program, self._folder)
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stderr is not None
        self._saying = asyncio.create_task(self._hear(process.stderr))
        return _Lines(process.stdout, self._bounds), _Input(process.stdin)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process is not None
        assert self._saying is not None
        # Whoever is cancelled here must not leave the program running.
        ending = asyncio.ensure_future(_ended(self._process, self._saying))
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError:
            await ending
            raise

    async def _hear(self, stderr: asyncio.StreamReader) -> None:
        while said := await stderr.read(4096):
            self._tail += said
            del self._tail[:-TAIL]


class _Lines:
    """What the server says, message by message; reading it is what makes it go on."""

    def __init__(self, stdout: asyncio.StreamReader, bounds: Bounds) -> None:
        self._stdout = stdout
        self._bounds = bounds

    async def receive(self) -> SessionMessage | Exception:
        try:
            return await self.__anext__()
        except StopAsyncIteration:
            raise EOFError from None

    async def __anext__(self) -> SessionMessage | Exception:
        while line := await self._line():
            if not line.strip():
                continue
            try:
                message = jsonrpc_message_adapter.validate_json(line, by_name=False)
            except ValueError:
                self._bounds.babbled(line)
            else:
                self._bounds.heard()
                await asyncio.sleep(0)  # what is buffered must not keep others from their turn
                return SessionMessage(message)
            if self._bounds.broken:
                break
        self._bounds.ended = True
        raise StopAsyncIteration

    async def _line(self) -> bytes:
        """The next line, b"" at the end or once a bound was broken."""
        if self._bounds.broken:
            return b""
        try:
            return await self._stdout.readuntil(b"\n")
        except asyncio.IncompleteReadError as error:
            return error.partial
        except asyncio.LimitOverrunError:
            self._bounds.too_large()
        except (OSError, ValueError):
            pass  # closed while it was read
        return b""

    def __aiter__(self) -> Self:
        return self

    async def aclose(self) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...


class _Input:
    """What is said to the server."""

    def __init__(self, stdin: asyncio.StreamWriter) -> None:
        self._stdin = stdin

    async def send(self, item: SessionMessage, /) -> None:
        text = item.message.model_dump_json(by_alias=True, exclude_unset=True)
        with contextlib.suppress(OSError):  # that it is gone shows on its output
            self._stdin.write(text.encode() + b"\n")
            await self._stdin.drain()

    async def aclose(self) -> None:
        self._stdin.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stdin.close()


async def _started(program: Program, folder: Path) -> asyncio.subprocess.Process:
    """The program, in a group of processes of its own. Raises BadInput, Unreachable."""
    name, *arguments = program.command
    if os.path.dirname(name) and not os.path.isabs(name):
        raise BadInput(
            f"Where {name!r} is depends on who asks.",
            cure="Write its whole path in the connection.",
        )
    found = shutil.which(name, path=program.environment.get("PATH"))
    if found is None:
        raise BadInput(
            f"There is no program {name!r} on this machine.",
            cure="Install it, or write its whole path in the connection.",
        )
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    try:
        return await asyncio.create_subprocess_exec(
            found,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=program.environment,
            cwd=folder,
            limit=LARGEST,
            start_new_session=os.name == "posix",
        )
    except OSError as error:
        raise Unreachable(f"{name!r} can't be started: {error.strerror or error}.") from error


async def _ended(process: asyncio.subprocess.Process, saying: "asyncio.Task[None]") -> None:
    """End the program and what it started: by closing its input, by asking, by force."""
    assert process.stdin is not None
    process.stdin.close()
    family = _descendants(process)
    async with _drained(process):
        if not await _gone(process):
            _signal(process, "SIGTERM")
            await _gone(process)
        _signal(process, "SIGKILL")
        for one in family:
            with contextlib.suppress(psutil.Error):
                one.kill()
        await _gone(process)
    saying.cancel()
    await asyncio.wait([saying])
    # A pipe that something escaped still holds open would keep the transport, and warn later.
    if (transport := getattr(process, "_transport", None)) is not None:
        close: Callable[[], None] = transport.close
        with contextlib.suppress(PermissionError):
            close()
    with contextlib.suppress(OSError):
        await process.stdin.wait_closed()


@contextlib.asynccontextmanager
async def _drained(process: asyncio.subprocess.Process) -> AsyncIterator[None]:
    """Throw away what it still says: a full pipe would keep it from ending."""
    assert process.stdout is not None

    async def drain(stdout: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            while await stdout.read(1 << 16):
                pass

    draining = asyncio.create_task(drain(process.stdout))
    try:
        yield
    finally:
        draining.cancel()
        await asyncio.wait([draining])


async def _gone(process: asyncio.subprocess.Process) -> bool:
    """Whether it ends in time. Asked, not awaited: that would wait for its pipes as well."""
    for _ in range(int(GRACE / _LOOK)):
        if process.returncode is not None:
            return True
        await asyncio.sleep(_LOOK)
    return process.returncode is not None


def _descendants(process: asyncio.subprocess.Process) -> list[psutil.Process]:
    """What the program started, where no group holds it together."""
    if os.name == "posix":
        return []
    with contextlib.suppress(psutil.Error):
        return psutil.Process(process.pid).children(recursive=True)
    return []


def _signal(process: asyncio.subprocess.Process, name: str) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, getattr(signal, name))  # its group outlives it
        elif process.returncode is None:
            process.kill()
