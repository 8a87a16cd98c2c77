"""How endpoints are told of, and what becomes of the form in which a flow is published."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from agents.swarm.api_gateway.shapes import Endpoint, Key, Overview, Rate, Shown, Usage
from app.presenters.deprecated import deprecated_endpoints
from app.presenters.endpoints import (
    COLUMNS,
    Wanted,
    changes_of,
    curl_of,
    docs_of,
    endpoint_of,
    endpoint_rows,
    facts,
    figures,
    is_there,
    key_words,
    standing,
    suggested,
)
from graph.flow import Block, Flow


def shown(usage: Usage = Usage(), **said: Any) -> Shown:
    whole = {"name": "lesson", "path": "/lessons/{id}", "flow": "", "flow_name": "Lesson", **said}
    endpoint = msgspec.convert(whole, Endpoint)
    return Shown(endpoint, endpoint.address, usage, 0.0)


def seen(*endpoints: Shown, **said: Any) -> Overview:
    whole: dict[str, Any] = {"counted_in": "memory", "state": "ok", "detail": "", "now": 0.0}
    return Overview(list(endpoints), [], **{**whole, **said})


OLD = {"deprecation": {"since": 1.0, "sunset": 4_102_444_800.0, "successor": "/gateway/v2/x"}}


def test_endpoints_are_listed_by_version_and_path() -> None:
    usage = Usage(1200, 1, 2, 3, 0.001, 0.02)
    rows = endpoint_rows(
        seen(shown(version="v2"), shown(usage, name="a", access="open"), shown(name="b", path="/b"))
    )

    assert [row.shown.address for row in rows] == [
        "/gateway/v1/b", "/gateway/v1/lessons/{id}", "/gateway/v2/lessons/{id}",
    ]  # fmt: skip
    assert dict(zip(COLUMNS, rows[1].texts, strict=True)) == {
        "Method": "POST", "Address": "/gateway/v1/lessons/{id}", "Flow": "Lesson",
        "Calls": "1,200", "Failed": "1", "Limited": "3", "Refused": "2", "95 % within": "20 ms",
        "Lately": "", "Callers": "everybody",
    }  # fmt: skip


def test_what_is_deprecated_says_until_when_and_what_takes_its_place() -> None:
    row = endpoint_rows(seen(shown(**OLD)))[0]

    assert row.is_old
    assert row.said == (
        "POST /gateway/v1/lessons/{id} is deprecated. It is answered until 2100-01-01."
        " Call /gateway/v2/x instead."
    )


def test_what_is_set_of_an_endpoint_is_told_and_nothing_else() -> None:
    told = dict(
        facts(
            shown(
                rate={"calls": 5, "window": "fixed", "each": "caller"}, query=["topic"],
                headers={"X-Id": "id"}, request={"rename": {"a": "b"}, "make": {"c": "1"}},
            )
        )
    )  # fmt: skip

    assert told["Rate"] == "5 calls in 60 s for each caller, fixed window"
    assert told["Values"] == "topic from the query, id from X-Id"
    assert told["Made"] == "b from a, c = 1"
    assert not {"Pages", "May touch"} & {*told}


def test_of_what_a_flow_published_it_is_told_what_it_may_touch() -> None:
    told = dict(facts(replace(shown(), within={"hosts": []})))

    assert told["May touch"] == "no more than the flow that published it"


def test_figures_name_only_what_there_was() -> None:
    assert figures(Usage()) == "Nobody called it since the server started."
    assert figures(Usage(3, 0, 1, 0, 0.001, 0.002)) == (
        "3 calls · 1 refused · half within 1 ms · 95 % within 2 ms"
    )


def test_it_is_told_where_rates_are_counted_or_what_is_wrong() -> None:
    assert standing(seen(counted_in="redis")).said.endswith(
        "· rates are counted in Redis, for all servers"
    )
    away = standing(seen(state="degraded", detail="Redis is away."))
    assert away.said.endswith("· Redis is away.")
    assert away.colour == "warning"


def test_a_key_says_what_it_opens() -> None:
    assert key_words(Key("a", "x", 0.0)).startswith("opens all endpoints · made 19")
    assert key_words(Key("a", "x", 0.0, ("v1/a",))).startswith("opens v1/a · made ")


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ({"method": "GET", "access": "open"},
         "curl -X GET 'http://h:1/gateway/v1/lessons/{id}'"),
        ({}, "curl -X POST 'http://h:1/gateway/v1/lessons/{id}' -H \"X-API-Key: $HEDDLE_KEY\""
             " -H 'Content-Type: application/json' -d '{}'"),
    ],
)  # fmt: skip
def test_a_command_calls_an_endpoint(said: dict[str, Any], command: str) -> None:
    assert curl_of(shown(**said).endpoint, "http://h:1") == command
    assert docs_of(shown(**said).endpoint, "http://h:1") == "http://h:1/gateway/v1/docs#lesson"


def test_a_flow_is_published_as_it_was_or_by_its_name() -> None:
    again = suggested("Lesson", [shown(rate={"calls": 7, "seconds": 60}, access="open")])

    assert again == Wanted("lesson", "v1", "POST", "/lessons/{id}", "open", "at once", "7")
    assert suggested("My first flow!", [])[:4] == ("my_first_flow", "v1", "POST", "/my-first-flow")
    assert suggested("2 looms", []).name == "flow_2_looms"
    assert suggested("", []).name == "flow"


def test_the_form_becomes_an_endpoint_or_changes_of_one() -> None:
    wanted = Wanted("lesson", "v1", "GET", "/lessons/{id}", "key", "at once", " 30 ")
    said = endpoint_of(wanted, "Lesson")

    assert msgspec.convert(said, Endpoint).rate == Rate(30)
    assert is_there(said, [shown()])
    assert not is_there(said, [shown(version="v2")])
    assert "name" not in changes_of(said)
    assert changes_of(endpoint_of(wanted._replace(calls=""), "Lesson"))["rate"] is None


@pytest.mark.parametrize(
    "wrong", [{"calls": "many"}, {"calls": "0"}, {"name": "My name"}, {"name": ""}]
)
def test_a_form_that_makes_no_sense_says_why(wrong: dict[str, str]) -> None:
    wanted = Wanted("lesson", "v1", "GET", "/x", "key", "at once", "")

    with pytest.raises(ValueError, match="has to be"):
        endpoint_of(wanted._replace(**wrong), "Lesson")


def warned(flow: Flow, *endpoints: Shown) -> list[tuple[str, str, str]]:
    found = deprecated_endpoints(flow, seen(*endpoints))
    return [(one.flow, one.block, one.field) for one in found]


def test_whoever_calls_what_is_deprecated_is_warned() -> None:
    inner = Flow.of([Block("deep", "gateway.call", {"name": "lesson"})])
    flow = Flow.of(
        [
            Block("by_name", "gateway.call", {"name": "lesson", "version": "v1"}),
            Block("other", "gateway.call", {"name": "lesson", "version": "v2"}),
            Block("by_url", "http.get", {"url": "http://h:1/gateway/v1/lessons/7?a=b"}),
            Block("elsewhere", "http.get", {"url": "http://h:1/gateway/v1/other"}),
        ],
        flows={"part": inner},
    )

    assert warned(flow, shown(**OLD), shown(version="v2")) == [
        ("", "by_name", "name"), ("", "by_url", "url"), ("part", "deep", "name"),
    ]  # fmt: skip
    assert warned(flow, shown()) == []


def test_a_flow_behind_what_is_deprecated_is_marked_as_such() -> None:
    flow = msgspec.structs.replace(Flow.of([]), name="Lesson")

    assert warned(flow, shown(**OLD)) == [("", "", "")]
    assert warned(msgspec.structs.replace(flow, name="Other"), shown(**OLD)) == []
