"""Asks before something is removed that can't be had back."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.dialogs.sheet import Sheet


def ask_to_remove(parent: QWidget, name: str, text: str, remove: Callable[[], object]) -> Sheet:
    """Say what becomes of it, and `remove` it where that is wanted; Return keeps it."""
    sheet = Sheet(parent, f"Remove “{name}”?", text)
    sheet.button("Keep it", main=True)
    sheet.button("Remove", remove).setProperty("danger", True)
    sheet.open()
    return sheet
