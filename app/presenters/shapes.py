"""Which views suit a value: a table, a tree, text, Markdown or a picture."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Literal

from runtime.large import Large

Shape = Literal["table", "tree", "text", "markdown", "image"]

TITLES: Mapping[Shape, str] = {
    "table": "Table",
    "tree": "Tree",
    "text": "Text",
    "markdown": "Formatted",
    "image": "Picture",
}
"""What the views are called."""

LARGE: Mapping[str, tuple[Shape, ...]] = {
    "list": ("table", "tree", "text"), "record": ("tree", "table", "text"),
    "text": ("text",), "bytes": ("text",),
}  # fmt: skip
"""The views of values that are loaded as one looks at them, by kind."""

SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"RIFF")
_MARKDOWN = re.compile(
    r"(^#{1,6} \S)|(^\s*[-*] \S.*\n\s*[-*] \S)|(\*\*\S[^*\n]*\*\*)|(^```)|(\[[^\]\n]+\]\([^)\s]+\))"
    r"|(^\|.*\|\s*\n\|[\s:|-]+\|)",
    re.MULTILINE,
)
_LOOKED_AT = 20_000
_PICTURE_FILE = re.compile(r"[^\n\x00]{1,500}\.(png|jpe?g|gif|bmp|webp)", re.IGNORECASE)


def shapes_of(value: Any) -> tuple[Shape, ...]:
    """The views that can show a value, the most fitting one first."""
    match value:
        case Large():
            return LARGE[value.kind]
        case bytes():
            return ("image", "text") if is_picture(value) else ("text",)
        case str():
            return _of_text(value)
        case list() | tuple():
            return _of_list(value)
        case Mapping():
            flat = all(not isinstance(one, Mapping | list) for one in value.values())
            return ("table", "tree", "text") if flat and value else ("tree", "table", "text")
    return ("text",)


def _of_text(text: str) -> tuple[Shape, ...]:
    if picture_in(text) is not None or picture_file(text):
        return ("image", "text")
    if _MARKDOWN.search(text[:_LOOKED_AT]):
        return ("markdown", "text")
    return ("text", "markdown")


def _of_list(items: list[Any] | tuple[Any, ...]) -> tuple[Shape, ...]:
    if not items:
        return ("tree", "text")
    return ("table", "tree", "text")


def is_picture(content: bytes) -> bool:
    """Whether the bytes begin as those of a picture do."""
    if content.startswith(b"RIFF"):
        return content[8:12] == b"WEBP"
    return content.startswith(SIGNATURES)


def picture_in(text: str) -> bytes | None:
    """The picture that a text holds as Base64, with `data:image/…` before it or without."""
    head, comma, rest = text.partition(",")
    if head.startswith("data:image/") and head.endswith(";base64") and comma:
        return _decoded(rest)
    if len(text) < 40 or not text[:40].isascii() or " " in text[:40]:
        return None
    begin = _decoded(text[:40])
    return _decoded(text) if begin and is_picture(begin) else None


def picture_file(text: str) -> bool:
    """Whether the text reads as the path of a picture."""
    return _PICTURE_FILE.fullmatch(text) is not None


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        return None
