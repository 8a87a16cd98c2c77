"""What every edit can do."""

import re
from collections.abc import Iterator

import msgspec

from graph.edits.draft import Draft


def _tag(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Change(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="edit",
    tag=_tag,
):
    """A change of a flow, as a value. `Edit` is the union of all there are."""

    def alter(self, draft: Draft) -> None:
        """Do it. Raises EditRefused; the draft is then to be thrown away."""
        raise NotImplementedError

    def undo(self, before: Draft) -> Iterator["Change"]:
        """What takes it back, step by step, once it has been done to `before`.

        To be used up before the draft is changed. Raises EditRefused when it doesn't fit.
        """
        raise NotImplementedError

    def in_logic(self) -> bool:
        """Whether it changes more than how the flow is drawn."""
        return True
