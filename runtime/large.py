"""Values too large to be sent whole: how they begin, where they are, and any part of them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Literal, TypeVar

import msgspec

K = TypeVar("K")

LARGE = 512 * 1024
"""Weight (about bytes) from which a list or record isn't sent whole to whoever only looks."""

FLAT = 8 * 1024 * 1024
"""The same for a text, or bytes, which may be a picture: they cost little to take in."""

HEAD = 16 * 1024
"""Weight of the beginning that is sent instead."""

SMALL = 2 * 1024
"""Weight of a member of a page, beyond which only its own beginning is sent."""

SHARE, LEAST = 8, 64
"""A member has an eighth of the beginning that it is part of; below the least it has none."""

PART = 8
"""What a number, or a member of a list, weighs."""

Side = Literal["inputs", "fields", "outputs", "came", "gave"]
"""`came` and `gave` are inputs and outputs as they were before somebody changed them."""

Kind = Literal["list", "record", "text", "bytes"]


class Place(msgspec.Struct, frozen=True):
    """Where a value of a run is: the port of a task, and the way from there into it.

    `task` may also be a scope (`each[3]`) for what a round was given; "" means the run itself.
    """

    run: str
    task: str
    side: Side
    name: str
    path: tuple[str | int, ...] = ()

    def inside(self, step: str | int) -> "Place":
        return msgspec.structs.replace(self, path=(*self.path, step))


class Large(msgspec.Struct, frozen=True):
    """Stands for a value: its kind, its size (members, letters or bytes), and its beginning."""

    kind: Kind
    size: int
    place: Place
    head: Any

    def __repr__(self) -> str:
        return f"{COUNTED[self.kind].format(self.size)}"


COUNTED: Mapping[Kind, str] = {
    "list": "[ {:,} items ]", "record": "{{ {:,} fields }}",
    "text": "{:,} letters", "bytes": "{:,} bytes",
}  # fmt: skip
"""By kind: how its size is said."""


class Page(msgspec.Struct, frozen=True):
    """Some members of a value, from `start` on: the `values`, with their `names` in a record.

    Of a text or of bytes, `values` is that piece alone. `size` is that of the whole value.
    """

    kind: Kind | Literal["other"]
    size: int
    start: int
    values: list[Any]
    names: list[str] = []


def shown(value: Any, place: Place, most: int = LARGE, head: int = HEAD) -> Any:
    """The value as it is sent to whoever looks: itself, or what stands for it above a weight."""
    if isinstance(value, str | bytes) and most == LARGE:
        most = FLAT
    if weight(value, most) <= most:
        return value
    match value:
        case str():
            return Large("text", len(value), place, value[:head])
        case bytes():
            return Large("bytes", len(value), place, value[:head])
        case Mapping():
            first = dict(_first(((str(n), n, one) for n, one in value.items()), place, head))
            return Large("record", len(value), place, first)
        case list() | tuple():
            items = [
                item for _, item in _first(((i, i, v) for i, v in enumerate(value)), place, head)
            ]
            return Large("list", len(value), place, items)
    return value


def page(value: Any, place: Place, start: int, count: int) -> Page:
    """The members from `start` on, `count` of them; those that are large only as they begin."""
    match value:
        case str():
            return Page("text", len(value), start, [value[start : start + count]])
        case bytes():
            return Page("bytes", len(value), start, [value[start : start + count]])
        case Mapping():
            fields = list(islice(value.items(), start, start + count))
            values = [_member(one, place.inside(name)) for name, one in fields]
            return Page("record", len(value), start, values, [str(name) for name, _ in fields])
        case list() | tuple():
            items = enumerate(value[start : start + count], start)
            values = [_member(one, place.inside(i)) for i, one in items]
            return Page("list", len(value), start, values)
    return Page("other", 0, 0, [value])


def weight(value: Any, most: int) -> int:
    """About how many bytes a value takes up; something above `most` for any that takes more."""
    waiting, sum_ = [value], 0
    while waiting and sum_ <= most:
        one = waiting.pop()
        sum_ += PART
        match one:
            case str() | bytes():
                sum_ += len(one)
            case Mapping():
                sum_ += PART * len(one)
                if sum_ <= most:
                    sum_ += sum(len(name) for name in one if isinstance(name, str))
                    waiting.extend(one.values())
            case list() | tuple() if sum_ + PART * len(one) <= most:
                waiting.extend(one)
            case list() | tuple():
                sum_ += PART * len(one)
    return sum_


def _first(
    members: Iterable[tuple[K, str | int, Any]], place: Place, head: int
) -> Iterator[tuple[K, Any]]:
    """As many members as fit into a beginning of that weight; a large one as it begins itself."""
    if head < LEAST:
        return
    most = head // SHARE
    for key, step, value in members:
        yield key, shown(value, place.inside(step), most, most)
        head -= min(weight(value, most), max(PART, 2 * most))
        if head <= 0:
            return


def _member(value: Any, place: Place) -> Any:
    return shown(value, place, SMALL, SMALL // SHARE)
