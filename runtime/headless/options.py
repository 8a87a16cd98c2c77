"""Options that several commands share, said once."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import click

from runtime.headless import completing
from runtime.secrets.environment import PREFIX
from runtime.settings import Settings, settings_from

F = TypeVar("F", bound=Callable[..., Any])


def together(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    """Several options as one decorator, in the order given."""

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


where = together(
    click.option(
        "--database", metavar="URL",
        help="Where runs are kept: a file, sqlite:///PATH or postgresql://… "
        "[default: DATABASE_URL, or a file of your own]",
    ),
)  # fmt: skip
"""Which journal is meant."""

elsewhere = together(
    click.option(
        "--server", metavar="ADDRESS", envvar="HEDDLE_SERVER",
        help="Ask the server at this address instead (HEDDLE_SERVER).",
    ),
    click.option(
        "--token", envvar="HEDDLE_TOKEN",
        help="The server's token; safer as the variable HEDDLE_TOKEN.",
    ),
)  # fmt: skip
"""A runtime that isn't in this process."""

secrets = click.option(
    "--secret", multiple=True, metavar="NAME=VARIABLE",
    help=f"Take a secret from a variable. Repeatable. [default: {PREFIX}NAME]",
)  # fmt: skip
"""Where secrets come from."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def settings(database: str | None = None) -> Settings:
    """The settings, with what the command line says. Raises BadSetting."""
    return settings_from(database_url=database)


run_argument = partial(click.argument, metavar="RUN", shell_complete=completing.runs)
