"""The flow being edited: every change an edit that can be taken back, and told to who listens."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from graph.edits import Edit, Inside, apply, inverse, together
from graph.flow import Flow

Level = tuple[str, ...]
"""The names of the embedded flows that lead to the one that is meant; () is the outermost."""

Cause = Literal["edit", "undo", "redo"]


class Change(NamedTuple):
    """What a document tells of: the flow before and after, and at which level it was edited.

    `edit` leads from one to the other, at its outermost. `joined` says that it became part of
    the step before it.
    """

    before: Flow
    after: Flow
    level: Level
    cause: Cause
    label: str
    edit: Edit
    joined: bool = False


class Step(NamedTuple):
    """One entry of the history: what was done and what takes it back, at their outermost."""

    label: str
    level: Level
    done: Edit
    undone: Edit
    merge: str


Listener = Callable[[Change], None]


class Document:
    """A flow and its history. Whoever listens is called after each change, in order."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._saved: Flow | None = flow
        self._steps: list[Step] = []
        self._position = 0
        self._listeners: list[Listener] = []

    @classmethod
    def resumed(
        cls, flow: Flow, saved: Flow | None, steps: Sequence[Step], position: int
    ) -> "Document":
        """A document as it was before, with its history."""
        made = cls(flow)
        made._saved, made._steps, made._position = saved, list(steps), position
        return made

    # Reading.

    def at(self, level: Level) -> Flow:
        """The flow at a level. Raises KeyError when there is none any more."""
        flow = self.flow
        for name in level:
            flow = flow.flows[name]
        return flow

    def has(self, level: Level) -> bool:
        """Whether there is a flow at the level."""
        flow: Flow | None = self.flow
        for name in level:
            flow = flow.flows.get(name) if flow else None
        return flow is not None

    def around(self, level: Level) -> tuple[Flow, ...]:
        """The flows around the one at a level, outermost first."""
        return tuple(self.at(level[:depth]) for depth in range(len(level)))

    @property
    def history(self) -> Sequence[Step]:
        """What was done, oldest first, including what was taken back and can be redone."""
        return self._steps

    @property
    def position(self) -> int:
        """How many steps of the history are done."""
        return self._position

    @property
    def can_undo(self) -> bool:
        return self._position > 0

    @property
    def can_redo(self) -> bool:
        return self._position < len(self._steps)

    @property
    def is_saved(self) -> bool:
        """Whether the flow is what was last saved or opened."""
        return self.flow is self._saved or self.flow == self._saved

    @property
    def saved(self) -> Flow | None:
        """The flow as it was last saved or opened; None when no file holds it."""
        return self._saved

    # Changing.

    def do(self, *edits: Edit, level: Level = (), label: str = "", merge: str = "") -> None:
        """Apply edits as one step. Raises EditRefused, and then nothing has changed.

        A step with the same `merge` as the last one ("" never) becomes part of it, so that
        typing a word or dragging a block is taken back at once.
        """
        if not edits:
            return
        edit = _outermost(together(edits), level)
        before = self.flow
        undone = inverse(before, edit)
        after = apply(before, edit)
        if after == before:
            return
        del self._steps[self._position :]
        step = Step(label, level, edit, undone, merge)
        last, joined = self._steps[-1] if self._steps else None, False
        if last and merge and last.merge == merge and before is not self._saved:
            step = step._replace(
                done=together((last.done, edit)), undone=together((undone, last.undone))
            )
            self._steps.pop()
            joined = True
        self._steps.append(step)
        self._position = len(self._steps)
        self._become(Change(before, after, level, "edit", label, edit, joined))

    def undo(self) -> None:
        """Take the last step back; nothing when there is none."""
        if self.can_undo:
            step = self._steps[self._position - 1]
            self._position -= 1
            after = apply(self.flow, step.undone)
            self._become(Change(self.flow, after, step.level, "undo", step.label, step.undone))

    def redo(self) -> None:
        """Do again what was taken back last; nothing when there is none."""
        if self.can_redo:
            step = self._steps[self._position]
            self._position += 1
            after = apply(self.flow, step.done)
            self._become(Change(self.flow, after, step.level, "redo", step.label, step.done))

    def go_to(self, position: int) -> None:
        """Undo or redo until `position` steps of the history are done."""
        wanted = max(0, min(position, len(self._steps)))
        while self._position > wanted:
            self.undo()
        while self._position < wanted:
            self.redo()

    def seal(self) -> None:
        """Let no further edit become part of the last step: a gesture or a word is over."""
        if self._steps:
            self._steps[-1] = self._steps[-1]._replace(merge="")

    def mark_saved(self, flow: Flow | None = None) -> None:
        """The flow (this one, or the one that was written) is what the file holds."""
        self._saved = self.flow if flow is None else flow

    def mark_unsaved(self) -> None:
        """No file holds the flow: it is a draft, or the file was changed by someone else."""
        self._saved = None

    # Listening.

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after each change; gives what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _become(self, change: Change) -> None:
        self.flow = change.after
        for listener in tuple(self._listeners):
            listener(change)


def _outermost(edit: Edit, level: Level) -> Edit:
    for name in reversed(level):
        edit = Inside(name, edit)
    return edit
