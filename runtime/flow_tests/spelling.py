"""Values of a run as JSON and back: bytes, times and odd numbers get a word for what they are."""

import base64
import binascii
import datetime
import math
from collections.abc import Callable, Mapping
from typing import Any

_INTEGERS = range(-(2**63), 2**64)


def spelt(value: Any) -> Any:
    """The value in what JSON has words for; `read_back` gives it again."""
    match value:
        case Mapping():
            return {str(name): spelt(inner) for name, inner in value.items()}
        case list() | tuple():
            return [spelt(item) for item in value]
        case bytes() | bytearray():
            return {"$bytes": base64.b64encode(value).decode()}
        case datetime.datetime():
            return {"$datetime": value.isoformat()}
        case datetime.date():
            return {"$date": value.isoformat()}
        case float() if not math.isfinite(value):
            return {"$number": repr(value)}
        case int() if value not in _INTEGERS:
            return {"$number": str(value)}
        case str() | int() | float() | None:
            return value
    return repr(value)


def read_back(value: Any) -> Any:
    """The value that was spelt out."""
    if isinstance(value, Mapping):
        if len(value) == 1:
            ((word, text),) = value.items()
            if word in _READ and isinstance(text, str):
                try:
                    return _READ[word](text)
                except (ValueError, binascii.Error):
                    return dict(value)
        return {name: read_back(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [read_back(item) for item in value]
    return value


def _number(text: str) -> int | float:
    return float(text) if text in ("nan", "inf", "-inf") else int(text)


_READ: Mapping[str, Callable[[str], Any]] = {
    "$bytes": lambda text: base64.b64decode(text, validate=True),
    "$datetime": datetime.datetime.fromisoformat,
    "$date": datetime.date.fromisoformat,
    "$number": _number,
}
