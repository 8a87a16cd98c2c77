"""Connections as rows: what each is, where its secret is kept, who uses it, what its test said."""

from collections.abc import Iterator
from typing import NamedTuple

from graph.catalog import Catalog
from graph.connections import ConnectionKind
from graph.errors import Problem
from graph.flow import Flow
from graph.touches import touches
from runtime.connections.contents import Overview, Shown

COLUMNS = ("Name", "Kind", "Secret", "Used by", "Last test")

ABOUT = (
    "What flows call it",
    "What it leads to",
    "Where its secret is kept",
    "The blocks of the flow in front that use it",
    "What the other side said when it was tried last",
)
"""What each column tells."""

WHERE = {
    "keyring": "Keyring",
    "vault": "Encrypted file",
    "environment": "Environment",
    "": "None",
}
"""Where the secrets of a connection are, in words."""

UNKNOWN = "unknown-connection"
"""The code of the problem that a flow names a connection which isn't there."""


class ConnectionRow(NamedTuple):
    """One connection. `tone` says how its state is to look."""

    shown: Shown
    title: str
    icon: str
    where: str
    used: str
    state: str
    tone: str

    @property
    def key(self) -> str:
        """What it is known by."""
        return self.shown.name

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands in the columns."""
        return (self.shown.name, self.title, self.where, self.used, self.state)

    @property
    def spoken(self) -> str:
        """The row as a screen reader says it."""
        used = f", used by {self.used}" if self.used else ""
        return f"{self.shown.name}, {self.title}, secret: {self.where}{used}, {self.state}"


def rows_of(seen: Overview, flow: Flow | None, catalog: Catalog) -> list[ConnectionRow]:
    """The connections, with the blocks of the flow that use them."""
    kinds = {kind.kind: kind for kind in seen.kinds}
    used = users(flow, catalog) if flow is not None else {}
    return [_row(one, kinds.get(one.kind), used.get(one.name, ())) for one in seen.connections]


def users(flow: Flow, catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """By connection, the blocks that name it: in a field of its own, or before a model's name."""
    found: dict[str, dict[str, None]] = {}
    for touch in touches(flow, catalog):
        for name in touch.needs.connections:
            found.setdefault(name, {})[touch.place] = None
    for id, block in flow.blocks.items():
        model = block.fields.get("model")
        if isinstance(model, str) and "/" in model:
            found.setdefault(model.partition("/")[0], {})[id] = None
    return {name: tuple(places) for name, places in found.items()}


def _row(one: Shown, kind: ConnectionKind | None, used: tuple[str, ...]) -> ConnectionRow:
    if not one.agreed:
        state, tone = "Waits for your word", "warning"
    elif one.tested is None:
        state, tone = "Not tried yet", "muted"
    else:
        state, tone = one.tested.said, "ok" if one.tested.ok else "failed"
    return ConnectionRow(
        shown=one,
        title=kind.title if kind else f"{one.kind} (not installed)",
        icon=kind.icon if kind else "mdi6.help-circle-outline",
        where=WHERE[one.where],
        used=", ".join(used),
        state=state,
        tone=tone,
    )


def unknown(flow: Flow, seen: Overview, path: str = "") -> Iterator[Problem]:
    """The fields that name a connection which isn't there, in this flow and those inside it."""
    names = {one.name for one in seen.connections}
    for block in flow.blocks.values():
        for field, value in block.fields.items():
            name = value.get("$connection") if isinstance(value, dict) else None
            if isinstance(name, str) and name and name not in names:
                yield Problem(
                    UNKNOWN,
                    f"There is no connection {name!r} here.",
                    "Connect it, or choose another.",
                    flow=path,
                    block=block.id,
                    field=field,
                    severity="warning",
                )
    for name, inner in flow.flows.items():
        yield from unknown(inner, seen, f"{path}/{name}" if path else name)


def suiting(seen: Overview, kinds: tuple[str, ...]) -> list[Shown]:
    """The connections of these kinds, of any when none is said."""
    return [one for one in seen.connections if not kinds or one.kind in kinds]


def free_name(wanted: str, seen: Overview) -> str:
    """The name, or with a number behind it when it is taken."""
    taken = {one.name for one in seen.connections}
    number, name = 2, wanted
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name
