"""The stretches of time that can be looked at, and in what steps."""

from typing import NamedTuple


class Window(NamedTuple):
    """A stretch up to now, in seconds; `step_of_many` where there are many lines."""

    title: str
    seconds: int
    step: int
    step_of_many: int


MINUTE, HOUR, DAY = 60, 3600, 86_400

WINDOWS = (
    Window("Last minute", MINUTE, 1, 1),
    Window("Last 5 minutes", 5 * MINUTE, 1, 1),
    Window("Last 15 minutes", 15 * MINUTE, 1, 10),
    Window("Last hour", HOUR, 1, 10),
    Window("Last 6 hours", 6 * HOUR, 10, MINUTE),
    Window("Last 24 hours", DAY, 10, 5 * MINUTE),
    Window("Last 7 days", 7 * DAY, MINUTE, HOUR),
    Window("Last 30 days", 30 * DAY, HOUR, 3 * HOUR),
)

USUAL = WINDOWS[1]


def window_called(title: str) -> Window:
    """The window of that title, the usual one if there is none."""
    return next((window for window in WINDOWS if window.title == title), USUAL)
