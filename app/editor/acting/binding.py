"""Binds actions to what they do with the flow, or with the canvas, in front."""

from collections.abc import Callable

from app.editor.canvas.canvas import Canvas
from app.editor.front import canvas_in_front
from app.studio import Studio
from app.workbench import Workbench


def always(bench: Workbench) -> bool:
    """For what can be done with any open flow."""
    return True


def any_block(bench: Workbench) -> bool:
    """For what is done to the selected blocks."""
    return bool(bench.selected)


def anything(bench: Workbench) -> bool:
    """For what is done to whatever is selected."""
    return bool(bench.selected or bench.selected_links or bench.selected_frames)


class Binder:
    """Hands each action the workbench or canvas it is for; without one it can't be done."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def on_flow(
        self, id: str, do: Callable[[Workbench], object],
        when: Callable[[Workbench], object] = always,
        checked: Callable[[Workbench], object] | None = None,
    ) -> None:  # fmt: skip
        """Let an action do something with the flow in front."""

        def act() -> None:
            if (bench := self.studio.workspace.current) is not None:
                do(bench)

        self.studio.actions.bind(
            id, act, enabled=self._asking(when), checked=self._asking(checked) if checked else None
        )

    def on_canvas(
        self, id: str, do: Callable[[Canvas], object],
        when: Callable[[Workbench], object] = always,
    ) -> None:  # fmt: skip
        """Let an action do something with the canvas in front."""

        def act() -> None:
            if (canvas := canvas_in_front(self.studio)) is not None:
                do(canvas)

        self.studio.actions.bind(id, act, enabled=self._asking(when))

    def _asking(self, ask: Callable[[Workbench], object]) -> Callable[[], bool]:
        def answer() -> bool:
            bench = self.studio.workspace.current
            return bench is not None and bool(ask(bench))

        return answer
