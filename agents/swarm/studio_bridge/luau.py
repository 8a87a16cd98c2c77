"""Looks over Luau: texts, comments, brackets and blocks that don't end, or end what never began.

It is no parser: what it finds the compiler refuses as well, but that refuses more.
"""

import re
from collections.abc import Iterator

import msgspec

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | --\[(?P<note>=*)\[
  | (?P<comment>--[^\n]*)
  | \[(?P<long>=*)\[
  | (?P<text>"(?:\\(?:z\s*|.)|[^"\\\n])*"|'(?:\\(?:z\s*|.)|[^'\\\n])*')
  | (?P<torn>["'])
  | (?P<tick>`)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<number>\.?\d[\w.]*)
  | (?P<sign>\.\.\.|[=~<>]=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_TICKED = re.compile(r"(?:\\.|[^`\\{\n])*", re.DOTALL)

_CLOSES = {")": "(", "]": "[", "}": "{"}
_AFTER_NAMES = frozenset((")", "]", "}", "end", "nil", "true", "false", "...", "'", "?"))
"""After these an `if` begins a statement; "'" stands for a text, and a type may end in ?."""
_ASKS = frozenset(("return", "and", "or", "not", "in", "until", "while", "if", "elseif"))
"""After these words a value follows, and an `if` is one."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong in a script, and in which line, counted from 1."""

    path: str
    line: int
    message: str


class _Open(msgspec.Struct):
    """Something that has begun: a bracket, a block, a text, or an `if` that is a value."""

    what: str
    line: int
    is_value: bool = False
    has_else: bool = False


def findings(path: str, source: str) -> list[Finding]:
    """What is wrong in a script, the first thing only: what follows may come of it."""
    reader = _Reader(source)
    wrong = reader.read()
    return [] if wrong is None else [Finding(path=path, line=wrong[0], message=wrong[1])]


class _Reader:
    """Goes through a script once, and keeps what has begun and not ended."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._open = list[_Open]()
        self._before = ""
        self._at = 0

    def read(self) -> tuple[int, str] | None:
        """The first line in which something is wrong, and what."""
        try:
            for kind, token in self._tokens():
                self._take(kind, token)
        except _Wrong as wrong:
            return wrong.line, wrong.message
        self._drop_values()
        if self._open:
            last = self._open[-1]
            return last.line, f"{last.what} begins here and never ends."
        return None

    @property
    def _line(self) -> int:
        return self._source.count("\n", 0, self._at) + 1

    def _tokens(self) -> Iterator[tuple[str, str]]:
        while self._at < len(self._source):
            found = _TOKEN.match(self._source, self._at)
            assert found is not None, "the last way matches anything"
            kind = found.lastgroup or ""
            if kind in ("note", "long"):
                self._skip_to(f"]{found[kind]}]", found.end(), kind)
                if kind == "long":
                    yield "text", "'"
                continue
            if kind == "torn":
                raise _Wrong(self._line, "A text begins here and doesn't end in its line.")
            if kind not in ("space", "comment"):
                yield kind, found.group()
            self._at = max(self._at, found.end())

    def _skip_to(self, closing: str, begin: int, kind: str) -> None:
        end = self._source.find(closing, begin)
        if end < 0:
            what = "A comment" if kind == "note" else "A text"
            raise _Wrong(self._line, f"{what} begins here and never ends; {closing} ends it.")
        self._at = end + len(closing)

    def _take(self, kind: str, token: str) -> None:
        match token:
            case "`":
                self._ticked(self._at + 1)
                return
            case "(" | "[" | "{":
                self._begin(token)
            case ")" | "]" | "}":
                self._end_bracket(token)
                if token == "}" and self._open and self._open[-1].what == "`":
                    self._open.pop()
                    self._ticked(self._at + 1)
                    return
            case "function" | "do" | "repeat" if kind == "name":
                self._begin(token)
            case "if" if kind == "name":
                self._begin("if", is_value=self._is_value())
            case "else" | "elseif" if kind == "name":
                self._otherwise(token)
            case "end" | "until" if kind == "name":
                self._end_block(token)
        self._before = "'" if kind == "text" else token

    def _begin(self, what: str, *, is_value: bool = False) -> None:
        self._open.append(_Open(what, self._line, is_value))

    def _is_value(self) -> bool:
        """Whether an `if` here is a value, not a statement."""
        before = self._before
        if before in ("then", "else"):
            return bool(self._open) and self._open[-1].is_value
        if before in _ASKS:
            return True
        if before == ">":  # it may end a type, in the line before
            return "\n" not in self._source[self._source.rfind(">", 0, self._at) : self._at]
        return bool(before) and before not in _AFTER_NAMES and not (
            before[0].isalnum() or before[0] in "_;"
        )  # fmt: skip

    def _ticked(self, begin: int) -> None:
        """Go on in a text that may hold values: to its end, or to the next value in it."""
        found = _TICKED.match(self._source, begin)
        assert found is not None, "it matches nothing, too"
        stop = self._source[found.end() : found.end() + 1]
        if stop not in ("`", "{") or not stop:
            raise _Wrong(self._line, "A text begins here and doesn't end in its line.")
        self._at = found.end() + 1
        self._before = "'"
        if stop == "{":
            self._begin("`")
            self._begin("{")
            self._before = "{"

    def _drop_values(self) -> None:
        """An `if` that is a value ends with its last part, wherever that is."""
        while self._open and self._open[-1].is_value and self._open[-1].has_else:
            self._open.pop()

    def _end_bracket(self, token: str) -> None:
        self._drop_values()
        if not self._open or self._open[-1].what != _CLOSES[token]:
            raise _Wrong(self._line, self._not_begun(token))
        self._open.pop()

    def _end_block(self, token: str) -> None:
        self._drop_values()
        wanted = ("repeat",) if token == "until" else ("function", "do", "if")
        if not self._open or self._open[-1].what not in wanted or self._open[-1].is_value:
            raise _Wrong(self._line, self._not_begun(token))
        self._open.pop()

    def _otherwise(self, token: str) -> None:
        self._drop_values()
        if not self._open or self._open[-1].what != "if" or self._open[-1].has_else:
            raise _Wrong(self._line, self._not_begun(token))
        self._open[-1].has_else = token == "else"

    def _not_begun(self, token: str) -> str:
        if not self._open:
            return f"{token} ends something that never began."
        last = self._open[-1]
        return f"{token} doesn't end the {last.what} of line {last.line}."


class _Wrong(Exception):
    """Something that no script may hold."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message
