"""The choice when a file was changed beside the studio: mine, theirs, or both."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.dialogs.lists import sentences
from app.dialogs.sheet import Sheet

Do = Callable[[], object]


class Choices(NamedTuple):
    """What each button does; None where it can't be had."""

    keep_mine: Do
    take_theirs: Do | None
    merge: Do | None
    save_as: Do


def changed_on_disk(
    parent: QWidget, name: str, mine: Sequence[str], theirs: Sequence[str], choices: Choices
) -> Sheet:
    """Show what both have changed since the file was opened, and let the person choose."""
    sheet = Sheet(
        parent, f"{name} was changed by someone else",
        "Another program or person wrote the file while you were changing the flow. "
        "Nothing has been overwritten. Whatever you choose can be undone.", width=760,
    )  # fmt: skip
    row = QHBoxLayout()
    row.setSpacing(14)
    row.addWidget(sentences("You changed", mine, sheet, none="Nothing that counts."))
    row.addWidget(sentences("They changed", theirs, sheet, none="Nothing that counts."))
    sheet.body.addLayout(row)
    sheet.button("Save mine as…", choices.save_as, left=True,
                 tip="Keep both: yours in a file of its own")  # fmt: skip
    sheet.button("Decide later", tip="Go on working; saving asks again")
    sheet.button("Keep mine", choices.keep_mine,
                 tip="Write yours over it; what is in the file now stays as a backup")  # fmt: skip
    take = choices.take_theirs
    sheet.button("Take theirs", take or _nothing).setEnabled(take is not None)
    merge = choices.merge
    sheet.button("Merge both", merge or _nothing, main=True,
                 tip="Put both changes together; where they clash you choose",
                 ).setEnabled(merge is not None)  # fmt: skip
    sheet.open()
    return sheet


def _nothing() -> None:
    """What a button does that can't be pressed."""
