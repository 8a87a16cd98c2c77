"""Secrets that come from the environment, without anybody keeping them."""

import os
import re
from collections.abc import Mapping

from graph.errors import BlockError

PREFIX = "HEDDLE_SECRET_"


class NoSecret(BlockError):
    """A block needs a secret that isn't there."""


def secret(name: str, variables: Mapping[str, str] = os.environ) -> str:
    """The secret called `name`, from its variable. Raises NoSecret."""
    variable = variable_of(name)
    value = variables.get(variable)
    if not value:
        what = "There is no secret" if value is None else "There is nothing in the secret"
        raise NoSecret(
            f"{what} {name!r}.", cure=f"Set it as {variable}, or by `heddle secrets set {name}`."
        )
    return value


def all_values(variables: Mapping[str, str] = os.environ) -> list[str]:
    """The values of all secrets that are there, to be kept out of what leaves this machine."""
    return [value for name, value in variables.items() if name.startswith(PREFIX) and value]


def variable_of(name: str) -> str:
    """The environment variable of a secret: `github.token` is in HEDDLE_SECRET_GITHUB_TOKEN."""
    return PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper())
