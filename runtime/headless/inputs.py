"""Values typed at a terminal, as values of the type that is wanted."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from graph.errors import HeddleError
from graph.values import TEXT, ValueType, mismatch
from runtime.headless.sources import STDIN, read_stdin

_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class BadValue(HeddleError):
    """What was typed is no value of the type that is wanted."""


def typed(text: str, wanted: ValueType, what: str) -> Any:
    """The value of a type that a text means; `@file` stands for what the file holds.

    Text stays text, the rest is JSON. `@@` begins a text with one `@`. Raises BadValue, which
    names `what`.
    """
    if text.startswith("@@"):
        text = text[1:]
    elif text.startswith("@"):
        return _from_file(text[1:], wanted, what)
    return _meant(text, wanted, what)


def _from_file(path: str, wanted: ValueType, what: str) -> Any:
    try:
        content = read_stdin() if path == STDIN else Path(path).read_bytes()
    except OSError as error:
        raise BadValue(
            f"{what}: {path} can't be read: {(error.strerror or str(error)).lower()}.",
            cure="Write @@ for a text that begins with @.",
        ) from error
    if wanted.kind == "bytes":
        return content
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadValue(f"{what}: {path} is no UTF-8 text.") from None
    return _meant(text, wanted, what)


def _meant(text: str, wanted: ValueType, what: str) -> Any:
    if wanted.kind == "text":
        return text
    if wanted.kind == "bytes":
        return text.encode()
    if wanted.kind == "boolean" and text.strip().lower() in (*_YES, *_NO):
        return text.strip().lower() in _YES
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        if not mismatch(wanted, text):
            return text
        raise BadValue(f"{what} {_must_be(wanted, text)}", cure=_cure(wanted, error)) from None
    if not mismatch(wanted, value):
        return value
    if not mismatch(wanted, text):
        return text
    with contextlib.suppress(TypeError, ValueError):
        if wanted.kind == "integer" and value == int(value) and not isinstance(value, bool):
            return int(value)
    raise BadValue(f"{what} {mismatch(wanted, value)}.")


def _must_be(wanted: ValueType, text: str) -> str:
    shown = text if len(text) <= 40 else f"{text[:39]}…"
    return f"must be {wanted}, not {shown!r}."


def _cure(wanted: ValueType, error: msgspec.DecodeError) -> str:
    if wanted.kind in ("list", "record"):
        return f"Write it as JSON ({error}), or name a file: @data.json."
    return ""


def pairs(given: Iterable[str], option: str) -> dict[str, str]:
    """`name=value` texts as a mapping, the last of each name. Raises BadValue."""
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise BadValue(f"{option} {text!r} gives no value.", cure=f"Write {option} name=value.")
        found[name.strip()] = value
    return found


def inputs_of(file: str, given: Sequence[str], types: Mapping[str, ValueType]) -> dict[str, Any]:
    """The inputs of a run: from a JSON file (`-` for standard input), then from the flags.

    Raises BadValue for what can't be read as the type an input has, naming all of them.
    """
    values = _all_from_file(file) if file else {}
    flaws: list[BadValue] = []
    for name, text in pairs(given, "--input").items():
        try:
            # An input that the flow doesn't have is refused later, with those that are missing.
            values[name] = typed(text, types.get(name, TEXT), f"The input {name!r}")
        except BadValue as flaw:
            flaws.append(flaw)
    if flaws:
        raise BadValue("\n".join(map(str, flaws)))
    return values


def _all_from_file(file: str) -> dict[str, Any]:
    what = "The standard input" if file == STDIN else file
    try:
        content = read_stdin() if file == STDIN else Path(file).read_bytes()
        values = msgspec.json.decode(content)
    except OSError as error:
        raise BadValue(f"{what} can't be read: {(error.strerror or '').lower()}.") from error
    except msgspec.DecodeError as error:
        raise BadValue(f"{what} is no JSON: {error}.") from error
    if not isinstance(values, dict):
        raise BadValue(f"{what} holds no inputs.", cure='Write an object: {"name": value}.')
    return values
