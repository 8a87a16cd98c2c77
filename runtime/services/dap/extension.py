"""The extension by which VS Code knows how to start the adapter: a file to be installed there."""

import json
import zipfile
from pathlib import Path
from typing import Any

from graph.file_format import schema_text
from runtime.compose import RESOURCES

PARTS = RESOURCES / "editors" / "vscode"


def write_extension(path: Path, program: str) -> None:
    """Write the extension; `program` is what it starts as `heddle`."""
    about: dict[str, Any] = json.loads((PARTS / "package.json").read_text("utf-8"))
    for debugger in about["contributes"]["debuggers"]:
        debugger["runtime"] = program
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name in ("[Content_Types].xml", "extension.vsixmanifest"):
            made.writestr(name, (PARTS / name).read_text("utf-8"))
        made.writestr("extension/package.json", json.dumps(about, indent=2, ensure_ascii=False))
        made.writestr("extension/flow.schema.json", schema_text())
