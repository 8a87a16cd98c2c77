"""Date and time: now, read, write, shift and compare, with time zones."""

import datetime
import re
import zoneinfo
from typing import Annotated, Literal

from dateutil import parser as dateutil_parser  # type: ignore[import-untyped]
from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

from graph.block import block
from graph.blocks.checks import readable
from graph.context import Context
from graph.errors import BadInput
from graph.spec import Example, Look
from graph.values import did_you_mean, shorten

UTC = datetime.UTC
Time = datetime.datetime
Zone = datetime.tzinfo

When = datetime.date | str
Moment = Annotated[When, "The time, or a text in ISO 8601 such as 2026-05-03T14:00Z."]
ZoneName = Annotated[str, "The time zone, such as Europe/Berlin or +02:00."]


def read_zone(name: str) -> Zone:
    """The time zone of that name or offset. Raises BadInput for an unknown one."""
    if offset := re.fullmatch(r"([+-])(\d\d):?(\d\d)", name, re.ASCII):
        minutes = int(offset[2]) * 60 + int(offset[3])
        if minutes < 24 * 60:
            return datetime.timezone(datetime.timedelta(minutes=int(offset[1] + str(minutes))))
    if name.upper() in ("UTC", "Z"):
        return UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise _no_zone(name) from None


def _no_zone(name: str) -> BadInput:
    close = did_you_mean(name, zoneinfo.available_timezones())
    return BadInput(
        f"There is no time zone {shorten(name)}.",
        cure=close or "Write a place such as Europe/Berlin, an offset such as +02:00, or UTC.",
    )


def _moment(when: When, zone: str) -> Time:
    """The time with a zone: its own, else the one given. A day is the midnight it starts with."""
    time = _iso(when) if isinstance(when, str) else when
    if not isinstance(time, datetime.datetime):
        time = datetime.datetime.combine(time, datetime.time())
    return time if time.tzinfo else time.replace(tzinfo=read_zone(zone))


def _iso(text: str) -> Time:
    try:
        return datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(
            f"{shorten(text)} is no time in ISO 8601.",
            cure="Write it like 2026-05-03T14:00:00Z, or read it with Parse time first.",
        ) from None


@block(
    "data.now",
    title="Now",
    icon="mdi6.clock-outline",
    effect="read",
    check=readable(zone=read_zone),
    search=("time", "date", "today", "timestamp", "clock"),
)
async def now(context: Context, zone: ZoneName = "UTC") -> Time:
    """Give the time it is."""
    return datetime.datetime.fromtimestamp(context.now(), read_zone(zone))


def _check_codes(text: str) -> None:
    """Codes that do the same on every system, and that can't be made to fill the memory."""
    unknown = re.search(r"%(?![aAbBdHIjmMpSfyYzZUWGVu%])", text)
    if unknown:
        raise BadInput(
            f"The format has no meaning from {text[unknown.start() :]!r} on.",
            cure="Known are %Y %m %d, %H %M %S, %z for the offset, and %% for a %.",
        )


def _check_readable_codes(text: str) -> None:
    """As `_check_codes`, less the names of zones: they mean one thing here, another there."""
    _check_codes(text)
    if not re.search("%[YyG]", text):
        raise BadInput("The format names no year.", cure="Add %Y, and the year to the text.")
    if "%Z" in text:
        raise BadInput("A time zone can't be read by its name.", cure="Use %z for an offset.")


