"""Whether an object of Qt is still there: an answer may come when nobody waits for it any more."""

from typing import Any

from PySide6.QtCore import QObject
from shiboken6 import Shiboken

_is_valid: Any = Shiboken.isValid  # the stubs have no types for it


def is_there(thing: QObject) -> bool:
    """Whether it can still be used."""
    return bool(_is_valid(thing))
