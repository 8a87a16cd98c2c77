"""`heddle plan`: a flow file for a goal that is put into words."""

from pathlib import Path

import click

from graph.file_format import FILE_SUFFIX
from graph.planning.keyless import planned_without_model
from graph.planning.plan import Plan
from runtime.flow_files import save
from runtime.headless import options
from runtime.headless.commands.new import Exists
from runtime.headless.exits import DONE
from runtime.headless.granting import Asked
from runtime.headless.loop import waited
from runtime.headless.runtimes import runtime_here
from runtime.headless.sources import blocks_at_hand
from runtime.headless.words import clean, hint, say
from runtime.planning import NoPlan, plan_goal
from runtime.plugins import Installed
from runtime.settings import Settings


@click.command("plan")
@click.argument("goal")
@click.option(
    "-o", "--output", "file", default=f"plan{FILE_SUFFIX}", type=click.Path(dir_okay=False),
    help="The file to write; one that exists is never overwritten.",
)  # fmt: skip
@click.option("--model", default="", help="The model to ask, CONNECTION/MODEL.")
@click.option("--no-model", is_flag=True, help="Ask none: blocks are chosen by the goal's words.")
@click.option("--no-writes", is_flag=True, help="Use no blocks that change anything outside.")
def command(goal: str, file: str, model: str, no_model: bool, no_writes: bool) -> int:
    """GOAL says what the flow is to do. A model draws it; what it draws is checked, and mended.

    \b
    heddle plan "Fetch the news, summarise each item, write a report" -o news.flow.json
    """
    target = Path(file)
    if target.exists():
        raise Exists(f"{target} exists already.", cure="Name another file.")
    settings = options.settings()
    blocks = blocks_at_hand(settings)
    if no_model:
        plan = planned_without_model(goal, blocks.catalog, writes=not no_writes)
    else:
        plan = waited(_planned(goal, blocks, settings, model, not no_writes))
    if plan is None:
        raise NoPlan("No block has to do with that goal.", cure="Use other words, or a model.")
    save(target, plan.flow)
    _tell(plan, target)
    return DONE


async def _planned(
    goal: str, blocks: Installed, settings: Settings, model: str, writes: bool
) -> Plan:
    async with runtime_here(settings, Asked().grants(), blocks) as runtime:
        return await plan_goal(runtime, goal, blocks.catalog, model=model, writes=writes)


def _tell(plan: Plan, target: Path) -> None:
    for id, reason in plan.reasons.items():
        say(f"  {id}: {clean(reason)}")
    for mend in plan.mends:
        say(f"  mended: {clean(mend)}")
    run = hint(f"heddle run {target} --dry-run")
    say(f"Made {target}, of {len(plan.flow.blocks)} blocks. {run} shows what it would touch.")
