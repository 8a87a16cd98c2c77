"""What becomes of plans: a goal's is drawn as a flow, a part's is put in its place."""

from collections.abc import Sequence
from functools import partial

import msgspec
from PySide6.QtCore import QObject, Qt

from app.document import Level
from app.notices import Offer
from app.planning.goal_sheet import GoalSheet
from app.planning.notes_sheet import NotesSheet
from app.planning.part import can_plan, failed, failure_of, part_of
from app.planning.part_sheet import PartSheet
from app.presenters.amounts import counted
from app.presenters.plan_words import (
    Noted,
    changes_of,
    notes_of,
    planned,
    planned_anew,
)
from app.safety.wants import covers, needs_of
from app.studio import Studio
from app.workbench import Workbench
from graph.planning.again import Replacement
from graph.planning.plan import Plan

NOTICE = "planning"


class Planner(QObject):
    """Asks what is to be planned, puts it on the canvas, and tells what was noted."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio

    # A goal.

    def ask_for_goal(self) -> None:
        """Have a goal said and planned."""
        GoalSheet(self._studio, self._draw).open()

    def _draw(self, plan: Plan) -> None:
        """Draw it in the empty flow in front, as one step, or else as a new flow."""
        front = self._studio.workspace.current
        if front is not None and _is_empty(front):
            self._fill(front, plan)
        else:
            self._studio.planned_wanted.emit(plan.flow)
        bench = self._studio.workspace.current
        if bench is not None:
            titles = {id: bench.title_at(id) for id in plan.flow.blocks}
            self._withdraw_with(bench)
            self._tell(planned(plan), f"How “{bench.title}” was planned", notes_of(plan, titles),
                       warns=bool(plan.mends))  # fmt: skip

    def _fill(self, bench: Workbench, plan: Plan) -> None:
        before, made = bench.document.flow, plan.flow
        after = msgspec.structs.replace(
            before,
            name=before.name or made.name,
            description=before.description or made.description,
            blocks=made.blocks,
            links=made.links,
            view=msgspec.structs.replace(before.view, positions=made.view.positions),
        )
        bench.show_level(())
        if bench.become(after, "Plan a goal"):
            self._studio.actions["view.fit"].trigger()
            self._look_into(bench)

    # A part.

    def ask_for_part(self) -> None:
        """Have the selected blocks, or the one that failed, planned anew."""
        bench = self._studio.workspace.current
        if bench is None or not can_plan(bench):
            return
        if not part_of(bench) and (task := failed(bench)):
            bench.go_to_address(task)
        blocks = part_of(bench)
        if not blocks:
            return
        failure, level = failure_of(bench, blocks[0]), bench.level
        title = bench.title_at(bench.address(blocks[0]))
        name = f"“{title}”" if len(blocks) == 1 else counted(len(blocks), "block")
        put_in = partial(self._put_in, bench, level, name)
        PartSheet(self._studio, bench.flow, blocks, name, failure, put_in).open()

    def _put_in(self, bench: Workbench, level: Level, name: str, found: Replacement) -> None:
        if bench.is_closed or found.edit is None or not bench.document.has(level):
            return
        before = needs_of(bench.document.flow, bench.catalog)
        if not bench.do(found.edit, label=f"Plan {name} anew", level=level):
            return
        self._studio.workspace.show(bench)
        bench.show_level(level, bench.blocks_into if level == bench.level else ())
        bench.select(found.blocks)
        bench.reveal.emit(found.blocks[-1])
        self._withdraw_with(bench)
        was = "was" if name.startswith("“") else "were"
        self._tell(planned_anew(f"{name} {was}", found), f"{name}, planned anew",
                   changes_of(found), Offer("Undo", bench.undo))  # fmt: skip
        if not covers(before, needs_of(bench.document.flow, bench.catalog)):
            self._look_into(bench)

    # Both.

    def _withdraw_with(self, bench: Workbench) -> None:
        """Who goes on with the flow, or runs it, has read what was told of it."""
        for goes_on in (bench.changed, bench.run_changed):
            goes_on.connect(self._withdraw, Qt.ConnectionType.SingleShotConnection)

    def _withdraw(self, *_: object) -> None:
        self._studio.notices.withdraw(NOTICE)

    def _look_into(self, bench: Workbench) -> None:
        """What a model has drawn is judged like a flow from elsewhere."""
        bench.is_planned = True
        self._studio.put_in.emit(bench, bench.document.flow)

    def _tell(
        self, text: str, title: str, notes: Sequence[Noted], *offers: Offer, warns: bool = False
    ) -> None:
        more = Offer("What was noted…", partial(self._show_notes, title, notes))
        self._studio.notices.tell(
            text, "warning" if warns else "success", *((more,) if notes else ()), *offers,
            key=NOTICE, stays=bool(notes),
        )  # fmt: skip

    def _show_notes(self, title: str, notes: Sequence[Noted]) -> None:
        NotesSheet(self._studio.window, title, notes).open()


def _is_empty(bench: Workbench) -> bool:
    return bench.is_trusted and not bench.document.flow.blocks
