"""Blocks that wait for a person: to approve or refuse, or to fill in a form."""

import datetime
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from agents.approval.times import seconds_of
from graph.block import Route, block
from graph.blocks.checks import all_of, readable
from graph.context import Answered, Asked, Context
from graph.errors import BadInput, BlockError, Problem
from graph.schemas import Schema, faults
from graph.spec import Look
from graph.template import fill, read_template
from graph.values import shorten

DECISION: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "approved": {"type": "boolean", "title": "Approved"},
        "comment": {"type": "string", "title": "Comment", "default": "", "maxLength": 10_000},
    },
    "required": ["approved"],
    "additionalProperties": False,
}
"""What an approval takes."""

Title = Annotated[str, "What is asked, in a line; with {places} for inputs."]
Text = Annotated[str, "What there is to know, with {places} for inputs.", Look("lines")]
Shown = Annotated[Any, "What people see to decide by: a text, a table, a picture, a record."]
People = Annotated[Sequence[str], "Who is asked: names or addresses."]
Within = Annotated[str, "How long they have: 4 h, 2 days, P2DT12H; empty: for ever."]
After = Annotated[
    str, "After how long without an answer others are asked as well.", Look(more=True)
]
Others = Annotated[Sequence[str], "Who is asked then.", Look(more=True)]
Link = Annotated[
    str, "A link from “Link to answer by”, which answers this as well.", Look(more=True)
]

PATH = "/answer/"
"""Where the page is on which a link is answered, below the address of the server."""

TICKET = re.compile(r"[A-Za-z0-9_-]{43}")
"""How a link ends that a run has made itself: nobody guesses it. One that is signed has a dot."""


def _in_time(fields: Mapping[str, Any]) -> list[Problem]:
    """Others have to be asked before the time is over."""
    try:
        after, within = (seconds_of(fields.get(n) or "") for n in ("escalate_after", "within"))
    except (BadInput, AttributeError):  # told by itself, or an expression
        return []
    if after is None or within is None or after < within:
        return []
    message = "The time to answer is over before others are asked as well."
    return [Problem("never-asked", message, "Ask them earlier.", field="escalate_after")]


_CHECK = all_of(
    readable(title=read_template, text=read_template, within=seconds_of, escalate_after=seconds_of),
    _in_time,
)


@block(
    "approval.ask",
    title="Ask for approval",
    icon="mdi6.account-check-outline",
    agent="approval",
    effect="read",
    patient=True,
    routes=("approved", "refused"),
    check=_CHECK,
    search=("approve", "human", "confirm", "permission", "wait", "decision", "sign off", "review"),
)
async def ask(
    context: Context,
    title: Title = "May this go on?",
    text: Text = "",
    shows: Shown = None,
    people: People = (),
    within: Within = "",
    on_deadline: Annotated[
        Literal["fail", "approve", "refuse"], "What happens when nobody answers in time."
    ] = "fail",
    escalate_after: After = "",
    escalate_to: Others = (),
    link: Link = "",
    **inputs: Any,
) -> Route:
    """Wait until a person approves or refuses, however long that takes.

    The run waits without costing anything, over restarts as well. It goes on with an answer from
    the Inbox of the studio, `heddle answer`, the API or a signed link; the first one counts. What
    comes out, on the port of the decision, is a record: `approved`, `comment`, `by`, `through`,
    `at`, and as `shown` what was to be decided on.
    """
    otherwise = {"fail": None, "approve": {"approved": True}, "refuse": {"approved": False}}
    answer = await context.ask(
        Asked(
            title=_filled(title, inputs, shows),
            text=_filled(text, inputs, shows),
            takes=DECISION,
            shows=_shown(shows),
            of=tuple(people),
            deadline=_seconds("within", within),
            otherwise=otherwise[on_deadline],
            escalate_after=_seconds("escalate_after", escalate_after),
            escalate_to=tuple(escalate_to),
            ticket=_ticket(link),
        )
    )
    approved = bool(answer.values.get("approved"))
    record = {
        "approved": approved,
        "comment": answer.values.get("comment", ""),
        **_signed(answer),
        "shown": shows,
    }
    return Route("approved" if approved else "refused", record)


