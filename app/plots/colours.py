"""Colours of lines: eight that can be told apart on the ground of plots, in both themes."""

from app.theme import DARK, current

_DARK = ("#6ea8fe", "#f0b429", "#4cc38a", "#ff8f6b", "#b58cf0", "#5cc8c2", "#e0719c", "#b8c04f")
_LIGHT = ("#2459d8", "#a05a00", "#117a4b", "#c8461b", "#7c4fd0", "#0f7d78", "#b8356e", "#6b7210")

MOST = len(_DARK)
"""Lines that one plot shows at the most."""


def line_colour(at: int) -> str:
    """The colour of a plot's line of that number, in the current theme."""
    colours = _DARK if current() is DARK else _LIGHT
    return colours[at % MOST]
