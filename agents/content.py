"""Bytes from outside as values, and values as bytes: text, JSON, or as they are."""

import re
from typing import Any, Literal

import msgspec

from graph.errors import BadInput

ReadAs = Literal["text", "json", "bytes"]
"""What bytes are taken to be."""

_BOM = b"\xef\xbb\xbf"
_OFFSET = re.compile(r" \(byte (\d+)\)")


def value_of(content: bytes, read_as: ReadAs, *, encoding: str, name: str) -> Any:
    """The bytes as a value. Raises BadInput, naming `name` and the place of what is wrong."""
    match read_as:
        case "bytes":
            return content
        case "json":
            return json_of(content, name)
        case "text":
            return text_of(content, encoding, name)


def text_of(content: bytes, encoding: str, name: str) -> str:
    """The bytes as text; a byte order mark is left out. Raises BadInput."""
    try:
        return content.decode(_known(encoding)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{name} is no {encoding} text: byte {error.start} is 0x{content[error.start]:02x}.",
            cure="Name its encoding, such as latin-1 or utf-16, or read it as bytes.",
        ) from error


def json_of(content: bytes, name: str) -> Any:
    """The JSON document in the bytes. Raises BadInput with line and column."""
    content = content.removeprefix(_BOM)
    try:
        return msgspec.json.decode(content)
    except RecursionError:
        raise BadInput(f"{name} is JSON that nests too deeply.") from None
    except msgspec.DecodeError as error:
        raise BadInput(f"{name} is no valid JSON{_spot(content, str(error))}.") from error


def bytes_of(value: Any, *, encoding: str = "utf-8", indent: int = 0) -> bytes:
    """A value as bytes: bytes as they are, text in the encoding, anything else as JSON.

    Raises BadInput when the encoding has no such character or JSON no such value.
    """
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, str):
        return _encoded(value, encoding)
    written = json_bytes(value)
    return msgspec.json.format(written, indent=indent) + b"\n" if indent else written


def json_bytes(value: Any) -> bytes:
    """A value as JSON; dates as ISO 8601, bytes as base64. Raises BadInput."""
    try:
        return msgspec.json.encode(value)
    except (TypeError, ValueError, msgspec.EncodeError, RecursionError) as error:
        raise BadInput(f"The value can't be written as JSON: {error}.") from error


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(_known(encoding))
    except UnicodeEncodeError as error:
        character = text[error.start]
        raise BadInput(
            f"{encoding} has no {character!r} (character {error.start}).", cure="Use utf-8."
        ) from error


def _known(encoding: str) -> str:
    """Python's codecs hold more than encodings; only those that make text of bytes will do."""
    try:
        "".encode(encoding)
        b"".decode(encoding)
    except (LookupError, ValueError) as error:
        raise BadInput(
            f"{encoding!r} is no text encoding.", cure="Use utf-8, latin-1 or utf-16."
        ) from error
    return encoding


def _spot(content: bytes, message: str) -> str:
    reason = _OFFSET.sub("", message).removeprefix("JSON is malformed: ")
    found = _OFFSET.search(message)
    before = content[: int(found[1])] if found else content
    line = before.count(b"\n") + 1
    column = len(before) - before.rfind(b"\n")
    return f": line {line}, column {column}: {reason[:1].lower()}{reason[1:]}"
