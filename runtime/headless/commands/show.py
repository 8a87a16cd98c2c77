"""`heddle show`: what happened in a run, as a whole, event by event, or in one task."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import click
import msgspec
from rich.console import Console
from rich.text import Text

from graph.compile import Plan, compile_flow
from graph.errors import HeddleError
from graph.file_format import read
from runtime.events import AnyEvent
from runtime.headless import options
from runtime.headless.exits import DONE
from runtime.headless.loop import waited
from runtime.headless.runtimes import journal_of
from runtime.headless.sources import blocks_at_hand
from runtime.headless.standing import standing
from runtime.headless.timeline import last_values, show_run
from runtime.headless.values import cell, console, show, show_outputs
from runtime.headless.words import clean, duration, hint, say
from runtime.history import effective
from runtime.journal.contract import RunRow
from runtime.journal.rows import tasks_of
from runtime.projections.critical_path import Went, critical_path, depends_of, where_it_went
from runtime.projections.outline import outline
from runtime.projections.run_view import RunView
from runtime.projections.tasks import Tasks
from runtime.projections.timeline import Timeline
from runtime.settings import Settings
from runtime.wire import as_json as json_of


class Past(NamedTuple):
    """A run as recorded; `plan` is None when its flow can't be compiled here."""

    row: RunRow
    events: Sequence[AnyEvent]
    plan: Plan | None

    @property
    def view(self) -> RunView:
        return reduce(RunView.after, effective(self.events), RunView())

    @property
    def went(self) -> Went:
        """Where its time went."""
        line = Timeline()
        line.take(effective(self.events))
        depends = depends_of(self.plan) if self.plan else {}
        return where_it_went(line, critical_path(line, depends))


@click.command("show")
@options.run_argument("run")
@click.option("--events", "all_events", is_flag=True, help="Every event, in order.")
@click.option("--task", default="", metavar="TASK",
              help="One task: its inputs and outputs. each[3]/post is one in round 3 of a "
                   "loop.")  # fmt: skip
@options.as_json
@options.where
@options.elsewhere
def command(
    run: str,
    all_events: bool,
    task: str,
    as_json: bool,
    database: str | None,
    server: str | None,
    token: str | None,
) -> int:
    """RUN is a run's id, or as much of its beginning as no other has."""
    past = waited(_past(options.settings(database), run, server, token))
    if all_events:
        _show_events(past, as_json)
    elif task:
        _show_task(past, task, as_json)
    elif as_json:
        click.echo(json_of(_document(past)))
    else:
        lines = outline(past.plan) if past.plan else ()
        show_run(past.view, lines, last_values(past.events), past.went, console())
        if standing(past.row) == "left":
            say(f"It was interrupted: {hint(f'heddle resume {past.row.run}')} goes on with it.")
    return DONE


async def _past(settings: Settings, run: str, server: str | None, token: str | None) -> Past:
    async with journal_of(settings, server, token) as journal:
        row = await journal.run(run)
        events = await journal.read(row.run)
        flow = await journal.flow(row.flow)
    try:
        plan = compile_flow(read(flow.text), blocks_at_hand(settings).catalog) if flow else None
    except HeddleError:  # made with blocks that aren't here
        plan = None
    return Past(row, events, plan)


# As a whole.


def _document(past: Past) -> dict[str, Any]:
    """The run for a program: what is known of it, with its blocks in a list."""
    view: dict[str, Any] = msgspec.structs.asdict(past.view)
    del view["under_way"]
    view["blocks"] = [
        msgspec.structs.asdict(block) | {"state": block.state} for block in view["blocks"].values()
    ]
    return view | {"state": standing(past.row), "tasks": tasks_of(past.events)}


# Event by event.


def _show_events(past: Past, as_json: bool) -> None:
    if as_json:
        for event in past.events:
            click.echo(json_of(event))
        return
    on = console()
    began = past.events[0].at
    for event in past.events:
        on.print(_event_line(event, began), soft_wrap=True)


def _event_line(event: AnyEvent, began: float) -> Text:
    """When, what, where, and the rest in short."""
    facts: dict[str, Any] = msgspec.structs.asdict(event)
    for known in ("run", "at"):
        del facts[known]
    number = facts.pop("seq")
    where = facts.pop("task", "") or facts.pop("scope", "")
    name = str(type(event).__struct_config__.tag)
    rest = {n: v for n, v in facts.items() if v not in ("", {}, None, [])}
    return Text.assemble(
        (f"{number:>6}  {event.at - began:9.3f} s  ", "dim"),
        f"{name:<16} ",
        (f"{where}  " if where else "", "bold"),
        (clean(cell(rest, 160)) if rest else "", "dim"),
    )


# In one task.


def _show_task(past: Past, task: str, as_json: bool) -> None:
    found = Tasks(past.plan).take(effective(past.events)).data(task)
    fields = {name: field.expression or field.value for name, field in found.fields.items()
              if field.origin != "default"}  # fmt: skip
    if as_json:
        times = {"waited": found.waited, "worked": found.worked, "paused": found.paused}
        click.echo(json_of(msgspec.structs.asdict(found) | times | {"fields": fields}))
        return
    on = console()
    took = f" in {duration(found.worked)}" if found.ended else ""
    attempts = f", attempt {len(found.attempts)}" if len(found.attempts) > 1 else ""
    on.print(Text.assemble((found.task, "bold"), f"  {found.state}{took}{attempts}"))
    _show_part("Inputs", found.inputs, on)
    _show_part("Fields", fields, on)
    _show_part("Outputs", found.outputs, on)
    if found.failure:
        on.print(Text(f"\n{clean(str(found.failure))}", style="red"))


def _show_part(title: str, values: Mapping[str, Any], on: Console) -> None:
    if not values:
        return
    on.print(Text(f"\n{title}", style="bold"))
    if len(values) == 1:
        ((name, value),) = values.items()
        on.print(Text(clean(name), style="cyan"))
        show(value, on)
    else:
        show_outputs(values, on)
