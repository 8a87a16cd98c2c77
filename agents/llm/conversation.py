"""Conversations as plain data on links, and pictures as they may be given."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

import msgspec

from agents.llm.shapes import Image, Message, Part, Role, Text
from graph.errors import BadInput
from graph.values import as_text, kind_of

LARGEST_PICTURE = 20 * 1024 * 1024
"""Bytes of one picture; services take less, and none takes more."""
MOST_PICTURES = 100

_ROLES = frozenset(get_args(Role))
_DATA_URL = re.compile(r"data:(image/[\w.+-]+);base64,(.*)\Z", re.DOTALL)
_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)


def messages_in(given: Any) -> tuple[Message, ...]:
    """A conversation out of plain data: records with `role` and `content`, or texts.

    `content` is a text, or a list of parts such as {"type": "text", "text": "…"}. A text alone
    is something the user said. Raises BadInput, naming the message.
    """
    if given is None:
        return ()
    if isinstance(given, str | Mapping):
        given = [given]
    if not isinstance(given, Sequence):
        raise BadInput(f"A conversation is a list of messages, not {kind_of(given)}.")
    return tuple(_message(one, number) for number, one in enumerate(given, 1))


def as_data(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """The conversation as plain data: what `messages_in` reads, and JSON can hold."""
    return [{"role": message.role, "content": _content(message)} for message in messages]


def said(text: str, pictures: Sequence[Image] = ()) -> Message:
    """What a person says, and shows."""
    words = (Text(text),) if text or not pictures else ()
    return Message("user", (*pictures, *words))


def spoken(message: Message) -> Message:
    """Of a reply what belongs in a conversation: the words, without the thoughts before them."""
    return Message("assistant", (Text(message.text),))


def pictures_in(given: Any) -> tuple[Image, ...]:
    """Pictures out of bytes, web addresses, data: addresses, and files as file blocks give them.

    One or a list of them. Raises BadInput, naming the one that is no picture.
    """
    if given is None or given == "":
        return ()
    listed = given if isinstance(given, list | tuple) else [given]
    if len(listed) > MOST_PICTURES:
        raise BadInput(f"There are more than {MOST_PICTURES} pictures.")
    return tuple(_picture(one, number) for number, one in enumerate(listed, 1))


def _message(given: Any, number: int) -> Message:
    if isinstance(given, str):
        return said(given)
    if not isinstance(given, Mapping):
        raise BadInput(f"Message {number} is {kind_of(given)}, not a record.")
    role = given.get("role", "user")
    if role not in _ROLES:
        raise BadInput(
            f"Message {number} is of the role {as_text(role)!r}.",
            cure=f"Known: {', '.join(sorted(_ROLES))}.",
        )
    content = given.get("content", given.get("text", ""))
    if not isinstance(content, list | tuple):
        return Message(role, (Text(as_text(content)),))
    return Message(role, tuple(_part(one, number) for one in content))


def _part(given: Any, number: int) -> Part:
    if isinstance(given, str):
        return Text(given)
    try:
        part: Part = msgspec.convert(given, Part)
        return part
    except msgspec.ValidationError as error:
        raise BadInput(f"Message {number} has a part that can't be read: {error}.") from None


def _content(message: Message) -> Any:
    if len(message.parts) == 1 and isinstance(message.parts[0], Text):
        return message.text
    return [msgspec.to_builtins(part) for part in message.parts]


def _picture(given: Any, number: int) -> Image:
    if isinstance(given, Mapping):
        given = _in_file(given, number)
    if isinstance(given, bytes | bytearray):
        return _of_bytes(bytes(given), number)
    if not isinstance(given, str):
        raise BadInput(f"Picture {number} is {kind_of(given)}.", cure=_TAKEN)
    address = given.strip()
    if found := _DATA_URL.match(address):
        try:
            return _of_bytes(base64.b64decode(found[2], validate=True), number)
        except binascii.Error:
            raise BadInput(f"Picture {number} is no base64.") from None
    if address.startswith(("https://", "http://")):
        return Image(url=address)
    raise BadInput(f"Picture {number} is a text that is no address.", cure=_TAKEN)


def _in_file(given: Mapping[str, Any], number: int) -> Any:
    for name in ("content", "data", "body", "url"):
        if given.get(name):
            return given[name]
    raise BadInput(f"Picture {number} is a record without `content`.", cure=_TAKEN)


def _of_bytes(content: bytes, number: int) -> Image:
    if len(content) > LARGEST_PICTURE:
        raise BadInput(f"Picture {number} has more than {LARGEST_PICTURE:,} bytes.")
    kind = next((kind for sign, kind in _SIGNS if content.startswith(sign)), "")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind = "image/webp"
    if not kind:
        raise BadInput(
            f"Picture {number} is of no kind that models know.", cure="Use PNG, JPEG, GIF or WebP."
        )
    return Image(kind, content)


_TAKEN = "A picture is bytes, a file read as bytes, or a web address."
