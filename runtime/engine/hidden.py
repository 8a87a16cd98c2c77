"""What must not be seen: the secrets a run has used, found in any form and taken out."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import msgspec

MARK = "•••"
"""What stands where a secret would."""

_DEEPEST = 250
"""Levels of a value that are looked through; no journal keeps as many."""

_encode = msgspec.msgpack.Encoder().encode


class Hidden:
    """The secrets of one run."""

    def __init__(self) -> None:
        self._forms: tuple[str, ...] = ()
        self._packed: tuple[bytes, ...] = ()

    def add(self, secret: str) -> None:
        """Take this one out as well from now on."""
        if secret and secret not in self._forms:
            # The longest first: a secret may be a part of another, which must not be left over.
            forms = sorted({*self._forms, *_forms(secret)}, key=len, reverse=True)
            self._forms = tuple(forms)
            self._packed = tuple(map(_bytes, forms))

    def taken_out_of(self, value: Any) -> Any:
        """The value without the secrets; itself when there is none in it.

        Looked for in the packed value first, which a table of a million cells takes well.
        """
        if not self._forms:
            return value
        try:
            packed = _encode(value)
        except (TypeError, ValueError, OverflowError, RecursionError):
            return self._without(value, 0)
        if any(form in packed for form in self._packed):
            return self._without(value, 0)
        return value

    def _without(self, value: Any, depth: int) -> Any:
        if isinstance(value, str):
            for form in self._forms:
                value = value.replace(form, MARK)
            return value
        if isinstance(value, bytes):
            for packed in self._packed:
                value = value.replace(packed, MARK.encode())
            return value
        if depth > _DEEPEST:
            return value
        if isinstance(value, dict):
            return {
                self._without(name, depth): self._without(inner, depth + 1)
                for name, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._without(item, depth + 1) for item in value]
        return value


def _forms(secret: str) -> Iterator[str]:
    """The secret as it stands in plain text, JSON, Python, addresses, and as base64."""
    raw = _bytes(secret)
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield quote(raw, safe="")
    yield quote_plus(raw)
    yield base64.b64encode(raw).decode().rstrip("=")
    yield base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
