"""`heddle replay`: a past run again, from a block on, with changes."""

from typing import Any

import click

from graph.catalog import Catalog
from graph.errors import HeddleError
from graph.file_format import read
from graph.flow import Flow
from graph.values import ANY, RECORD, ValueType
from runtime.commands import ReplayRun
from runtime.headless import options
from runtime.headless.conduct import Ride, conduct, lines_of, place_of
from runtime.headless.drive import AnyRuntime
from runtime.headless.granting import Asked, lend_secrets
from runtime.headless.inputs import pairs, typed
from runtime.runtime import Runtime

ANYWHERE = {"hosts": ["*"], "databases": ["*"]}
"""What is asked of a server for a run from elsewhere, whose folders are not ours."""


class NotTrusted(HeddleError):
    """A run from elsewhere is to be repeated, and nobody has said that it may be."""


@click.command("replay")
@options.run_argument("run")
@click.option("--from", "begin_at", default="", metavar="BLOCK",
              help="Do this block again and what follows from it; each/classify for one in a "
                   "loop. [default: what changed, or everything]")  # fmt: skip
@click.option("--set", "changes", multiple=True, metavar="BLOCK.FIELD=VALUE",
              help="Change a field: text as it is, other types as JSON, @FILE for what a file "
                   "holds. Repeatable.")  # fmt: skip
@click.option("--trust", is_flag=True,
              help="Let the flow of a run that was done elsewhere do what it wants to here, as "
                   "`heddle run` would.")  # fmt: skip
@options.as_json
@options.secrets
@options.where
@options.elsewhere
def command(
    run: str,
    begin_at: str,
    changes: tuple[str, ...],
    trust: bool,
    as_json: bool,
    secret: tuple[str, ...],
    database: str | None,
    server: str | None,
    token: str | None,
) -> int:
    """RUN is a run's id, or as much of its beginning as no other has. It is repeated as a run of
    its own; the first value that differs is marked.

    What is asked of the outside is answered from the recording as long as block and inputs are
    unchanged: nothing is sent, or paid, twice.
    """
    lend_secrets(secret)

    async def prepare(runtime: AnyRuntime) -> Ride:
        row = await runtime.journal.run(run)
        stored = await runtime.journal.flow(row.flow)
        flow = read(stored.text) if stored else Flow()
        catalog = runtime.catalog if isinstance(runtime, Runtime) else Catalog()
        given = {
            place: _value(text, type_at(flow, catalog, place), place)
            for place, text in pairs(changes, "--set").items()
        }
        if row.origin and not trust:
            raise NotTrusted(
                f"Run {row.run} came in {row.origin}: it was done elsewhere.",
                cure="Look at what its flow does, then give --trust.",
            )
        granted = (ANYWHERE if server else Asked().recorded()) if row.origin else {}
        command = ReplayRun(row.run, begin_at, given, grants=granted)
        return Ride(command, await lines_of(runtime, row), row.name)

    return conduct(place_of(database, server, token), prepare, json=as_json)


def _value(text: str, wanted: ValueType, place: str) -> Any:
    """The value typed, or what stands for one: `{"$expr": "…"}`, `{"$secret": "…"}`."""
    if text.startswith('{"$'):
        return typed(text, RECORD, place)
    return typed(text, wanted, place)


def type_at(flow: Flow, catalog: Catalog, place: str) -> ValueType:
    """The type of `block.field`, or of `loop/block.field` in a body; any where it isn't known."""
    path, _, field = place.rpartition(".")
    first, _, rest = path.partition("/")
    block = flow.blocks.get(first)
    spec = catalog.get(block.kind) if block else None
    if block is None or spec is None:
        return ANY
    if not rest:
        parameter = spec.parameter(field)
        return parameter.type if parameter else ANY
    for name in spec.flows_named(block.fields):
        inner = flow.flows.get(name)
        if inner is not None and rest.partition("/")[0] in inner.blocks:
            return type_at(inner, catalog, f"{rest}.{field}")
    return ANY
