"""The port that a home has again each time, so that others find it where they found it before."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from runtime.services.server import CannotListen, Listening

FIRST = 8010
"""The first port that no service has in the table; the plugin for Studio speaks to it."""
PORTS = 10
"""From the first one on: enough for the homes and studios that one machine has at a time."""


def at_steady_port(home: Path, listening: Callable[[int], Listening]) -> Listening:
    """Listen at the port that this home had first, or at another one while somebody else does.

    Raises CannotListen.
    """
    file = home / "port"
    remembered = _read(file)
    for port in (*remembered, *range(FIRST, FIRST + PORTS)):
        with contextlib.suppress(CannotListen):
            found = listening(port)
            break
    else:
        found = listening(0)
    if not remembered:
        _remember(file, found.port)
    return found


def _read(file: Path) -> tuple[int, ...]:
    """The port that is remembered, if one is."""
    with contextlib.suppress(OSError, ValueError):
        port = int(file.read_text(encoding="ascii"))
        return (port,) if 0 < port < 1 << 16 else ()
    return ()


def _remember(file: Path, port: int) -> None:
    """Where nothing can be written, it is another port next time, as it may be."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{port}\n", encoding="ascii")
