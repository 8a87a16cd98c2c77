"""Builds the plugin for Studio: one XML file of its scripts, the same each time."""

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

FOLDER = Path(__file__).resolve().parents[3] / "resources" / "roblox" / "plugin"
"""Where the scripts of the plugin are."""

_MAIN, _MODULE = ".server.luau", ".luau"


def built(folder: Path = FOLDER) -> str:
    """The plugin as a model file (`.rbxmx`): a script that holds its modules.

    Raises ValueError for a text that can't stand in XML as it is.
    """
    (main,) = folder.glob(f"*{_MAIN}")
    modules = sorted(path for path in folder.glob(f"*{_MODULE}") if path != main)
    lines = ['<roblox version="4">']
    lines += _item("Script", main, _MAIN, 0)
    for number, path in enumerate(modules, start=1):
        lines += [*_item("ModuleScript", path, _MODULE, number), "</Item>"]
    return "\n".join([*lines, "</Item>", "</roblox>", ""])


def _item(kind: str, path: Path, ending: str, number: int) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    if "]]>" in source:
        raise ValueError(f"{path.name} holds ]]>, which ends a text in XML: put a space in it")
    name = escape(path.name.removesuffix(ending))
    yield f'<Item class="{kind}" referent="RBX{number}">'
    yield "<Properties>"
    yield f'<string name="Name">{name}</string>'
    yield f'<ProtectedString name="Source"><![CDATA[{source}]]></ProtectedString>'
    yield "</Properties>"
