"""Long texts in pieces that a model can take in, cut where a reader would pause."""

import re
from collections.abc import Iterator

from agents.llm import estimate
from graph.errors import BadInput

MOST_PIECES = 2_000
USUAL = 4_000
"""Tokens of a piece where nobody knows how much the model takes in."""
LARGEST = 24_000
"""Tokens of a piece at the most: what is asked of more is answered worse."""

_SENTENCE = r"(?<=[.!?…])\s|(?<=[\u3002\uff01\uff1f])"
_PAUSES = tuple(re.compile(found) for found in (r"\n\s*\n", r"\n", _SENTENCE, r"\s"))
"""Where a text is cut, the best places first: paragraphs, lines, sentences, words."""


def size_for(context: int) -> int:
    """How many tokens a piece may have for a model that takes in so many, 0 for unknown."""
    return min(LARGEST, context // 3) if context else USUAL


def in_pieces(text: str, tokens: int) -> list[str]:
    """The text in pieces of at most so many tokens, by estimate; all of it, in its order.

    Raises BadInput for a text of too many pieces.
    """
    made = list[str]()
    for piece in _cut(text, max(1, tokens)):
        made.append(piece)
        if len(made) > MOST_PIECES:
            raise BadInput(
                f"The text is in more than {MOST_PIECES:,} pieces.", cure="Raise `piece_tokens`."
            )
    return made


def _cut(text: str, tokens: int) -> Iterator[str]:
    at = 0
    while at < len(text):
        end = at + _fitting(text[at : at + tokens * estimate.PER_TOKEN], tokens)
        if end < len(text):
            end = _pause(text, at, end)
        yield text[at:end]
        at = end


def _fitting(part: str, tokens: int) -> int:
    """How many of these characters are at most so many tokens."""
    while len(part) > 1 and (count := estimate.of_text(part)) > tokens:
        part = part[: max(1, len(part) * tokens // count)]
    return len(part)


def _pause(text: str, at: int, end: int) -> int:
    """The last good place to cut in the second half of a piece; its end where there is none."""
    begin = at + (end - at) // 2
    for pause in _PAUSES:
        places = [found.end() for found in pause.finditer(text, begin, end)]
        if places:
            return places[-1]
    return end
