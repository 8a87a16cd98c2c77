"""Which endpoint a path means, which paths can be, and which would be in each other's way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.swarm.api_gateway.paths import asked, parts_of, places_of
from agents.swarm.api_gateway.routing import Table, refuse_conflicts
from graph.errors import BadInput
from tests.agents.swarm.api_gateway.conftest import endpoint

TABLE = Table(
    [
        ("v1", "GET", "/lessons/{id}", "one"),
        ("v1", "PUT", "/lessons/{id}", "change"),
        ("v1", "GET", "/lessons/latest", "latest"),
        ("v1", "GET", "/{kind}/latest/words", "words"),
        ("v2", "GET", "/lessons/{id}", "one in v2"),
    ]
)


@pytest.mark.parametrize(
    ("version", "path", "methods", "values"),
    [
        ("v1", "lessons/7", {"GET": "one", "PUT": "change"}, ("7",)),
        ("v2", "lessons/7", {"GET": "one in v2"}, ("7",)),
        ("v1", "lessons/latest", {"GET": "latest"}, ()),
        ("v1", "lessons/latest/words", {"GET": "words"}, ("lessons",)),
    ],
)
def test_a_path_leads_to_what_stands_there(
    version: str, path: str, methods: dict[str, str], values: tuple[str, ...]
) -> None:
    found = TABLE.find(version, path.split("/"))

    assert found is not None
    assert (dict(found.methods), found.values) == (methods, values)


@pytest.mark.parametrize("path", ["", "lessons", "lessons/", "lessons/7/", "lessons/7/8", "x"])
def test_other_paths_lead_nowhere(path: str) -> None:
    assert TABLE.find("v1", path.split("/")) is None
    assert TABLE.find("v3", ["lessons", "7"]) is None


@given(st.lists(st.text(max_size=5), max_size=30))
def test_no_path_is_too_strange_to_look_for(parts: list[str]) -> None:
    found = TABLE.find("v1", parts)

    assert found is None or len(parts) in (2, 3)


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (b"/gateway/v1/a%2Fb", ["", "gateway", "v1", "a/b"]),
        (b"/gateway/v1/%C3%A9t%C3%A9", ["", "gateway", "v1", "été"]),
        (b"/gateway/v1/..%2f..%2fetc", ["", "gateway", "v1", "../../etc"]),
        (b"/gateway/v1/%ff", None),
        (b"/gateway/v1/\xff", None),
    ],
)
def test_each_part_of_a_path_is_decoded_by_itself(raw: bytes, parts: list[str] | None) -> None:
    assert asked(raw) == parts


@pytest.mark.parametrize(
    "path",
    ["", "lessons", "/", "/a//b", "/{}", "/{a b}", "/a{b}", "/a b", "/..", "/{id}/x/{id}",
     "/openapi.json", "/docs/x", "/runs/{run}", "/ü", "/" + "a/" * 30 + "a", "/" + "a" * 500],
)  # fmt: skip
def test_a_path_that_cannot_be_is_refused_with_its_place(path: str) -> None:
    with pytest.raises(BadInput, match=r"^path: "):
        parts_of(path)


def test_a_path_names_its_places() -> None:
    assert places_of("/lessons/{id}/words/{word}") == ("id", "word")


@pytest.mark.parametrize(
    ("other", "conflicts"),
    [
        ({"path": "/lessons/{number}"}, True),
        ({"path": "/lessons/latest"}, False),
        ({"path": "/lessons/{number}", "method": "PUT"}, False),
        ({"path": "/lessons/{number}", "version": "v2"}, False),
        ({"path": "/lessons/{number}", "name": "lesson"}, False),
    ],
)
def test_two_endpoints_cannot_answer_the_same_request(
    other: dict[str, str], conflicts: bool
) -> None:
    there = endpoint(path="/lessons/{id}")
    wanted = endpoint(**{"name": "other", **other})

    if not conflicts:
        refuse_conflicts(wanted, [there])
        return
    with pytest.raises(BadInput, match=r"is answered by 'lesson' already, as /lessons/\{id\}"):
        refuse_conflicts(wanted, [there])


def test_an_endpoint_says_what_it_can_be() -> None:
    with pytest.raises(ValueError, match="name"):
        endpoint(name="Not a name")
    with pytest.raises(ValueError, match="calls"):
        endpoint(rate={"calls": 0})
    with pytest.raises(ValueError, match="link"):
        endpoint(deprecation={"since": 0, "link": "x>\r\nSet-Cookie: a=b"})
