"""How much of what strangers try in vain is noted: nobody fills the trail from outside."""

import msgspec

from runtime.access.deeds import Deed

MOST = 60
"""Deeds that are noted in a minute; the rest is counted."""
MINUTE = 60.0


class Bound:
    """Lets so much through in a minute, and counts the rest."""

    def __init__(self) -> None:
        self.left_out = 0
        self._since = 0.0
        self._let_through = 0

    def admits(self, now: float) -> bool:
        if not 0 <= now - self._since < MINUTE:
            self._since, self._let_through = now, 0
        if self._let_through >= MOST:
            self.left_out += 1
            return False
        self._let_through += 1
        return True

    def said_with(self, deed: Deed) -> Deed:
        """A deed that also says how many before it weren't noted."""
        if not self.left_out:
            return deed
        left_out, self.left_out = self.left_out, 0
        more = f"{left_out} more of strangers before it weren't noted"
        detail = f"{deed.detail}; {more}" if deed.detail else more
        return msgspec.structs.replace(deed, detail=detail)
