"""Date and time: zones, clock changes, and texts as people write them."""

import datetime
import zoneinfo
from datetime import UTC
from typing import Any

import pytest

from graph.blocks import times
from graph.errors import BadInput
from tests.graph.blocks.conftest import PureContext

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def at(*parts: int, zone: datetime.tzinfo = UTC) -> datetime.datetime:
    return datetime.datetime(*parts, tzinfo=zone)  # type: ignore[misc,arg-type]


async def test_now_comes_from_the_clock_of_the_run(context: PureContext) -> None:
    moment = await times.now(context, "Europe/Berlin")

    assert moment == at(2026, 5, 3, 12)
    assert moment.hour == 14


@pytest.mark.parametrize(
    ("name", "offset"),
    [("UTC", 0), ("Z", 0), ("+02:00", 2), ("-0330", -3.5), ("Asia/Tokyo", 9)],
)
def test_a_zone_is_a_place_or_an_offset(name: str, offset: float) -> None:
    zone = times.read_zone(name)

    assert at(2026, 1, 1).astimezone(zone).utcoffset() == datetime.timedelta(hours=offset)


@pytest.mark.parametrize(
    "name", ["", "Europe/Berln", "../../etc/passwd", "+99:00", "/etc/passwd", "Europe"]
)
def test_an_unknown_zone_is_refused_with_a_cure(name: str) -> None:
    with pytest.raises(BadInput, match="no time zone") as refused:
        times.read_zone(name)
    assert refused.value.cure


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-03T14:00:00Z", at(2026, 5, 3, 14)),
        ("2026-05-03T14:00+02:00", at(2026, 5, 3, 12)),
        ("2026-05-03", at(2026, 5, 3)),
        ("Sun, 03 May 2026 14:00:00 +0200", at(2026, 5, 3, 12)),
        ("3 May 2026", at(2026, 5, 3)),
        ("5/3/2026 2:30 pm UTC", at(2026, 5, 3, 14, 30)),
        (0, at(1970, 1, 1)),
        (1777809600.5, at(2026, 5, 3, 12, 0, 0, 500_000)),
    ],
)
def test_times_are_recognised(text: str | float, moment: datetime.datetime) -> None:
    assert times.parse_time(text) == moment


def test_the_day_may_come_first() -> None:
    assert times.parse_time("3/5/2026", day_first=True) == at(2026, 5, 3)


def test_a_time_without_a_zone_is_of_the_zone_given() -> None:
    assert times.parse_time("2026-05-03T14:00", zone="Europe/Berlin") == at(2026, 5, 3, 12)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "can't be read"),
        ("soon", "can't be read"),
        ("May 3", "leaves open which day"),
        ("14:00", "leaves open which day"),
        ("2026-05-03 14:00 EST", "'EST' has several meanings"),
        ("2026-13-45", "can't be read"),
        (1e20, "milliseconds"),
        (float("nan"), "no time"),
    ],
)
def test_what_is_no_time_is_refused(text: str | float, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        times.parse_time(text)


@pytest.mark.parametrize("format", ["%Q", "%", "%999999999d", "%-d", "%s", "%c", "%Y %Z", "%d.%m."])
def test_codes_that_differ_between_systems_are_refused(format: str) -> None:
    with pytest.raises(BadInput):
        times.parse_time("2026", format)


@pytest.mark.parametrize("format", ["%Q", "%999999999d", "%s", "%Ec"])
def test_no_code_fills_the_memory(format: str) -> None:
    with pytest.raises(BadInput, match="no meaning"):
        times.format_time("2026-05-03", format)


def test_a_text_in_another_form_is_refused() -> None:
    with pytest.raises(BadInput, match=r"\"3 May\" is not written as '%d.%m.%Y'"):
        times.parse_time("3 May", "%d.%m.%Y")
    with pytest.raises(BadInput, match="is not written as"):
        times.parse_time("2026 2026", "%Y %Y")


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("", "2026-05-03T14:00:00+02:00"),
        ("%d/%m/%y %I %p", "03/05/26 02 PM"),
        ("%%Y", "%Y"),
        ("%A", "Sunday"),
    ],
)
def test_a_time_is_written_as_asked(format: str, text: str) -> None:
    assert times.format_time("2026-05-03T12:00Z", format, "Europe/Berlin") == text


def test_a_day_counts_from_its_midnight() -> None:
    assert times.format_time(datetime.date(2026, 5, 3)) == "2026-05-03T00:00:00+00:00"


@pytest.mark.parametrize(
    ("lapse", "moment"),
    [
        ({"days": 1}, at(2026, 3, 29, 2, 30)),
        ({"hours": 24}, at(2026, 3, 29, 2, 30)),
        ({"months": -1}, at(2026, 2, 28, 2, 30)),
        ({"years": 1, "minutes": 1.5}, at(2027, 3, 28, 2, 31, 30)),
    ],
)
def test_a_time_moves_by_calendar_and_clock(
    lapse: dict[str, Any], moment: datetime.datetime
) -> None:
    assert times.shift_time(at(2026, 3, 28, 2, 30), **lapse) == moment


def test_a_day_is_not_always_24_hours() -> None:
    before = at(2026, 3, 28, 12, zone=BERLIN)

    assert times.shift_time(before, days=1).hour == 12
    assert times.shift_time(before, hours=24).hour == 13
    assert times.time_between(before, times.shift_time(before, days=1), "hours") == 23


def test_an_hour_that_does_not_exist_moves_on() -> None:
    assert times.shift_time(at(2026, 3, 28, 2, 30, zone=BERLIN), days=1).hour == 3


@pytest.mark.parametrize(
    "lapse", [{"years": 9999}, {"days": 10**12}, {"hours": float("inf")}, {"seconds": float("nan")}]
)
def test_a_time_outside_the_calendar_is_refused(lapse: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="years 1 to 9999"):
        times.shift_time("2026-05-03", **lapse)


@pytest.mark.parametrize(
    ("unit", "lapse"),
    [("seconds", 129_600), ("minutes", 2160), ("hours", 36), ("days", 1.5), ("weeks", 1.5 / 7)],
)
def test_a_lapse_is_counted_in_any_unit(unit: times.Unit, lapse: float) -> None:
    assert times.time_between("2026-05-01", at(2026, 5, 2, 12), unit) == lapse


def test_a_text_that_is_no_time_is_refused() -> None:
    with pytest.raises(BadInput, match="no time in ISO 8601"):
        times.time_between("soon", "2026-05-03")
