"""Edits of the flow itself: what it says of itself, and the flows in it."""

from collections.abc import Iterator

from graph.edits.change import Change
from graph.edits.draft import Draft
from graph.errors import EditRefused, FlowFileError
from graph.file_format import is_file, write
from graph.flow import NAME, Budget, Flow


class SetFlowText(Change, frozen=True):
    """Say what the flow is called and what it is for; None leaves it."""

    name: str | None = None
    description: str | None = None

    def alter(self, draft: Draft) -> None:
        draft.name = draft.name if self.name is None else self.name
        draft.description = draft.description if self.description is None else self.description

    def undo(self, before: Draft) -> Iterator[Change]:
        yield SetFlowText(
            None if self.name is None else before.name,
            None if self.description is None else before.description,
        )


class SetBudget(Change, frozen=True):
    """Say what the flow may use up of models."""

    budget: Budget

    def alter(self, draft: Draft) -> None:
        draft.budget = self.budget

    def undo(self, before: Draft) -> Iterator[Change]:
        yield SetBudget(before.budget)


class AddFlow(Change, frozen=True):
    """Embed a flow under a free name, or put in one that is a file, under its path."""

    name: str
    flow: Flow

    def alter(self, draft: Draft) -> None:
        draft.refuse_flow(self.name)
        if not is_file(self.name):
            self._refuse_unfit()
        draft.flows[self.name] = self.flow

    def _refuse_unfit(self) -> None:
        if not NAME.match(self.name):
            cure = "Use letters, digits and underscores."
            raise EditRefused(f"{self.name!r} can't be the name of a flow.", cure=cure)
        try:
            write(self.flow, name=f"The flow {self.name!r}")
        except FlowFileError as error:
            raise EditRefused(error.message, cure=error.cure) from None

    def undo(self, before: Draft) -> Iterator[Change]:
        before.refuse_flow(self.name)
        yield RemoveFlow(self.name)


class RemoveFlow(Change, frozen=True):
    """Take out an embedded flow, or one that is a file."""

    name: str

    def alter(self, draft: Draft) -> None:
        draft.embedded(self.name)
        del draft.flows[self.name]

    def undo(self, before: Draft) -> Iterator[Change]:
        yield AddFlow(self.name, before.embedded(self.name))
