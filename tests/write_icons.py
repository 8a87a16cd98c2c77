"""Writes the drawings of the style sheet into `resources/icons`, in the colours of each theme.

Run it after changing a drawing or a colour: `python -m tests.write_icons`.
"""

from collections.abc import Iterator
from pathlib import Path

from app.theme import DARK, LIGHT, RESOURCES, Tokens

STROKE = (
    '<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" '
    'stroke-linecap="round" stroke-linejoin="round"/>'
)

# What is drawn with one stroke on a square of 16: path and token of its colour.
STROKES = {
    "down": ("M4 6l4 4 4-4", "muted"),
    "down_off": ("M4 6l4 4 4-4", "faint"),
    "up": ("M4 10l4-4 4 4", "muted"),
    "up_off": ("M4 10l4-4 4 4", "faint"),
    "left": ("M10 4L6 8l4 4", "muted"),
    "right": ("M6 4l4 4-4 4", "muted"),
    "close": ("M4.5 4.5l7 7M11.5 4.5l-7 7", "muted"),
    "tick": ("M3.5 8.5l3 3 6-7", "accent"),
    "check": ("M3.5 8.5l3 3 6-7", "on_accent"),
    "partly": ("M4 8h8", "on_accent"),
    "more": ("M4 4l4 4-4 4M9 4l4 4-4 4", "muted"),
    "float": ("M6.5 3.5h6v6M12.5 3.5l-5 5M9 12.5H3.5V7", "muted"),
    "folder": ("M2 12.5v-9h4l1.5 2H14v7z", "accent"),
    "folder_new": ("M2 12.5v-9h4l1.5 2H14v7zM8 7v4M6 9h4", "muted"),
    "file": ("M4 1.5h5l3 3v10H4zM9 1.5v3h3", "muted"),
    "computer": ("M2 3h12v8H2zM6 14h4", "muted"),
    "list": ("M3 4h10M3 8h10M3 12h10", "muted"),
    "details": ("M3 4h2M7 4h6M3 8h2M7 8h6M3 12h2M7 12h6", "muted"),
}

# The signs of message boxes: what stands in the disc, and the token of its colour.
SIGNS = {
    "info": ("M16 15v8M16 9.5v.1", "running"),
    "question": ("M12.5 12.5a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.5M16 22.5v.1", "accent"),
    "warning": ("M16 9v8M16 22.4v.1", "warning"),
    "error": ("M11.5 11.5l9 9M20.5 11.5l-9 9", "failed"),
}

DISC = '<circle cx="16" cy="16" r="14" fill="{colour}" fill-opacity=".16"/>'
DOT = '<circle cx="8" cy="8" r="{radius}" fill="{colour}"/>'
SWITCH = (
    '<rect x="1" y="1" width="30" height="16" rx="8" fill="{ground}"/>'
    '<circle cx="{x}" cy="9" r="6" fill="{knob}"/>'
)


def drawings(theme: Tokens) -> Iterator[tuple[str, str]]:
    """Every drawing of a theme: its name and its SVG."""
    colours = theme._asdict()
    for name, (d, token) in STROKES.items():
        yield name, _svg(16, 16, STROKE.format(d=d, colour=colours[token], width=1.5))
    for name, (d, token) in SIGNS.items():
        stroke = STROKE.format(d=d, colour=colours[token], width=2.4)
        yield name, _svg(32, 32, DISC.format(colour=colours[token]) + stroke)
    yield "dot", _svg(16, 16, DOT.format(radius=3.5, colour=theme.on_accent))
    yield "modified", _svg(16, 16, DOT.format(radius=3.5, colour=theme.muted))
    for name, x, ground, knob in (
        ("switch_off", 9, theme.faint, theme.raised),
        ("switch_on", 23, theme.accent, theme.on_accent),
        ("switch_disabled", 9, theme.line, theme.faint),
        ("switch_on_disabled", 23, theme.line, theme.faint),
    ):
        yield name, _svg(32, 18, SWITCH.format(x=x, ground=ground, knob=knob))


def _svg(width: int, height: int, inside: str) -> str:
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{inside}</svg>\n'


def write(folder: Path) -> None:
    """Write the drawings of both themes, each into its folder."""
    for theme in (DARK, LIGHT):
        (folder / theme.name).mkdir(parents=True, exist_ok=True)
        for name, svg in drawings(theme):
            (folder / theme.name / f"{name}.svg").write_text(svg, "utf-8")


if __name__ == "__main__":
    write(RESOURCES / "icons")
