"""Templates in folders: found, kept, changed and put away."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from graph.errors import HeddleError
from graph.file_format import FILE_SUFFIX
from graph.flow import Flow
from runtime.flow_files import digest_of, save
from runtime.library.about import (
    CATEGORIES,
    OWN,
    About,
    about_file,
    about_of,
    stem,
    write_about,
)

FIRST = (
    "hello", "triage_github_issues", "report_from_csv", "ask_a_model", "get_a_page",
    "api_to_database", "sort_out_bad_rows", "index_of_a_folder", "choose_a_way", "try_and_rescue",
)  # fmt: skip
"""The templates that come with Heddle and are shown before the others of their category."""


class NotKept(HeddleError):
    """A template couldn't be put into the library or taken out of it."""


class Template(NamedTuple):
    """A flow file in the library. `own` says whether it is in the person's own folder."""

    path: Path
    about: About
    own: bool = False

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return stem(self.path)

    @property
    def category(self) -> str:
        return self.about.category or OWN


class PutAway(NamedTuple):
    """A template that was taken out, to be put back: its files and what they held."""

    files: Sequence[tuple[Path, bytes]]


class Shelf:
    """The person's own templates, and those that come with Heddle."""

    def __init__(self, own: Path, shipped: Path) -> None:
        self.own = own
        self.shipped = shipped

    def templates(self) -> list[Template]:
        """All there are, by category: those that only the person's own have come first.

        One of the person's own hides one of the same file name that comes with Heddle.
        """
        mine = list(_found(self.own, own=True))
        hidden = {template.name for template in mine}
        others = (t for t in _found(self.shipped, own=False) if t.name not in hidden)
        return sorted([*mine, *others], key=_rank)

    def is_shipped(self, path: Path) -> bool:
        """Whether a flow file comes with Heddle."""
        return path.resolve().is_relative_to(self.shipped.resolve())

    def add(self, flow: Flow, about: About) -> Template:
        """Keep a flow, which must be whole in itself, under a name made of its own.

        Raises NotSaved, FlowFileError, NotKept.
        """
        path = self.own / f"{self.fresh_name(flow.name)}{FILE_SUFFIX}"
        self._make_folder()
        save(path, flow)
        return self._with_about(path, about)

    def change(self, template: Template, flow: Flow, about: About) -> Template:
        """Let one of the person's own be that flow from now on, under the name of that.

        Raises NotSaved, FlowFileError, NotKept.
        """
        path = template.path
        save(path, flow, replacing=digest_of(path), backups=0)
        as_it_is = (template.name, re.sub(r"_\d+$", "", template.name))
        if file_name(flow.name) not in as_it_is:
            path = path.rename(self.own / f"{self.fresh_name(flow.name)}{FILE_SUFFIX}")
            about_file(template.path).unlink(missing_ok=True)
        return self._with_about(path, about)

    def take_out(self, template: Template) -> PutAway:
        """Remove one of the person's own. Raises NotKept."""
        try:
            files = (template.path, about_file(template.path))
            held = PutAway([(path, path.read_bytes()) for path in files if path.exists()])
            for path, _ in held.files:
                path.unlink()
        except OSError as error:
            raise NotKept(f"{template.path.name} can't be removed: {error.strerror}.") from error
        return held

    def put_back(self, taken: PutAway) -> None:
        """Undo a `take_out`; what has come into its place since stays. Raises NotKept."""
        try:
            for path, content in taken.files:
                with path.open("xb") as file:
                    file.write(content)
        except OSError as error:
            raise NotKept(f"It can't be put back: {error.strerror}.") from error

    def fresh_name(self, title: str) -> str:
        """A name for a file that no template has, also none that comes with Heddle."""
        name = file_name(title)
        names = chain((name,), (f"{name}_{number}" for number in count(2)))
        folders = (self.own, self.shipped)
        return next(
            n for n in names if not any((f / f"{n}{FILE_SUFFIX}").exists() for f in folders)
        )

    def _with_about(self, path: Path, about: About) -> Template:
        try:
            about_file(path).write_bytes(write_about(about))
        except OSError as error:
            raise NotKept(f"{about_file(path)} can't be written: {error.strerror}.") from error
        return Template(path, about, own=True)

    def _make_folder(self) -> None:
        try:
            self.own.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotKept(f"{self.own} can't be made: {error.strerror}.") from error


def file_name(title: str) -> str:
    """A title as the name of a file: lower case, words joined by underscores."""
    parts = unicodedata.normalize("NFKD", title.casefold())
    plain = "".join(c for c in parts if not unicodedata.combining(c) and c not in "'\u2019")
    words = re.findall(r"[a-z0-9]+", plain)
    return "_".join(words)[:60].rstrip("_") or "template"


def _found(folder: Path, *, own: bool) -> Iterator[Template]:
    for path in sorted(folder.glob(f"*{FILE_SUFFIX}")):
        yield Template(path, about_of(path), own)


def _rank(template: Template) -> tuple[int, str, bool, int, str]:
    category = template.category
    place = CATEGORIES.index(category) if category in CATEGORIES else -1
    first = FIRST.index(template.name) if template.name in FIRST else len(FIRST)
    return place, category, not template.own, first, template.name


def in_categories(templates: Iterable[Template]) -> dict[str, list[Template]]:
    """The templates by category, in the order in which they come."""
    groups = dict[str, list[Template]]()
    for template in templates:
        groups.setdefault(template.category, []).append(template)
    return groups
