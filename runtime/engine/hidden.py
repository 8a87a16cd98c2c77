"""What must not be seen: the secrets a run has used, found in any form and taken out."""

import base64
import contextlib
import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any
from urllib.parse import quote, quote_plus

import msgspec

from graph.context import ANEW
from runtime.journal.keeping import plain

MARK = "•••"
"""What stands where a secret would."""

TELLING = 8
"""Characters from which on a part of base64 can be nothing but a part of the secret."""

LONGEST_BEGUN = 4_096
"""Characters that are held back of what may become a secret."""

_URL_SAFE = str.maketrans("+/", "-_")

_encode = msgspec.msgpack.Encoder().encode


class Hidden:
    """The secrets of one run."""

    def __init__(self) -> None:
        self._forms: tuple[str, ...] = ()
        self._packed: tuple[bytes, ...] = ()
        self._begun: dict[str, list[str]] = {}
        """Texts that may go on to be a secret, by the task whose stream they came from."""

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
        if plain([value]):
            with contextlib.suppress(ValueError, OverflowError):  # which no journal keeps
                packed = _encode(value)
                if not any(form in packed for form in self._packed):
                    return value
        try:
            return self._without(value, {})
        except RecursionError:
            return MARK  # so deep that nobody keeps it, nor looks through it

    def streamed(self, task: str, items: list[Any]) -> list[Any]:
        """Items of a task's stream without secrets, also one that comes in several of them.

        Texts that end with what may be the beginning of one are held back until more comes; at
        the end the result is told whole.
        """
        if not self._forms or not all(isinstance(item, str) for item in items):
            return list(self.taken_out_of(items))
        told: list[str] = []
        for anew, group in groupby(items, ANEW.__eq__):
            texts = [*self._begun.pop(task, []), *group]
            told += [ANEW] if anew else self._whole(task, texts)
        return told

    def _whole(self, task: str, texts: list[str]) -> list[str]:
        """Those of the texts that can be shown; the others are held back."""
        texts = list(self.taken_out_of(texts))
        text = "".join(texts)
        if (cleaned := self.taken_out_of(text)) != text:
            texts, text = [cleaned], cleaned
        begun, held = max(_begun(form, text) for form in self._forms), list[str]()
        while sum(map(len, held)) < begun:
            held.insert(0, texts.pop())
        if held:
            self._begun[task] = held
        return texts

    def _without(self, value: Any, done: dict[int, Any]) -> Any:
        """The value without the secrets; a part that is shared is made but once."""
        if isinstance(value, str):
            for form in self._forms:
                value = value.replace(form, MARK)
            return value
        if isinstance(value, bytes):
            for packed in self._packed:
                value = value.replace(packed, MARK.encode())
            return value
        if not isinstance(value, dict | list | tuple):
            return value
        if id(value) not in done:
            done[id(value)] = value  # should it contain itself, no journal keeps it anyway
            done[id(value)] = self._rebuilt(value, done)
        return done[id(value)]

    def _rebuilt(self, value: Any, done: dict[int, Any]) -> Any:
        if isinstance(value, dict):
            return {self._without(k, done): self._without(v, done) for k, v in value.items()}
        return [self._without(item, done) for item in value]


def _begun(form: str, text: str) -> int:
    """How much of a form a text ends with that isn't whole."""
    most = min(len(form) - 1, len(text), LONGEST_BEGUN)
    return next((n for n in range(most, 0, -1) if text.endswith(form[:n])), 0)


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
    for shift in (0, 1, 2):
        inside = _inside_base64(raw, shift)
        if len(inside) >= TELLING:
            yield inside
            yield inside.translate(_URL_SAFE)


def _inside_base64(raw: bytes, shift: int) -> str:
    """What the base64 of something longer, such as `user:secret`, has of the secret alone."""
    coded = base64.b64encode(b"\0" * shift + raw + b"\0" * 3).decode()
    first = -(-shift * 8 // 6)
    whole = (shift + len(raw)) * 8 // 6
    return coded[first:whole]


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
