"""The look of every Qt control: the sheet of `resources/themes`, in the colours of a theme."""

# A widget says what it is by properties. Buttons: `primary`, `danger`, `plain`, `link`, `small`.
# Labels: `role`. Frames: `card`, `bar`, `line`, `banner`. Fields: `invalid`, `mono`, `bare`.
# Check boxes: `switch`. What scrolls: `rings`, to have a ring. `ring` is set by `FocusRing` only.

from functools import cache
from string import Template

from app.theme import BODY, DISPLAY, MONO, RESOURCES, SMALL, TITLE, Tokens, mixed


def style_sheet(t: Tokens) -> str:
    """The application's style sheet in a theme."""
    sizes = {"small_size": SMALL, "body_size": BODY, "title_size": TITLE, "display_size": DISPLAY}
    art = (RESOURCES / "icons" / t.name).as_posix()
    mono = ", ".join(f'"{family}"' for family in MONO)
    return _source().substitute(t._asdict(), **_between(t), **sizes, art=art, mono=mono)


def _between(t: Tokens) -> dict[str, str]:
    """Colours that follow from those of the theme."""
    return {
        "edge": t.strong_line,
        "edge_hover": mixed(t.strong_line, t.muted, 0.5),
        "stripe": mixed(t.panel, t.hover, 0.4),
        "focus": mixed(t.accent, t.text, 0.5),
        "accent_hover": mixed(t.accent, t.text, 0.15),
        "accent_pressed": mixed(t.accent, t.window, 0.2),
        "selection_off": mixed(t.selection, t.hover, 0.6),
        "thumb": mixed(t.panel, t.muted, 0.3),
        "thumb_hover": mixed(t.panel, t.muted, 0.55),
        "info_ground": mixed(t.raised, t.running, 0.08),
        "done_ground": mixed(t.raised, t.done, 0.08),
        "warning_ground": mixed(t.raised, t.warning, 0.08),
        "failed_ground": mixed(t.raised, t.failed, 0.1),
        "failed_line": mixed(t.line, t.failed, 0.5),
    }


@cache
def _source() -> Template:
    return Template((RESOURCES / "themes" / "studio.qss").read_text("utf-8"))
