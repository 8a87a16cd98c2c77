"""An endpoint ready to be called: how requests are read, and what is made of results."""

from collections.abc import Mapping
from typing import Any

from agents.swarm.api_gateway.answers import (
    JSON,
    Answer,
    Header,
    Refusal,
    as_json,
    deprecation_headers,
)
from agents.swarm.api_gateway.asking import Asking, invalid
from agents.swarm.api_gateway.asks import Value, values_of
from agents.swarm.api_gateway.paths import places_of
from agents.swarm.api_gateway.shapes import ROOT, Endpoint, Kept, Schema
from agents.swarm.api_gateway.transforms import Evaluate, answered, shape_after, transformed
from graph.errors import HeddleError
from graph.schemas import Checker


class Gate:
    """Made anew when the endpoint is changed. Raises BadInput for one that can't be."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.endpoint: Endpoint = kept.endpoint
        self.key = kept.endpoint.key
        self.values: tuple[Value, ...] = values_of(kept.endpoint, kept.takes)
        self.gives: Mapping[str, Schema] = shape_after(
            kept.gives.get("properties", {}), kept.endpoint.response, "response"
        )
        self.definitions: Mapping[str, Any] = kept.takes.get("$defs", {})
        self._asking = Asking(self.values, self.definitions)
        self.has_body = self._asking.has_body
        """Whether requests have a body."""
        self._places = places_of(kept.endpoint.path)
        self._made = Checker(kept.takes) if kept.endpoint.request.make else None
        self._transforms = kept.endpoint.request.make or _reshapes(kept.endpoint)

    @property
    def successor(self) -> str:
        """What to call instead where it is deprecated, "" for nothing."""
        return self.endpoint.deprecation.successor if self.endpoint.deprecation else ""

    def headers(self, before: str) -> tuple[Header, ...]:
        """What every answer says; `before` is what the caller's addresses begin with."""
        docs = f"{before}{ROOT}/{self.endpoint.version}/docs#{self.endpoint.name}"
        return deprecation_headers(self.endpoint.deprecation, docs, below(before, self.successor))

    def record(
        self, places: tuple[str, ...], query: bytes, headers: Mapping[bytes, bytes], body: Any
    ) -> dict[str, Any]:
        """The values of a request. Raises Refusal."""
        named = dict(zip(self._places, places, strict=True))
        return self._asking.record(named, query, headers, body)

    def read_from(self, headers: Mapping[bytes, bytes]) -> tuple[bytes, ...]:
        """The headers of a request that values are read from."""
        return self._asking.read_from(headers)

    def checked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a call from within. Raises Refusal."""
        return self._asking.checked(values)

    async def inputs(self, record: dict[str, Any], evaluate: Evaluate) -> dict[str, Any]:
        """What the flow is given for the values of a request. Raises Refusal."""
        if not self._transforms:
            return record
        try:
            made = await transformed(record, self.endpoint.request, evaluate)
        except HeddleError as error:
            raise Refusal(
                422, "Invalid", f"Nothing can be made of these values: {error.message}"
            ) from None
        wanted = self.kept.takes.get("properties", {})
        made = {name: value for name, value in made.items() if name in wanted}
        if self._made is not None and (faults := self._made.faults(made)):
            told = [
                {"in": "flow", "name": one["path"], "message": one["message"]} for one in faults
            ]
            raise invalid(told)
        return made

    async def answer(self, outputs: Mapping[str, Any], evaluate: Evaluate) -> Answer:
        """What callers are told of the results of a run. Raises Refusal."""
        how = self.endpoint.response
        try:
            value = answered(await transformed(outputs, how, evaluate), how)
        except HeddleError as error:
            raise Refusal(
                500, "BadTransform", f"The answer can't be made: {error.message}",
                "Change what the endpoint makes of results.",
            ) from None  # fmt: skip
        if self.endpoint.status in (204, 205):  # these have no body
            return Answer(self.endpoint.status, b"", ())
        return Answer(self.endpoint.status, as_json(value), (JSON,))


def below(before: str, address: str) -> str:
    """An address as callers have it whose addresses begin with something."""
    return f"{before}{address}" if address.startswith(f"{ROOT}/") else address


def _reshapes(endpoint: Endpoint) -> bool:
    how = endpoint.request
    return bool(how.pick or how.rename or how.defaults or endpoint.takes)
