"""Two sides of a text and what both began from, made into one, with markers where they clash."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

Lines = Sequence[str]

OURS, ANCESTOR, BETWEEN, THEIRS = "<" * 7, "|" * 7, "=" * 7, ">" * 7
"""Begin the lines of markers, as git writes them."""


class Stretch(NamedTuple):
    """Lines of both sides and of what they began from; `base` is None where nobody knows."""

    base: Lines | None
    ours: Lines
    theirs: Lines


class Marked(NamedTuple):
    """Both sides in one text; `clean` when no line of it is a marker."""

    text: str
    clean: bool


def marked(base: str | None, ours: str, theirs: str, named: str = "Studio") -> Marked:
    """Both sides in one: what only one of them changed as that has it, else both with markers.

    `named` is what the other side than Heddle's is called there.
    """
    mine, other = ours.split("\n"), theirs.split("\n")
    stretches = _apart(mine, other) if base is None else _between(base.split("\n"), mine, other)
    lines, clean = list[str](), True
    for stretch in stretches:
        chosen = _chosen(stretch)
        clean = clean and chosen is not None
        lines += _markers(stretch, named) if chosen is None else chosen
    return Marked("\n".join(lines), clean)


def _apart(ours: Lines, theirs: Lines) -> Iterator[Stretch]:
    """Cut two texts where they agree."""
    for _, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        yield Stretch(None, ours[a:b], theirs[c:d])


def _between(base: Lines, ours: Lines, theirs: Lines) -> Iterator[Stretch]:
    """Cut three texts at the lines of the base that both sides kept."""
    mine, other = _kept(base, ours), _kept(base, theirs)
    b = o = t = 0
    for line in sorted(mine.keys() & other.keys()):
        yield Stretch(base[b:line], ours[o : mine[line]], theirs[t : other[line]])
        b, o, t = line + 1, mine[line] + 1, other[line] + 1
        yield Stretch(None, base[line:b], base[line:b])
    yield Stretch(base[b:], ours[o:], theirs[t:])


def _kept(base: Lines, side: Lines) -> dict[int, int]:
    """Where lines of the base are in a side."""
    blocks = SequenceMatcher(None, base, side, autojunk=False).get_matching_blocks()
    return {a + step: b + step for a, b, size in blocks for step in range(size)}


def _chosen(stretch: Stretch) -> Lines | None:
    """What a stretch becomes, None where both sides changed it differently."""
    base, ours, theirs = stretch
    if ours == theirs or base == theirs:
        return ours
    return theirs if base == ours else None


def _markers(stretch: Stretch, named: str) -> list[str]:
    ancestor = [f"{ANCESTOR} before", *stretch.base] if stretch.base else []
    return [
        f"{OURS} Heddle", *stretch.ours, *ancestor, BETWEEN, *stretch.theirs, f"{THEIRS} {named}",
    ]  # fmt: skip
