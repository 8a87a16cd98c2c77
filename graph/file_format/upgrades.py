"""How a file of an older format becomes one of the next: one function per version, never edited."""

from collections.abc import Callable, Mapping
from typing import Any

Tree = dict[str, Any]
"""A parsed file, before anything is known of it but its version."""

UPGRADES: Mapping[int, Callable[[Tree], Tree]] = {}
"""From a version to the function that makes its files files of the next version."""


def upgraded(
    tree: Tree, to: int, upgrades: Mapping[int, Callable[[Tree], Tree]] = UPGRADES
) -> Tree:
    """The tree as version `to` would have it, from whatever version its `heddle` names."""
    for version in range(tree["heddle"], to):
        tree = {**upgrades[version](tree), "heddle": version + 1}
    return tree
