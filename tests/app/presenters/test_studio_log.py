"""What the log dock tells of messages and of the connection."""

from agents.swarm.studio_bridge.shapes import LogLine
from app.presenters.studio_log import code_of, connection_of, rows_of

HERE = "http://127.0.0.1:8010"


def line(text: str, source: str = "") -> LogLine:
    return LogLine(number=1, level="error", text=text, at=0.0, source=source)


def test_a_message_is_told_by_its_first_line_without_its_place() -> None:
    (row,) = rows_of([line("Round:3: no\nStack Begin", "Round:3")])

    assert row.texts[1:] == ("no …", "Round:3")
    assert row.whole == "Round:3: no\nStack Begin"


def test_an_empty_message_is_a_row_as_well() -> None:
    assert rows_of([line("")])[0].texts[1] == ""


def test_a_connection_tells_what_is_on_its_way_and_what_clashes() -> None:
    status = {"project": "main", "connected": True, "place": "Obby", "scripts": 3, "waiting": 1}

    calm = connection_of(status, HERE)
    clash = connection_of(status | {"waiting": 0, "conflicts": 1}, HERE)

    assert (calm.said, calm.colour) == (
        "Obby is connected · 3 scripts, 1 on the way",
        "done",
    )
    assert (clash.said, clash.colour) == (
        "Obby is connected · 3 scripts, 1 conflict",
        "warning",
    )


def test_where_no_studio_is_the_address_is_told_that_it_has_to_speak_to() -> None:
    found = connection_of({"project": "main", "connected": False}, HERE)

    assert (found.said, found.colour) == (f"No Studio is connected to {HERE}", "muted")


def test_the_code_is_told_with_the_address() -> None:
    told = code_of({"code": "ABCD-EFGH", "project": "main", "until": 0.0}, HERE)

    assert "ABCD-EFGH" in told
    assert HERE in told
