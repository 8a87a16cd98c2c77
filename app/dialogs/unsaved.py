"""The question before an unsaved flow is closed."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.dialogs.sheet import Sheet


def unsaved(
    parent: QWidget, title: str, save: Callable[[], object], discard: Callable[[], object]
) -> Sheet:
    """Ask whether to save the flow before it is closed."""
    sheet = Sheet(
        parent, f"Save “{title}” before closing it?",
        "What you changed since it was last saved is lost otherwise.",
    )  # fmt: skip
    sheet.button("Don't save", discard, left=True)
    sheet.button("Cancel")
    sheet.button("Save", save, main=True)
    sheet.open()
    return sheet
