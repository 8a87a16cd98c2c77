"""Flow files and stored flows: which task stands on which line, and the other way round."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from graph.catalog import Catalog
from graph.compile.ports import CALL, INPUT, NOTE, Level, interface
from graph.errors import FlowFileError, HeddleError
from graph.file_format import flow_hash, is_file, read
from graph.flow import Block, End, Flow, Link
from graph.self_contained import self_contained
from runtime.flow_files import load
from runtime.services.dap.lines import Lines, Spot
from runtime.services.dap.shapes import Source

STORED = 1
"""The reference of the source that is the flow as it is stored."""

MOST_PLACES = 2000
"""Uses of flows inside a flow that are looked through."""

_SEGMENT = re.compile(r"([^/\[]+)(?:\[([^\]]*)\])?/?")


class Stand(NamedTuple):
    """One step of the way to a task: the block, where it stands, and the round it is in.

    `task` is the address as far as this: `each`, `each[3]`, `each[3]/parse`.
    """

    task: str
    block: Block | None
    source: Source | None
    spot: Spot | None
    is_round: bool


class _Use(NamedTuple):
    """A place where a flow is used: what tasks in it begin with."""

    prefix: str
    level: Level
    is_call: bool


class Meant(NamedTuple):
    """What a breakpoint on a spot stops at: a block, or one of its ports."""

    block: str
    port: str = ""
    before: bool = True
    to: str = ""


class FlowSource:
    """A flow with the text it was read from, and those of the files it refers to."""

    def __init__(self, flow: Flow, catalog: Catalog, path: Path | None, text: str) -> None:
        self.flow = flow
        self.path = path
        self.hash = flow_hash(self_contained(flow, catalog))
        self._catalog = catalog
        self._text = text
        self._lines: dict[Path | None, Lines] = {}
        self._files: dict[tuple[str, ...], tuple[Path | None, tuple[str, ...]]] = {}
        self._uses: list[_Use] = []

    @classmethod
    def of_file(cls, path: str, catalog: Catalog) -> "FlowSource":
        """Raises FlowFileError, NewerFormat."""
        loaded = load(path, catalog)
        return cls(loaded.flow, catalog, Path(loaded.files[0]), _text_of(loaded.files[0]))

    @classmethod
    def of_text(cls, text: str, catalog: Catalog) -> "FlowSource":
        """Of a flow as it is stored."""
        return cls(read(text), catalog, None, text)

    # Sources.

    def sources(self) -> Iterator[Source]:
        """The files it is in, or the flow as it is stored."""
        files = {self._file_of(use.level.path)[0] for use in self._all_uses()}
        for file in sorted(files, key=str):
            yield self._source(file)

    def has(self, path: Path) -> bool:
        """Whether a file is one of its own."""
        return any(self._file_of(use.level.path)[0] == path for use in self._all_uses())

    def _source(self, file: Path | None) -> Source:
        if file is None:
            name = f"{self.flow.name or 'flow'}.flow.json"
            return Source(name, source_reference=STORED, origin="as it was stored")
        return Source(file.name, str(file))

    def text(self) -> str:
        return self._text

    def _file_of(self, path: tuple[str, ...]) -> tuple[Path | None, tuple[str, ...]]:
        """The file that a flow stands in, and the names that lead to it there."""
        if path not in self._files:
            self._files[path] = self._followed(path)
        return self._files[path]

    def _followed(self, path: tuple[str, ...]) -> tuple[Path | None, tuple[str, ...]]:
        file, inside = self.path, list[str]()
        for name in path:
            if is_file(name) and file is not None:
                file, inside = (file.parent / name).resolve(), []
            else:
                inside.append(name)
        return file, tuple(inside)

    def lines(self, file: Path | None) -> Lines:
        """The lines of one of its files; none of one that can't be read any more."""
        if file not in self._lines:
            text = self._text if file == self.path else _text_of(file)
            try:
                self._lines[file] = Lines(text, read(text))
            except FlowFileError:
                self._lines[file] = Lines("{}", Flow())
        return self._lines[file]

    # From a task to its line.

    def way_to(self, task: str, bodies: Mapping[str, str]) -> list[Stand]:
        """The steps to a task, or to a round; `bodies` says which flow each round runs."""
        found: list[Stand] = []
        level = Level(self.flow, self._catalog)
        segments = list(_SEGMENT.finditer(task))
        for n, segment in enumerate(segments):
            id, round_ = segment[1], segment[2]
            address = task[: segment.end()].rstrip("/")
            own = address.removesuffix(f"[{round_}]") if round_ is not None else address
            block = level.flow.blocks.get(id)
            file, inside = self._file_of(level.path)
            spot = self.lines(file).block(inside, id)
            source = self._source(file)
            found.append(Stand(own, block, source, spot, False))
            if round_ is not None:
                found.append(Stand(address, block, source, spot, True))
            if bodies.get(address, "").startswith("@"):  # it came with the kind: nobody drew it
                ends = (inner.end() for inner in segments[n + 1 :])
                found += (Stand(task[:at].rstrip("/"), None, source, spot, False) for at in ends)
                break
            if block is not None and n + 1 < len(segments):
                after = segments[n + 1][1]
                level = self._inner(level, block, bodies.get(address, ""), after)
        return found

    def _inner(self, level: Level, block: Block, body: str, after: str) -> Level:
        """The flow inside a block that has a block of the name `after`, or else the same."""
        inner = list(level.run_by(block))
        inner.sort(key=lambda one: one.path[-1] != body)
        return next((one for one in inner if after in one.flow.blocks), level)

    # From a line to tasks.

    def spot(self, path: str, line: int) -> Spot | None:
        """What stands on a line of one of its files."""
        return self.lines(None if self.path is None else real(path)).at(line)

    def spots(self, path: str, first: int, last: int) -> list[int]:
        """The lines from one to another on which a block or a link begins."""
        lines = self.lines(None if self.path is None else real(path))
        return sorted({spot.first for spot in lines.spots if first <= spot.first <= last})

    def meant(self, path: str, spot: Spot) -> list[Meant]:
        """What a breakpoint on a spot stops at, once for each use of the flow it is in.

        Raises HeddleError when nothing ever happens there.
        """
        file = None if self.path is None else real(path)
        here = (file, spot.flows)
        uses = [use for use in self._all_uses() if self._file_of(use.level.path) == here]
        if not uses:
            raise HeddleError("No block runs the flow that this is in.")
        found = [_link(use, spot.link) if spot.link else _block(use, spot.block) for use in uses]
        return found[:MOST_PLACES]

    def named(self, name: str) -> list[Meant]:
        """The blocks of a name: by its place (`each/classify`), its id, or its title."""
        every = [(u, block) for u in self._all_uses() for block in u.level.flow.blocks.values()]
        met = (
            [(use, block) for use, block in every if use.prefix + block.id == name]
            or [(use, block) for use, block in every if block.id == name]
            or [(use, block) for use, block in every if block.title == name]
        )
        return [_block(use, block.id) for use, block in met[:MOST_PLACES]]

    def names(self) -> list[str]:
        """The places of all blocks."""
        return [use.prefix + id for use in self._all_uses() for id in use.level.flow.blocks]

    def place_of(self, place: str) -> Stand | None:
        """Where the block of a place stands."""
        way = self.way_to(place, {})
        return way[-1] if way else None

    def _all_uses(self) -> list[_Use]:
        if not self._uses:
            todo = [_Use("", Level(self.flow, self._catalog), False)]
            while todo and len(self._uses) < MOST_PLACES:
                use = todo.pop(0)
                self._uses.append(use)
                todo.extend(self._inside(use))
        return self._uses

    def _inside(self, use: _Use) -> Iterator[_Use]:
        for block in use.level.flow.blocks.values():
            is_call = block.kind == CALL and block.settings.pin is None
            for inner in use.level.run_by(block):
                yield _Use(f"{use.prefix}{block.id}/", inner, is_call)