@block(
    "data.parse_time",
    title="Parse time",
    icon="mdi6.calendar-import-outline",
    check=readable(format=_check_readable_codes, zone=read_zone),
    search=("date", "datetime", "timestamp", "strptime", "iso", "unix"),
    examples=[
        Example({"text": "2026-05-03T14:00:00Z"}, Time(2026, 5, 3, 14, tzinfo=UTC)),
        Example(
            {"text": "May 3, 2026 2pm"}, Time(2026, 5, 3, 14, tzinfo=UTC), "As people write it"
        ),
        Example(
            {"text": "03.05.2026 14:00", "format": "%d.%m.%Y %H:%M", "zone": "Europe/Berlin"},
            Time(2026, 5, 3, 14, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
            "In a form of its own",
        ),
        Example({"text": 1777816800}, Time(2026, 5, 3, 14, tzinfo=UTC), "Seconds since 1970"),
    ],
)
def parse_time(
    text: Annotated[str | int | float, "The time as text, or as seconds since 1970."],
    format: Annotated[str, "How it is written, in codes such as %d.%m.%Y; empty: found out."] = "",
    zone: Annotated[str, "The time zone of a time that names none."] = "UTC",
    day_first: Annotated[bool, "Whether 3/5 is the third of May.", Look(more=True)] = False,
) -> Time:
    """Turn a text, or seconds since 1970, into a time."""
    if not isinstance(text, str):
        return _since_1970(text, read_zone(zone))
    time = _in_form(text, format) if format else _recognised(text.strip(), day_first)
    return time if time.tzinfo else time.replace(tzinfo=read_zone(zone))


def _since_1970(seconds: float, zone: Zone) -> Time:
    try:
        return datetime.datetime.fromtimestamp(seconds, zone)
    except (OverflowError, ValueError, OSError):
        raise BadInput(
            f"{seconds} seconds after 1970 is no time.",
            cure="Are they milliseconds? Divide by 1000.",
        ) from None


def _in_form(text: str, form: str) -> Time:
    _check_readable_codes(form)
    try:
        return datetime.datetime.strptime(text.strip(), form)  # noqa: DTZ007 - parse_time adds it
    except (ValueError, re.error):
        raise BadInput(f"{shorten(text)} is not written as {form!r}.") from None


def _recognised(text: str, day_first: bool) -> Time:
    """A text in ISO 8601, or in one of the forms people use.

    The second parser fills in what is missing from a given day: two different days show whether
    anything was.
    """
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        one = _loosely(text, day_first, datetime.datetime(2000, 1, 1))  # noqa: DTZ001
    if one != _loosely(text, day_first, datetime.datetime(2001, 2, 2)):  # noqa: DTZ001
        raise BadInput(
            f"{shorten(text)} leaves open which day it is.", cure="Add day, month, year."
        )
    return one


def _loosely(text: str, day_first: bool, blank: Time) -> Time:
    try:
        found: Time = dateutil_parser.parse(
            text, dayfirst=day_first, default=blank, tzinfos=_offset_zone
        )
    except (ValueError, OverflowError, TypeError, RecursionError):
        raise BadInput(
            f"{shorten(text)} can't be read as a time.", cure="Say how it is written in `format`."
        ) from None
    return found


def _offset_zone(name: str | None, offset: int | None) -> Zone | None:
    """Only offsets count: what a name such as CST means differs from place to place."""
    if name is None and offset is None:
        return None
    if offset is None:
        raise BadInput(
            f"The time zone {name!r} has several meanings.", cure="Write an offset such as +01:00."
        )
    return datetime.timezone(datetime.timedelta(seconds=offset))


@block(
    "data.format_time",
    title="Format time",
    icon="mdi6.calendar-export-outline",
    check=readable(format=_check_codes, zone=read_zone),
    search=("date", "datetime", "strftime", "iso", "display"),
    examples=[
        Example({"time": "2026-05-03T14:00:00Z"}, "2026-05-03T14:00:00+00:00"),
        Example(
            {"time": "2026-05-03T14:00:00Z", "format": "%d.%m.%Y %H:%M", "zone": "Europe/Berlin"},
            "03.05.2026 16:00",
            "For a reader in Berlin",
        ),
    ],
)
def format_time(
    time: Moment,
    format: Annotated[str, "Codes such as %d.%m.%Y; empty: ISO 8601."] = "",
    zone: Annotated[str, "The time zone to write it in; empty: its own."] = "",
) -> str:
    """Turn a time into a text."""
    moment = _moment(time, zone or "UTC")
    moment = moment.astimezone(read_zone(zone)) if zone else moment
    if not format:
        return moment.isoformat()
    _check_codes(format)
    try:
        return moment.strftime(format)
    except ValueError:
        raise BadInput(f"The format {format!r} can't be used.") from None


@block(
    "data.shift_time",
    title="Shift time",
    icon="mdi6.calendar-arrow-right",
    check=readable(zone=read_zone),
    search=("date", "add", "subtract", "later", "earlier", "deadline", "difference"),
    examples=[
        Example({"time": "2026-01-31T09:00:00Z", "months": 1}, Time(2026, 2, 28, 9, tzinfo=UTC)),
        Example(
            {"time": "2026-03-28T09:00", "days": 1, "zone": "Europe/Berlin"},
            Time(2026, 3, 29, 9, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
            "The same hour tomorrow, though the clocks change",
        ),
        Example(
            {"time": "2026-05-03T14:00Z", "hours": -36}, Time(2026, 5, 2, 2, tzinfo=UTC), "Back"
        ),
    ],
)
def shift_time(
    time: Moment,
    years: Annotated[int, "Years later; below zero is earlier, here as below."] = 0,
    months: Annotated[int, "Months later; the 31st becomes the last of a shorter month."] = 0,
    weeks: Annotated[int, "Weeks later."] = 0,
    days: Annotated[int, "Days later, at the same hour."] = 0,
    hours: Annotated[float, "Hours later, as a stopwatch counts."] = 0,
    minutes: Annotated[float, "Minutes later."] = 0,
    seconds: Annotated[float, "Seconds later."] = 0,
    zone: Annotated[str, "The time zone whose calendar counts; empty: the time's own."] = "",
) -> Time:
    """Give a time some days, hours… later or earlier.

    Years to days go by the calendar and keep the hour of the day; hours to seconds are counted
    through, also when clocks change.
    """
    moment = _moment(time, zone or "UTC")
    moment = moment.astimezone(read_zone(zone)) if zone else moment
    try:
        there: Time = moment + relativedelta(years=years, months=months, weeks=weeks, days=days)
        lapse = datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return (there.astimezone(UTC) + lapse).astimezone(moment.tzinfo)
    except (OverflowError, ValueError):
        raise BadInput("The time would lie outside the years 1 to 9999.") from None


Unit = Literal["seconds", "minutes", "hours", "days", "weeks"]
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}


@block(
    "data.time_between",
    title="Time between",
    icon="mdi6.timer-outline",
    check=readable(zone=read_zone),
    search=("date", "difference", "duration", "age", "elapsed", "since"),
    examples=[
        Example({"start": "2026-05-01T00:00Z", "end": "2026-05-03T12:00Z", "unit": "days"}, 2.5),
        Example({"start": "2026-05-03T16:00+02:00", "end": "2026-05-03T14:00Z"}, 0.0, "One moment"),
    ],
)
def time_between(
    start: Annotated[When, "The earlier time, or a text in ISO 8601."],
    end: Annotated[When, "The later one; the result is below zero if it is earlier."],
    unit: Annotated[Unit, "What to count in."] = "seconds",
    zone: Annotated[str, "The time zone of a time that names none.", Look(more=True)] = "UTC",
) -> float:
    """Tell how long it is from one time to another."""
    # Python takes times of one zone apart by the clock on the wall; only UTC counts every hour.
    lapse = _moment(end, zone).astimezone(UTC) - _moment(start, zone).astimezone(UTC)
    return lapse.total_seconds() / _SECONDS[unit]
