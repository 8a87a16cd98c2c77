"""What people are asked, over HTTP: the list, answers, and a page for whoever has a link."""

import re
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qs

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, SkipValidation

from graph.errors import HeddleError
from runtime.access.principal import Principal
from runtime.answering import Unasked
from runtime.commands import Answer, AnswerTask
from runtime.inputs import BadInputs
from runtime.links import Asked, ExpiredLink, ForgedLink, Links
from runtime.projections.inbox import Inbox, Question
from runtime.runtime import Runtime
from runtime.services import answer_page as page
from runtime.services.roles import ByRole, principal_of
from runtime.wire import JSON, MSGPACK, as_json, looked

Engine = NamedDependency[SkipValidation[Runtime]]
Signing = NamedDependency[SkipValidation[Links | None]]

OPEN = "/answer/"
"""What paths begin with that need no token: the link itself says what may be done."""

HEADERS = {
    "Content-Security-Policy": page.POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
TICKET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
"""How a link ends that a run has made itself; one that is signed has a dot."""
LONGEST = 1_000_000
"""Bytes that an answer on the page may have."""


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer: the `values` of the form, and from whom it is."""

    values: dict[str, Any]
    by: str = ""
    label: str = ""


@get("/inbox")
async def inbox(
    request: Request[Any, Any, Any], runtime: Engine, links: Signing, run: FromQuery[str] = ""
) -> Response[bytes]:
    """What runs ask people, newest first; of one run only when it is named."""
    found = [linked(links, one, runtime.now()) for one in await runtime.questions(run)]
    if MSGPACK in request.headers.get("accept", ""):
        return Response(looked(Inbox(found)), media_type=MSGPACK)
    return Response(as_json(Inbox(found)), media_type=JSON)


@post("/inbox/{wanted:str}/{task:path}", status_code=200)
async def answer(
    request: Request[Any, Any, Any],
    runtime: Engine,
    wanted: FromPath[str],
    task: FromPath[str],
    data: JSONBody[Given],
) -> Answer:
    """Answer what a task asks. The first answer counts; any later one is told who gave it."""
    row = await runtime.journal.run(wanted)
    by = signed(principal_of(request), data.by)
    given = AnswerTask(row.run, data.values, task.lstrip("/"), data.label, by, "api")
    return await runtime.obey(given)


def signed(principal: Principal, by: str) -> str:
    """From whom an answer is: only the owner may say that it is somebody else's."""
    return by if principal.proof == "owner" else principal.user


@get("/answer/{token:str}")
async def show(runtime: Engine, links: Signing, token: FromPath[str]) -> Response[str]:
    """The page of a signed link. Looking at it answers nothing."""
    try:
        return _page(page.form(await _meant(runtime, links, token)))
    except HeddleError as error:
        return _sorry(error)


@post("/answer/{token:str}", status_code=200, request_max_body_size=LONGEST)
async def take(
    request: Request[Any, Any, Any], runtime: Engine, links: Signing, token: FromPath[str]
) -> Response[str]:
    """Take what was filled in on the page of a signed link."""
    given = _filled_in(await request.body())
    by = given.get("by", "").strip()[:200]
    try:
        question = await _meant(runtime, links, token)
        try:
            values = page.values_of(question.takes, given)
            told = AnswerTask(question.run, values, question.task, question.label, by, "link")
            await runtime.obey(told)
        except BadInputs as error:
            return _page(page.form(question, given, str(error)), 422)
        return _page(page.thanks(question, values, by))
    except HeddleError as error:
        return _sorry(error)


async def _meant(runtime: Runtime, links: Links | None, token: str) -> Question:
    """The open question that a link is for. Raises HeddleError."""
    if TICKET.fullmatch(token):
        return await _awaited(runtime, token)
    if links is None:
        raise ForgedLink("Nothing can be answered here by a link.")
    asked = links.read(token, runtime.now())
    for question in await runtime.questions(asked.run):
        if _is_it(question, asked):
            return question
    raise await runtime.why_unasked(asked.run, asked.task, asked.label)


async def _awaited(runtime: Runtime, ticket: str) -> Question:
    """The open question to which the run itself has sent a link. Raises Unasked."""
    for question in await runtime.questions():
        if question.ticket and compare_digest(question.ticket, ticket):
            return question
    raise Unasked(
        "It was answered, its time is over, or the run hasn't come that far: then try again soon."
    )


def _is_it(question: Question, asked: Asked) -> bool:
    mine = (question.run, question.task, question.label, question.since)
    return mine == (asked.run, asked.task, asked.label, asked.since)


def linked(links: Links | None, question: Question, now: float) -> Question:
    """The question with its link."""
    if links is None:
        return question
    return msgspec.structs.replace(question, link=links.to(question, now))


def _filled_in(body: bytes) -> Mapping[str, str]:
    """What a form was filled in with, the last of each name."""
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in fields.items()}


def _page(content: str, status: int = 200) -> Response[str]:
    return Response(
        content, status_code=status, media_type="text/html; charset=utf-8", headers=HEADERS
    )


def _sorry(error: HeddleError) -> Response[str]:
    match error:
        case ForgedLink():
            return _page(page.message("This link doesn't work", error.message), 403)
        case ExpiredLink():
            return _page(page.message("Too late", error.message), 410)
        case Unasked():
            return _page(page.message("Nothing to answer any more", error.message), 409)
    return _page(page.message("That didn't work", error.message), 503)


INBOX = ByRole(viewer=(inbox,), runner=(answer,), open=(show, take))
