"""The look of every Qt control, made of the tokens of a theme."""

from app.theme import BODY, SMALL, Tokens


def style_sheet(t: Tokens) -> str:
    """The application's style sheet in a theme."""
    return f"""
    * {{ font-size: {BODY}px; }}
    QMainWindow, QDialog {{ background: {t.panel}; color: {t.text}; }}
    QLabel[role="small"] {{ font-size: {SMALL}px; color: {t.muted}; }}
    """
