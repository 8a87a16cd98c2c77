"""Choices as a list of whole numbers: drawn at random, and made smaller when they are at fault.

A value is made of choices in which 0 is the simplest. So whatever the value is, a smaller list of
smaller numbers makes a simpler one, and one way of shrinking serves all (the idea is Hypothesis's).
"""

import random
from collections.abc import Awaitable, Callable, Iterator, Sequence

Choices = tuple[int, ...]

MOST_TRIES = 400
"""Lists tried while one is made smaller."""

_LENGTHS = (16, 8, 4, 2, 1)


class Draws:
    """Numbers drawn one after the other: those given, then from `source`, then zeros."""

    def __init__(self, given: Sequence[int] = (), source: random.Random | None = None) -> None:
        self.made: list[int] = []
        self._given = given
        self._source = source

    def below(self, limit: int) -> int:
        """A number from 0, below the limit."""
        at = len(self.made)
        if at < len(self._given):
            number = min(self._given[at], limit - 1)
        else:
            number = self._source.randrange(limit) if self._source else 0
        self.made.append(number)
        return number

    def more(self) -> bool:
        """Whether one more of something is to come: four on the average."""
        return self.below(5) != 0


async def smallest(
    choices: Choices, fails: Callable[[Choices], Awaitable[Choices | None]]
) -> Choices:
    """The smallest list found that still fails; `fails` gives the choices it came to make then."""
    tries = MOST_TRIES
    improved = True
    while improved and tries > 0:
        improved = False
        for candidate in _smaller(choices):
            tries -= 1
            made = await fails(candidate) if tries >= 0 else None
            if made is not None and _size(made) < _size(choices):
                choices, improved = made, True
                break
    return choices


def _size(choices: Choices) -> tuple[int, Choices]:
    return len(choices), choices


def _smaller(choices: Choices) -> Iterator[Choices]:
    """Lists that are smaller than this one, the boldest first."""
    for length in _LENGTHS:
        for start in range(len(choices) - length, -1, -1):
            yield choices[:start] + choices[start + length :]
    for at, number in enumerate(choices):
        steps = (number >> halving for halving in range(number.bit_length()))
        for less in (number - step for step in steps):
            yield (*choices[:at], less, *choices[at + 1 :])
