"""What a block asks of models: shown while it is told, and counted up."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from agents.llm.agent import LlmAgent
from agents.llm.asking import answer, vectors
from agents.llm.choosing import choose
from agents.llm.errors import NoModel
from agents.llm.fields import Asking, Used
from agents.llm.pieces import size_for
from agents.llm.shapes import (
    Heard,
    Message,
    Question,
    Reply,
    Restarted,
    TextPiece,
    ThoughtPiece,
    Tool,
    Usage,
    Vectors,
)
from graph.context import ANEW, Context

THINKING = "Thinking…"


class Inquiry:
    """Everything that one block asks: as its fields say, on its card, and on one bill."""

    def __init__(self, context: Context, asking: Asking) -> None:
        self._bill = _Bill(context)
        self._context = context
        self._asking = asking
        self._usage = Usage()
        self._began = context.now()
        self._thinks = False

    async def reply(
        self,
        messages: Sequence[Message],
        *,
        system: str = "",
        answer_by: Mapping[str, Any] | None = None,
        stop: Sequence[str] = (),
        tools: Sequence[Tool] = (),
        must_use: str = "",
        show: bool = True,
    ) -> Reply:
        """A whole answer; its text is shown as it comes, unless several are asked for at a time.

        `answer_by` is the JSON Schema that it must follow. Raises what `answer` raises.
        """
        asking = self._asking
        question = Question(
            model="",
            messages=tuple(messages),
            system=system,
            answer=answer_by,
            most_tokens=asking.most_tokens,
            temperature=asking.temperature,
            stop=tuple(stop),
            tools=tuple(tools),
            must_use=must_use,
            seed=asking.seed,
            thinking=asking.thinking,
        )
        hear = self._hear if show else None
        reply = await answer(self._billed, asking.models, question, hear=hear, keep=asking.keep)
        self._usage += reply.usage
        self._bill.model = self._bill.model or reply.model
        return reply

    async def vectors(self, texts: Sequence[str]) -> Vectors:
        """Where the texts stand, as the first of the models sees it."""
        found = await vectors(self._billed, self._asking.models[0], texts)
        self._usage += found.usage
        return found

    async def piece(self) -> int:
        """How many tokens of a long text to give to the model at a time."""
        agent = await self._context.agent(LlmAgent)
        try:
            known = (await choose(self._context, agent, self._asking.models[0]))[0].known
        except NoModel:  # another may stand in for it
            known = None
        return size_for(known.context if known else 0)

    def anew(self) -> None:
        """What was shown so far counts no more."""
        self._context.stream([ANEW])

    def used(self) -> Used:
        """What all of it took so far."""
        return Used(
            tokens_in=self._usage.put_in,
            tokens_out=self._usage.given,
            cost=self._bill.cost,
            model=self._bill.model,
            seconds=round(self._context.now() - self._began, 3),
        )

    @property
    def _billed(self) -> Context:
        return cast(Context, self._bill)

    def _hear(self, heard: Heard) -> None:
        match heard:
            case TextPiece(text=text):
                self._note("")
                self._context.stream([text])
            case ThoughtPiece():
                self._note(THINKING)
            case Restarted():
                self._note("")
                self.anew()

    def _note(self, note: str) -> None:
        if bool(note) != self._thinks:
            self._thinks = bool(note)
            self._context.progress(0, 0, note)


class _Bill:
    """The context of the block, in front of which everything spent is written down."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.cost = 0.0
        self.model = ""

    def spend(self, *, tokens: int = 0, cost: float = 0.0, model: str = "") -> None:
        self.cost += cost
        self.model = model or self.model
        self._context.spend(tokens=tokens, cost=cost, model=model)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)
