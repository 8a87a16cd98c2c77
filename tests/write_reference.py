"""`python -m tests.write_reference` writes docs/blocks from the blocks themselves."""

import importlib
from pathlib import Path

from graph.catalog import Catalog
from graph.reference import pages
from runtime.plugins import OWN

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "blocks"


def own_blocks() -> Catalog:
    """The blocks that come with Heddle, without any pack."""
    return Catalog.of(*(importlib.import_module(name) for name in OWN))


def write(folder: Path = FOLDER) -> None:
    """Write every page, and remove those of categories that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages(own_blocks())
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    for path in folder.glob("*.md"):
        if path.name not in made:
            path.unlink()


if __name__ == "__main__":
    write()
