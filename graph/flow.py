"""The flow as a value: blocks, ports and the links between them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
"""Block ids, port names and the names of embedded flows: what Python calls an identifier."""


class End(NamedTuple):
    """One end of a link: a port of a block."""

    block: str
    port: str

    def __str__(self) -> str:
        return f"{self.block}.{self.port}"


class Link(msgspec.Struct, frozen=True, omit_defaults=True):
    """Values travel from `source` (an output) to `target` (an input).

    `convert` names the coercion applied on the way ("" for none), see `graph.values`.
    """

    source: End
    target: End
    convert: str = ""

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}" + (f" as {self.convert}" if self.convert else "")


class Retry(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Try again after a failure that may pass: `attempts` in all, waits growing from `delay`.

    The wait before attempt n is `delay * factor**(n-2)` seconds, at most `longest`, of which a
    random share up to `jitter` (0 to 1) is taken off so that many tasks don't return at once.
    """

    attempts: int = 3
    delay: float = 0.5
    factor: float = 2.0
    longest: float = 60.0
    jitter: float = 0.5


OnError = Literal["stop", "continue", "port"]


class Settings(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a block is run, whatever its kind.

    `each` names the parameter over whose items the block runs, `parallel` at a time; `pin`
    holds outputs to use instead of running; `repeatable` overrides what the block's kind says
    of repeating an effect that was interrupted.
    """

    retry: Retry | None = None
    time_limit: float | None = None
    on_error: OnError = "stop"
    each: str = ""
    parallel: int = 8
    bypass: bool = False
    pin: Mapping[str, Any] | None = None
    repeatable: bool | None = None


PLAIN = Settings()


class Block(msgspec.Struct, frozen=True, omit_defaults=True):
    """One block: its kind, what its fields are set to, and how it is run."""

    id: str
    kind: str
    fields: Mapping[str, Any] = {}
    title: str = ""
    settings: Settings = PLAIN


class Frame(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A titled rectangle behind blocks, in canvas units."""

    title: str
    x: float
    y: float
    width: float
    height: float
    colour: str = ""


class View(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How the flow is drawn. Nothing here changes what it does.

    `routes` has the points a link is led through, by the port it ends in (`block.port`);
    `exposed` the fields of a block that are shown as ports without being linked; `bookmarks`
    places to come back to by name: the x and y at the centre, and the zoom (1.0 is full size).
    """

    positions: Mapping[str, tuple[float, float]] = {}
    colours: Mapping[str, str] = {}
    frames: Mapping[str, Frame] = {}
    routes: Mapping[str, tuple[tuple[float, float], ...]] = {}
    exposed: Mapping[str, tuple[str, ...]] = {}
    bookmarks: Mapping[str, tuple[float, float, float]] = {}


class Bound(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The most that may be used up: tokens, and US dollars; null for any amount."""

    tokens: int | None = None
    cost: float | None = None


class Budget(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a flow may use up of models: in each run, and in all its runs of a day and a month.

    A day and a month are the last 24 hours and 30 days. Of flows that run each other, the
    budget of the outermost holds.
    """

    run: Bound = Bound()
    day: Bound = Bound()
    month: Bound = Bound()


ANYTHING = Budget()
"""The budget of a flow that sets none."""


class Flow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A flow: blocks by id, links by the port they end in, embedded flows by name.

    A port takes one link, so `links` is keyed by target. Flows compare by value; `blocks`,
    `links` and `flows` are never changed in place (see `graph.edits`).
    """

    name: str = ""
    description: str = ""
    blocks: Mapping[str, Block] = {}
    links: Mapping[End, Link] = {}
    flows: Mapping[str, "Flow"] = {}
    view: View = View()
    budget: Budget = ANYTHING

    @classmethod
    def of(
        cls,
        blocks: Iterable[Block],
        links: Iterable[Link | tuple[str, str]] = (),
        *,
        name: str = "",
        description: str = "",
        flows: Mapping[str, "Flow"] | None = None,
        view: View | None = None,
    ) -> "Flow":
        """A flow from lists; a link may be given as a pair of texts, `("a.value", "b.text")`."""
        made = [link if isinstance(link, Link) else link_between(*link) for link in links]
        return cls(
            name=name,
            description=description,
            blocks={block.id: block for block in blocks},
            links={link.target: link for link in made},
            flows=flows or {},
            view=view or View(),
        )

    def links_into(self, block: str) -> Iterator[Link]:
        """The links that end in `block`. O(links): index them when asking for many blocks."""
        return (link for link in self.links.values() if link.target.block == block)

    def links_from(self, block: str) -> Iterator[Link]:
        """The links that start from `block`. O(links)."""
        return (link for link in self.links.values() if link.source.block == block)


def end(text: str) -> End:
    """`block.port` as an end. Raises ValueError when it is not of that form."""
    if not is_end(text):
        raise ValueError(f"{text!r} names no port: write block.port.")
    return End(*text.split("."))


def is_end(text: str) -> bool:
    """Whether the text is `block.port`."""
    block, dot, port = text.partition(".")
    return bool(dot and NAME.match(block) and NAME.match(port))


def link_between(source: str, target: str, convert: str = "") -> Link:
    """A link between two ports given as `block.port`. Raises ValueError as `end` does."""
    return Link(end(source), end(target), convert)
