"""What flows can do with endpoints: publish, change, deprecate, remove, call and look at them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import msgspec

from agents.swarm.api_gateway.shapes import Access, Answers, Endpoint, Method, Rate, Version, Window
from graph.block import block
from graph.context import Context
from graph.errors import BadInput
from graph.spec import Look, Needs

if TYPE_CHECKING:
    from agents.swarm.api_gateway.agent import GatewayAgent
    from agents.swarm.api_gateway.shapes import Shown

_NOTHING: Mapping[str, Any] = {}

Name = Annotated[str, "What the endpoint is called: small letters, digits and _."]
On = Annotated[Version, "The version of the API that it belongs to."]
"""Versions stand side by side."""


def _needs(_: Mapping[str, Any]) -> Needs:
    """Any host and database: which ones, only the endpoint's flow tells."""
    return Needs(hosts=("*",), databases=("*",))


class Published(NamedTuple):
    """An endpoint as it stands now."""

    address: Annotated[str, "Where it is called: the path, after the address of the server."]
    name: Annotated[str, "What it is called, for what is to come after it."]
    version: Annotated[str, "The version of the API that it belongs to."]
    created: Annotated[bool, "Whether it is new; not if it was there and was changed."]


class Called(NamedTuple):
    """What an endpoint answered."""

    value: Annotated[Any, "The answer."]
    status: Annotated[int, "Its status: 202 where the answer comes later."]
    deprecated: Annotated[str, "What is said where it should be called no more, else empty."]


@block(
    "gateway.publish",
    title="Publish endpoint",
    icon="mdi6.api",
    agent="api_gateway",
    effect="write",
    repeatable=True,
    needs=_needs,
    search=("api", "rest", "http", "route", "serve", "endpoint", "expose", "web service"),
)
async def publish(
    name: Name,
    path: Annotated[str, "Its path, such as /lessons/{id}; what is in braces is an input."],
    flow: Annotated[str, "The name or hash of a flow that is stored on the server."],
    context: Context,
    version: On = "v1",
    method: Annotated[Method, "How it is called: GET and DELETE take no body."] = "POST",
    access: Annotated[Access, "Whether callers need a key."] = "key",
    answers: Annotated[
        Answers, "Later: callers get the address of the run at once, and ask there."
    ] = "at once",
    calls: Annotated[int, "So many calls are answered in the time below; 0 for any number."] = 0,
    seconds: Annotated[int, "The time that `calls` speaks of.", Look(more=True)] = 60,
    window: Annotated[
        Window,
        "Fixed windows begin and end as a whole; a sliding one is always the last seconds.",
        Look(more=True),
    ] = "sliding",
    each: Annotated[
        Literal["endpoint", "caller"],
        "Whether calls are counted together or for each caller.",
        Look(more=True),
    ] = "endpoint",
    more: Annotated[
        Mapping[str, Any],
        "Further properties: `title`, `query`, `headers`, `request`, `response`, `seconds`, "
        "`largest`, `origins` and so on.",
        Look("json", more=True),
    ] = _NOTHING,
) -> Published:
    """Put a flow behind an address that anybody's program can call, or change how it stands.

    It is answered at once, without a restart. Places in the path, the query and the body are the
    inputs of the flow, checked before it runs; its results are the answer. It may touch what this
    flow may, and of that only what its home grants.
    """
    gateway = await _gateway(context)
    rate = Rate(calls, seconds, window, each) if calls else None
    said = dict(more) | {
        "name": name, "path": path, "flow": flow, "version": version, "method": method,
        "access": access, "answers": answers,
    }  # fmt: skip
    if rate is not None:
        said["rate"] = msgspec.to_builtins(rate)
    endpoint = _endpoint(said)
    there = [one.endpoint.key for one in (await gateway.overview()).endpoints]
    within = context.granted()
    if endpoint.key not in there:
        return _published(await gateway.create(endpoint, within=within), created=True)
    changes = {field: value for field, value in said.items() if field not in ("name", "version")}
    whole = dict.fromkeys(_CHANGEABLE) | changes
    changed = await gateway.change(version, name, whole, within=within)
    return _published(changed, created=False)


@block(
    "gateway.remove",
    title="Remove endpoint",
    icon="mdi6.link-off",
    agent="api_gateway",
    effect="write",
    repeatable=True,
    output="removed",
    search=("api", "endpoint", "delete", "unpublish"),
)
async def remove(name: Name, context: Context, version: On = "v1") -> bool:
    """Take an endpoint away at once; gives whether there was one. Calls under way are answered."""
    gateway = await _gateway(context)
    if f"{version}/{name}" not in [
        one.endpoint.key for one in (await gateway.overview()).endpoints
    ]:
        return False
    await gateway.remove(version, name)
    return True


