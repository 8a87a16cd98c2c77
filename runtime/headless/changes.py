"""What changed between two flows, printed: what they do first, how they are drawn apart."""

import click

from graph.edits import Edit, describe_all, touches_logic
from graph.flow import Flow
from runtime.headless.words import clean


def show_changes(edits: tuple[Edit, ...], before: Flow) -> None:
    """A line for each edit: additions green, removals red, all else as it is."""
    told = list(zip(edits, describe_all(edits, before), strict=True))
    logic = [text for edit, text in told if touches_logic(edit)]
    view = [text for edit, text in told if not touches_logic(edit)]
    for text in logic:
        click.echo(_coloured(clean(text)))
    if view:
        click.echo(
            click.style("Only drawn differently:" if logic else "Drawn differently:", dim=True)
        )
        for text in view:
            click.echo(click.style(f"  {clean(text)}", dim=True))


def _coloured(text: str) -> str:
    if ": added" in text or ": linked" in text or ": flow added" in text:
        return click.style(f"+ {text}", fg="green")
    if ": removed" in text or ": no longer linked" in text or ": flow removed" in text:
        return click.style(f"- {text}", fg="red")
    return f"~ {text}"
