"""The systems that templates speak to, each as a real server of the test: web APIs and a model."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from tests.agents.http.server import Received, Sent, WebServer, json_answer

PEOPLE = [
    {
        "name": name,
        "email": f"{name.lower()}@example.com",
        "address": {"city": city},
        "company": {"name": "Weavers"},
    }
    for name, city in (("Ada", "London"), ("Grace", "Arlington"), ("Alan", "London"))
]
POSTS = [{"id": n, "title": f"Post {n}", "body": "…"} for n in range(1, 6)]


def serve_apis(web: WebServer) -> None:
    """Answer as the addresses in the sample inputs of the templates do."""
    web.on["/"] = Sent(200, {"Content-Type": "text/html"}, b"<h1>Here</h1>")
    web.on["/users"] = json_answer(PEOPLE)
    web.on["/posts"] = json_answer(POSTS)
    for post in POSTS:
        web.on[f"/posts/{post['id']}"] = json_answer(post)
    web.on["/todos/1"] = json_answer({"id": 1, "title": "Wind the warp", "completed": False})
    web.on["/repos/pallets/flask/issues"] = lambda request: _page(web, request)
    web.on["/jobs"] = json_answer({"id": "j1", "status": "queued"}, 202)
    states = iter(("queued", "running"))
    web.on["/jobs/j1"] = lambda _: json_answer(
        {"id": "j1", "status": next(states, "done"), "result": {"rows": 12}}
    )


def _page(web: WebServer, request: Received) -> Sent:
    """Three pages of two, linked as GitHub does it."""
    number = int(request.query.rpartition("&page=")[2]) if "&page=" in request.query else 1
    items = [
        {"number": n, "title": f"Issue {n}", "state": "open" if n % 3 else "closed",
         "user": {"login": "ada" if n % 2 else "grace"}}
        for n in (2 * number - 1, 2 * number)
    ]  # fmt: skip
    more = web.url(f"/repos/pallets/flask/issues?state=all&per_page=50&page={number + 1}")
    links = {"Link": f'<{more}>; rel="next"'} if number < 3 else {}
    return json_answer(items, **links)


Message = dict[str, Any]


class Model:
    """Speaks the chat completions protocol of OpenAI, and refuses what that wouldn't take.

    `says` makes an answer of the messages: a text, or a whole message that calls tools.
    """

    def __init__(self, says: Callable[[list[Message]], str | Message]) -> None:
        self.conversations: list[list[Message]] = []
        self._says = says

    def serve(self, web: WebServer) -> None:
        """Answer under /v1, as such servers do."""
        web.on["/v1/chat/completions"] = self._answer

    def _answer(self, request: Received) -> Sent:
        body = json.loads(request.body)
        if flaw := _flaw(request.method, body):
            return json_answer({"error": {"message": flaw, "type": "invalid_request_error"}}, 400)
        self.conversations.append(body["messages"])
        said = self._says(body["messages"])
        message = {"role": "assistant", "content": said} if isinstance(said, str) else said
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return json_answer({
            "id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": body["model"],
            "choices": [choice],
            "usage": {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21},
        })  # fmt: skip


def _flaw(method: str, body: Any) -> str:
    """What the protocol wouldn't take, "" for nothing."""
    if method != "POST" or not isinstance(body, dict) or not isinstance(body.get("model"), str):
        return "POST a record with a model"
    open_calls: Sequence[str] = ()
    for message in body.get("messages") or [{}]:
        match message:
            case {"role": "system" | "user", "content": str()}:
                pass
            case {"role": "assistant", "tool_calls": calls}:
                open_calls = [call["id"] for call in calls]
            case {"role": "assistant", "content": str()}:
                pass
            case {"role": "tool", "tool_call_id": id, "content": str()} if id in open_calls:
                pass
            case _:
                return f"messages: {message} can't be one"
    return ""
