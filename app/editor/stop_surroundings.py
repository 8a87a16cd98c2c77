"""What the condition of a breakpoint may know of the block that it is at."""

from typing import Any

from PySide6.QtCore import QObject

from app.editor.fields.surroundings import Surroundings
from app.editor.previewer import Previewer
from app.presenters.stop_form import expected_names
from app.presenters.trying import plain_fields
from app.workbench import Workbench
from graph.spec import Parameter
from runtime.breakpoints import Breakpoint


class StopSurroundings(Surroundings):
    """`point` is the breakpoint as it is being edited."""

    def __init__(
        self, workbench: Workbench, block: str, point: Breakpoint, parent: QObject,
        previewer: Previewer | None,
    ) -> None:  # fmt: skip
        super().__init__(workbench, block, parent, previewer)
        self.point = point

    def names_for(self, _: Parameter) -> dict[str, Any]:
        """The last values of what the condition sees."""
        block, run = self.block, self.workbench.run
        given = run.inputs((), "") if run else {}
        names = {**(plain_fields(block) if block else {}), **self.likely(), "inputs": dict(given)}
        outputs = self.outputs()
        if self.point.at == "after" and outputs:
            names |= {"outputs": dict(outputs), **outputs}
        if self.point.port in names:
            names["value"] = names[self.point.port]
        return names

    def expected(self, _: Parameter) -> list[str]:
        """The names that the condition will have."""
        block = self.block
        ports = self.workbench.ports(block) if block else None
        if ports is None:
            return []
        return expected_names(ports.inputs, ports.outputs, self.point)
