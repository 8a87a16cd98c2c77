"""What callers of an endpoint give: which value stands where, and what it has to be."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from agents.swarm.api_gateway.paths import places_of
from agents.swarm.api_gateway.shapes import Endpoint, Schema
from agents.swarm.api_gateway.transforms import names_in
from graph.errors import BadInput
from graph.values import did_you_mean

Where = Literal["path", "query", "header", "body"]

BODIES = ("POST", "PUT", "PATCH")
"""Methods whose requests have a body."""

HEADER = re.compile(r"[A-Za-z0-9-]{1,100}\Z")
TAKEN = frozenset(
    ("accept", "authorization", "connection", "content-length", "content-type", "cookie", "host",
     "idempotency-key", "origin", "prefer", "transfer-encoding", "x-api-key")
)  # fmt: skip
"""Headers that mean something else, in lower case."""


class Value(msgspec.Struct, frozen=True):
    """A value that callers give: `said` is what it is called there, a header's name say."""

    name: str
    where: Where
    said: str
    schema: Schema
    required: bool


def values_of(endpoint: Endpoint, takes: Schema) -> tuple[Value, ...]:
    """What callers give so that a flow that `takes` this can run. Raises BadInput."""
    schemas, required = _given(endpoint, takes)
    places = places_of(endpoint.path)
    from_headers = {name: header for header, name in endpoint.headers.items()}
    for field, names in (
        ("path", places), ("query", endpoint.query), ("headers", tuple(from_headers)),
    ):  # fmt: skip
        _look_whether_known(field, names, schemas, endpoint)
    _look_at_headers(tuple(endpoint.headers))
    others: Where = "body" if endpoint.method in BODIES else "query"

    def where(name: str) -> Where:
        if name in places:
            return "path"
        if name in from_headers:
            return "header"
        return "query" if name in endpoint.query else others

    return tuple(
        Value(name, where(name), from_headers.get(name, name), schema, name in required | {*places})
        for name, schema in schemas.items()
    )


def _given(endpoint: Endpoint, takes: Schema) -> tuple[dict[str, Schema], set[str]]:
    """What callers give, by name, and which of it they must: the flow's inputs, seen from there."""
    how = endpoint.request
    wanted: Mapping[str, Schema] = takes.get("properties", {})
    mentioned = frozenset[str]().union(
        *(names_in(text, f"request.make.{name}") for name, text in how.make.items())
    )
    old_names = {new: old for old, new in how.rename.items()}
    schemas: dict[str, Schema] = {}
    required = set[str]()
    for name, schema in wanted.items():
        if name in how.make and name not in mentioned:
            continue
        old = old_names.get(name, name)
        if how.pick and old not in how.pick:
            continue
        given = name in how.defaults
        schemas[old] = {**schema, "default": how.defaults[name]} if given else schema
        if name in takes.get("required", ()) and not given:
            required.add(old)
    for name, schema in endpoint.takes.items():
        schemas[name] = schema
        required -= {name}
        if "default" not in schema:
            required.add(name)
    _look_at_names(endpoint, takes, schemas)
    return schemas, required


def _look_at_names(endpoint: Endpoint, takes: Schema, schemas: Mapping[str, Schema]) -> None:
    """What the transform gives must be what the flow takes, and all of that which it must have."""
    how, wanted = endpoint.request, takes.get("properties", {})
    renamed = {new for old, new in how.rename.items() if old not in endpoint.takes}
    given = {how.rename.get(name, name) for name in schemas} | {*how.defaults, *how.make}
    if more := sorted((given | renamed) - {*wanted} - {*endpoint.takes}):
        raise BadInput(
            f"request: the flow {endpoint.flow_name!r} has no input {more[0]!r}.",
            cure=did_you_mean(more[0], wanted) or _named("It takes", list(wanted)),
        )
    if lacking := [name for name in takes.get("required", ()) if name not in given]:
        raise BadInput(
            f"request: the flow {endpoint.flow_name!r} needs {lacking[0]!r}, which nobody gives.",
            cure="Pick it as well, or give it a default.",
        )


def _look_whether_known(
    field: str, names: Sequence[str], schemas: Mapping[str, Schema], endpoint: Endpoint
) -> None:
    for name in names:
        if name not in schemas:
            raise BadInput(
                f"{field}: {name!r} is nothing that the flow {endpoint.flow_name!r} is given.",
                cure=did_you_mean(name, schemas) or _named("It takes", list(schemas)),
            )


def _look_at_headers(names: Sequence[str]) -> None:
    for name in names:
        if not HEADER.match(name) or name.lower() in TAKEN:
            raise BadInput(
                f"headers: {name!r} can't be the name of a header that holds an input.",
                cure="Write one of your own, such as X-Tenant.",
            )


def _named(words: str, names: Sequence[str]) -> str:
    return f"{words} {', '.join(names)}." if names else f"{words} nothing."


def schema_of(values: Sequence[Value], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a record of these values, nothing else in it."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {value.said: value.schema for value in values},
        "required": [value.said for value in values if value.required],
        "additionalProperties": False,
    }
    return schema | ({"$defs": definitions} if definitions else {})
