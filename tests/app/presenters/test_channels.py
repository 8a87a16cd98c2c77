"""What the dock of channels shows, told without a window."""

from typing import Any

import pytest

from app.presenters.channels import data_from, overview, selected

STATISTICS: dict[str, Any] = {
    "route": "own", "app_id": "1", "key": "k", "credentials": "PUSHER_KEY", "connections": 1,
    "channels": 1, "said": 12_000, "delivered": 1, "duplicates": 2, "dropped": 0, "offset": 9,
    "epoch": "e",
}  # fmt: skip


def channel(name: str, subscriptions: int = 0, users: int | None = None) -> dict[str, Any]:
    return {"channel": name, "subscriptions": subscriptions, "users": users, "offset": 3}


def test_channels_with_clients_come_first() -> None:
    found = overview(STATISTICS, [channel("a"), channel("presence-b", 2, 1)])

    assert [row.texts for row in found.rows] == [("presence-b", "2", "1", "3"), ("a", "0", "", "3")]
    assert [row.quiet for row in found.rows] == [False, True]


def test_figures_say_only_what_there_is() -> None:
    assert overview(STATISTICS, []).figures == (
        "1 client here   12\u202fk said   1 delivered   2 said twice"
    )


@pytest.mark.parametrize(
    ("more", "said", "colour"),
    [
        ({}, "Our own server", "done"),
        ({"outside": "https://api-eu.pusher.com"}, "Pusher at api-eu.pusher.com", "done"),
        (
            {"outside": "https://api-eu.pusher.com", "away": "No answer.", "waiting": 1_200},
            "Pusher is away; our own server serves. 1,200 events wait",
            "warning",
        ),
    ],
)
def test_where_clients_are_is_said_in_words(more: dict[str, Any], said: str, colour: str) -> None:
    route = overview(STATISTICS | more, []).route

    assert (route.said, route.colour) == (said, colour)


def test_a_channel_shows_who_is_there_and_what_was_said_last() -> None:
    row = overview(STATISTICS, [channel("presence-b", 2, 1)]).rows[0]
    events = [
        {"channel": "presence-b", "name": name, "data": data, "offset": n, "at": 0.0}
        for n, (name, data) in enumerate((("first", '{"to":"Zoë","n":1}'), ("second", "x" * 300)))
    ]
    missed = {"events": events, "complete": True, "offset": 2, "epoch": "e"}

    shown = selected(row, missed, [{"user_id": "ada", "user_info": {"name": "Ada"}}])

    assert shown.headline == "Presence channel, 2 clients, 1 person"
    assert shown.people == (("ada", '{"name": "Ada"}'),)
    assert [name for _, name, _ in shown.said] == ["second", "first"]
    assert shown.said[0][2].endswith("x…")
    assert shown.said[1][2] == '{"to": "Zoë", "n": 1}'  # spaces are where lines may break


@pytest.mark.parametrize(
    ("typed", "data"), [('{"a": 1}', {"a": 1}), ("17", 17), ("hello", "hello"), ("", "")]
)
def test_what_is_typed_is_json_where_it_is_some(typed: str, data: Any) -> None:
    assert data_from(typed) == data
