"""What a cache does: holds bytes by key for a time, and changes them only where nobody else did."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Swap(NamedTuple):
    """Put `new` where there is `old`, for so many seconds; take it away where `new` is None.

    With `keep`, and no `new`, it is left there as it is.
    Where something else is there by now, it is left there, or taken away where `strict`: then
    somebody wrote at the same time, and nobody can say who was last.
    """

    key: str
    old: bytes
    new: bytes | None
    seconds: float = 0.0
    strict: bool = False
    keep: bool = False


class Cache(Protocol):
    """Every method raises AgentError. A space is the name of a sync; its epoch is what says that
    what it holds may still be used.

    `shown` is its address without password; `shared` says whether others see the same.
    """

    @property
    def shown(self) -> str: ...
    @property
    def shared(self) -> bool: ...

    async def read(
        self, space: str, keys: Sequence[str]
    ) -> tuple[bytes | None, list[bytes | None]]:
        """The epoch, and what is there for each key; None for what isn't."""
        ...

    async def lease(self, space: str, key: str, token: bytes, seconds: float) -> bool:
        """Put the token where nothing is. False where something is."""
        ...

    async def write(self, space: str, items: Sequence[tuple[str, bytes]], seconds: float) -> None:
        """Put all of these, whatever is there."""
        ...

    async def swap(self, space: str, swaps: Sequence[Swap]) -> list[bool]:
        """See Swap: whether each was as it was thought to be."""
        ...

    async def drop(self, space: str, keys: Sequence[str]) -> None:
        """Take these away."""
        ...

    async def renew(self, space: str, epoch: bytes, *, only_first: bool = False) -> bytes:
        """Begin another epoch, unless there is one and `only_first`. Gives what there is then."""
        ...

    async def ping(self) -> None:
        """Ask it for nothing."""
        ...

    async def close(self) -> None:
        """Let go of every connection. Never raises."""
        ...
