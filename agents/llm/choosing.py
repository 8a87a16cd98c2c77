"""Which model is meant: `CONNECTION/MODEL`, a model's name alone, a connection's, or nothing."""

from collections.abc import Sequence

from agents.llm.agent import BUILT_IN, LlmAgent
from agents.llm.automatic import PREFIX, choose_by
from agents.llm.chosen import Chosen
from agents.llm.connections import KINDS
from agents.llm.errors import NoModel
from agents.llm.providers import scripted
from agents.llm.shapes import Question
from graph.connections import Connection
from graph.context import Context
from graph.errors import BlockError

THREE_WAYS = (
    "Set ANTHROPIC_API_KEY or connect Claude; or set OPENAI_API_KEY or connect OpenAI; or run a"
    " model on your own machine (Ollama, llama.cpp, vLLM) and connect that as OpenAI-compatible."
    " To try the flow without a model, choose scripted/echo."
)


async def choose(
    context: Context, agent: LlmAgent, reference: str, question: Question | None = None
) -> Sequence[Chosen]:
    """The models that a reference means, the one to ask first. Raises NoModel, BlockError.

    `auto:POLICY` means those that a policy would choose, see automatic.py.
    """
    reference = reference.strip()
    reason = "named"
    if not reference:
        reference, reason = agent.means.model, "the default in the settings"
    if not reference:
        reference, reason = _first(context), "the first connection there is"
    if reference.startswith(PREFIX):
        return choose_by(reference.removeprefix(PREFIX), context, agent, question)
    connection, model = _taken_apart(context, agent, reference)
    if not model:
        model = await _usual(agent, connection)
    return (_chosen(agent, connection, model, reason),)


def _chosen(agent: LlmAgent, connection: Connection, model: str, reason: str) -> Chosen:
    """What a person wrote of the connection by name goes before what is known of its kind."""
    known = agent.catalogue.find(model, connection.name)
    known = known or agent.catalogue.find(model, connection.kind)
    return Chosen(connection=connection, model=model, known=known, reason=reason)


def _first(context: Context) -> str:
    names = context.connections(*KINDS)
    if not names:
        raise NoModel("No model is connected.", cure=THREE_WAYS)
    return names[0]


def _taken_apart(context: Context, agent: LlmAgent, reference: str) -> tuple[Connection, str]:
    """The connection, and the model there: "" for the one that is asked there by default."""
    name, slash, model = reference.partition("/")
    if name == scripted.NAME:
        return BUILT_IN, model or scripted.MODEL
    if slash or name in context.connections(*KINDS):
        return _connection(context, name), model
    known = agent.catalogue.find(name)
    if known is None:
        raise NoModel(
            f"There is no model {name!r}: neither a connection nor a known model has that name.",
            cure="Write CONNECTION/MODEL, such as anthropic/claude-sonnet-5-5 or local/llama3.",
        )
    for connection in context.connections(known.provider):
        return context.connection(connection), name
    raise NoModel(f"Nothing is connected that serves {name!r}.", cure=THREE_WAYS)


def _connection(context: Context, name: str) -> Connection:
    if name not in context.connections(*KINDS):
        there = ", ".join(context.connections(*KINDS))
        raise NoModel(
            f"There is no connection {name!r} to models.",
            cure=f"Those there are: {there}." if there else THREE_WAYS,
        )
    return context.connection(name)


async def _usual(agent: LlmAgent, connection: Connection) -> str:
    """The model that is asked at a connection when nobody says which."""
    usual = connection.get("model") or agent.catalogue.default(connection.kind)
    if usual:
        return usual
    served = await (await agent.provider(connection)).models()
    if not served:
        raise BlockError(
            f"The connection {connection.name!r} serves no models.",
            cure="Load one there, or name it in the connection.",
        )
    return served[0]
