"""Colours and sizes of the studio, dark and light; everything drawn reads them from here."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

Choice = Literal["dark", "light", "system"]

RESOURCES = Path(__file__).resolve().parent.parent / "resources"

# The first of these that is there is used.
FAMILIES = ("Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans")
MONO = ("JetBrains Mono", "Cascadia Mono", "SF Mono", "Noto Sans Mono", "DejaVu Sans Mono")

# Spacing in steps of four pixels; type in four sizes.
GAP, PAD, ROW = 4, 8, 28
SMALL, BODY, TITLE, DISPLAY = 11, 13, 16, 26


class Tokens(NamedTuple):
    """The colours of a theme, as #rrggbb."""

    name: str
    window: str
    """Behind everything."""
    panel: str
    """Docks and bars."""
    raised: str
    """Cards, menus, buttons."""
    field: str
    """Where something is typed."""
    hover: str
    pressed: str
    line: str
    """Separators and borders."""
    strong_line: str
    text: str
    muted: str
    """Secondary text: at least 4.5:1 on `panel`."""
    faint: str
    """What can't be used, and lines that are no words."""
    accent: str
    on_accent: str
    selection: str
    canvas: str
    grid: str
    card: str
    card_line: str
    link: str
    running: str
    done: str
    reused: str
    skipped: str
    failed: str
    warning: str
    shadow: str


DARK = Tokens(
    name="dark", window="#15171c", panel="#1b1e24", raised="#242830", field="#16191e",
    hover="#2c313b", pressed="#353b47", line="#2a2f38", strong_line="#3b424f", text="#e6e8ec",
    muted="#a0a8b5", faint="#6b7380", accent="#6ea8fe", on_accent="#0b1220", selection="#2a4471",
    canvas="#13151a", grid="#1e2229", card="#22262e", card_line="#363d49", link="#6f7a8c",
    running="#5cb3ff", done="#4cc38a", reused="#9aa5ff", skipped="#8c95a3", failed="#ff6b6b",
    warning="#f0b429", shadow="#0a0b0e",
)  # fmt: skip

LIGHT = Tokens(
    name="light", window="#f4f5f7", panel="#fbfbfc", raised="#ffffff", field="#ffffff",
    hover="#eef1f5", pressed="#e2e7ee", line="#e1e4e9", strong_line="#c3cad4", text="#1c2026",
    muted="#59626f", faint="#98a1ae", accent="#2459d8", on_accent="#ffffff", selection="#d3e2ff",
    canvas="#f2f4f7", grid="#e3e7ec", card="#ffffff", card_line="#d3d9e2", link="#8592a5",
    running="#176bc4", done="#117a4b", reused="#5359cf", skipped="#667080", failed="#c8261b",
    warning="#8a5a00", shadow="#c9d0da",
)  # fmt: skip

TYPE_COLOURS = {
    "any": ("#9aa4b2", "#7b8696"), "null": ("#9aa4b2", "#7b8696"),
    "boolean": ("#e0719c", "#c2417a"), "integer": ("#5cc8c2", "#128a83"),
    "number": ("#5cc8c2", "#128a83"), "text": ("#8fc36b", "#4d8a25"),
    "bytes": ("#b58cf0", "#7c4fd0"), "datetime": ("#e8a15b", "#b8651a"),
    "date": ("#e8a15b", "#b8651a"), "list": ("#6ea8fe", "#2563eb"),
    "record": ("#d9bf62", "#927409"), "union": ("#9aa4b2", "#7b8696"),
}  # fmt: skip
"""By kind of value: the colour of ports and links in the dark and the light theme."""

CATEGORY_COLOURS = {
    "text": "#5b9a5e", "data": "#4f82c4", "logic": "#8a6cc4", "flow": "#7b8696",
    "files": "#c27f45", "http": "#3f9a97", "sql": "#a8983a", "code": "#b3609a",
    "agent": "#c86fd0", "ai": "#c86fd0", "gateway": "#3f9a97", "sync": "#4f82c4",
    "ui": "#5b9a5e", "realtime": "#c27f45", "roblox": "#8f9a3f", "schema": "#a8983a",
    "workflow": "#8a6cc4",
}  # fmt: skip
"""By category of block: the colour that its icon and its place in drawings have."""

BLOCK_COLOURS = (
    "", "#c2585d", "#c27f45", "#a8983a", "#5b9a5e",
    "#3f9a97", "#4f82c4", "#8a6cc4", "#b3609a",
)  # fmt: skip
"""The colours a person may give a block, "" for that of its kind."""

_current = DARK


def current() -> Tokens:
    """The theme in use."""
    return _current


def type_colour(kind: str) -> str:
    """The colour of a kind of value in the current theme."""
    dark, light = TYPE_COLOURS.get(kind, TYPE_COLOURS["any"])
    return dark if _current is DARK else light


def category_colour(category: str) -> str:
    """The colour of a category of blocks; grey for those of packs."""
    return CATEGORY_COLOURS.get(category, CATEGORY_COLOURS["flow"])


class Theme(QObject):
    """Which theme is used; tells when it becomes another."""

    changed = Signal()

    def __init__(self, choice: Choice, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice: Choice = choice
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(lambda *_: self._use(self.choice))

    def apply(self) -> None:
        """Dress the application."""
        self._use(self.choice)

    def choose(self, choice: Choice) -> None:
        """Use another theme from now on."""
        self.choice = choice
        self._use(choice)

    def _use(self, choice: Choice) -> None:
        global _current
        dark = choice == "dark" or (choice == "system" and _system_is_dark())
        _current = DARK if dark else LIGHT
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setPalette(palette(_current))
        application.setFont(font(BODY))
        self.changed.emit()


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() != Qt.ColorScheme.Light


def font(pixels: int, *, bold: bool = False) -> QFont:
    """The interface font in a size."""
    return _font(FAMILIES, pixels, bold)


def mono(pixels: int, *, bold: bool = False) -> QFont:
    """The font of code and values in a size."""
    made = _font(MONO, pixels, bold)
    made.setStyleHint(QFont.StyleHint.Monospace)
    return made


def _font(families: Sequence[str], pixels: int, bold: bool) -> QFont:
    made = QFont()
    made.setFamilies(families)
    made.setPixelSize(pixels)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made


def mixed(one: str, other: str, share: float) -> str:
    """The colour on the way from one to the other: 0 is `one`, 1 is `other`."""
    ends = [(int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in ends)


def contrast(one: str, other: str) -> float:
    """How well two colours are told apart, 1 to 21 (WCAG 2.2: text needs 4.5)."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def palette(tokens: Tokens) -> QPalette:
    """The same colours for what no style sheet reaches."""
    made, role = QPalette(), QPalette.ColorRole
    for one, colour in {
        role.Window: tokens.panel, role.Base: tokens.raised, role.AlternateBase: tokens.panel,
        role.Button: tokens.raised, role.Text: tokens.text, role.WindowText: tokens.text,
        role.ButtonText: tokens.text, role.BrightText: tokens.failed,
        role.ToolTipBase: tokens.raised, role.ToolTipText: tokens.text,
        role.Highlight: tokens.selection, role.HighlightedText: tokens.text,
        role.PlaceholderText: tokens.muted, role.Link: tokens.accent, role.Mid: tokens.line,
        role.Dark: tokens.window, role.Light: tokens.hover, role.Shadow: tokens.shadow,
    }.items():  # fmt: skip
        made.setColor(one, QColor(colour))
    made.setColor(role.Accent, QColor(tokens.accent))
    for one in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, one, QColor(tokens.faint))
    return made
