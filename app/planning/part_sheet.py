"""The dialog that has a part of a flow planned anew, and says why it failed."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.controls import paragraph
from app.planning.asking import AskingSheet
from app.studio import Studio
from graph.flow import Flow
from graph.planning.again import Part, Replacement
from runtime.events import Failure
from runtime.planning import plan_again

WISH = "What should be different?"


class PartSheet(AskingSheet):
    """Hands what takes the place of the blocks to `put_in`. `name` is what they are called."""

    def __init__(
        self, studio: Studio, flow: Flow, blocks: tuple[str, ...], name: str,
        failure: Failure | None, put_in: Callable[[Replacement], object],
    ) -> None:  # fmt: skip
        their, them = ("its", "it") if len(blocks) == 1 else ("their", "them")
        super().__init__(
            studio, f"Plan {name} anew",
            f"A model plans other steps in {their} place. What comes to {them}, and what others "
            f"need of {them}, stays linked; nothing else is touched. You can take it back.",
            "Plan anew",
        )  # fmt: skip
        self._flow, self._blocks, self._failure, self._put_in = flow, blocks, failure, put_in
        if failure is not None:
            self._show_failure(failure)
        optional = "Optional: it failed, and the model is told why." if failure else ""
        self.wish = self.add_text(WISH, optional, least=2)
        self.add_model()
        self.add_foot()
        self.wish.setFocus()

    def plan(self) -> None:
        wish, catalog = self.wish.text.strip(), self._studio.catalog
        if not wish and self._failure is None:
            self.wrong("Say what should be different.", self.wish)
            return
        failure = _said(self._failure) if self._failure else ""
        part, model = Part.of(self._flow, self._blocks, failure, catalog, wish), self.asked_model
        self.ask(
            lambda runtime, hear: plan_again(runtime, part, catalog, model=model, hear=hear),
            self._put_in,
        )

    def _show_failure(self, failure: Failure) -> None:
        frame = QFrame(self)
        frame.setProperty("banner", "error")
        column = QVBoxLayout(frame)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(2)
        column.addWidget(paragraph(frame, "heading", failure.message))
        if failure.cure:
            column.addWidget(paragraph(frame, "", failure.cure))
        self.body.addWidget(frame)


def _said(failure: Failure) -> str:
    return f"{failure.type}: {failure.message} {failure.cure}".strip()
