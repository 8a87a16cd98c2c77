"""JSON text into a tree: what is wrong with it in a sentence, and repeated keys kept in sight."""

import json
import re
from collections import Counter
from typing import Any

from graph.errors import FlowFileError, Problem

LIMIT = 64 * 1024 * 1024
"""The longest text that is read as a flow, in characters or bytes."""

_DEEP = 200
_TOKENS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]', re.DOTALL)
_CLOSES = re.compile(r",?\s*[}\]]")
_LONGEST_INTEGER = 4000  # digits; beyond a few more Python itself refuses
_TOO_LARGE = 10**400

_SENTENCES = (
    ("Expecting value", "a value is missing here", ""),
    ("Expecting ',' delimiter", "a comma or a closing bracket is missing before this", ""),
    ("Expecting ':' delimiter", "a colon is missing after the key", ""),
    ("Expecting property name", "a key in double quotes is missing here", ""),
    ("Unterminated string", "the text that starts here has no closing quote", ""),
    ("Invalid control character", "a line break or a tab stands inside a text", r"Write \n or \t."),
    ("Invalid \\", "the backslash is followed by nothing known", r"Write \\ for a backslash."),
    ("Extra data", "something follows after the end of the flow", "Remove it."),
)
"""How Python's own messages begin, what we say instead, and the cure."""


class Doubled(dict[str, Any]):
    """An object in which `twice` stood more than once; it holds the last of each."""

    twice: frozenset[str]


class _Repeated(Exception):
    """Some object holds a key more than once."""


def text_of(source: str | bytes, name: str) -> str:
    """The text, without the mark some editors put before it. Raises FlowFileError."""
    if len(source) > LIMIT:
        raise FlowFileError(
            f"{name} is larger than {LIMIT >> 20} MB, too large for a flow.",
            cure="Keep data in files that the flow reads.",
        )
    try:
        text = source.decode() if isinstance(source, bytes) else source
        text.encode()
    except UnicodeError as error:
        raise _no_text(name, error) from None
    if "\0" in text[:1000]:
        raise FlowFileError(
            f"{name} is no text but a binary file.", cure="Choose a .flow.json file."
        )
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise FlowFileError(f"{name} is empty.", cure="`heddle new` makes a flow to start from.")
    return text


def _no_text(name: str, error: UnicodeError) -> FlowFileError:
    line = ""
    if isinstance(error, UnicodeDecodeError):
        line = f" (line {error.object.count(10, 0, error.start) + 1})"
    return FlowFileError(
        f"{name} is no UTF-8 text{line}.", cure="Save it as UTF-8, or choose a .flow.json file."
    )


def has_repeated_keys(text: str) -> bool:
    """Whether some object of a well-formed text holds a key twice; msgspec would keep the last."""
    try:
        json.loads(text, object_pairs_hook=_refuse_repeated)
    except _Repeated:
        return True
    return False


def _refuse_repeated(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise _Repeated


def parse(text: str, name: str) -> Any:
    """The text as a tree; an object with repeated keys is a Doubled. Raises FlowFileError."""
    try:
        return DECODER.decode(text)
    except RecursionError:
        raise too_deep(text, name) from None
    except json.JSONDecodeError as error:
        raise _malformed(text, name, error) from None


def _noting_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) == len(pairs):
        return record
    doubled = Doubled(record)
    counts = Counter(key for key, _ in pairs)
    doubled.twice = frozenset(key for key, count in counts.items() if count > 1)
    return doubled


def _integer(digits: str) -> int:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else _TOO_LARGE


DECODER = json.JSONDecoder(object_pairs_hook=_noting_repeated, parse_int=_integer)
"""Takes all that Python's JSON takes, so that what is wrong with it can be said with its path."""


def too_deep(text: str, name: str) -> FlowFileError:
    """The error for a text whose brackets exhaust Python's stack."""
    depth, place = 0, ""
    problem = Problem("nesting", "Brackets are nested too deeply.")
    for token in _TOKENS.finditer(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        if depth > _DEEP:
            line, column = line_and_column(text, token.start())
            problem = Problem(
                "nesting", f"Brackets are nested {_DEEP} deep.", line=line, column=column
            )
            place = f", line {line}, column {column}"
            break
    return FlowFileError(
        f"{name}{place}: {problem.message}", cure="No flow needs that.", problems=[problem]
    )


def _malformed(text: str, name: str, error: json.JSONDecodeError) -> FlowFileError:
    sentence, cure = _sentence(text, error)
    ends = error.msg.startswith("Unterminated")
    line, column = line_and_column(text, len(text.rstrip()) if ends else error.pos)
    problem = Problem("json", f"{sentence}.", cure, line=line, column=column)
    return FlowFileError(
        f"{name}, line {line}, column {column}: {sentence}.", cure=cure, problems=[problem]
    )


def _sentence(text: str, error: json.JSONDecodeError) -> tuple[str, str]:
    rest = text[error.pos : error.pos + 8].lstrip()
    unterminated = error.msg.startswith("Unterminated")
    if not rest or unterminated:
        return "the file ends in the middle", "Restore it from a backup or a complete copy."
    if rest.startswith(("<<<<<<<", "=======", ">>>>>>>")):
        return "a merge conflict is left here", "Choose a side and remove the markers."
    if rest.startswith(("//", "/*", "#")):
        return "JSON has no comments", "Use a block of kind flow.note, or a description."
    if _CLOSES.match(text, error.pos) and "," in (text[error.pos], _last(text, error.pos)):
        return "a comma is followed by a closing bracket", "Remove the comma."
    if rest.startswith("'"):
        return "single quotes are no quotes in JSON", "Write double quotes."
    for start, sentence, cure in _SENTENCES:
        if error.msg.startswith(start):
            return sentence, cure
    return error.msg[:1].lower() + error.msg[1:], ""


def _last(text: str, at: int) -> str:
    """The last character before an offset that is no space."""
    return text[max(0, at - 1000) : at].rstrip()[-1:]


def line_and_column(text: str, at: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
