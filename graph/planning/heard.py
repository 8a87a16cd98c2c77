"""How far planning is, for whoever waits for it."""

from collections.abc import Callable

import msgspec

ROUNDS = 3
"""How often a model is asked, told each time what was wrong before."""


class Heard(msgspec.Struct, frozen=True):
    """How far planning is: which question it is, and how many steps the answer names so far.

    `flaws` is how many the plan had that was given before.
    """

    question: int
    steps: int = 0
    flaws: int = 0


Hear = Callable[[Heard], object]