@block(
    "gateway.deprecate",
    title="Deprecate endpoint",
    icon="mdi6.timer-sand",
    agent="api_gateway",
    effect="write",
    repeatable=True,
    output="address",
    search=("api", "endpoint", "sunset", "retire", "version", "migrate"),
)
async def deprecate(
    name: Name,
    context: Context,
    version: On = "v1",
    sunset: Annotated[
        datetime | None, "Until when it answers; afterwards callers are told that it is gone."
    ] = None,
    successor: Annotated[str, "The address of what takes its place."] = "",
    link: Annotated[str, "A page that says more.", Look("url", more=True)] = "",
    note: Annotated[str, "What callers should know.", Look("lines", more=True)] = "",
) -> str:
    """Tell callers that an endpoint should be called no more, by headers and in its description."""
    gateway = await _gateway(context)
    shown = await gateway.deprecate(
        version,
        name,
        sunset=sunset.timestamp() if sunset is not None else None,
        successor=successor,
        link=link,
        note=note,
    )
    return shown.address


@block(
    "gateway.call",
    title="Call endpoint",
    icon="mdi6.call-made",
    agent="api_gateway",
    effect="write",
    repeatable=False,
    needs=_needs,
    search=("api", "endpoint", "invoke", "request"),
)
async def call(
    name: Name,
    context: Context,
    version: On = "v1",
    values: Annotated[
        Mapping[str, Any], "What it is given, by name, wherever that stands.", Look("mapping")
    ] = _NOTHING,
) -> Called:
    """Call an endpoint of this server as a program would, without the way over the network.

    Values are checked as those of any caller; keys and rates don't count. Its flow may touch what
    this one may, and of that only what its home grants.
    """
    gateway = await _gateway(context)
    answer = await gateway.call(version, name, values, within=context.granted())
    if answer.deprecated:
        context.trace("deprecated", {"endpoint": f"{version}/{name}", "said": answer.deprecated})
    return Called(answer.value, answer.status, answer.deprecated)


@block(
    "gateway.endpoints",
    title="List endpoints",
    icon="mdi6.format-list-bulleted-type",
    agent="api_gateway",
    effect="read",
    output="endpoints",
    search=("api", "endpoint", "usage", "metrics", "calls"),
)
async def endpoints(
    context: Context,
    version: Annotated[Literal["all", Version], "Those of one version only, or all."] = "all",
) -> list[dict[str, Any]]:
    """The endpoints there are, with what calls of each came to since the server started.

    Each has `name`, `version`, `method`, `address`, `flow`, `deprecated`, `calls`, `errors`,
    `refused`, `limited`, `p50` and `p95` (seconds).
    """
    shown = (await (await _gateway(context)).overview()).endpoints
    return [_listed(one) for one in shown if version in ("all", one.endpoint.version)]


@block(
    "gateway.describe",
    title="Describe API",
    icon="mdi6.file-document-outline",
    agent="api_gateway",
    effect="read",
    output="document",
    search=("openapi", "swagger", "endpoint", "document", "client", "generate"),
)
async def describe(context: Context, version: On = "v1") -> dict[str, Any]:
    """The OpenAPI 3.1 document of a version of the API: to keep, to compare, to make clients of."""
    return dict(await (await _gateway(context)).openapi(version))


def _listed(shown: "Shown") -> dict[str, Any]:
    endpoint, usage = shown.endpoint, shown.usage
    return {
        "name": endpoint.name, "version": endpoint.version, "method": endpoint.method,
        "address": shown.address, "flow": endpoint.flow_name,
        "deprecated": endpoint.deprecation is not None, "calls": usage.calls,
        "errors": usage.errors, "refused": usage.refused, "limited": usage.limited,
        "p50": usage.p50, "p95": usage.p95,
    }  # fmt: skip


def _changeable() -> Iterator[str]:
    for field in msgspec.structs.fields(Endpoint):
        if field.name not in ("name", "version", "deprecation", "flow_name"):
            yield field.name


_CHANGEABLE = tuple(_changeable())
"""What publishing says anew of an endpoint; that it is deprecated stays."""


def _published(shown: "Shown", *, created: bool) -> Published:
    return Published(shown.address, shown.endpoint.name, shown.endpoint.version, created)


def _endpoint(said: Mapping[str, Any]) -> Endpoint:
    try:
        return msgspec.convert(said, Endpoint)
    except msgspec.ValidationError as error:
        raise BadInput(f"That is no endpoint: {error}.") from None


async def _gateway(context: Context) -> "GatewayAgent":
    from agents.swarm.api_gateway.agent import GatewayAgent  # noqa: PLC0415 - 100 ms, only if used

    return await context.agent(GatewayAgent)
