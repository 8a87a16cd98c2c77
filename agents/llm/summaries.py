"""Sums up texts of any length: piece by piece, and then the summaries of the pieces."""

from typing import NamedTuple

from agents.llm import estimate
from agents.llm.conversation import said
from agents.llm.fields import Asking, Used
from agents.llm.inquiry import Inquiry
from agents.llm.parallel import each
from agents.llm.pieces import in_pieces
from agents.llm.prompts import about_text
from graph.context import Context
from graph.errors import BadInput

MOST_LEVELS = 6
"""How often summaries are summed up again before it is given up."""

ROOM = 2
"""How many pieces' length the summaries may have that are summed up together at the end."""

_LENGTHS = {
    "a sentence": "in one sentence",
    "a paragraph": "in one paragraph",
    "a list": "as a list of its main points, one line for each",
    "a page": "in about a page",
}


class SummedUp(NamedTuple):
    """The summary, those of the pieces of the text, and what it took."""

    text: str
    parts: list[str]
    used: Used


async def summed_up(
    context: Context,
    asking: Asking,
    text: str,
    length: str,
    guidance: str,
    *,
    piece_tokens: int,
    parallel: int,
) -> SummedUp:
    """The text in so many words. Raises BadInput for one without words, and what asking raises."""
    if not text.strip():
        raise BadInput("There is no text to sum up.")
    inquiry = Inquiry(context, asking)
    tokens = piece_tokens or await inquiry.piece()

    async def one(piece: str) -> str:
        task = "Sum up a part of a longer text; keep names, figures and dates."
        system = about_text(task, guidance)
        reply = await inquiry.reply((said(piece),), system=system, show=False)
        return reply.message.text

    parts = list[str]()
    for _ in range(MOST_LEVELS):
        if estimate.of_text(text) <= (ROOM * tokens if parts else tokens):
            break
        pieces = in_pieces(text, tokens)
        found = await each(context, pieces, one, parallel=parallel, note="pieces summed up")
        parts = parts or found
        text = "\n\n".join(found)
    else:
        raise BadInput(
            "The summaries of the pieces don't get shorter.", cure="Raise `piece_tokens`."
        )
    context.progress(0, 0, "")
    task = f"Sum up a text {_LENGTHS.get(length, length)}, and say nothing else."
    reply = await inquiry.reply((said(text),), system=about_text(task, guidance))
    return SummedUp(reply.message.text, parts, inquiry.used())
