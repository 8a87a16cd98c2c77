"""The visual builder over HTTP: flows checked, changed, compared; drawings changed by several."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
import pytest_asyncio

from tests.servers.heddle import Heddle

pytestmark = pytest.mark.asyncio(loop_scope="module")

API = "/api/v1/visual"
FLOW = {
    "heddle": 1,
    "name": "greeting",
    "blocks": {
        "who": {"kind": "flow.input", "fields": {"name": "who", "type": "text"}},
        "greet": {"kind": "text.template", "fields": {"text": "Hello {who}"}},
        "out": {"kind": "flow.output"},
    },
    "links": ["who.value -> greet.who", "greet.value -> out.value"],
}
TITLED = {"edit": "rename", "block": "greet", "title": "Greet"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heddle]:
    with Heddle(tmp_path_factory.mktemp("home"), "visual", "workflows") as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(server: Heddle) -> AsyncIterator[httpx.AsyncClient]:
    async with server.client("visual") as made:
        yield made


async def told(client: httpx.AsyncClient, path: str, **body: Any) -> Any:
    reply = await client.post(f"{API}{path}", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def drawn(client: httpx.AsyncClient, name: str, flow: Any = None, version: int = 0) -> Any:
    body = {"flow": flow or FLOW, "version": version}
    reply = await client.put(f"{API}/drawings/{name}", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_kinds_of_blocks_come_with_their_forms(client: httpx.AsyncClient) -> None:
    kinds = (await client.get(f"{API}/blocks")).json()
    one = (await client.get(f"{API}/blocks/text.template")).json()

    assert len(kinds) > 100
    assert "text" in one["schema"]["properties"]


async def test_a_problem_is_told_with_its_place_and_an_edit_that_cures_it(
    client: httpx.AsyncClient,
) -> None:
    wrong = {**FLOW, "blocks": {**FLOW["blocks"], "greet": {"kind": "text.tamplate"}}}  # type: ignore[dict-item]

    checked = await told(client, "/check", flow=wrong)
    problem = checked["problems"][0]
    cured = await told(client, "/edits", flow=wrong, edits=[problem["fixes"][0]["edit"]])

    assert (checked["ok"], problem["problem"]["block"]) == (False, "greet")
    assert cured["flow"]["blocks"]["greet"]["kind"] == "text.template"


async def test_a_sound_flow_has_a_hash(client: httpx.AsyncClient) -> None:
    checked = await told(client, "/check", flow=FLOW)

    assert (checked["ok"], checked["problems"]) == (True, [])
    assert checked["hash"]


async def test_edits_are_done_said_and_can_be_taken_back(client: httpx.AsyncClient) -> None:
    edits = [
        TITLED,
        {"edit": "add_block", "block": {"id": "upper", "kind": "text.case"}},
        {"edit": "set_field", "block": "greet", "field": "text", "value": "Dear {who}"},
        {"edit": "move_blocks", "positions": {"greet": [40, 20]}},
    ]

    after = await told(client, "/edits", flow=FLOW, edits=edits)
    back = await told(client, "/edits", flow=after["flow"], edits=[after["undo"]])
    before = await told(client, "/edits", flow=FLOW, edits=[])

    assert after["flow"]["blocks"]["greet"]["title"] == "Greet"
    assert len(after["said"]) == 4
    assert back["flow"] == before["flow"]


async def test_edits_are_done_all_or_none(client: httpx.AsyncClient) -> None:
    edits = [TITLED, {"edit": "remove_block", "block": "nobody"}]

    reply = await client.post(f"{API}/edits", json={"flow": FLOW, "edits": edits})

    assert reply.status_code == 422
    assert "nobody" in reply.json()["detail"]


@pytest.mark.parametrize("edit", [{}, {"edit": "dance"}, {"edit": "rename"}, {"edit": "many"}])
async def test_what_is_no_edit_is_refused_by_its_number(
    client: httpx.AsyncClient, edit: Any
) -> None:
    reply = await client.post(f"{API}/edits", json={"flow": FLOW, "edits": [TITLED, edit]})

    assert (reply.status_code, reply.json()["title"]) == (422, "EditRefused")
    assert "Edit 2" in reply.json()["detail"]


async def test_every_edit_there_is_is_described(client: httpx.AsyncClient) -> None:
    schema = (await client.get(f"{API}/edits")).json()

    assert "AddBlock" in schema["$defs"]


async def test_a_flow_within_an_edit_is_written_as_a_file(client: httpx.AsyncClient) -> None:
    outer = await told(
        client, "/edits", flow={"heddle": 1},
        edits=[{"edit": "add_flow", "name": "inner", "flow": FLOW},
               {"edit": "inside", "name": "inner", "inner": TITLED}],
    )  # fmt: skip
    found = await told(client, "/diff", old={"heddle": 1}, new=outer["flow"])
    again = await told(client, "/edits", flow={"heddle": 1}, edits=found["edits"])

    assert outer["flow"]["flows"]["inner"]["blocks"]["greet"]["title"] == "Greet"
    assert again["flow"] == outer["flow"]
    assert len(found["said"]) == len(found["edits"])


async def test_a_layout_puts_blocks_along_their_links(client: httpx.AsyncClient) -> None:
    laid = await told(client, "/layout", flow=FLOW)

    places = laid["flow"]["view"]["positions"]
    assert places["who"][0] < places["greet"][0] < places["out"][0]


async def test_two_changes_of_one_flow_come_together(client: httpx.AsyncClient) -> None:
    mine = (await told(client, "/edits", flow=FLOW, edits=[TITLED]))["flow"]
    change = {"edit": "set_field", "block": "greet", "field": "text", "value": "Dear {who}"}
    theirs = (await told(client, "/edits", flow=FLOW, edits=[change]))["flow"]

    merged = await told(client, "/merge", base=FLOW, mine=mine, theirs=theirs)

    greet = merged["flow"]["blocks"]["greet"]
    assert (greet["title"], greet["fields"]["text"]) == ("Greet", "Dear {who}")
    assert merged["clashes"] == []


async def test_a_clash_is_told_and_can_be_settled_either_way(client: httpx.AsyncClient) -> None:
    def titled(title: str) -> Any:
        return told(client, "/edits", flow=FLOW, edits=[{**TITLED, "title": title}])

    sides = {"mine": (await titled("A"))["flow"], "theirs": (await titled("B"))["flow"]}

    kept = await told(client, "/merge", base=FLOW, **sides)
    fact = kept["clashes"][0]["fact"]
    taken = await told(client, "/merge", base=FLOW, **sides, taken=[fact])

    assert kept["flow"]["blocks"]["greet"]["title"] == "A"
    assert taken["flow"]["blocks"]["greet"]["title"] == "B"


async def test_a_picture_shows_blocks_and_links_and_nothing_runs_in_it(
    client: httpx.AsyncClient,
) -> None:
    named = {**TITLED, "title": '<script>"&'}
    flow = (await told(client, "/edits", flow=FLOW, edits=[named]))["flow"]

    reply = await client.post(f"{API}/picture", json={"flow": flow})

    drawing = ElementTree.fromstring(reply.text)
    tags = [element.tag.rpartition("}")[2] for element in drawing.iter()]
    assert reply.headers["content-type"].startswith("image/svg+xml")
    assert (tags.count("rect"), tags.count("path"), tags.count("script")) == (3, 2, 0)


async def test_a_drawing_has_versions(client: httpx.AsyncClient) -> None:
    await drawn(client, "versions")
    edits = {"version": 1, "edits": [TITLED]}
    second = await client.post(f"{API}/drawings/versions/edits", json=edits)

    now = (await client.get(f"{API}/drawings/versions")).json()
    before = (await client.get(f"{API}/drawings/versions", params={"version": 1})).json()

    assert (second.json()["version"], now["version"], now["author"]) == (2, 2, "owner")
    assert now["flow"]["blocks"]["greet"]["title"] == "Greet"
    assert "title" not in before["flow"]["blocks"]["greet"]


async def test_an_edit_of_an_old_version_is_refused_or_put_together(
    client: httpx.AsyncClient,
) -> None:
    await drawn(client, "shared")
    change = {"edit": "set_field", "block": "greet", "field": "text", "value": "Dear {who}"}
    path = f"{API}/drawings/shared/edits"
    await client.post(path, json={"version": 1, "edits": [change]})

    refused = await client.post(path, json={"version": 1, "edits": [TITLED]})
    merged = await client.post(path, json={"version": 1, "edits": [TITLED], "merge": True})

    assert (refused.status_code, refused.json()["title"]) == (409, "Moved")
    made = merged.json()
    assert (made["version"], made["merged"]) == (3, True)
    greet = made["flow"]["blocks"]["greet"]
    assert (greet["title"], greet["fields"]["text"]) == ("Greet", "Dear {who}")


async def test_changes_that_clash_are_not_put_together(client: httpx.AsyncClient) -> None:
    await drawn(client, "clashing")
    path = f"{API}/drawings/clashing/edits"
    await client.post(path, json={"version": 1, "edits": [TITLED]})

    other = {**TITLED, "title": "Salute"}
    refused = await client.post(path, json={"version": 1, "edits": [other], "merge": True})

    assert refused.status_code == 409
    assert "greet: title" in refused.json()["detail"]


async def test_of_many_who_change_at_once_each_change_is_kept(client: httpx.AsyncClient) -> None:
    await drawn(client, "crowded")

    async def put_in(number: int) -> int:
        edit = {"edit": "add_block", "block": {"id": f"b{number}", "kind": "flow.note"}}
        while True:
            body = {"version": 1, "edits": [edit], "merge": True}
            reply = await client.post(f"{API}/drawings/crowded/edits", json=body)
            if reply.status_code == 200:
                return int(reply.json()["version"])
            assert reply.json()["title"] == "Moved", reply.text

    versions = await asyncio.gather(*(put_in(number) for number in range(8)))

    whole = (await client.get(f"{API}/drawings/crowded")).json()
    assert sorted(versions) == list(range(2, 10))
    assert {f"b{number}" for number in range(8)} <= whole["flow"]["blocks"].keys()


async def test_a_drawing_is_stored_and_can_be_run(
    server: Heddle, client: httpx.AsyncClient
) -> None:
    await drawn(client, "runnable")

    stored = (await client.post(f"{API}/drawings/runnable/store")).json()["flow"]

    async with server.client("workflows") as engine:
        body = {"flow": stored, "inputs": {"who": "Ada"}}
        run = (await engine.post("/api/v1/workflows/runs", json=body)).json()["run"]
        path = f"/api/v1/workflows/runs/{run}/outputs"
        outputs = (await engine.get(path, params={"wait": 20})).json()["outputs"]
    assert list(outputs.values()) == ["Hello Ada"]


async def test_a_drawing_is_taken_away_and_drawn_anew(client: httpx.AsyncClient) -> None:
    await drawn(client, "passing")
    stale = await client.delete(f"{API}/drawings/passing", params={"version": 7})

    gone = await client.delete(f"{API}/drawings/passing", params={"version": 1})
    missing = await client.get(f"{API}/drawings/passing")
    anew = await drawn(client, "passing")

    assert (stale.status_code, gone.status_code, missing.status_code) == (409, 204, 404)
    assert anew["version"] == 3


async def test_drawings_come_a_page_at_a_time(client: httpx.AsyncClient) -> None:
    for name in ("zz1", "zz2", "zz3"):
        await drawn(client, name)

    first = (await client.get(f"{API}/drawings", params={"cursor": "zz", "limit": 2})).json()
    rest = (await client.get(f"{API}/drawings", params={"cursor": first["next"]})).json()

    assert [one["name"] for one in first["items"]] == ["zz1", "zz2"]
    assert ([one["name"] for one in rest["items"]], rest["next"]) == (["zz3"], "")


async def test_what_belongs_to_another_service_is_not_here(client: httpx.AsyncClient) -> None:
    reply = await client.get("/api/v1/workflows/runs")

    assert reply.status_code == 404


async def test_a_request_that_leads_nowhere_is_told_what_there_is(
    client: httpx.AsyncClient,
) -> None:
    reply = await client.get(f"{API}/blokcs/all/of/them")

    assert reply.status_code == 404
    problem = reply.json()
    assert problem["detail"] == f"Nothing is at {API}/blokcs/all/of/them."
    assert problem["cure"].startswith(f"{API}/schema/openapi.json says")
    assert (await client.get(f"{API}/schema/openapi.json")).status_code == 200
