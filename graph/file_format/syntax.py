"""JSON text into a tree: what is wrong with it in a sentence, and repeated keys kept in sight."""

import json
import re
from collections import Counter
from typing import Any, NamedTuple

from graph.errors import FlowFileError, Problem

LIMIT = 64 * 1024 * 1024
"""The longest text that is read as a flow, in characters or bytes."""

_DEEP = 200
_TOKENS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]', re.DOTALL)
_COMMA_TOO_MANY = re.compile(r",\s*[}\]]")
_LONGEST_INTEGER = 4000  # digits; beyond a few more Python itself refuses
_TOO_LARGE = 10**400

_SENTENCES = (
    ("Expecting value", "a value is missing here", ""),
    ("Expecting ',' delimiter", "a comma or a closing bracket is missing before this", ""),
    ("Expecting ':' delimiter", "a colon is missing after the key", ""),
    ("Expecting property name", "a key in double quotes is missing here", ""),
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
        raise _error(text, name, "json", _fault(text, error)) from None


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
    depth, cure = 0, "No flow needs that."
    for token in _TOKENS.finditer(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        if depth > _DEEP:
            sentence = f"brackets are nested {_DEEP} deep"
            return _error(text, name, "nesting", _Fault(token.start(), sentence, cure))
    return FlowFileError(f"{name}: brackets are nested too deeply.", cure=cure)


class _Fault(NamedTuple):
    """What is wrong with the text: where, in a sentence, and the cure."""

    at: int
    sentence: str
    cure: str = ""


def _error(text: str, name: str, code: str, fault: _Fault) -> FlowFileError:
    line, column = line_and_column(text, fault.at)
    sentence = f"{fault.sentence}."
    problem = Problem(code, sentence, fault.cure, line=line, column=column)
    message = f"{name}, line {line}, column {column}: {sentence}"
    return FlowFileError(message, cure=fault.cure, problems=[problem])


def _fault(text: str, error: json.JSONDecodeError) -> _Fault:
    at = error.pos
    rest = text[at : at + 200].lstrip()
    if not rest or error.msg.startswith("Unterminated"):
        cure = "Restore it from a backup or a complete copy."
        return _Fault(len(text.rstrip()), "the file ends in the middle", cure)
    if rest.startswith(("<<<<<<<", "=======", ">>>>>>>")):
        return _Fault(at, "a merge conflict is left here", "Choose a side, remove the markers.")
    if rest.startswith(("//", "/*", "#")):
        cure = "Use a block of kind flow.note, or a description."
        return _Fault(at, "JSON has no comments", cure)
    # Pythons differ in whether they point at the comma or at the bracket after it.
    comma = at if rest[0] == "," else len(text[:at].rstrip()) - 1
    if _COMMA_TOO_MANY.match(text, comma):
        return _Fault(comma, "a comma is followed by a closing bracket", "Remove the comma.")
    if rest[0] == "'":
        return _Fault(at, "single quotes are no quotes in JSON", "Write double quotes.")
    return _Fault(at, *_in_our_words(error.msg))


def _in_our_words(message: str) -> tuple[str, str]:
    """The sentence and the cure for one of Python's own messages."""
    for start, sentence, cure in _SENTENCES:
        if message.startswith(start):
            return sentence, cure
    return message[:1].lower() + message[1:], ""


def line_and_column(text: str, at: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
