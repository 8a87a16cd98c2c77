"""Flow files: parse → upgrade → build, and the canonical text that is saved."""

from graph.file_format.identity import flow_hash
from graph.file_format.reading import read
from graph.file_format.schema import schema, schema_text
from graph.file_format.shape import FILE_SUFFIX, FORMAT, is_file
from graph.file_format.upgrades import UPGRADES
from graph.file_format.writing import write

__all__ = [
    "FILE_SUFFIX",
    "FORMAT",
    "UPGRADES",
    "flow_hash",
    "is_file",
    "read",
    "schema",
    "schema_text",
    "write",
]
