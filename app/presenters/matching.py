"""How well a typed word matches a text: at its start, at a word, inside, scattered, or misspelt."""

import re
from typing import Literal, NamedTuple

Span = tuple[int, int]
"""Where a match begins and ends in a text."""

Way = Literal["start", "word", "initials", "inside", "scattered", "misspelt"]
"""How a word was found, best first."""

_WORDS = re.compile(r"[^\W_]+")


class Hit(NamedTuple):
    """A match: how it was found, and the parts of the text that carry it."""

    way: Way
    spans: tuple[Span, ...]


class Text:
    """A text made ready to be searched often."""

    __slots__ = ("initials", "plain", "starts", "words")

    def __init__(self, text: str) -> None:
        self.plain = text.casefold()
        found = list(_WORDS.finditer(self.plain))
        self.words = tuple(match.group() for match in found)
        self.starts = tuple(match.start() for match in found)
        self.initials = "".join(word[0] for word in self.words)

    def hit(self, query: str) -> Hit | None:
        """How the text matches what was typed (in small letters), None when it doesn't."""
        if self.plain.startswith(query):
            return Hit("start", ((0, len(query)),))
        for word, start in zip(self.words, self.starts, strict=True):
            if word.startswith(query):
                return Hit("word", ((start, start + len(query)),))
        if len(query) > 1:
            return self._initials(query) or self._inside(query) or self._scattered(query)
        return None

    def misspelt(self, query: str) -> Hit | None:
        """The match of a query that has a slip or two in it."""
        allowed = (len(query) >= 4) + (len(query) >= 8)
        for word, start in zip(self.words, self.starts, strict=True):
            if allowed and word[0] == query[0] and _begins(word, query, allowed):
                return Hit("misspelt", ((start, start + len(word)),))
        return None

    def _initials(self, query: str) -> Hit | None:
        at = self.initials.find(query)
        if at < 0:
            return None
        starts = self.starts[at : at + len(query)]
        return Hit("initials", tuple((start, start + 1) for start in starts))

    def _inside(self, query: str) -> Hit | None:
        at = self.plain.find(query)
        return Hit("inside", ((at, at + len(query)),)) if at >= 0 else None

    def _scattered(self, query: str) -> Hit | None:
        """The letters in their order, from the start of a word on."""
        for start in self.starts:
            if self.plain[start] == query[0] and (places := self._letters(query, start)):
                return Hit("scattered", tuple((place, place + 1) for place in places))
        return None

    def _letters(self, query: str, start: int) -> list[int]:
        places, at = list[int](), start
        for letter in query:
            at = self.plain.find(letter, at)
            if at < 0:
                return []
            places.append(at)
            at += 1
        return places


def _begins(word: str, query: str, slips: int) -> bool:
    """Whether `word` begins with `query` but for so many slips of the fingers."""
    same = 0
    while same < len(query) and same < len(word) and query[same] == word[same]:
        same += 1
    query, word = query[same:], word[same:]
    if not query:
        return True
    if not slips:
        return False
    left = slips - 1
    swapped = len(word) > 1 and query[:2] == word[1::-1]
    return (
        (swapped and _begins(word[2:], query[2:], left))
        or (bool(word) and _begins(word[1:], query, left))
        or (bool(word) and _begins(word[1:], query[1:], left))
        or _begins(word, query[1:], left)
    )
