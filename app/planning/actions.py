"""The actions that plan; what does it is loaded once it is wanted."""

from functools import cache
from typing import TYPE_CHECKING

from app.planning.part import can_plan
from app.studio import Studio

if TYPE_CHECKING:
    from app.planning.planner import Planner


def install(studio: Studio) -> None:
    """Bind them."""

    @cache
    def planner() -> "Planner":
        from app.planning.planner import Planner  # noqa: PLC0415 - few starts need it

        return Planner(studio)

    workspace, bind = studio.workspace, studio.actions.bind
    bind("file.plan", lambda: planner().ask_for_goal())
    bind(
        "edit.plan_again", lambda: planner().ask_for_part(),
        enabled=lambda: workspace.current is not None and can_plan(workspace.current),
    )  # fmt: skip
