"""Reads requests: the values in path, query, headers and body, checked before anything runs."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from agents.swarm.api_gateway.answers import Refusal
from agents.swarm.api_gateway.asks import Value
from agents.swarm.api_gateway.texts import Read, is_list, reader_of
from graph.errors import BadInput
from graph.schemas import Checker
from graph.values import did_you_mean

Receive = Callable[[], Awaitable[Any]]
Headers = Mapping[bytes, bytes]

MOST_QUERIED = 200
"""Values that a query may have."""

MOST_FAULTS = 20

DEEPEST = 64
"""Levels that a body may have."""

LONG_NUMBER = re.compile(rb"[0-9]{19}")


class Asking:
    """How the requests of one endpoint are read. Raises Refusal naming all places at fault."""

    def __init__(self, values: Sequence[Value], definitions: Mapping[str, Any]) -> None:
        self._path = [(value, reader_of(value.schema)) for value in values if value.where == "path"]
        self._query = _by_name(values, "query")
        self._headers = {
            name.lower().encode(): way for name, way in _by_name(values, "header").items()
        }
        self._body = {value.name: value for value in values if value.where == "body"}
        self._values = {value.name: value for value in values}
        self._required = [value for value in values if value.required]
        properties = {value.name: value.schema for value in values}
        self._checker = Checker(
            {"type": "object", "properties": properties, "$defs": dict(definitions)}
        )

    @property
    def has_body(self) -> bool:
        """Whether anything is read from the body."""
        return bool(self._body)

    def read_from(self, headers: Headers) -> tuple[bytes, ...]:
        """The headers of a request that values are read from, in an order of their own."""
        return tuple(headers.get(name, b"") for name in self._headers)

    def record(
        self, places: Mapping[str, str], query: bytes, headers: Headers, body: Any
    ) -> dict[str, Any]:
        """The values of a request, by name; `body` is its JSON, empty where there is none."""
        record: dict[str, Any] = {}
        faults: list[dict[str, str]] = []
        for value, read in self._path:
            record[value.name] = read((places[value.name],))
        if query or self._query:
            self._read_query(query, record, faults)
        for name, (value, read) in self._headers.items():
            if (given := headers.get(name)) is not None:
                record[value.name] = read((given.decode("latin-1"),))
        if body != {}:
            self._read_body(body, record, faults)
        self._check(record, faults)
        return record

    def checked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values that are given by their names, wherever else they would stand."""
        faults = [
            _fault("body", name, "There is no such value.", self._values)
            for name in values
            if name not in self._values
        ]
        record = dict(values)
        self._check(record, faults)
        return record

    def _read_query(
        self, query: bytes, record: dict[str, Any], faults: list[dict[str, str]]
    ) -> None:
        for name, texts in _parsed(query).items():
            if (known := self._query.get(name)) is None:
                faults.append(_fault("query", name, "There is no such parameter.", self._query))
            elif len(texts) > 1 and not is_list(known[0].schema):
                faults.append(_fault("query", name, "It is given more than once."))
            else:
                record[known[0].name] = known[1](texts)

    def _read_body(self, body: Any, record: dict[str, Any], faults: list[dict[str, str]]) -> None:
        if not isinstance(body, dict):
            raise Refusal(422, "Invalid", "The body has to be a JSON object.")
        for name, given in body.items():
            if name in self._body:
                record[name] = given
            else:
                faults.append(_fault("body", name, "There is no such property.", self._body))

    def _check(self, record: Mapping[str, Any], faults: list[dict[str, str]]) -> None:
        faults.extend(
            _fault(value.where, value.said, "It is missing.")
            for value in self._required
            if value.name not in record
        )
        try:
            found = self._checker.faults(record, most=MOST_FAULTS)
        except BadInput as error:
            raise Refusal(422, "Invalid", error.message, error.cure) from None
        for one in found:
            value = self._values.get(_first(one["path"]))
            place = value.said + one["path"][len(value.name) :] if value else one["path"]
            faults.append(_fault(value.where if value else "body", place, one["message"]))
        if faults:
            raise invalid(faults)


