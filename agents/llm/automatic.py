"""Chooses among all connected models: the cheapest, the quickest of late, each in its turn."""

from collections.abc import Iterable, Sequence
from statistics import median

from agents.contract import Task
from agents.errors import Rejected, Unavailable
from agents.llm import estimate
from agents.llm.agent import LlmAgent
from agents.llm.chosen import Chosen
from agents.llm.connections import KINDS
from agents.llm.errors import NoModel
from agents.llm.shapes import Image, Question, Usage
from agents.policy import POLICIES, Candidate, Cheapest, Policy
from graph.context import Context

PREFIX = "auto:"
"""How a reference begins that leaves the choice to a policy: `auto:cheapest`."""

MOST = 4
"""Models that are asked at most, the next standing in for the one before."""


def choose_by(
    policy: str, context: Context, agent: LlmAgent, question: Question | None
) -> Sequence[Chosen]:
    """The models in the order in which a policy would have them asked. Raises NoModel."""
    if policy not in POLICIES:
        raise NoModel(
            f"There is no way {policy!r} to choose a model.",
            cure=f"Write {' or '.join(PREFIX + name for name in POLICIES)}.",
        )
    at_hand = {chosen.name: chosen for chosen in connected(context, agent)}
    if not at_hand:
        raise NoModel(
            "No known model is connected that could be chosen.",
            cure="Connect one, or name one as CONNECTION/MODEL.",
        )
    task = Task("embed" if question is None else "chat", wants=wants_of(question))
    left = [_candidate(agent, chosen, question) for chosen in at_hand.values()]
    ranked: list[Chosen] = []
    rules: Policy = agent.policy(policy)
    while left and len(ranked) < MOST:
        try:
            choice = rules.choose(task, left)
        except (Rejected, Unavailable) as error:
            if not ranked:
                raise NoModel(str(error)) from error
            break
        chosen = at_hand[choice.candidate.name]
        ranked.append(
            Chosen(
                connection=chosen.connection,
                model=chosen.model,
                known=chosen.known,
                reason=f"{choice.policy}: {choice.reason}",
            )
        )
        left.remove(choice.candidate)
        rules = Cheapest()  # who stands in: it isn't anybody's turn
    return ranked


def connected(context: Context, agent: LlmAgent) -> Iterable[Chosen]:
    """Every known model that some connection serves, and what connections name as their usual."""
    for name in context.connections(*KINDS):
        connection = context.connection(name)
        kinds = (connection.kind, connection.name)
        known = {one.model: one for one in agent.catalogue if one.provider in kinds}
        for model, one in known.items():
            yield Chosen(connection=connection, model=model, known=one)
        usual = connection.get("model")
        if usual and usual not in known:
            yield Chosen(connection=connection, model=usual)


def wants_of(question: Question | None) -> frozenset[str]:
    """What a model must be able to do besides, to answer a question."""
    if question is None:
        return frozenset()
    wants = set[str]()
    if question.tools:
        wants.add("tools")
    if question.answer is not None:
        wants.add("structured")
    if question.thinking:
        wants.add("thinking")
    if any(isinstance(part, Image) for message in question.messages for part in message.parts):
        wants.add("vision")
    return frozenset(wants)


def _candidate(agent: LlmAgent, chosen: Chosen, question: Question | None) -> Candidate:
    price = None
    if chosen.price is not None and question is not None:
        put_in = estimate.of_question(question)
        price = chosen.price.of(Usage(put_in=put_in, given=question.most_tokens))
    elif chosen.price is not None:
        price = chosen.price.put_in
    took = agent.took.get(chosen.name)
    return Candidate(
        name=chosen.name,
        capabilities=None if chosen.known is None else frozenset(chosen.known.can),
        price=price,
        latency=median(took) if took else None,
        busy=agent.busy[chosen.name],
    )
