"""What a flow would touch if it ran, and whether it may."""

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, Protocol, get_args
from urllib.parse import urlsplit

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from agents.contract import Grants
from agents.folders import Folders
from agents.hosts import allow
from graph.compile import Plan
from graph.connections import Connection
from graph.errors import HeddleError
from graph.flow import Bound, Flow
from graph.outlay import Outlay, Past, outlay
from graph.touches import Touch, touches
from runtime.compose import world_of
from runtime.headless.words import clean
from runtime.plugins import Installed
from runtime.projections.outline import outline
from runtime.settings import Settings

What = Literal[
    "read", "write", "host", "database", "command", "secret", "connection", "change", "code"
]

_MARKS = {"granted": ("✓", "green"), "refused": ("✗", "red"), "unknown": ("?", "yellow")}


class Opens(Protocol):
    """Whoever has what opens doors."""

    def secret(self, name: str) -> str:
        """A secret. Raises BlockError."""
        ...

    def connection(self, name: str) -> Connection:
        """A connection. Raises BlockError."""
        ...


class Claim(msgspec.Struct, frozen=True):
    """One thing the flow would touch, and the places in it that do.

    `target` is "" where only the run will tell; `note` says what would let a refused one pass.
    """

    what: What
    target: str
    places: tuple[str, ...]
    verdict: Literal["granted", "refused", "unknown"]
    note: str = ""


class Forecast(msgspec.Struct, frozen=True):
    """What a run would touch, its blocks in the order they would run in, and what it may cost.

    `over` is what it may use up, in words, where it is likely to use up more.
    """

    claims: tuple[Claim, ...]
    order: tuple[str, ...]
    outlay: Outlay = Outlay(())
    over: str = ""

    @property
    def refused(self) -> bool:
        return any(claim.verdict == "refused" for claim in self.claims)


async def forecast(
    flow: Flow, plan: Plan, blocks: Installed, inputs: Mapping[str, Any], grants: Grants,
    settings: Settings, past: Past, bound: Bound | None = None,
) -> Forecast:  # fmt: skip
    """Look through a flow without running any block of it.

    Expressions that depend on inputs and constants alone are worked out, in the sandbox. `past`
    is what earlier runs used up; `bound` stands in for what the flow allows each of them.
    """
    world = world_of(settings, blocks)
    loop = asyncio.get_running_loop()

    def evaluate(expression: str, names: Mapping[str, Any]) -> Any:
        working = world.evaluate(expression, {**names, "inputs": dict(inputs)})
        return asyncio.run_coroutine_threadsafe(working, loop).result()

    try:
        found = await asyncio.to_thread(touches, flow, blocks.catalog, inputs, evaluate)
    finally:
        await world.close()
    order = tuple(line.block for line in outline(plan))
    told = tuple(claims(found, grants, world))
    likely = outlay(flow, blocks.catalog, past)
    return Forecast(told, order, likely, likely.over(bound or flow.budget.run))


def claims(found: Iterable[Touch], grants: Grants, world: Opens) -> Iterator[Claim]:
    """Each thing once, with all places that touch it."""
    places: dict[tuple[What, str], list[str]] = {}
    for touch in found:
        for key in _targets(touch):
            places.setdefault(key, []).append(touch.place)
    folders = Folders(grants)
    for (what, target), where in sorted(places.items(), key=lambda item: _ORDER.index(item[0][0])):
        verdict, note = _verdict(what, target, grants, folders, world)
        yield Claim(what, "" if target == "*" else target, tuple(where), verdict, note)


_ORDER: tuple[What, ...] = get_args(What)


def _targets(touch: Touch) -> Iterator[tuple[What, str]]:
    needs = touch.needs
    named: tuple[tuple[What, tuple[str, ...]], ...] = (
        ("read", needs.reads),
        ("write", needs.writes),
        ("host", needs.hosts),
        ("database", needs.databases),
        ("command", needs.commands),
        ("secret", needs.secrets),
        ("connection", needs.connections),
        ("change", needs.changes),
    )
    for what, targets in named:
        for target in targets:
            yield what, target
    if needs.code:
        yield "code", ""


Verdict = tuple[Literal["granted", "refused", "unknown"], str]


def _verdict(what: What, target: str, grants: Grants, folders: Folders, world: Opens) -> Verdict:
    if what == "code":
        return "granted", "in the sandbox"
    if what == "change":
        return "granted", "what others see"
    if target == "*":
        return "unknown", "only the run will tell"
    try:
        match what:
            case "read":
                folders.readable(_fixed_part(target))
            case "write":
                folders.writable(target)
            case "host":
                _allow(grants.hosts, f"//{target}", grants)
            case "database":
                _allow(grants.databases, target, grants)
            case "secret":
                world.secret(target)
            case "connection":
                world.connection(target)
            case "command":
                return "refused", "no command may be run"
    except HeddleError as refusal:
        return "refused", refusal.cure or refusal.message
    return "granted", ""


def _allow(entries: tuple[str, ...], address: str, grants: Grants) -> None:
    """Raises NotGranted unless an entry means the host. A port that isn't said may be any."""
    parts = urlsplit(address)
    hosts = tuple(urlsplit(entry).netloc if "://" in entry else entry for entry in entries)
    if parts.port is None:
        hosts = tuple(re.sub(r":\d+$", "", host) for host in hosts)
    allow(msgspec.structs.replace(grants, hosts=hosts), parts.hostname or "", parts.port or 0)


def _fixed_part(path: str) -> str:
    """The folder before the first wildcard of a pattern; a path without one as it is."""
    fixed: list[str] = []
    for step in path.split("/"):
        if any(mark in step for mark in "*?["):
            return "/".join(fixed) or "."
        fixed.append(step)
    return path


def show_forecast(seen: Forecast, on: Console) -> None:
    """Print it as a person reads it."""
    on.print(Text("It would touch", style="bold"))
    grid = Table.grid(padding=(0, 2))
    for claim in seen.claims:
        mark, style = _MARKS[claim.verdict]
        target = clean(claim.target) or {"code": "Python"}.get(claim.what, f"any {claim.what}")
        where = Text(", ".join(claim.places), style="dim")
        grid.add_row(Text(mark, style=style), claim.what, Text(target), where, clean(claim.note))
    on.print(grid if seen.claims else "  nothing outside itself")
    if seen.outlay.blocks:
        _show_outlay(seen, on)
    on.print(Text("\nIt would run", style="bold"))
    for number, block in enumerate(seen.order, 1):
        on.print(f"{number:4}  {block}", soft_wrap=True)


def _show_outlay(seen: Forecast, on: Console) -> None:
    """What models are likely to take, on what that rests, and whether it is too much."""
    on.print(Text("\nIt would use up, more or less", style="bold"))
    grid = Table.grid(padding=(0, 2))
    for block in seen.outlay.blocks:
        cost = _dollars(block.cost)
        most = f"at most {_dollars(block.most_cost)} a time" if block.most_cost else ""
        rests = f"as in {block.runs} earlier runs" if block.runs else most
        grid.add_row("", block.place, f"{block.tokens:,} tokens", cost, Text(rests, style="dim"))
    on.print(grid)
    if seen.over:
        on.print(Text("✗ That is more than it may: ", style="red").append(seen.over))


def _dollars(cost: float | None) -> str:
    if cost is None:
        return "price not known"
    return f"${cost:.4f}" if cost else "free"
