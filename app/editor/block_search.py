"""The popup that adds a block: type what it does, or be offered what a loose link fits."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.editor.choice_popup import ChoicePopup
from app.editor.choice_rows import Choice
from app.presenters.block_finder import BlockFinder, Match, Wire


class BlockSearch(ChoicePopup):
    """Tells which kind of block was `picked`, as a Match."""

    picked = Signal(object)

    def __init__(self, parent: QWidget, finder: BlockFinder, fits: Wire | None = None) -> None:
        self._finder, self._fits = finder, fits
        title = "Add a block" if fits is None else "Add a block to link to"
        nothing = "No block is found by these words. Try what it does, such as “read file”."
        super().__init__(parent, title, self._found, nothing)
        self.chosen.connect(self._on_chosen)

    def _found(self, query: str) -> list[Choice]:
        return [_choice(match) for match in self._finder.found(query, self._fits)]

    def _on_chosen(self, match: object) -> None:
        assert isinstance(match, Match)
        self._finder.note_use(match.spec.kind)
        self.picked.emit(match)


def _choice(match: Match) -> Choice:
    spec = match.spec
    return Choice(spec.title, match, spec.summary, spec.icon, _hint(match), match.spans)


def _hint(match: Match) -> str:
    """Where the link would go, if there is one."""
    if not match.port:
        return match.spec.category
    port = match.port.replace("_", " ")
    return f"{port} (as {match.convert})" if match.convert else port
