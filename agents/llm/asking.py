"""Asks the first model of several that answers: guarded, within the budget, paid for, traced."""

import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any

import msgspec

from agents.errors import BreakerOpen, Throttled, Unavailable, Unreachable
from agents.llm import budget, estimate
from agents.llm.agent import LlmAgent
from agents.llm.choosing import choose
from agents.llm.chosen import Chosen
from agents.llm.connections import place_of
from agents.llm.conversation import as_data
from agents.llm.errors import Endless, NoAnswer, NoModel, Unsuited
from agents.llm.keeping import key_of
from agents.llm.shapes import (
    Heard,
    Question,
    Reply,
    Restarted,
    TextPiece,
    ThoughtPiece,
    Usage,
    Vectors,
)
from graph.context import Context
from graph.errors import BlockError

Hear = Callable[[Heard], None]

LONGEST = 600.0
"""Seconds that one attempt at an answer may take in all, where its connection says nothing."""

_PASSED_ON = (Unreachable, Unavailable, Throttled, BreakerOpen, Unsuited, Endless, NoModel)
"""What another model may do better. That a key is refused is for its owner to know."""


async def answer(
    context: Context,
    models: Sequence[str],
    question: Question,
    *,
    hear: Hear | None = None,
    keep: bool = False,
) -> Reply:
    """The reply of the first of the models that gives one.

    `models` are references (see choosing.py), the first is wanted, the others stand in for it
    in their order; none means the default. The question's `model` is put in for each. `hear`
    is told what comes as it comes; on `Restarted` it forgets what it heard. With `keep`, an
    answer that was given before to the same question is given again, and a new one is kept.

    Raises BudgetExceeded, NoModel, AgentError; NoAnswer when several were asked in vain.
    """
    agent = await context.agent(LlmAgent)
    ear = _Ear(hear)
    failures: list[tuple[str, BlockError]] = []
    for reference in models or ("",):
        try:
            candidates = await choose(context, agent, reference, question)
        except _PASSED_ON as error:
            failures.append((reference, error))
            continue
        for chosen in candidates:
            asking = _Asking(context, agent, chosen, question, ear, [name for name, _ in failures])
            try:
                return await asking.reply(keep)
            except _PASSED_ON as error:
                failures.append((chosen.name, error))
    if len(failures) == 1:
        raise failures[0][1]
    raise NoAnswer(failures)


async def vectors(context: Context, model: str, texts: Sequence[str]) -> Vectors:
    """Where each of the texts stands, as the model sees it.

    Raises BudgetExceeded, NoModel, AgentError.
    """
    agent = await context.agent(LlmAgent)
    chosen = (await choose(context, agent, model))[0]
    put_in = sum(estimate.of_text(text) for text in texts)
    provider = await agent.provider(chosen.connection)
    began = time.monotonic()

    async def work() -> Vectors:
        return await provider.embed(chosen.model, texts)

    async with budget.set_aside(context, chosen, Usage(put_in=put_in)):
        found = await agent.guarded(chosen.connection, work, within=_longest(chosen))
        cost = budget.cost(chosen, found.usage)
        context.spend(tokens=found.usage.total, cost=cost or 0.0, model=chosen.name)
    context.trace(
        "model",
        {
            "connection": chosen.connection.name,
            "model": chosen.model,
            "reason": chosen.reason,
            "texts": len(texts),
            "took": time.monotonic() - began,
            "usage": msgspec.to_builtins(found.usage),
            "cost": cost,
        },
    )
    return found


class _Ear:
    """Passes on what is heard, and says when that was for nothing."""

    def __init__(self, hear: Hear | None) -> None:
        self._hear = hear
        self._heard = False

    def hears(self, piece: TextPiece | ThoughtPiece) -> None:
        self._heard = True
        if self._hear is not None:
            self._hear(piece)

    def restart(self, reason: str) -> None:
        if self._heard and self._hear is not None:
            self._hear(Restarted(reason))
        self._heard = False


