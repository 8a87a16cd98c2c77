"""What a run asks a person, put to the caller of the tool, whose own user then answers."""

from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.types import ElicitRequest, ElicitRequestFormParams, ElicitResult

from runtime.events import TaskAsked

Context = ServerRequestContext[Any, Any]

ANSWER = "answer"
"""What the one question is called in a message to the caller."""

WHERE = "It is answered in the Inbox of the studio or by `heddle inbox`; the run goes on then."

HERE = (
    "This server still drives the run: call the tool from a program that shows forms to its user, "
    "or end the server, and answer it in the Inbox of the studio."
)

LONGEST = 4_000
"""Characters of what is put to a person."""

_PLAIN = {"string", "number", "integer", "boolean"}


def can_ask(context: Context, asked: TaskAsked) -> bool:
    """Whether the caller shows forms to its user, and this question can be one."""
    able = context.session.client_capabilities
    fields = asked.question.get("takes", {}).get("properties", {})
    plain = all(isinstance(one, dict) and one.get("type") in _PLAIN for one in fields.values())
    return able is not None and able.elicitation is not None and bool(fields) and plain


def form_of(asked: TaskAsked) -> ElicitRequest:
    """The question as a form."""
    takes = asked.question.get("takes", {})
    schema = {
        "type": "object",
        "properties": dict(takes.get("properties", {})),
        "required": list(takes.get("required", ())),
    }
    return ElicitRequest(
        params=ElicitRequestFormParams(message=words_of(asked), requested_schema=schema)
    )


async def asked_back(context: Context, asked: TaskAsked) -> ElicitResult:
    """What the user of a caller that keeps its line open answers."""
    form = form_of(asked).params
    assert isinstance(form, ElicitRequestFormParams)
    return await context.session.elicit_form(
        form.message, form.requested_schema, related_request_id=context.request_id
    )


def words_of(asked: TaskAsked) -> str:
    """The question in words."""
    title, text = str(asked.question.get("title", "")), str(asked.question.get("text", ""))
    return f"{title}\n\n{text}".strip()[:LONGEST]


def caller(context: Context) -> str:
    """Who answers, as far as is known: the program that asked its user."""
    known = context.session.client_params
    return f"{known.client_info.name} (MCP)" if known else "an MCP client"
