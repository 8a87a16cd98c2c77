"""What flows can do with defined agents: have one work."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from agents.llm.fields import Used
from graph.block import block
from graph.context import Context
from graph.spec import Look, Needs

if TYPE_CHECKING:
    from agents.defined.agent import DefinedAgents


class Came(NamedTuple):
    """What an agent came to."""

    answer: Annotated[Any, "Its answer: a text, or the record that was defined."]
    ended: Annotated[str, "Why it ended: answered, or the bound it reached."]
    usage: Annotated[Used, "Tokens, cost in US dollars and seconds of all its turns."]
    run: Annotated[str, "The run in which it worked, with every step it took."]
    version: Annotated[int, "The version of the agent that worked."]


def _needs(_: Mapping[str, Any]) -> Needs:
    """Any host and database: which ones, only the agent's definition tells."""
    return Needs(hosts=("*",), databases=("*",))


@block(
    "agent.use",
    title="Defined agent",
    icon="mdi6.account-cog-outline",
    agent="defined_agents",
    effect="write",
    repeatable=True,
    patient=True,
    needs=_needs,
    search=("ai", "agent", "designer", "assistant", "persona", "call", "llm", "team"),
)
async def use(
    agent: Annotated[str, "The agent's name, as it was defined.", Look("agent")],
    context: Context,
    version: Annotated[int, "The version of it; 0 for the newest.", Look(more=True)] = 0,
    **inputs: Any,
) -> Came:
    """Have an agent work that was defined under a name: its model, tools, prompt and limits.

    Link an input for each place in its goal, usually `task`. It works in a run of its own, which
    the output `run` names; after a crash it goes on there, and nothing is paid for twice. It may
    touch what this flow may, and of that only what its home grants.
    """
    found = await _agent(context)
    used = await found.use(
        agent, inputs, version=version, key=context.key, within=context.granted(), by=context.run
    )
    context.spend(
        tokens=int(used.usage.get("tokens_in", 0)) + int(used.usage.get("tokens_out", 0)),
        cost=float(used.usage.get("cost", 0.0)), model=str(used.usage.get("model", "")),
    )  # fmt: skip
    return Came(used.answer, used.ended, used.usage, used.run, used.version)  # type: ignore[arg-type]


async def _agent(context: Context) -> "DefinedAgents":
    # What keeps them is loaded once a flow has one work.
    from agents.defined.agent import DefinedAgents  # noqa: PLC0415 - see above

    return await context.agent(DefinedAgents)
