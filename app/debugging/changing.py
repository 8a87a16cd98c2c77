"""Values of a task that stands still, changed by hand and changed back."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from app.dialogs.edit_value import EditValueSheet
from app.presenters.data_items import Item
from app.runs.looking import Looking
from app.studio import Studio
from app.workbench import Workbench
from graph.errors import HeddleError
from runtime.commands import Answer
from runtime.large import Large
from runtime.projections.task_data import TaskData

LARGEST = 2_000_000
"""Letters of a value, as JSON, that can be changed by hand."""


class Changing:
    """Which items of a held task can be changed, and how."""

    def __init__(self, studio: Studio, looking: Looking) -> None:
        self._studio = studio
        self._looking = looking

    def can_change(self, workbench: Workbench | None, task: str, item: Item | None) -> bool:
        """Whether the task stands where this value can be another."""
        if workbench is None or workbench.live is None or workbench.moment is not None:
            return False
        held = workbench.live.view.held.get(task)
        if held is None or item is None or item.kind != "value":
            return False
        if isinstance(item.value, bytes) or is_secret(item.value):
            return False
        return item.side == "outputs" if held.phase == "after" else item.side in _GIVEN

    def ask(self, workbench: Workbench, task: str, data: TaskData, item: Item) -> None:
        """Ask for another value in the place of that of an item."""
        if not isinstance(item.value, Large):
            self._open(workbench, task, data, item, item.value)
        elif item.value.size <= LARGEST:

            def whole(content: bytes) -> None:
                if len(content) > LARGEST:
                    self._too_large(None)
                elif isinstance(item.value, Large) and item.value.kind == "text":
                    self._open(workbench, task, data, item, content.decode())
                else:
                    self._open(workbench, task, data, item, msgspec.json.decode(content))

            self._looking.whole(item.value.place, whole, self._too_large)
        else:
            self._too_large(None)

    def drop(self, workbench: Workbench, task: str, data: TaskData, item: Item) -> None:
        """Let the task have its own value again."""
        left = _changed(data, item.side)
        left.pop(item.name, None)
        self._send(workbench, task, item.side, left, None, None)

    def _open(
        self, workbench: Workbench, task: str, data: TaskData, item: Item, value: Any
    ) -> None:
        def use(changed: Any, failed: Callable[[HeddleError], object]) -> None:
            values = {**_changed(data, item.side), item.name: changed}
            self._send(workbench, task, item.side, values, lambda _: sheet.accept(), failed)

        sheet = EditValueSheet(self._studio.window, item.name, value, use)
        sheet.open()

    def _send(
        self,
        workbench: Workbench,
        task: str,
        side: str,
        values: Mapping[str, Any],
        then: Callable[[Answer], object] | None,
        failed: Callable[[HeddleError], object] | None,
    ) -> None:
        assert workbench.live is not None, "asked for while a run is watched"
        debugging, run = self._studio.runs.debugging, workbench.live.run
        if side == "outputs":
            debugging.change_outputs(run, task, values, then, failed)
        else:
            debugging.change_inputs(run, task, values, then, failed)

    def _too_large(self, _: object) -> None:
        self._studio.notices.tell(
            "This value is too large to be changed by hand. Watch or save it instead.", "warning"
        )


_GIVEN = ("inputs", "fields")


def is_secret(value: Any) -> bool:
    """Whether it stands for something that is not to be seen."""
    return isinstance(value, dict) and any(str(name).startswith("$") for name in value)


def _changed(data: TaskData, side: str) -> dict[str, Any]:
    """What is changed by hand already on that side: commands say all of it each time."""
    if side == "outputs":
        gave = data.gave
        return {n: v for n, v in data.outputs.items() if gave and gave.get(n) != v}
    fields = {n: f.value for n, f in data.fields.items() if f.origin == "changed"}
    return fields | {name: data.inputs[name] for name in data.came}
