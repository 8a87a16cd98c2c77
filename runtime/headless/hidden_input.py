"""Secrets as they come in on the command line: typed unseen, or piped; never as arguments."""

import io
import sys

import click


def secret_for(what: str, *, line: bool = False) -> str:
    """What is typed without being shown, or the standard input: all of it, or the next line.

    One line end is taken off. Raises click.UsageError when there is nothing.
    """
    if sys.stdin is not None and sys.stdin.isatty():
        return str(click.prompt(what, hide_input=True, err=True))
    stream = sys.stdin or io.StringIO()
    given = (stream.readline() if line else stream.read()).removesuffix("\n").removesuffix("\r")
    if not given:
        raise click.UsageError(f"{what}: nothing was given on the standard input.")
    return given
