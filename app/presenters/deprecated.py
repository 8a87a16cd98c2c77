"""Where a flow calls, or is, an endpoint that should be called no more."""

from collections.abc import Iterator, Mapping

import msgspec

from agents.swarm.api_gateway.routing import Table
from agents.swarm.api_gateway.shapes import ROOT, Endpoint, Overview
from agents.swarm.api_gateway.words import deprecated_words
from graph.errors import Problem
from graph.flow import Block, Flow

DEPRECATED = "deprecated-endpoint"
"""The code of the warning that something calls, or is, what should be called no more."""

CURE = "Call what takes its place; the Endpoints dock says more."


def deprecated_endpoints(flow: Flow, seen: Overview) -> Iterator[Problem]:
    """A warning for each block that calls such an endpoint, and for a flow behind one."""
    old = [one.endpoint for one in seen.endpoints if one.endpoint.deprecation is not None]
    if not old:
        return
    for endpoint in old:
        if flow.name and endpoint.flow_name == flow.name:
            cure = "Publish the flow in another version, and tell callers of it."
            yield Problem(DEPRECATED, deprecated_words(endpoint), cure, severity="warning")
    yield from _calls(flow, _Known(old))


def _calls(flow: Flow, known: "_Known", path: str = "") -> Iterator[Problem]:
    for block in flow.blocks.values():
        for field, endpoint in known.called(block):
            problem = Problem(DEPRECATED, deprecated_words(endpoint), CURE, severity="warning")
            yield msgspec.structs.replace(problem, flow=path, block=block.id, field=field)
    for name, inner in flow.flows.items():
        yield from _calls(inner, known, f"{path}/{name}" if path else name)


class _Known:
    """The endpoints that should be called no more, by their names and by their addresses."""

    def __init__(self, old: list[Endpoint]) -> None:
        self._by_key: Mapping[str, Endpoint] = {one.key: one for one in old}
        self._table = Table((one.version, one.method, one.path, one) for one in old)

    def called(self, block: Block) -> Iterator[tuple[str, Endpoint]]:
        """The fields of a block by which it calls one, and which."""
        if block.settings.bypass:
            return
        if block.kind == "gateway.call":
            key = f"{block.fields.get('version', 'v1')}/{block.fields.get('name')}"
            if (found := self._by_key.get(key)) is not None:
                yield "name", found
        url = block.fields.get("url")
        if isinstance(url, str) and f"{ROOT}/" in url:
            for endpoint in self._at(url):
                yield "url", endpoint

    def _at(self, url: str) -> list[Endpoint]:
        path = url.partition(f"{ROOT}/")[2].partition("?")[0].partition("#")[0]
        version, *parts = path.split("/")
        found = self._table.find(version, parts)
        return list(found.methods.values())[:1] if found is not None else []
