"""The server itself: tools, calls and resources, in the words of the SDK."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ElicitResult,
    InputRequests,
    InputRequiredResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
    Tool,
    ToolAnnotations,
)
from mcp.types.version import MODERN_PROTOCOL_VERSIONS

from graph.errors import HeddleError
from runtime.events import TaskAsked
from runtime.runtime import Runtime
from runtime.services.mcp.asking import (
    ANSWER,
    Context,
    asked_back,
    can_ask,
    form_of,
)
from runtime.services.mcp.calling import Call
from runtime.services.mcp.offers import Offer, Offers
from runtime.services.mcp.reading import (
    FLOWS,
    JSON,
    RUNS,
    NoResource,
    flow_uri,
    read,
    recent_runs,
    run_uri,
)
from runtime.services.mcp.telling import failed, result_of, taken, waiting

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
        self._asking: dict[str, tuple[Call, TaskAsked]] = {}
        """The calls whose callers are to answer something, by their runs."""
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

    async def _call_tool(
        self, context: Context, params: CallToolRequestParams
    ) -> CallToolResult | InputRequiredResult:
        if params.request_state is not None:
            return await self._answered(context, params)
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
            return failed(error.message, error.cure)
        self._ours.add(call.run)
        return await self._ended(context, call)

    async def _ended(self, context: Context, call: Call) -> CallToolResult | InputRequiredResult:
        """What a caller is told in the end, having asked them meanwhile what the run asks."""
        try:
            while (told := await call.next()).asked is not None:
                if not can_ask(context, told.asked):
                    return waiting(told.run, told.asked, left=await call.leave())
                if context.protocol_version in MODERN_PROTOCOL_VERSIONS:
                    await call.leave()  # the caller may never come back, and others may answer
                    self._asking[call.run] = (call, told.asked)
                    requests: InputRequests = {ANSWER: form_of(told.asked)}
                    return InputRequiredResult(input_requests=requests, request_state=call.run)
                given = await asked_back(context, told.asked)
                if (flaw := await taken(context, call, told.asked, given)) is not None:
                    return flaw
        except asyncio.CancelledError:
            if not self.hung_up:
                await call.cancel()
            raise
        return result_of(told)

    async def _answered(
        self, context: Context, params: CallToolRequestParams
    ) -> CallToolResult | InputRequiredResult:
        """Go on with a call whose caller was asked something."""
        call, asked = self._asking.pop(params.request_state or "", (None, None))
        given = (params.input_responses or {}).get(ANSWER)
        if call is None or asked is None or not isinstance(given, ElicitResult):
            raise MCPError(INVALID_PARAMS, "Nothing was asked that this answers.")
        if (flaw := await taken(context, call, asked, given)) is not None:
            return flaw
        return await self._ended(context, call)

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
