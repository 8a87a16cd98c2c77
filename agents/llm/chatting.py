"""One turn of a chat: what was said before, the prompt, the answer, and what is kept of them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from agents.llm.agent import LlmAgent
from agents.llm.conversation import as_data, messages_in, pictures_in, said, spoken
from agents.llm.fields import Asking, Used
from agents.llm.inquiry import Inquiry
from agents.llm.kept_conversations import KeptConversation
from agents.llm.prompts import filled
from agents.llm.shapes import Message
from graph.context import Context
from graph.errors import BadInput


class Answered(NamedTuple):
    """The answer, the conversation with it as plain data, and what it took."""

    text: str
    messages: list[dict[str, Any]]
    used: Used


class Chat:
    """Asks as a block's fields say."""

    def __init__(
        self, context: Context, asking: Asking, system: str = "", stop: Sequence[str] = ()
    ) -> None:
        self._context = context
        self._inquiry = Inquiry(context, asking)
        self._system = system
        self._stop = stop
        self._kept: KeptConversation | None = None

    async def before(self, messages: Any, conversation: str, turns: int) -> tuple[Message, ...]:
        """What was said before: in a kept conversation, and in the messages given."""
        given = messages_in(messages)
        if not conversation:
            return given
        agent = await self._context.agent(LlmAgent)
        self._kept = agent.conversation(conversation)
        return (*await self._kept.recall(self._context.key, turns), *given)

    async def answer(
        self, prompt: str, inputs: Mapping[str, Any], images: Any, before: tuple[Message, ...]
    ) -> Answered:
        """Ask. Raises BadInput when there is nothing to ask, and what asking raises."""
        pictures = pictures_in(images)
        text = filled(prompt, inputs)
        if not text.strip() and not pictures and not before:
            raise BadInput("The prompt is empty.", cure="Write what the model is to do.")
        turn = (said(text, pictures),) if text.strip() or pictures else ()
        system = "\n\n".join((*_systems(before), self._system)).strip()
        spoke = tuple(message for message in before if message.role != "system")
        reply = await self._inquiry.reply((*spoke, *turn), system=system, stop=self._stop)
        if self._kept is not None:
            said_now = self._context.cleaned(as_data((*turn, spoken(reply.message))))
            await self._kept.add(self._context.key, said_now)
        whole = (*before, *turn, spoken(reply.message))
        return Answered(reply.message.text, as_data(whole), self._inquiry.used())


def _systems(messages: Sequence[Message]) -> tuple[str, ...]:
    return tuple(message.text for message in messages if message.role == "system")
