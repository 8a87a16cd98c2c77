"""The server itself: tools, calls and resources, in the words of the SDK."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceLink,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
    Tool,
    ToolAnnotations,
)

from graph.errors import HeddleError
from runtime.runtime import Runtime
from runtime.services.mcp.calling import Call, Told
from runtime.services.mcp.offers import Offer, Offers
from runtime.services.mcp.reading import (
    FLOWS,
    LARGEST,
    RUNS,
    NoResource,
    flow_uri,
    read,
    recent_runs,
    run_uri,
)
from runtime.wire import as_json

Context = ServerRequestContext[Any, Any]

JSON = "application/json"

INSTRUCTIONS = (
    "Each tool is a flow: it takes the inputs of the flow and gives its results. What a flow did "
    "is a resource, heddle://runs/ID; a call that waits for a person says where they answer."
)

GrantsOf = Callable[[Offer], Mapping[str, Any]]
"""What the runs of a flow are granted, as fields of `agents.contract.Grants`."""


class FlowServer:
    """Offers flows to one client, or to several."""

    def __init__(
        self,
        runtime: Runtime,
        offers: Offers,
        grants: GrantsOf,
        version: str = "",
    ) -> None:
        self._runtime = runtime
        self._offers = offers
        self._grants = grants
        self._ours: set[str] = set()
        """The runs begun here."""
        self.hung_up = False
        """Whether the client is gone: runs are left then, to be resumed, and not cancelled."""
        self.server: Server[Any] = Server(
            "heddle",
            version=version,
            title="Heddle",
            instructions=INSTRUCTIONS,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            on_list_resources=self._list_resources,
            on_list_resource_templates=self._list_templates,
            on_read_resource=self._read_resource,
        )

    # Tools.

    async def _list_tools(
        self, _: Context, __: PaginatedRequestParams | None = None
    ) -> ListToolsResult:
        return ListToolsResult(
            tools=[_tool(offer) for offer in (await self._offers.now()).values()]
        )

    async def _call_tool(self, context: Context, params: CallToolRequestParams) -> CallToolResult:
        offers = await self._offers.now()
        offer = offers.get(params.name)
        if offer is None:
            known = ", ".join(offers) or "none"
            raise MCPError(INVALID_PARAMS, f"There is no flow {params.name!r}. Offered: {known}.")

        async def tell(done: float, total: float, note: str) -> None:
            await context.session.report_progress(done, total, note)

        call = Call(self._runtime, offer, tell)
        try:
            await call.begin(params.arguments or {}, self._grants(offer))
        except HeddleError as error:
            return _failed(error.message, error.cure)
        self._ours.add(call.run)
        return _result(await call.end(lambda: self.hung_up))

    # Resources.

    async def _list_resources(
        self, _: Context, __: PaginatedRequestParams | None = None
    ) -> ListResourcesResult:
        offers = await self._offers.now()
        flows = [
            Resource(
                uri=flow_uri(offer.name), name=offer.name, title=offer.title,
                description=offer.description, mime_type=JSON,
            )
            for offer in offers.values()
        ]  # fmt: skip
        runs = [
            Resource(
                uri=run_uri(row.run), name=row.run, title=f"{row.name}, {row.state}",
                description="A run: its state, inputs, results and blocks.", mime_type=JSON,
            )
            for row in await recent_runs(self._runtime, offers)
        ]  # fmt: skip
        return ListResourcesResult(resources=[*flows, *runs])

    async def _list_templates(
        self, _: Context, __: PaginatedRequestParams | None = None
    ) -> ListResourceTemplatesResult:
        return ListResourceTemplatesResult(
            resource_templates=[
                ResourceTemplate(
                    uri_template=FLOWS + "{name}", name="flow", title="A flow", mime_type=JSON,
                    description="What a flow takes and gives, and the flow itself.",
                ),
                ResourceTemplate(
                    uri_template=RUNS + "{run}", name="run", title="A run", mime_type=JSON,
                    description="The state, inputs, results and blocks of a run.",
                ),
            ]
        )  # fmt: skip

    async def _read_resource(
        self, _: Context, params: ReadResourceRequestParams
    ) -> ReadResourceResult:
        try:
            content = await read(self._runtime, await self._offers.now(), params.uri, self._ours)
        except NoResource as error:
            raise MCPError(INVALID_PARAMS, str(error)) from None
        return ReadResourceResult(
            contents=[
                TextResourceContents(uri=params.uri, mime_type=JSON, text=content.decode())
            ]
        )  # fmt: skip


def _tool(offer: Offer) -> Tool:
    return Tool(
        name=offer.name,
        title=offer.title,
        description=offer.description,
        input_schema=dict(offer.takes),
        output_schema=dict(offer.gives),
        annotations=ToolAnnotations(read_only_hint=not offer.writes),
    )


def _result(told: Told) -> CallToolResult:
    """What a caller is told of a run."""
    if told.failure is not None:
        where = f" in the block {told.failure.task!r}" if told.failure.task else ""
        return _failed(
            f"The flow failed{where}: {told.failure.message}", told.failure.cure, told.run
        )
    if told.waits or told.outputs is None:
        return _failed(
            f"The run waits. {' '.join(told.waits)}".strip(),
            f"It goes on once that is done; {run_uri(told.run)} says how it is.",
            told.run,
        )
    content = as_json(told.outputs)
    if len(content) > LARGEST:
        return _failed(
            f"The flow is done, but its results have {len(content):,} bytes, too many to be told.",
            f"`heddle show {told.run} --json` tells them all.",
            told.run,
        )
    return CallToolResult(
        content=[TextContent(text=_said(told.outputs, content)), _link(told.run)],
        structured_content=msgspec.json.decode(content),
    )


def _said(outputs: Mapping[str, Any], content: bytes) -> str:
    """The results as a text: a single text as it is, all else as JSON."""
    alone = next(iter(outputs.values())) if len(outputs) == 1 else None
    return alone if isinstance(alone, str) else content.decode()


def _failed(message: str, cure: str, run: str = "") -> CallToolResult:
    parts: list[Any] = [TextContent(text=f"{message} {cure}".strip())]
    if run:
        parts.append(_link(run))
    return CallToolResult(content=parts, is_error=True)


def _link(run: str) -> ResourceLink:
    return ResourceLink(uri=run_uri(run), name=run, mime_type=JSON, description="What happened.")


class Watched:
    """A stream of messages that says when the client has hung up, before anybody else learns."""

    def __init__(self, inner: Any, ended: Callable[[], None]) -> None:
        self._inner = inner
        self._ended = ended

    @property
    def last_context(self) -> Any:
        """What the SDK hands on from whoever sent the message."""
        return getattr(self._inner, "last_context", None)

    async def receive(self) -> Any:
        return await self._inner.receive()

    def __aiter__(self) -> "Watched":
        return self

    async def __anext__(self) -> Any:
        try:
            return await self._inner.__anext__()
        except StopAsyncIteration:
            self._ended()
            raise

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def __aenter__(self) -> "Watched":
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        with contextlib.suppress(Exception):
            await self._inner.__aexit__(*error)
