"""Which flows are offered, under which names, and what each takes and gives."""

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from graph.compile.signature import gives_of, signature_of
from graph.errors import HeddleError
from graph.file_format import FILE_SUFFIX, write
from runtime.flow_files import FlowFile, load
from runtime.runtime import Runtime

Stamp = tuple[tuple[Path, int, int], ...]
"""What changes as soon as somebody writes one of the files."""


class Offer(msgspec.Struct, frozen=True):
    """A flow that can be called: as a tool it is called `name`, and as itself `title`.

    `takes` and `gives` are the JSON Schemas of records; `writes` says that something in it
    changes the world. `folder` is where its relative paths start.
    """

    name: str
    title: str
    description: str
    hash: str
    text: str
    folder: str
    takes: Mapping[str, Any]
    gives: Mapping[str, Any]
    writes: bool


class Offers:
    """The flows in some files and folders, read anew when somebody has changed them."""

    def __init__(
        self, runtime: Runtime, places: Sequence[Path], say: Callable[[str], object]
    ) -> None:
        """`say` hears of flows that can't be offered, and why."""
        self._runtime = runtime
        self._places = places
        self._say = say
        self._known: dict[Path, tuple[Stamp, Offer | None]] = {}

    async def now(self) -> Mapping[str, Offer]:
        """What is offered now, by the names of the tools."""
        offers: dict[str, Offer] = {}
        for path in await asyncio.to_thread(lambda: list(_files(self._places))):
            offer = await self._offer(path)
            if offer is not None:
                name = _free(offer.name, offers)
                offers[name] = msgspec.structs.replace(offer, name=name)
        return offers

    async def _offer(self, path: Path) -> Offer | None:
        known = self._known.get(path)
        if known is not None and known[0] == await asyncio.to_thread(
            _stamp, [file for file, _, _ in known[0]]
        ):
            return known[1]
        files: Iterable[Path] = (path,)
        offer = None
        try:
            found = await asyncio.to_thread(load, path, self._runtime.catalog)
            files = found.files
            offer = await self._made(found)
        except HeddleError as error:
            self._say(f"{path} is not offered: {error}")
        self._known[path] = (await asyncio.to_thread(_stamp, files), offer)
        return offer

    async def _made(self, found: FlowFile) -> Offer:
        flow, stem = found.flow, found.path.name.partition(".")[0]
        title = flow.name or stem
        hash = await self._runtime.store(flow, title)
        signature = signature_of(title, await self._runtime.plan(hash))
        return Offer(
            name=_tool_name(flow.name) or _tool_name(stem) or "flow",
            title=title,
            description=flow.description or f"Run the flow {title!r}.",
            hash=hash,
            text=write(flow),
            folder=str(found.path.resolve().parent),
            takes=signature.takes,
            gives=gives_of(flow),
            writes=signature.writes,
        )


def _files(places: Sequence[Path]) -> Iterator[Path]:
    """The flow files in the places, each once."""
    seen: set[Path] = set()
    for place in places:
        for path in sorted(place.glob(f"*{FILE_SUFFIX}")) if place.is_dir() else [place]:
            if path.resolve() not in seen:
                seen.add(path.resolve())
                yield path


def _stamp(files: Iterable[Path]) -> Stamp:
    return tuple((file, *_state(file)) for file in files)


def _state(file: Path) -> tuple[int, int]:
    try:
        state = file.stat()
    except OSError:
        return (0, 0)
    return (state.st_mtime_ns, state.st_size)


def _tool_name(text: str) -> str:
    """The text as clients take a tool's name: letters, digits, dashes and underscores."""
    return re.sub(r"[^A-Za-z0-9-]+", "_", text).strip("_-")[:60].lower()


def _free(name: str, taken: Mapping[str, object]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
