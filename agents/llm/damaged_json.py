"""Reads the JSON in an answer as it was meant: fenced, with comments, cut short, badly quoted."""

import re
from collections.abc import Iterator
from typing import Any

from graph.blocks.formats import parse_json
from graph.errors import BadInput

LONGEST = 2_000_000
"""Characters of an answer that are looked at."""
DEEPEST = 100
"""Lists and records inside each other."""
LOOKED_AHEAD = 500
"""Characters of blanks and comments behind a quote in which it is looked for what follows."""
MOST_BEGINNINGS = 20
"""Places in a text at which JSON is looked for."""

_FENCE = re.compile(r"```[^\S\n]*[\w+.-]*[^\S\n]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_BEGINNING = re.compile(r"[{\[]")
_BLANK = re.compile(r"(?:\s+|//[^\n]*|\#[^\n]*|/\*.*?(?:\*/|\Z))*", re.DOTALL)
# Possessive, as digits that are given back and looked at again make no number of what is none.
_NUMBER = re.compile(r"[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?(?=[\s,}\]:/#]|\Z)")
_BARE = re.compile(r"[^\s,:{}\[\]\"'][^,:{}\[\]\n\"]*")
_BARE_VALUE = re.compile(r"[^,}\]\n]+")
_COMMENT = re.compile(r"\s(?://|#|/\*)")
_ESCAPE = re.compile(r"u([0-9a-fA-F]{4})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?")

_CLOSES = {'"': '"', "'": "'", "`": "`", "“": "”", "\u2018": "\u2019", "„": "“", "«": "»"}
_WORDS = {
    "true": True, "false": False, "null": None, "none": None, "undefined": None, "nan": None,
}  # fmt: skip
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class NotReadable(ValueError):
    """There is no JSON in the text, or none that could be made out."""


def readings(text: str) -> Iterator[Any]:
    """What the text may have meant, the likeliest first: nothing when it holds no JSON.

    What is sound is taken as it is; only then damage is looked past, which never invents a
    value: what is cut short ends where it was cut.
    """
    shown = text[:LONGEST]
    pieces = [piece for piece in (*_FENCE.findall(shown), shown) if piece.strip()]
    for piece in pieces:
        try:
            yield parse_json(piece)
        except BadInput:
            continue
    for piece in pieces:
        yield from _within(piece)


def read(text: str) -> Any:
    """The likeliest reading. Raises NotReadable."""
    for value in readings(text):
        return value
    raise NotReadable("There is no JSON in it.")


def _within(piece: str) -> Iterator[Any]:
    """What stands between other words, or is damaged; of each, the whole and not its parts."""
    last, over = max(piece.rfind("}"), piece.rfind("]")) + 1, 0
    for begins in _beginnings(piece):
        if begins < over:
            continue
        try:
            yield parse_json(piece[begins:last])
            return
        except BadInput:
            pass
        reader = _Reader(piece, begins)
        try:
            yield reader.value(0)
            over = reader.at
        except NotReadable:
            continue


def _beginnings(piece: str) -> list[int]:
    found = _BEGINNING.finditer(piece)
    return [match.start() for match, _ in zip(found, range(MOST_BEGINNINGS), strict=False)]


class _Reader:
    """Goes through a text once, from `at` on."""

    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = at

    def value(self, depth: int) -> Any:
        """The value that begins here. Raises NotReadable where there is none."""
        if depth > DEEPEST:
            raise NotReadable("It is nested too deeply.")
        self.skip()
        match self.next():
            case "{":
                return self.record(depth)
            case "[":
                return self.list(depth)
            case sign if sign in _CLOSES:
                return self.quoted()
            case _:
                return self.bare()

    def record(self, depth: int) -> dict[str, Any]:
        """From `{` to its end, or to where the text ends."""
        self.at += 1
        made = dict[str, Any]()
        while self.more("}"):
            name = self.name()
            self.skip()
            if self.next() not in (":", "="):
                if self.next() == "":
                    break  # cut behind a name: there is no value to go with it
                raise NotReadable(f"{name!r} has no value.")
            self.at += 1
            self.skip()
            if self.next() == "":
                break
            made[name] = self.value(depth + 1)
        return made

    def list(self, depth: int) -> list[Any]:
        """From `[` to its end, or to where the text ends."""
        self.at += 1
        made = list[Any]()
        while self.more("]"):
            made.append(self.value(depth + 1))
        return made

    def more(self, closing: str) -> bool:
        """Whether another member follows; else the end has been passed over."""
        self.skip()
        while self.next() in (",", ";"):
            self.at += 1
            self.skip()
        found = self.next()
        if found in "}]":
            # A bracket of the other kind closes too: the right one was forgotten.
            self.at += found == closing
            return False
        return True

    def name(self) -> str:
        """What a member is called."""
        if self.next() in _CLOSES:
            return self.quoted()
        found = _BARE.match(self.text, self.at)
        if found is None:
            raise NotReadable("A name is missing.")
        self.at = found.end()
        return found[0].strip()

    def quoted(self) -> str:
        """A text up to the quote that ends it: one behind which no value could go on."""
        closing = _CLOSES[self.text[self.at]]
        self.at += 1
        pieces = list[str]()
        while (sign := self.next()) != "":
            self.at += 1
            if sign == "\\":
                pieces.append(self.escaped())
            elif sign != closing or not self.ends_here():
                pieces.append(sign)
            else:
                break
        return "".join(pieces).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def ends_here(self) -> bool:
        """Whether what follows a quote shows that the text is over."""
        after = _blank(self.text, self.at, self.at + LOOKED_AHEAD)
        following = self.text[after : after + 1]
        if following in (",", ":", "}", "]", "=", ";", ""):
            return True
        return after > self.at and (following in _CLOSES or following in "{[")

    def escaped(self) -> str:
        """What stands behind a backslash."""
        sign = self.next()
        if sign == "u" and (found := _ESCAPE.match(self.text, self.at)):
            self.at = found.end()
            return "".join(chr(int(half, 16)) for half in found.groups() if half)
        self.at += len(sign)
        return _PLAIN_ESCAPES.get(sign, sign)

    def bare(self) -> Any:
        """A number, a word that JSON or Python knows, or words that somebody forgot to quote."""
        if found := _NUMBER.match(self.text, self.at):
            self.at = found.end()
            return _number(found[0])
        found = _BARE_VALUE.match(self.text, self.at)
        if found is None:
            raise NotReadable("A value is missing.")
        self.at = found.end()
        words = _COMMENT.split(found[0], maxsplit=1)[0].strip()
        if words.lower() in _WORDS:
            return _WORDS[words.lower()]
        if not words:
            raise NotReadable("A value is missing.")
        return words

    def skip(self) -> None:
        """Go past blanks and comments."""
        self.at = _blank(self.text, self.at)

    def next(self) -> str:
        """The character here, "" at the end."""
        return self.text[self.at : self.at + 1]


def _blank(text: str, at: int, to: int = LONGEST) -> int:
    found = _BLANK.match(text, at, to)
    return found.end() if found else at


def _number(text: str) -> int | float:
    """The number, within what can be kept. Raises NotReadable."""
    plain = text.lstrip("+")
    if re.fullmatch(r"-?\d{1,18}", plain):
        return int(plain)
    number = float(plain)
    if number in (float("inf"), float("-inf")):
        raise NotReadable("A number is too large.")
    return number
