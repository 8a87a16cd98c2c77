"""`heddle agents`: who does the work, how they are, and what is done about it."""

from pathlib import Path

import click
import msgspec
from rich.table import Table
from rich.text import Text

from agents.manager.status import AgentsStatus, AgentStatus
from agents.resilience.status import GuardStatus
from runtime.compose import World, granted
from runtime.headless import options
from runtime.headless.exits import DONE, FAILED
from runtime.headless.loop import waited
from runtime.headless.runtimes import at
from runtime.headless.values import cell, console
from runtime.headless.words import clean, duration
from runtime.settings import Settings

STYLES = {
    "ok": "green", "degraded": "yellow", "down": "red", "starting": "cyan", "draining": "cyan",
    "stopped": "dim", "idle": "dim", "closed": "green", "half_open": "yellow", "open": "red",
}  # fmt: skip


class Wish(msgspec.Struct, frozen=True):
    """What is to be done before it is told how they are."""

    deep: bool
    restart: str
    drain: str
    hold: str
    reset: str


@click.command("agents")
@click.option("--deep", is_flag=True, help="Have them ask the outside how they are first.")
@click.option("--restart", default="", metavar="AGENT", help="Make an agent of the server anew.")
@click.option(
    "--drain",
    default="",
    metavar="AGENT",
    help="Take an agent of the server out of work, once it has ended what it does.",
)
@click.option(
    "--hold",
    default="",
    metavar="GUARD",
    help="Keep a breaker of the server open, such as http:api.example.org: it isn't asked.",
)
@click.option(
    "--reset",
    default="",
    metavar="GUARD",
    help="Close a breaker of the server, held or not: it is asked again at once.",
)
@options.as_json
@options.elsewhere
def command(
    deep: bool,
    restart: str,
    drain: str,
    hold: str,
    reset: str,
    as_json: bool,
    server: str | None,
    token: str | None,
) -> int:
    """Without --server: which agents there are here, and with --deep whether they can work."""
    wish = Wish(deep, restart, drain, hold, reset)
    if not server and (restart or drain or hold or reset):
        raise click.UsageError("Say by --server whose agents are meant.")
    status = waited(_status(options.settings(), wish, server, token))
    if as_json:
        click.echo(msgspec.json.encode(status))
    else:
        _show(status)
    return FAILED if any(agent.state == "down" for agent in status.agents) else DONE


async def _status(
    settings: Settings, wish: Wish, server: str | None, token: str | None
) -> AgentsStatus:
    if not server:
        return await _here(settings, deep=wish.deep)
    async with at(server, token) as remote:
        if wish.restart:
            await remote.agents.restart(wish.restart)
        if wish.drain:
            await remote.agents.drain(wish.drain)
        if wish.hold:
            await remote.agents.hold(wish.hold)
        if wish.reset:
            await remote.agents.reset(wish.reset)
        return await (remote.agents.check() if wish.deep else remote.agents.status())


async def _here(settings: Settings, *, deep: bool) -> AgentsStatus:
    """The agents of this machine, which exist only for as long as they are asked."""
    world = World(settings.packs_folder, home=settings.folder)
    try:
        if deep:
            await world.wake(granted(Path.cwd()))
            return await world.agents.check(deep=True)
        return world.agents.status()
    finally:
        await world.close()


def _show(status: AgentsStatus) -> None:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("agent", "state", "calls", "failed", "p50", "p95", ""):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for agent in status.agents:
        table.add_row(*_cells(agent))
        for guard in agent.guards:
            table.add_row(*_guard_cells(guard, status.at))
    console().print(table)


def _cells(agent: AgentStatus) -> tuple[Text, ...]:
    return (
        Text(agent.agent, style="bold"),
        Text(agent.state, style=STYLES[agent.state]),
        Text(f"{agent.calls:,}" if agent.calls else ""),
        Text(f"{agent.failures:,}" if agent.calls else ""),
        Text("" if agent.p50 is None else duration(agent.p50)),
        Text("" if agent.p95 is None else duration(agent.p95)),
        Text(cell(clean(agent.detail)), style="dim"),
    )


def _guard_cells(guard: GuardStatus, now: float) -> tuple[Text, ...]:
    waits = "" if guard.next_trial_at is None else max(0.0, guard.next_trial_at - now)
    again = "" if waits == "" else f"tried again in {duration(float(waits))}"
    said = "; ".join(part for part in (again, guard.reason) if part)
    return (
        Text(f"  {clean(guard.guard.partition(':')[2])}"),
        Text(guard.state.replace("_", "-"), style=STYLES[guard.state]),
        Text(f"{guard.calls:,}"),
        Text(f"{guard.failures:,}"),
        Text("" if guard.p50 is None else duration(guard.p50)),
        Text("" if guard.p95 is None else duration(guard.p95)),
        Text(cell(clean(said)), style="dim"),
    )
