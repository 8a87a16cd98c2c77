"""`python -m tests.write_reference` writes docs/blocks and docs/templates.md from what is there."""

import importlib
from pathlib import Path

from graph.catalog import Catalog
from graph.file_format import read
from graph.reference import pages
from runtime.compose import RESOURCES
from runtime.library.shelf import Shelf, Template, in_categories
from runtime.plugins import OWN

DOCS = Path(__file__).resolve().parent.parent / "docs"
FOLDER = DOCS / "blocks"
TEMPLATES = DOCS / "templates.md"


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
    TEMPLATES.write_text(templates_page(), encoding="utf-8")


def templates_page() -> str:
    """The templates that come with Heddle, by category."""
    shipped = RESOURCES / "templates"
    groups = in_categories(Shelf(shipped / "none", shipped).templates())
    parts = [
        "# Templates",
        "What comes with Heddle to begin with: in the studio under *Templates*, in a terminal with "
        "`heddle new NAME`. Each one is run in the tests, with its sample input.",
    ]
    for category, templates in groups.items():
        parts.append(f"## {category}")
        parts.append("\n".join(map(_line, templates)))
    return "\n\n".join(parts) + "\n"


def _line(template: Template) -> str:
    flow = read(template.path.read_bytes())
    return f"- **{flow.name}** (`{template.name}`): {flow.description}"


if __name__ == "__main__":
    write()
