"""Flows as commands are given them: a file, or `-` for the standard input."""

import sys
from pathlib import Path
from typing import NamedTuple

from graph.catalog import Catalog
from graph.errors import FlowFileError
from graph.file_format import read
from graph.file_format.syntax import LIMIT
from graph.flow import Flow
from runtime.compose import RESOURCES
from runtime.flow_files import load, with_files
from runtime.headless.words import say
from runtime.library.shelf import Shelf, Template
from runtime.plugins import Installed, installed
from runtime.settings import Settings

STDIN = "-"


class Source(NamedTuple):
    """A flow, and the text it was read from, in which its problems can be shown."""

    name: str
    path: Path | None
    text: str
    flow: Flow

    @property
    def spoken(self) -> str:
        """What runs of the flow are called: its name, or that of its file."""
        return self.flow.name or (self.path.name.partition(".")[0] if self.path else "")


def blocks_at_hand(settings: Settings) -> Installed:
    """Every kind of block; a pack that is broken is told of once."""
    found = installed(settings.packs_folder, settings.agents_folder)
    for problem in found.problems:
        say(f"{problem.message} {problem.cure}")
    return found


def source(file: str, catalog: Catalog) -> Source:
    """The flow in a file, with those it refers to. Raises FlowFileError, NewerFormat."""
    if file == STDIN:
        content = read_stdin()
        name = "standard input"
        flow = with_files(read(content, name=name), Path.cwd(), catalog, name=name)
        return Source(name, None, _text(content), flow)
    loaded = load(file, catalog)
    return Source(file, loaded.path, text_of_file(loaded.path), loaded.flow)


def read_stdin() -> bytes:
    """What comes in at the standard input, as long as it is no longer than a flow may be."""
    return sys.stdin.buffer.read(LIMIT + 1)


def text_of_file(path: Path) -> str:
    """The text of a file for pointing into it; "" when it can't be had any more."""
    try:
        return _text(path.read_bytes())
    except OSError:
        return ""


def _text(content: bytes) -> str:
    return content.decode(errors="replace").removeprefix("\ufeff")


# Templates.


def shelf(settings: Settings) -> Shelf:
    """The person's own templates, and those that come with Heddle."""
    return Shelf(settings.folder / "templates", RESOURCES / "templates")


def templates(settings: Settings) -> dict[str, Template]:
    """The templates there are, by name."""
    return {template.name: template for template in shelf(settings).templates()}


def description(path: Path) -> str:
    """What a flow file says of itself; why it can't be read when it can't."""
    try:
        return read(path.read_bytes(), name=path.name).description
    except (FlowFileError, OSError) as error:
        return str(error)
