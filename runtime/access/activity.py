"""What everybody did, folded from the trail, in whichever order it is read."""

import msgspec

from runtime.access.deeds import Entry


class Doer(msgspec.Struct, frozen=True):
    """What somebody did, counted; `last` is when, in seconds since the epoch."""

    who: str
    tenant: str
    logins: int = 0
    wrong_passwords: int = 0
    changes: int = 0
    refused: int = 0
    failed: int = 0
    last: float = 0.0

    def after(self, entry: Entry) -> "Doer":
        counted = _COUNTED.get((entry.what, entry.outcome)) or _BY_OUTCOME[entry.outcome]
        return msgspec.structs.replace(
            self, last=max(self.last, entry.at), **{counted: getattr(self, counted) + 1}
        )


_COUNTED = {("login", "done"): "logins", ("login", "refused"): "wrong_passwords"}
_BY_OUTCOME = {"done": "changes", "refused": "refused", "failed": "failed"}


class Activity:
    """Everybody who stands in the trail, by tenant and name."""

    def __init__(self) -> None:
        self._doers: dict[tuple[str, str], Doer] = {}

    def add(self, entry: Entry) -> None:
        """Count another entry."""
        place = (entry.tenant, entry.who)
        before = self._doers.get(place) or Doer(entry.who, entry.tenant)
        self._doers[place] = before.after(entry)

    def newest_first(self) -> list[Doer]:
        """Everybody, who did something last before the others."""
        return sorted(self._doers.values(), key=lambda doer: -doer.last)
