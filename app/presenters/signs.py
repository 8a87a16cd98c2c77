"""How something stands: a sign in a colour, and what it means."""

from typing import NamedTuple


class Sign(NamedTuple):
    """An icon and the name of its colour in the theme, in words, and what else is to be known."""

    icon: str
    colour: str
    said: str
    about: str = ""
