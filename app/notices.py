"""Things the studio tells its user without getting in the way."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from PySide6.QtCore import QObject, Signal

Tone = Literal["info", "success", "warning", "error"]


class Offer(NamedTuple):
    """A button of a notice."""

    title: str
    do: Callable[[], object]


class Notice(NamedTuple):
    """One message; a later one with the same `key` ("" never) takes its place."""

    text: str
    tone: Tone = "info"
    offers: tuple[Offer, ...] = ()
    key: str = ""
    stays: bool = False


class Notices(QObject):
    """Where any part tells something; the window shows it."""

    told = Signal(Notice)
    withdrawn = Signal(str)

    def tell(
        self, text: str, tone: Tone = "info", *offers: Offer, key: str = "", stays: bool = False
    ) -> None:
        """Show a message, with buttons; it goes by itself unless it `stays` or is an error."""
        self.told.emit(Notice(text, tone, offers, key, stays or tone == "error"))

    def withdraw(self, key: str) -> None:
        """Take back the notice of that key."""
        self.withdrawn.emit(key)