class _Asking:
    """One model asked for one answer, as often as its guard thinks fit."""

    def __init__(
        self,
        context: Context,
        agent: LlmAgent,
        chosen: Chosen,
        question: Question,
        ear: _Ear,
        before: Sequence[str],
    ) -> None:
        self._context = context
        self._agent = agent
        self._chosen = chosen
        self._question = msgspec.structs.replace(question, model=chosen.model)
        self._ear = ear
        self._before = before
        self._attempts = 0
        self._began = time.monotonic()
        self._first: float | None = None
        self._lost = Usage()
        self._failed = "the model before it failed" if before else ""

    async def reply(self, keep: bool) -> Reply:
        """The whole reply, told of, paid for and traced, whatever comes of it."""
        key = key_of(place_of(self._chosen.connection), self._question) if keep else b""
        if keep and (kept := await self._agent.kept(key)) is not None:
            self._ear.restart(self._failed)
            self._ear.hears(TextPiece(kept.message.text))
            self._trace(kept, cached=True)
            return kept
        try:
            reply = await self._asked()
        except BaseException as error:
            self._trace(None, error=str(error) or type(error).__name__)
            raise
        self._trace(reply)
        if keep and not self._tells_a_secret(reply):
            await self._agent.keep(key, reply)
        return reply

    def _tells_a_secret(self, reply: Reply) -> bool:
        """Whether a secret that the question held is in it: what is kept, others may read."""
        said = as_data([reply.message])
        return bool(self._context.cleaned(said) != said)

    async def _asked(self) -> Reply:
        """The reply, paid for; the longest that there may be fits what the run may still use."""
        question = self._question
        longest = question.most_tokens + question.thinking
        most = Usage(put_in=estimate.of_question(question), given=longest)
        async with budget.set_aside(self._context, self._chosen, most) as afford:

            async def attempt() -> Reply:
                if self._attempts:
                    afford()
                return await self._attempt()

            with self._agent.busy_with(self._chosen.name):
                reply = await self._agent.guarded(
                    self._chosen.connection, attempt, within=_longest(self._chosen)
                )
            self._spend(reply.usage)
        return reply

    async def _attempt(self) -> Reply:
        self._attempts += 1
        self._ear.restart(self._failed)
        given = 0
        try:
            provider = await self._agent.provider(self._chosen.connection)
            async with aclosing(provider.answer(self._question)) as pieces:
                async for piece in pieces:
                    if self._first is None:
                        self._first = time.monotonic() - self._began
                    if isinstance(piece, Reply):
                        return piece
                    given += estimate.of_text(piece.text)
                    self._ear.hears(piece)
            raise Unreachable(f"{self._chosen.name}: the answer broke off.")
        except BaseException as error:
            self._failed = str(error) or type(error).__name__
            if given:  # what was generated is paid for, whether it arrived whole or not
                self._lose(Usage(put_in=estimate.of_question(self._question), given=given))
            raise

    def _lose(self, used: Usage) -> None:
        self._lost += used
        self._spend(used)

    def _spend(self, used: Usage) -> None:
        cost = budget.cost(self._chosen, used) or 0.0
        self._context.spend(tokens=used.total, cost=cost, model=self._chosen.name)

    def _trace(self, reply: Reply | None, *, error: str = "", cached: bool = False) -> None:
        used = self._lost + (reply.usage if reply and not cached else Usage())
        detail: dict[str, Any] = {
            "connection": self._chosen.connection.name,
            "model": self._chosen.model,
            "reason": self._chosen.reason,
            "first": self._first,
            "took": time.monotonic() - self._began,
            "usage": msgspec.to_builtins(used),
            "cost": budget.cost(self._chosen, used),
            "attempts": self._attempts,
            "cached": cached,
            "again": self._context.interrupted,
        }
        if reply is not None:
            detail["ends"] = reply.ends
        if self._before:
            detail["fell_back_from"] = list(self._before)
        if self._lost.total:
            detail["lost"] = msgspec.to_builtins(self._lost)
        if error:
            detail["error"] = error[:_LONGEST_ERROR]
        self._context.trace("model", detail)


_LONGEST_ERROR = 500


def _longest(chosen: Chosen) -> float:
    said = chosen.connection.get("time_limit")
    try:
        return float(said) if said else LONGEST
    except ValueError:
        raise BlockError(
            f"The connection {chosen.connection.name!r} has the time limit {said!r}.",
            cure="Give it in seconds.",
        ) from None