@block(
    "approval.link",
    title="Link to answer by",
    icon="mdi6.link-variant",
    agent="approval",
    effect="read",
    search=("approve", "human", "mail", "url", "send", "answer", "question"),
)
async def link(context: Context) -> str:
    """Make a link by which whoever has it can answer a question that comes later in the run.

    Send it by mail or chat, and link it to `link` of the block that asks. It opens a page with the
    form, needs no token, and answers once. Only what a server runs has one (`heddle serve`);
    people reach it by the server's `--public-url`.
    """
    if not context.address:
        raise BlockError(
            "Nobody could open a link to this run: no server has it.",
            cure="Run the flow with `heddle serve`; its --public-url is how people reach it.",
        )
    return f"{context.address.rstrip('/')}{PATH}{secrets.token_urlsafe(32)}"


class Filled(NamedTuple):
    """What a person filled in, and who that was."""

    values: Annotated[Mapping[str, Any], "The fields of the form, by name."]
    answer: Annotated[Mapping[str, Any], "Who answered (`by`), `through` what, and when (`at`)."]


@block(
    "approval.form",
    title="Fill in a form",
    icon="mdi6.form-select",
    agent="approval",
    effect="read",
    patient=True,
    check=_CHECK,
    search=("form", "human", "input", "ask", "question", "person", "wait", "survey"),
)
async def form(
    context: Context,
    fields: Annotated[
        Schema,
        "The fields of the form, as the JSON Schema of a record.",
        Look("schema"),
    ],
    title: Title = "Please fill this in",
    text: Text = "",
    shows: Shown = None,
    people: People = (),
    within: Within = "",
    otherwise: Annotated[
        Mapping[str, Any] | None,
        "What is taken when nobody answers in time; without it, the block fails.",
        Look("mapping", more=True),
    ] = None,
    escalate_after: After = "",
    escalate_to: Others = (),
    link: Link = "",
    **inputs: Any,
) -> Filled:
    """Wait until a person has filled in a form; what they wrote is data on the link.

    An answer is taken only if it is as the fields say. It can come from the Inbox of the studio,
    `heddle answer`, the API or a signed link; the first one counts.
    """
    takes = fields if isinstance(fields, Mapping) else {}
    faults({}, takes, most=1)  # a wrong schema is told of now, and not to whoever answers
    answer = await context.ask(
        Asked(
            title=_filled(title, inputs, shows),
            text=_filled(text, inputs, shows),
            takes=takes,
            shows=_shown(shows),
            of=tuple(people),
            deadline=_seconds("within", within),
            otherwise=otherwise,
            escalate_after=_seconds("escalate_after", escalate_after),
            escalate_to=tuple(escalate_to),
            ticket=_ticket(link),
        )
    )
    return Filled(dict(answer.values), _signed(answer))


def _seconds(field: str, text: str) -> float | None:
    """How long that is. Raises BadInput, which names the field."""
    try:
        return seconds_of(text)
    except BadInput as error:
        raise BadInput(f"{field}: {error.message}", cure=error.cure) from None


def _ticket(link: str) -> str:
    """What the link ends with, "" for none. Raises BadInput."""
    _, path, ticket = link.strip().rpartition(PATH)
    if link.strip() and not (path and TICKET.fullmatch(ticket)):
        raise BadInput(
            f"link: {shorten(link)} is none to answer by.",
            cure="Link it to the block “Link to answer by”.",
        )
    return ticket


def _filled(text: str, inputs: Mapping[str, Any], shows: Any) -> str:
    """The text with inputs in its {places}; `shows` is one of them."""
    return "".join(fill(read_template(text), {"shows": shows, **inputs}))


def _shown(shows: Any) -> Mapping[str, Any]:
    """What is shown, by name."""
    if shows is None:
        return {}
    named = isinstance(shows, Mapping) and all(isinstance(name, str) for name in shows)
    return dict(shows) if named else {"value": shows}


def _signed(answer: Answered) -> dict[str, Any]:
    """Who answered, by which way, and when."""
    at = datetime.datetime.fromtimestamp(answer.at, datetime.UTC)
    return {"by": answer.by, "through": answer.through, "at": at}
