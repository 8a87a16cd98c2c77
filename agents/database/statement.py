"""One SQL statement with its named values, as the driver takes it, and back again in errors."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from agents.database.values import Dialect, to_driver
from graph.errors import BadInput
from graph.values import did_you_mean

_TOKEN = re.compile(
    r"""
      (?P<skip> (?<!\w)[eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
              | --[^\n]* | /\*.*?\*/ | (?P<tag>\$\w*\$).*?(?P=tag) | :: | \\: )
    | (?<!\w):(?P<name>[A-Za-z_]\w*)
    | (?P<end>;)
    """,
    re.VERBOSE | re.DOTALL,
)
_IN = re.compile(r"\bIN\s*(\()?\s*\Z", re.IGNORECASE)


class Part(NamedTuple):
    """A piece of a statement: where it starts in what was written, and what the driver gets."""

    start: int
    text: str
    bound: tuple[str, ...] = ()


class Statement:
    """A statement as written, its values by name (`:name`), and what the driver gets instead.

    A list behind IN becomes as many values. Nothing given is ever put into the text. Raises
    BadInput for a value that is missing and for a second statement.
    """

    def __init__(self, sql: str, given: Mapping[str, Any], dialect: Dialect) -> None:
        self.sql = sql
        self.values: dict[str, Any] = {}
        self._dialect = dialect
        self._parts = list(self._read(given))

    @property
    def text(self) -> str:
        """What the driver gets."""
        return "".join(part.text for part in self._parts)

    def spot(self, position: int) -> str:
        """Where a character (from 1) that PostgreSQL names stands in what was written.

        The server counts in a text where every value is `$1`, `$2`, … in the order of names.
        """
        numbers: dict[str, int] = {}
        at = 0
        for part in self._parts:
            for name in part.bound:
                numbers.setdefault(name, len(numbers) + 1)
            sent = self._as_sent(part, numbers)
            if at + len(sent) >= position:
                inside = 0 if part.bound else position - at - 1
                return self._line_and_column(part.start + inside)
            at += len(sent)
        return ""

    def spot_of(self, word: str) -> str:
        """Where a word stands, "" unless it stands in exactly one place."""
        found = [match.start() for match in re.finditer(re.escape(word), self.sql)] if word else []
        return self._line_and_column(found[0]) if len(found) == 1 else ""

    def _line_and_column(self, offset: int) -> str:
        before = self.sql[:offset]
        line = before.count("\n") + 1
        return f"line {line}, column {len(before) - before.rfind(chr(10))}"

    def _read(self, given: Mapping[str, Any]) -> Iterator[Part]:
        at, missing = 0, list[str]()
        for match in _TOKEN.finditer(self.sql):
            yield self._plain(at, match.start())
            at = match.end()
            name = match["name"]
            if match["end"]:
                self._only_noise_after(at)
                return
            if not name:
                yield Part(match.start(), self._escaped(match[0].removeprefix("\\:") or ":"))
            elif name in given:
                yield self._bind(match.start(), name, given[name])
            else:
                missing.append(name)
        if missing:
            raise BadInput(
                f"The statement needs a value for :{missing[0]}.",
                cure=did_you_mean(missing[0], list(given)) or "Give it in `parameters`.",
            )
        yield self._plain(at, len(self.sql))

    def _only_noise_after(self, at: int) -> None:
        rest = re.sub(r"\s|;|--[^\n]*|/\*.*?\*/", "", self.sql[at:], flags=re.DOTALL)
        if rest:
            raise BadInput("There is a second statement behind the `;`.", cure="Use a block each.")

    def _plain(self, start: int, end: int) -> Part:
        return Part(start, self._escaped(self.sql[start:end]))

    def _escaped(self, text: str) -> str:
        return text.replace("%", "%%") if self._dialect == "postgresql" else text

    def _bind(self, start: int, name: str, value: Any) -> Part:
        before = _IN.search(self.sql, 0, start)
        if before and isinstance(value, (list, tuple)):
            return self._bind_each(start, name, value, bracketed=bool(before[1]))
        self.values[name] = to_driver(value, self._dialect)
        return Part(start, self._placeholder(name), (name,))

    def _bind_each(self, start: int, name: str, items: Sequence[Any], bracketed: bool) -> Part:
        names = tuple(f"{name}__{index}" for index in range(len(items)))
        self.values.update(
            (each, to_driver(item, self._dialect)) for each, item in zip(names, items, strict=True)
        )
        inner = ", ".join(self._placeholder(each) for each in names) or "NULL"
        return Part(start, inner if bracketed else f"({inner})", names)

    def _placeholder(self, name: str) -> str:
        return f"%({name})s" if self._dialect == "postgresql" else f":{name}"

    def _as_sent(self, part: Part, numbers: Mapping[str, int]) -> str:
        if not part.bound:
            return part.text.replace("%%", "%")
        return re.sub(r"%\((\w+)\)s", lambda found: f"${numbers[found[1]]}", part.text)


def one_statement(sql: str) -> None:
    """Raises BadInput when the SQL holds more than one statement."""
    names = {match["name"]: None for match in _TOKEN.finditer(sql) if match["name"]}
    Statement(sql, names, "sqlite")
