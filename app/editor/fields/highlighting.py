"""Colours of code, JSON, SQL and texts with {places}, following the theme."""

import re
from typing import NamedTuple

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from app.theme import DARK, current

INKS = {
    "keyword": ("#c792ea", "#8839a8"),
    "name": ("#82aaff", "#2357c5"),
    "text": ("#a5d47a", "#3f7d1c"),
    "number": ("#f2a66a", "#b3540d"),
    "comment": ("#7c8696", "#6b7480"),
    "place": ("#6ea8fe", "#1d56d0"),
}
"""By what is written: its colour in the dark and the light theme."""


class Rule(NamedTuple):
    """What a pattern finds is of an ink; of several that fit at a place the first counts."""

    ink: str
    pattern: str


_PYTHON_WORDS = (
    "and|as|assert|break|class|continue|def|elif|else|except|finally|for|from|if|import|in|is"
    "|lambda|not|or|pass|raise|return|try|while|with|True|False|None"
)
_SQL_WORDS = (
    "add|all|alter|and|as|asc|begin|between|by|case|cast|column|commit|conflict|constraint|create"
    "|cross|default|delete|desc|distinct|do|drop|else|end|except|exists|false|foreign|from|full"
    "|group|having|in|index|inner|insert|intersect|into|is|join|key|left|like|limit|not|nothing"
    "|null|offset|on|or|order|outer|over|partition|primary|references|returning|right|select|set"
    "|table|then|true|union|unique|update|using|values|view|when|where|with"
)
_NUMBER = Rule("number", r"\b\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?\b")

RULES = {
    "python": (
        Rule("comment", r"#[^\n]*"),
        Rule("text", r"[rbfRBF]{0,2}(?:\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?)"),
        Rule("keyword", rf"\b(?:{_PYTHON_WORDS})\b"),
        Rule("name", r"\b[A-Za-z_]\w*(?=\()"),
        _NUMBER,
    ),
    "json": (
        Rule("name", r"\"(?:[^\"\\\n]|\\.)*\"(?=\s*:)"),
        Rule("text", r"\"(?:[^\"\\\n]|\\.)*\"?"),
        Rule("keyword", r"\b(?:true|false|null)\b"),
        Rule("number", r"-?\b\d[\d.eE+-]*"),
    ),
    "sql": (
        Rule("comment", r"--[^\n]*"),
        Rule("text", r"'(?:[^'\n]|'')*'?"),
        Rule("place", r"(?<!:):[A-Za-z_]\w*"),
        Rule("keyword", rf"(?i:\b(?:{_SQL_WORDS})\b)"),
        Rule("name", r"\b[A-Za-z_]\w*(?=\()"),
        _NUMBER,
    ),
    "places": (Rule("place", r"\{[^{}\n]*\}"),),
    "": (),
}
"""By language. `places` are texts with {places} for values."""


class Highlighter(QSyntaxHighlighter):
    """Colours a document in a language."""

    def __init__(self, document: QTextDocument, language: str) -> None:
        super().__init__(document)
        rules = RULES[language]
        self._inks = tuple(rule.ink for rule in rules)
        self._pattern = re.compile("|".join(f"({rule.pattern})" for rule in rules) or r"(?!)")
        self._language = language
        self._formats = _formats()

    def restyle(self) -> None:
        """Draw anew in the colours of the theme."""
        self._formats = _formats()
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        start = self._long_text(text) if self._language == "python" else 0
        for found in self._pattern.finditer(text, start):
            ink = self._inks[(found.lastindex or 1) - 1]
            if self._language == "python" and text[found.start() : found.end() + 1] in (
                '"""',
                "'''",
            ):
                continue
            self.setFormat(found.start(), found.end() - found.start(), self._formats[ink])

    def _long_text(self, text: str) -> int:
        """Colour texts in three quotes, which go over lines; gives where the rest begins."""
        state, at = max(0, self.previousBlockState()), 0
        while True:
            if not state:
                opening = re.compile(r"\"\"\"|'''").search(text, at)
                if not opening or "#" in text[: opening.start()]:
                    break
                state, begin, at = 1 + (opening[0] == "'''"), opening.start(), opening.end()
            else:
                begin = at
            end = text.find('"""' if state == 1 else "'''", at)
            if end < 0:
                self.setFormat(begin, len(text) - begin, self._formats["text"])
                self.setCurrentBlockState(state)
                return len(text)
            self.setFormat(begin, end + 3 - begin, self._formats["text"])
            state, at = 0, end + 3
        self.setCurrentBlockState(0)
        return at


def _formats() -> dict[str, QTextCharFormat]:
    made = dict[str, QTextCharFormat]()
    for ink, (dark, light) in INKS.items():
        made[ink] = QTextCharFormat()
        made[ink].setForeground(QColor(dark if current() is DARK else light))
        if ink == "place":
            made[ink].setFontWeight(QFont.Weight.DemiBold)
    return made