def invalid(faults: Sequence[Mapping[str, str]]) -> Refusal:
    """The refusal of a request that has these faults."""
    told = "; ".join(f"{one['in']} {one['name']}: {one['message']}" for one in faults[:3])
    more = f" And {len(faults) - 3} more." if len(faults) > 3 else ""
    return Refusal(422, "Invalid", f"{told}{more}", errors=list(faults[:MOST_FAULTS]))


async def body_of(receive: Receive, headers: Headers, largest: int) -> bytes:
    """The whole body of a request. Raises Refusal for one that is too large."""
    said = headers.get(b"content-length", b"")
    if said.isdigit() and len(said) < 20 and int(said) > largest:
        raise too_large(largest)
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        body = await _rest(receive, body, largest)
    if message["type"] == "http.disconnect":
        raise Gone
    if len(body) > largest:
        raise too_large(largest)
    return body


class Gone(Exception):
    """The caller hung up."""


async def _rest(receive: Receive, begun: bytes, largest: int) -> bytes:
    parts, size, more = [begun], len(begun), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
        if size > largest:
            raise too_large(largest)
    return b"".join(parts)


def too_large(largest: int) -> Refusal:
    """What callers are told of a body that is too large."""
    return Refusal(413, "TooLarge", f"The body has more than {largest:,} bytes.")


def decoded(body: bytes, headers: Headers) -> Any:
    """The JSON in a body, an empty record where there is none. Raises Refusal."""
    if not body:
        return {}
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind != b"application/json" and not kind.endswith(b"+json"):
        raise Refusal(
            415, "WrongMediaType", "The body has to be JSON.",
            "Send it with the header `Content-Type: application/json`.",
        )  # fmt: skip
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Refusal(400, "Malformed", f"The body is no JSON: {reason}.") from None
    if body.count(b"[") + body.count(b"{") > DEEPEST or LONG_NUMBER.search(body):
        _look_whether_recordable(value, 1)
    return value


def _look_whether_recordable(value: Any, depth: int) -> None:
    """Runs can be recorded only with numbers that others know, and values that end somewhere."""
    if depth > DEEPEST:
        raise Refusal(422, "Invalid", f"The body is nested deeper than {DEEPEST} levels.")
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise Refusal(422, "Invalid", "The body holds a whole number that has more than 64 bits.")
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            _look_whether_recordable(one, depth + 1)


def _by_name(values: Sequence[Value], where: str) -> dict[str, tuple[Value, Read]]:
    return {
        value.said: (value, reader_of(value.schema)) for value in values if value.where == where
    }


def _parsed(query: bytes) -> dict[str, list[str]]:
    """What a query names. Raises Refusal for what is no text, or is too much."""
    found: dict[str, list[str]] = {}
    pieces = [piece for piece in query.split(b"&") if piece]
    if len(pieces) > MOST_QUERIED:
        raise Refusal(400, "Malformed", f"The query has more than {MOST_QUERIED} values.")
    try:
        for piece in pieces:
            name, _, text = piece.decode("ascii").partition("=")
            found.setdefault(unquote_plus(name, errors="strict"), []).append(
                unquote_plus(text, errors="strict")
            )
    except UnicodeDecodeError:
        raise Refusal(400, "Malformed", "The query is not written in UTF-8.") from None
    return found


def _fault(
    where: str, name: str, message: str, known: Mapping[str, object] | None = None
) -> dict[str, str]:
    hint = did_you_mean(name, known) if known else ""
    return {"in": where, "name": name[:200], "message": f"{message} {hint}".strip()}


def _first(path: str) -> str:
    """The name that a path inside the record begins with."""
    ends = [at for mark in ".[" if (at := path.find(mark)) >= 0]
    return path[: min(ends)] if ends else path
