"""Every edit there is, edits inside embedded flows, and many as one."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar, Union, cast

from graph.edits.blocks import (
    AddBlock,
    ChangeId,
    ChangeKind,
    ClearField,
    RemoveBlock,
    Rename,
    SetField,
    SetSettings,
)
from graph.edits.change import Change
from graph.edits.draft import Draft
from graph.edits.flows import AddFlow, RemoveFlow, SetBudget, SetFlowText
from graph.edits.links import Connect, Disconnect, SetRoute
from graph.edits.view import (
    ClearBookmark,
    ClearFrame,
    MoveBlocks,
    SetBookmark,
    SetColour,
    SetExposed,
    SetFrame,
)
from graph.errors import EditRefused
from graph.file_format import is_file
from graph.flow import Flow

T = TypeVar("T")


def apply(flow: Flow, edit: "Edit") -> Flow:
    """The flow with the edit done; the flow given stays as it was. Raises EditRefused."""
    draft = Draft(flow)
    edit.alter(draft)
    return draft.flow()


def inverse(flow: Flow, edit: "Edit") -> "Edit":
    """The edit that takes back `edit`, which fits `flow`. Raises EditRefused when it doesn't.

    `apply(apply(flow, edit), inverse(flow, edit)) == flow`.
    """
    return together(edit.undo(Draft(flow)))


def touches_logic(edit: "Edit") -> bool:
    """Whether the edit changes more than how the flow is drawn, and so may change its hash."""
    return edit.in_logic()


def together(changes: Iterable[Change]) -> "Edit":
    """Several edits as one, one as itself."""
    edits = cast("tuple[Edit, ...]", tuple(changes))
    return edits[0] if len(edits) == 1 else Many(edits)


class Inside(Change, frozen=True):
    """Edit an embedded flow."""

    name: str
    inner: "Edit"

    def alter(self, draft: Draft) -> None:
        draft.flows[self.name] = self._inside(draft, apply)

    def undo(self, before: Draft) -> Iterator[Change]:
        yield Inside(self.name, self._inside(before, inverse))

    def _inside(self, draft: Draft, do: "Callable[[Flow, Edit], T]") -> T:
        flow = draft.embedded(self.name)
        if is_file(self.name):
            message = f"{self.name} is a file of its own."
            raise EditRefused(message, cure="Open that file to change it.")
        try:
            return do(flow, self.inner)
        except EditRefused as error:
            message = f"In the flow {self.name!r}: {error.message}"
            raise EditRefused(message, cure=error.cure) from None

    def in_logic(self) -> bool:
        return self.inner.in_logic()


class Many(Change, frozen=True):
    """Edits one after another, done and taken back as one."""

    edits: tuple["Edit", ...]

    def alter(self, draft: Draft) -> None:
        for edit in self.edits:
            edit.alter(draft)

    def undo(self, before: Draft) -> Iterator[Change]:
        draft, undone = Draft(before.flow()), list[list[Change]]()
        for edit in self.edits:
            undone.append(list(edit.undo(draft)))
            edit.alter(draft)
        for steps in reversed(undone):
            yield from steps

    def in_logic(self) -> bool:
        return any(edit.in_logic() for edit in self.edits)


Edit = Union[  # noqa: UP007, the names above refer to it before it is there
    AddBlock, RemoveBlock, ChangeId, ChangeKind, Rename, SetField, ClearField, SetSettings,
    Connect, Disconnect, SetBudget, SetFlowText, AddFlow, RemoveFlow, Inside,
    MoveBlocks, SetColour, SetRoute, SetExposed, SetFrame, ClearFrame, SetBookmark, ClearBookmark,
    Many,
]  # fmt: skip
"""Any edit. Closed: whoever takes edits apart ends in `assert_never`."""
