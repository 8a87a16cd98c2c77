"""`heddle run`: a flow from a file, to its end."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from graph.compile import check, compile_flow
from graph.compile.ports import input_type, interface
from graph.errors import FlowInvalid, HeddleError
from graph.file_format import write
from graph.flow import Bound, Flow
from graph.outlay import Past
from graph.self_contained import self_contained
from runtime.clock import SystemClock
from runtime.commands import StartRun, StoreFlow
from runtime.headless import completing, options
from runtime.headless.conduct import Place, Ride, conduct, there
from runtime.headless.drive import AnyRuntime
from runtime.headless.dry_run import forecast, show_forecast
from runtime.headless.exits import DONE, UNUSABLE
from runtime.headless.granting import Asked, grants
from runtime.headless.inputs import inputs_of
from runtime.headless.loop import waited
from runtime.headless.problems import say_problems
from runtime.headless.runtimes import IN_MEMORY, runtime_here
from runtime.headless.sources import Source, blocks_at_hand, source
from runtime.headless.values import cell, console
from runtime.headless.words import clean, say, told
from runtime.inputs import BadInputs
from runtime.metrics.spending import past_of
from runtime.ownership import new_id
from runtime.plugins import Installed
from runtime.projections.outline import outline
from runtime.runtime import Runtime
from runtime.settings import Settings
from runtime.wire import as_json as json_of


@click.command("run")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), metavar="FILE")
@click.option(
    "-i", "--input", "given", multiple=True, metavar="NAME=VALUE",
    shell_complete=completing.inputs,
    help="An input: text as it is, other types as JSON, @FILE for what a file holds. Repeatable.",
)  # fmt: skip
@click.option(
    "--inputs", "inputs_file", default="", metavar="FILE",
    help="Inputs from a JSON object in a file, - for the standard input.",
)  # fmt: skip
@options.as_json
@click.option("--dry-run", is_flag=True, help="Say what the flow would touch, and run nothing.")
@grants
@options.where
@click.option("--memory", is_flag=True, help="Keep no record: quicker, and not to be resumed.")
@click.option(
    "--most-cost",
    type=click.FloatRange(min=0),
    metavar="DOLLARS",
    help="End the run once models cost more, in place of what the flow allows each run.",
)
@click.option(
    "--most-tokens",
    type=click.IntRange(min=0),
    metavar="NUMBER",
    help="End the run once models took more tokens.",
)
@options.elsewhere
def command(
    file: str,
    given: tuple[str, ...],
    inputs_file: str,
    as_json: bool,
    dry_run: bool,
    asked: Asked,
    database: str | None,
    memory: bool,
    most_cost: float | None,
    most_tokens: int | None,
    server: str | None,
    token: str | None,
) -> int:
    """FILE is a flow file, - the standard input. What it gives goes to the standard output; how
    it is going, to the standard error.

    Ctrl-C leaves the run where it is, to be resumed; so does a crash.

    \b
    heddle run hello.flow.json --input name=Ada
    heddle run orders.flow.json --inputs - --json < orders.json
    heddle run report.flow.json --dry-run
    """
    settings = options.settings(database)
    blocks = blocks_at_hand(settings)
    found = source(file, blocks.catalog)
    types = {name: input_type(block) for name, block in interface(found.flow)[0].items()}
    inputs = inputs_of(inputs_file, given, types)
    no_bound = most_cost is None and most_tokens is None
    budget = None if no_bound else Bound(most_tokens, most_cost)
    try:
        if dry_run:
            return _foresee(found, blocks, inputs, asked, settings, budget, as_json)
        if server:
            flow = self_contained(found.flow, blocks.catalog)
            return _run_there(server, token, flow, found.spoken, inputs, asked, budget, as_json)
        here = runtime_here(settings, asked.grants(), blocks, IN_MEMORY if memory else "")
        again = f" --database {database}" if database else ""
        return _run_here(Place(here, again, not memory), found, inputs, asked, budget, as_json)
    except FlowInvalid:
        # Found anew in the flow as it stands in its file, where each has a line.
        say_problems(check(found.flow, blocks.catalog), found)
    except BadInputs as error:
        say(told(error.message))
        say_inputs(found.flow)
    return UNUSABLE


def _run_here(
    place: Place,
    found: Source,
    inputs: Mapping[str, Any],
    asked: Asked,
    budget: Bound | None,
    as_json: bool,
) -> int:
    async def prepare(runtime: AnyRuntime) -> Ride:
        assert isinstance(runtime, Runtime), "it is the one in this process"
        stored = await runtime.store(found.flow, found.spoken)
        command = StartRun(stored, dict(inputs), new_id(), asked.recorded(), budget=budget)
        return Ride(command, outline(await runtime.plan(stored)), found.spoken)

    return conduct(place, prepare, json=as_json)


def _run_there(
    server: str, token: str | None, flow: Flow, name: str, inputs: Mapping[str, Any],
    asked: Asked, budget: Bound | None, as_json: bool,
) -> int:  # fmt: skip
    async def prepare(runtime: AnyRuntime) -> Ride:
        stored = (await runtime.obey(StoreFlow(write(flow), name))).flow
        command = StartRun(stored, dict(inputs), new_id(), asked.elsewhere(), budget=budget)
        return Ride(command, (), name)

    return conduct(there(server, token), prepare, json=as_json)


def _foresee(
    found: Source, blocks: Installed, inputs: Mapping[str, Any], asked: Asked,
    settings: Settings, budget: Bound | None, as_json: bool,
) -> int:  # fmt: skip
    plan = compile_flow(found.flow, blocks.catalog)
    past = waited(_past(found, settings, blocks, asked)) if _is_kept(settings) else Past()
    grants = asked.grants()
    seen = waited(forecast(found.flow, plan, blocks, inputs, grants, settings, past, budget))
    if as_json:
        click.echo(json_of(seen))
    else:
        show_forecast(seen, console())
    return DONE


def _is_kept(settings: Settings) -> bool:
    """Whether there is a journal to read in: foreseeing makes none."""
    place = settings.journal_place
    return not place.startswith("sqlite:///") or Path(place.removeprefix("sqlite:///")).is_file()


async def _past(found: Source, settings: Settings, blocks: Installed, asked: Asked) -> Past:
    """What earlier runs used up, as far as the journal can be read."""
    try:
        async with runtime_here(settings, asked.grants(), blocks) as runtime:
            name = found.flow.name or found.spoken
            return await past_of(runtime.meter, name, SystemClock.now())
    except HeddleError:
        return Past()


def say_inputs(flow: Flow) -> None:
    """The inputs that a flow takes, to whoever gave others."""
    on = console(errors=True)
    inputs = interface(flow)[0]
    if not inputs:
        on.print("The flow takes no inputs.")
        return
    on.print("The flow takes:")
    grid = Table.grid(padding=(0, 2))
    for name, block in inputs.items():
        default = block.fields.get("default")
        needed = "required" if block.fields.get("required") else f"default {cell(default)}"
        if default is None and not block.fields.get("required"):
            needed = "optional"
        about = clean(str(block.fields.get("description", "")))
        grid.add_row(f"  --input {name}=…", str(input_type(block)), needed, about)
    on.print(grid)
