"""What the command palette offers, in the order of what was typed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from app.presenters.matching import Span, Text, Way

WORTH: Mapping[Way, int] = {
    "start": 100, "word": 90, "initials": 80, "inside": 60, "scattered": 30, "misspelt": 20,
}  # fmt: skip
BESIDE = 0.5
"""What a word counts that was found beside the title."""
LATELY = 25
"""What it is worth to have been taken last."""
MOST = 200


class Entry(NamedTuple):
    """One thing to do or place to go. `also` is found too, but not shown; `quiet` waits for words.

    The `id` is what is remembered of its use.
    """

    id: str
    title: str
    detail: str = ""
    icon: str = ""
    hint: str = ""
    also: str = ""
    quiet: bool = False


class Found(NamedTuple):
    """An entry, and the parts of its title that were found."""

    entry: Entry
    spans: tuple[Span, ...] = ()


class Palette:
    """Searches entries; `used` are the ids taken lately, the newest first."""

    def __init__(self, entries: Iterable[Entry], used: Sequence[str] = ()) -> None:
        self._rows = [(entry, Text(entry.title), Text(f"{entry.also} {entry.detail}"))
                      for entry in entries]  # fmt: skip
        self._lately = {id: LATELY - place for place, id in enumerate(used)}

    def found(self, query: str) -> list[Found]:
        """What matches every word, best first; without words what was taken lately, then all."""
        words = query.casefold().split()
        if not words:
            offered = [Found(entry) for entry, _, _ in self._rows if not entry.quiet]
            return sorted(offered, key=lambda found: -self._lately.get(found.entry.id, 0))[:MOST]
        scored = self._scored(words, slips=False) or self._scored(words, slips=True)
        scored.sort(key=lambda pair: -pair[0])
        return [found for _, found in scored[:MOST]]

    def _scored(self, words: Sequence[str], *, slips: bool) -> list[tuple[float, Found]]:
        scored = list[tuple[float, Found]]()
        for entry, title, beside in self._rows:
            score, spans = 0.0, list[Span]()
            for word in words:
                worth, found = _match(word, title, beside, slips)
                if not worth:
                    break
                score += worth
                spans += found
            else:
                score += self._lately.get(entry.id, 0) - entry.quiet * 10
                scored.append((score - len(entry.title) / 100, Found(entry, _joined(spans))))
        return scored


def _match(word: str, title: Text, beside: Text, slips: bool) -> tuple[float, Sequence[Span]]:
    hit = title.hit(word) or (title.misspelt(word) if slips else None)
    if hit is not None:
        return WORTH[hit.way], hit.spans
    hit = beside.hit(word)
    if hit is not None and hit.way in ("start", "word"):
        return WORTH[hit.way] * BESIDE, ()
    return 0, ()


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in their order, none over another."""
    joined = list[Span]()
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
