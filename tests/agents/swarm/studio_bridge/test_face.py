"""Who may speak to the bridge, and what those are told who may not."""

from pathlib import Path

import httpx
import pytest

from agents.swarm.studio_bridge.face import LARGEST
from tests.agents.swarm.studio_bridge.conftest import Served


async def pair(served: Served, client: httpx.AsyncClient) -> str:
    """Pair as a plugin does, and begin a session; gives the token."""
    code = await served.agent.pair()
    answer = await client.post("pair", json={"code": code.code, "place": "Place"})
    token: str = answer.json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    begun = await client.post("session", json={"run": "r"})
    client.headers["X-Heddle-Session"] = begun.json()["session"]
    return token


async def test_it_says_who_it_is_to_whoever_asks(served: Served, client: httpx.AsyncClient) -> None:
    first = (await client.get("api")).json()
    await served.stop()
    await served.start()

    assert (first["product"], first["protocol"]) == ("Heddle", 1)
    assert (await client.get("api")).json() == first


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:8004", "", "[::1"])
async def test_a_name_that_leads_here_is_no_way_in(served: Served, host: str) -> None:
    """Asked of the agent itself: the server before it would refuse as well."""
    answered = await asked_directly(served, [(b"host", host.encode())])

    assert answered == (403, "wrong_host")


@pytest.mark.parametrize("host", ["127.0.0.1:8004", "localhost", "LOCALHOST:1", "[::1]:8004"])
async def test_this_machine_may_be_named_in_numbers(served: Served, host: str) -> None:
    assert (await asked_directly(served, [(b"host", host.encode())]))[0] == 200


async def test_a_page_is_refused(served: Served) -> None:
    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]

    assert await asked_directly(served, headers) == (403, "wrong_origin")


async def asked_directly(served: Served, headers: list[tuple[bytes, bytes]]) -> tuple[int, str]:
    """Status and error of GET /roblox/api."""
    import json

    sent = list[dict[str, object]]()

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/roblox/api", "headers": headers}
    await served.agent.app(scope, receive, send)
    body = sent[1]["body"]
    assert isinstance(body, bytes)
    status = sent[0]["status"]
    assert isinstance(status, int)
    return status, json.loads(body).get("error", "")


@pytest.mark.parametrize(("version", "renew"), [("0", "plugin"), ("2", "Heddle"), ("", "plugin")])
async def test_another_version_of_the_protocol_is_told_on_both_sides(
    served: Served, client: httpx.AsyncClient, version: str, renew: str
) -> None:
    answer = await client.post("pair", json={}, headers={"X-Heddle-Protocol": version})

    told = answer.json()
    assert (answer.status_code, told["error"]) == (426, "wrong_protocol")
    assert "Heddle speaks 1" in told["message"]
    assert f"Renew {'the ' if renew == 'plugin' else ''}{renew}" in told["cure"]
    (line,) = (await served.agent.logs(level="error")).lines
    assert line.text == f"{told['message']} {told['cure']}"


async def test_a_code_is_good_once(served: Served, client: httpx.AsyncClient) -> None:
    code = (await served.agent.pair()).code

    first = await client.post("pair", json={"code": code.lower().replace("-", " ")})
    second = await client.post("pair", json={"code": code})

    assert first.status_code == 200
    assert (second.status_code, second.json()["error"]) == (403, "wrong_code")


async def test_codes_cannot_be_guessed(served: Served, client: httpx.AsyncClient) -> None:
    code = (await served.agent.pair()).code
    for _ in range(5):
        await client.post("pair", json={"code": "AAAA-AAAA"})

    assert (await client.post("pair", json={"code": code})).status_code == 403


async def test_nothing_is_told_without_a_token(served: Served, client: httpx.AsyncClient) -> None:
    await pair(served, client)

    for method, path in (("GET", "changes"), ("POST", "write"), ("POST", "log")):
        answer = await client.request(method, path, headers={"Authorization": "Bearer x"}, json={})
        assert (answer.status_code, answer.json()["error"]) == (401, "not_paired")


