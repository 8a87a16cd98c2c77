"""What is told of the shown blocks besides the flow: their states in the run, their problems."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from app.editor.canvas.shapes import Shapes
from app.presenters.block_status import LOOKS, NONE, Look, Status, look_of, status_of
from app.workbench import Workbench
from graph.compile.ports import INPUT
from graph.errors import Problem
from graph.flow import End

_NUMBER = {look: number for number, look in enumerate(LOOKS)}

DIFFERENCES = {"differs": "mdi6.not-equal-variant", "parts": "mdi6.call-split"}
"""By what `difference` says: the icon that marks it."""


class Marks:
    """`looks` has the number of the look (see `LOOKS`) of each block, 0 without a run."""

    def __init__(self, workbench: Workbench, shapes: Shapes) -> None:
        self._workbench = workbench
        self._shapes = shapes
        self._generation = -1
        self._begun = False
        self.looks: npt.NDArray[np.uint8] = np.zeros(0, np.uint8)
        self._told: dict[End, int] = {}
        self._stood: dict[int, Status] = {}
        self.problems: Mapping[str, list[Problem]] = {}

    @property
    def watching(self) -> bool:
        """Whether a run is shown."""
        return self._workbench.run is not None

    def refresh(self) -> None:
        """Take up how everything stands."""
        self.problems = self._workbench.problems_here()
        self._stood.clear()
        ids, run = self._shapes.ids, self._workbench.run
        self._generation = self._shapes.generation
        self.looks = np.zeros(len(ids), np.uint8)
        self._begun = run is not None and bool(run.view.run)
        if run is None:
            return
        prefix, known = self._prefix(), run.view.blocks
        for row, id in enumerate(ids if known else ()):
            view = known.get(prefix + id)
            if view is not None:
                self.looks[row] = _NUMBER[look_of(view, self._is_stale(prefix + id))]
        for row in self._inputs():
            self.looks[row] = self.looks[row] or _NUMBER[self.status(row).look]

    def take(self, addresses: Iterable[str]) -> list[int]:
        """Take up how these blocks stand; gives the rows of those that are shown."""
        run, prefix, rows = self._workbench.run, self._prefix(), self._shapes.rows
        if run is None or self._generation != self._shapes.generation:
            self.refresh()
        touched = []
        if run is not None and run.view.run and not self._begun:
            self.refresh()
            touched = self._inputs()
        for address in addresses:
            row = rows.get(address.removeprefix(prefix)) if address.startswith(prefix) else None
            if row is not None and run is not None:
                touched.append(row)
                look = look_of(run.block(address), self._is_stale(address))
                self.looks[row] = _NUMBER[look]
        return touched

    def changed(self, rows: Iterable[int]) -> list[int]:
        """Those of these blocks that stand otherwise than when this was last asked."""
        found = []
        for row in rows:
            status = self.status(row)
            if self._stood.get(row) != status:
                self._stood[row] = status
                found.append(row)
        return found

    def looks_of(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.uint8]:
        """The numbers of the looks of these blocks."""
        if self._generation != self._shapes.generation:
            self.refresh()
        return self.looks[rows]

    def look(self, row: int) -> Look:
        """How the state of a block looks."""
        if self._generation != self._shapes.generation:
            self.refresh()
        return LOOKS[int(self.looks[row])]

    def status(self, row: int) -> Status:
        """How a block stands."""
        run, id = self._workbench.run, self._shapes.ids[row]
        if run is None:
            return NONE
        address = self._prefix() + id
        values = self._workbench.values(id)
        return status_of(run, address, values, is_stale=self._is_stale(address))

    def count(self, row: int) -> int:
        """How many values went over a link in the run."""
        run, source = self._workbench.run, self._shapes.links[row].source
        if run is None:
            return 0
        return run.counts.get(self._prefix() + source.block, {}).get(source.port, 0)

    def news(self, link: int) -> int:
        """How many more values have gone over a link than when this was last asked.

        Fewer than none when an earlier moment of the run is shown.
        """
        count = self.count(link)
        target = self._shapes.links[link].target
        news = count - self._told.get(target, 0)
        self._told[target] = count
        return news

    def value(self, row: int) -> tuple[bool, object]:
        """Whether a value went over a link, and the last one."""
        source = self._shapes.links[row].source
        outputs = self._workbench.values(source.block)
        return source.port in outputs, outputs.get(source.port)

    def difference(self, row: int) -> str:
        """Whether a block "differs" from a run this one is compared with, or first "parts"."""
        run = self._workbench.run
        if run is None or not run.differing:
            return ""
        address = self._prefix() + self._shapes.ids[row]
        if address == run.parting:
            return "parts"
        return "differs" if address in run.differing else ""

    def _inputs(self) -> list[int]:
        """The rows of what the shown flow is given."""
        blocks, rows = self._workbench.flow.blocks, self._shapes.rows
        return [rows[id] for id, block in blocks.items() if block.kind == INPUT and id in rows]

    def is_faulty(self, id: str) -> bool:
        """Whether something goes wrong on purpose at a shown block."""
        faulty = self._workbench.faulty
        return bool(faulty) and self._prefix() + id in faulty

    def _is_stale(self, address: str) -> bool:
        return self._workbench.is_stale(address)

    def _prefix(self) -> str:
        through = self._workbench.blocks_into
        return "/".join(through) + "/" if through else ""
