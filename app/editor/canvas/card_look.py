"""The words and colours of a block's card, whatever its size."""

from app.editor.canvas.marks import Marks
from app.editor.canvas.paints import Paints
from app.editor.canvas.shapes import Shapes
from app.editor.canvas.texts import Texts
from app.presenters.card_text import asked_model, says
from app.workbench import Workbench
from graph.errors import Problem
from graph.flow import Block

MOST_LINES = 4000


class CardLook:
    """What painters of cards ask."""

    def __init__(
        self, workbench: Workbench, shapes: Shapes, marks: Marks, paints: Paints, texts: Texts
    ) -> None:
        self._workbench = workbench
        self._shapes = shapes
        self._marks = marks
        self._paints = paints
        self._texts = texts
        self._lines: dict[str, tuple[Block, str]] = {}

    def title(self, block: Block) -> str:
        """What the card is headed by."""
        spec = self._workbench.catalog.get(block.kind)
        return block.title or (spec.title if spec else block.kind)

    def has_inside(self, block: Block) -> bool:
        """Whether it runs a flow that can be entered."""
        spec = self._workbench.catalog.get(block.kind)
        return spec is not None and bool(spec.flow_parameters)

    def line(self, block: Block) -> str:
        """What it does, on one line."""
        known = self._lines.get(block.id)
        if known is not None and known[0] is block:
            return known[1]
        if len(self._lines) >= MOST_LINES:
            self._lines.clear()
        said = says(block, self._workbench.catalog.get(block.kind))
        self._lines[block.id] = block, said
        return said

    def model(self, block: Block) -> str:
        """Which model it asks, "" for one that asks none."""
        return asked_model(block, self._workbench.catalog.get(block.kind)) or ""

    def icon(self, block: Block) -> str:
        """The name of the icon of its kind."""
        spec = self._workbench.catalog.get(block.kind)
        return spec.icon if spec else "mdi6.help-box-outline"

    def tint(self, row: int) -> str:
        """What colours the block: see `Shapes.tint_names`."""
        return self._shapes.tint_names[int(self._shapes.tints[row])]

    def accent(self, row: int) -> str:
        """The colour of its icon."""
        return self._paints.tint(self.tint(row))

    def paper(self) -> str:
        """The face of a note."""
        tokens = self._paints.tokens
        return self._paints.mixed(tokens.card, tokens.warning, 0.10)

    def problem_colour(self, problems: list[Problem]) -> str:
        """Red for what keeps a flow from running."""
        tokens = self._paints.tokens
        grave = any(problem.severity == "error" for problem in problems)
        return tokens.failed if grave else tokens.warning