async def test_a_token_opens_its_own_session_only(
    served: Served, client: httpx.AsyncClient
) -> None:
    await pair(served, client)
    theirs = client.headers["X-Heddle-Session"]
    code = await served.agent.pair(project="other")
    token = (await client.post("pair", json={"code": code.code})).json()["token"]

    answer = await client.post(
        "write",
        json={"edits": []},
        headers={"Authorization": f"Bearer {token}", "X-Heddle-Session": theirs},
    )

    assert (answer.status_code, answer.json()["error"]) == (403, "wrong_session")


async def test_what_is_too_large_or_makes_no_sense_is_told(
    served: Served, client: httpx.AsyncClient
) -> None:
    await pair(served, client)

    large = await client.post("write", content=b"x" * (LARGEST + 1))
    nonsense = await client.post("write", json={"edits": [{"script": 1}]})
    deep = await client.post("write", content=b'{"more":' + b"[" * 20_000)
    nowhere = await client.post("nowhere")
    wrong = await client.get("write")

    assert large.status_code == 413
    assert (nonsense.status_code, deep.status_code) == (400, 400)
    assert "edits" in nonsense.json()["message"]
    assert (nowhere.status_code, wrong.status_code) == (404, 405)


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("write", {"edits": [{"script": "a", "base": 1 << 80, "path": ["Workspace", "A"],
                              "kind": "Script", "source": ""}]}),
        ("write", {"edits": [{"script": "\0", "base": 0, "path": ["Workspace", "A"],
                              "kind": "Script", "source": ""}]}),
        ("applied", {"applied": {"a": -1 << 80}}),
        ("applied", {"refused": {"a" * 41: {"version": 1, "reason": "?"}}}),
    ],
)  # fmt: skip
async def test_what_no_database_can_hold_is_told(
    served: Served, client: httpx.AsyncClient, path: str, sent: object
) -> None:
    await pair(served, client)

    assert (await client.post(path, json=sent)).status_code == 400


async def test_a_conflict_has_files_whatever_its_script_is_called(
    served: Served, client: httpx.AsyncClient
) -> None:
    project = "🎈" * 80
    code = await served.agent.pair(project=project)
    token = (await client.post("pair", json={"code": code.code})).json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    begun = await client.post("session", json={"run": "r"})
    client.headers["X-Heddle-Session"] = begun.json()["session"]
    path = ["Workspace", "🎈" * 90]
    await served.agent.push_scripts({"/".join(path): "ours"}, project=project)
    theirs = {"script": "", "base": 0, "path": path, "kind": "ModuleScript", "source": "theirs"}

    answer = await client.post("write", json={"edits": [theirs]})

    (found,) = await served.agent.conflicts(project=project)
    assert answer.json()["taken"][0]["answer"] == "conflict"
    assert (Path(found.folder) / "studio.luau").read_text() == "theirs"


async def test_one_script_that_cannot_be_kept_does_not_hold_up_the_others(
    served: Served, client: httpx.AsyncClient
) -> None:
    await pair(served, client)
    good = {"script": "a" * 32, "base": 0, "path": ["Workspace", "A"], "kind": "Script",
            "source": "a"}  # fmt: skip
    bad = good | {"script": "b" * 32, "path": ["Nowhere", "B"]}

    taken = (await client.post("write", json={"edits": [bad, good]})).json()["taken"]

    assert [one["answer"] for one in taken] == ["refused", "kept"]
    assert "Nowhere" in taken[0]["reason"]


async def test_an_edit_that_is_sent_again_after_nobody_answered_is_no_conflict(
    served: Served, client: httpx.AsyncClient
) -> None:
    await pair(served, client)
    edit = {"script": "a" * 32, "base": 0, "path": ["Workspace", "A"], "kind": "Script"}

    answers = [
        (await client.post("write", json={"edits": [edit | {"source": text}]})).json()["taken"][0]
        for text in ("one", "one", "two", "three")
    ]

    assert [(one["version"], one["answer"]) for one in answers] == [
        (1, "kept"), (1, "same"), (2, "kept"), (3, "kept"),
    ]  # fmt: skip


async def test_the_token_is_nowhere_in_what_is_kept(
    served: Served, client: httpx.AsyncClient
) -> None:
    token = await pair(served, client)

    assert token.encode() not in b"".join(
        path.read_bytes() for path in served.folder.rglob("*") if path.is_file()
    )