def real(path: str) -> Path:
    """The file that a client means. Raises HeddleError for what is no path."""
    try:
        return Path(path).resolve()
    except (ValueError, OSError, RuntimeError):
        raise HeddleError(f"{path!r} is no path of a file.") from None


def _text_of(file: Path | None) -> str:
    """The text of a file; that of an empty flow when there is none to be had."""
    try:
        return file.read_bytes().decode(errors="replace").removeprefix("\ufeff") if file else "{}"
    except OSError:
        return "{}"


def _block(use: _Use, id: str) -> Meant:
    """The block itself. Raises HeddleError for one that never begins."""
    block = use.level.flow.blocks[id]
    if block.kind == NOTE:
        raise HeddleError(f"{id} is a note: it does nothing.")
    if block.kind == INPUT and not use.is_call:
        raise HeddleError(
            f"{id} has its value before anything runs.", cure="Stop at the block it leads to."
        )
    return Meant(use.prefix + id)


def _link(use: _Use, link: Link) -> Meant:
    """When the value is about to travel; where it was there from the start, when it arrives."""
    source, target = link.source, link.target
    origin = use.level.flow.blocks[source.block]
    if origin.kind != INPUT or use.is_call:
        end = _inside_of(use.level, source, outputs=True)
        return Meant(f"{use.prefix}{end.block}", end.port, before=False, to=str(target))
    end = _inside_of(use.level, target, outputs=False)
    return Meant(f"{use.prefix}{end.block}", end.port)


def _inside_of(level: Level, end: End, *, outputs: bool) -> End:
    """The end itself, or the block inside a sub-flow that stands for its port."""
    block = level.flow.blocks[end.block]
    if block.kind != CALL or block.settings.pin is not None:
        return end
    inner = level.find(str(block.fields.get("flow", "")))
    ports = interface(inner.flow)[1 if outputs else 0] if inner else {}
    if end.port not in ports:
        return end
    return End(f"{end.block}/{ports[end.port].id}", "value")
