"""A run that stands still, in what a bar of buttons says of it."""

from typing import NamedTuple

from app.presenters.stop_words import held_title, why
from app.presenters.stopping import own_id
from runtime.breakpoints import Breakpoint
from runtime.events import TaskHeld
from runtime.projections.run_view import RunView


class Choice(NamedTuple):
    """One of several held tasks."""

    task: str
    title: str


class BarView(NamedTuple):
    """What is said; `wheel` is who steers, "" for this studio or nobody."""

    title: str
    reason: str
    is_error: bool
    wheel: str
    choices: tuple[Choice, ...] = ()


def bar_view(
    view: RunView,
    meant: TaskHeld | None,
    names: dict[str, str],
    points: dict[str, Breakpoint],
    client: str,
) -> BarView:
    """`names` are the titles of the held tasks' blocks by task, `points` the known breakpoints."""
    wheel = view.wheel if view.wheel not in ("", client) else ""
    if meant is None:
        going = "What has begun is being finished." if view.under_way else "Nothing is held."
        return BarView("Paused", going, False, wheel)
    choices = tuple(Choice(h.task, held_title(h, names[h.task])) for h in view.held.values())
    return BarView(
        held_title(meant, names[meant.task]),
        why(meant, points.get(own_id(meant.breakpoint))),
        meant.phase == "error",
        wheel,
        choices if len(choices) > 1 else (),
    )
