"""Bytes from outside as values, and values as bytes: text, JSON, or as they are."""

import codecs
from typing import Any, Literal

from graph.blocks.formats import format_json, parse_json
from graph.errors import BadInput

ReadAs = Literal["text", "json", "bytes"]
"""What bytes are taken to be."""


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
    try:
        return parse_json(content.removeprefix(codecs.BOM_UTF8))
    except BadInput as error:
        raise BadInput(f"{name}: {error.message}", cure=error.cure) from None


def bytes_of(value: Any, *, encoding: str = "utf-8", indent: int = 0) -> bytes:
    """A value as bytes: bytes as they are, text in the encoding, anything else as JSON in UTF-8.

    Raises BadInput when the encoding has no such character or JSON no such value.
    """
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, str):
        return _encoded(value, encoding)
    ended = "\n" if indent else ""
    return (format_json(value, indent=indent) + ended).encode()


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
