"""What flows can do with files: read, write, append, list, look, delete."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple, TypedDict

from agents.content import ReadAs, bytes_of, text_of, value_of
from agents.disk import Mode
from agents.files.agent import FileEntry, FilesAgent
from graph.block import block
from graph.blocks.formats import format_csv, format_json, parse_csv
from graph.context import Context
from graph.errors import BadInput
from graph.spec import Look, Needs

MEGABYTE = 1024 * 1024

Path = Annotated[
    str, "The file; relative to the flow's folder, `heddle:` for what comes along.", Look("file")
]
Target = Annotated[str, "The file, in a granted folder.", Look("file")]
Pattern = Annotated[
    str, "Which files: `*` within a name, `**` through folders, such as `reports/**/*.md`."
]
As = Annotated[ReadAs, "What the content is taken to be."]
Replace = Annotated[
    Mode, "`replace` what was there, or fail unless the file is `new` (or holds just this)."
]
Encoding = Annotated[str, "How text is written down as bytes.", Look(more=True)]
SizeLimit = Annotated[int, "The most bytes to read.", Look(more=True)]
FileLimit = Annotated[int, "The most files; one more is an error.", Look(more=True)]


class FileContent(TypedDict):
    """A file that was read."""

    path: str
    name: str
    content: Any


class Written(NamedTuple):
    """A file that was written."""

    path: Annotated[str, "The file, as other blocks take it."]
    size: Annotated[int, "How many bytes it holds."]


def _reads(name: str) -> Any:
    def needs(fields: Mapping[str, Any]) -> Needs:
        """The file or folder that is read; any when only the run will tell."""
        return Needs(reads=(_path(fields.get(name)),))

    return needs


def writes(fields: Mapping[str, Any]) -> Needs:
    """The file that is written; any when only the run will tell."""
    return Needs(writes=(_path(fields.get("path")),))


@block(
    "files.read",
    title="Read file",
    icon="mdi6.file-document-outline",
    output="content",
    agent="files",
    effect="read",
    needs=_reads("path"),
    search=("open", "load", "text", "json", "disk"),
)
async def read(
    path: Path,
    context: Context,
    read_as: As = "text",
    encoding: Encoding = "utf-8",
    size_limit: SizeLimit = 32 * MEGABYTE,
) -> Any:
    """Read a file as text, JSON or bytes."""
    agent = await context.agent(FilesAgent)
    content = await agent.read(path, size_limit)
    return value_of(content, read_as, encoding=encoding, name=path)


@block(
    "files.write",
    title="Write file",
    icon="mdi6.file-edit-outline",
    agent="files",
    effect="write",
    repeatable=True,
    needs=writes,
    search=("save", "store", "text", "json", "disk", "report"),
)
async def write(
    path: Target,
    content: Annotated[Any, "Text, bytes as they are, anything else as JSON.", Look("lines")],
    context: Context,
    mode: Replace = "replace",
    encoding: Encoding = "utf-8",
) -> Written:
    """Write a file, all at once: whoever reads it meanwhile sees the old one.

    Folders that are missing are made.
    """
    raw = bytes_of(content, encoding=encoding, indent=2)
    agent = await context.agent(FilesAgent)
    return Written(await agent.write(path, raw, mode), len(raw))


@block(
    "files.append",
    title="Append to file",
    icon="mdi6.file-plus-outline",
    agent="files",
    effect="write",
    repeatable=False,
    needs=writes,
    search=("add", "log", "line", "disk"),
)
async def append(
    path: Target,
    content: Annotated[
        Any, "Text, bytes as they are, anything else as JSON on a line.", Look("lines")
    ],
    context: Context,
    new_line: Annotated[bool, "Whether to end text with a line break if it has none."] = True,
    encoding: Encoding = "utf-8",
) -> Written:
    """Add to the end of a file, which is made when it is missing."""
    is_raw = isinstance(content, (bytes, bytearray))
    raw = bytes(content) if is_raw else _line(content, new_line, encoding)
    agent = await context.agent(FilesAgent)
    return Written(path, await agent.append(path, raw))


@block(
    "files.list",
    title="List files",
    icon="mdi6.folder-search-outline",
    output="files",
    agent="files",
    effect="read",
    needs=_reads("pattern"),
    search=("glob", "folder", "directory", "find", "newest", "dir"),
)
async def list_(
    pattern: Pattern,
    context: Context,
    newest_first: Annotated[bool, "Whether to sort by age; else by path."] = False,
    take: Annotated[int, "How many of them; 0 for all."] = 0,
    file_limit: FileLimit = 10_000,
) -> list[FileEntry]:
    """Find files, with size and time of change."""
    agent = await context.agent(FilesAgent)
    found = await agent.find(pattern, newest_first=newest_first, file_limit=file_limit)
    return found[:take] if take else found


@block(
    "files.read_many",
    title="Read files",
    icon="mdi6.file-document-multiple-outline",
    output="files",
    agent="files",
    effect="read",
    needs=_reads("pattern"),
    search=("glob", "folder", "directory", "load", "all", "batch"),
)
async def read_many(
    pattern: Pattern,
    context: Context,
    read_as: As = "text",
    encoding: Encoding = "utf-8",
    file_limit: FileLimit = 1_000,
    size_limit: SizeLimit = 64 * MEGABYTE,
) -> list[FileContent]:
    """Read every file that matches, by path."""
    agent = await context.agent(FilesAgent)
    found = await agent.read_many(pattern, file_limit=file_limit, size_limit=size_limit)
    return [
        FileContent(
            path=entry["path"],
            name=entry["name"],
            content=value_of(raw, read_as, encoding=encoding, name=entry["path"]),
        )
        for entry, raw in found
    ]


@block(
    "files.read_csv",
    title="Read CSV file",
    icon="mdi6.file-delimited-outline",
    output="rows",
    agent="files",
    effect="read",
    needs=_reads("path"),
    search=("table", "spreadsheet", "excel", "tsv", "load", "columns"),
)
async def read_csv(
    path: Path,
    context: Context,
    header: Annotated[bool, "Whether the first line names the columns."] = True,
    columns: Annotated[Sequence[str], "Names to use instead of the header's."] = (),
    separator: Annotated[str, "One character; `auto` finds it in the first line."] = ",",
    guess: Annotated[
        bool, "Whether numbers, true, false and empty cells become values; else all is text."
    ] = False,
    encoding: Encoding = "utf-8",
    size_limit: SizeLimit = 32 * MEGABYTE,
) -> list[dict[str, Any]]:
    """Read a CSV file as a list of records."""
    agent = await context.agent(FilesAgent)
    text = text_of(await agent.read(path, size_limit), encoding, path)
    try:
        return parse_csv(text, header=header, columns=columns, separator=separator, guess=guess)
    except BadInput as error:
        raise BadInput(f"{path}: {error.message}", cure=error.cure) from None


@block(
    "files.write_csv",
    title="Write CSV file",
    icon="mdi6.file-table-outline",
    agent="files",
    effect="write",
    repeatable=True,
    needs=writes,
    search=("table", "spreadsheet", "excel", "tsv", "save", "export"),
)
async def write_csv(
    path: Target,
    rows: Annotated[Sequence[Mapping[str, Any]], "The records.", Look("table")],
    context: Context,
    columns: Annotated[Sequence[str], "Which fields, in this order; none: all there are."] = (),
    separator: Annotated[str, "One character."] = ",",
    header: Annotated[bool, "Whether the first line names the columns."] = True,
    guard: Annotated[
        bool, "Whether texts that a spreadsheet would take for a formula get a ' in front."
    ] = False,
    mode: Replace = "replace",
    encoding: Annotated[
        str, "How text is written; some spreadsheets want `utf-8-sig`.", Look(more=True)
    ] = "utf-8",
) -> Written:
    """Write a list of records as a CSV file."""
    text = format_csv(rows, columns=columns, separator=separator, header=header, guard=guard)
    raw = bytes_of(text, encoding=encoding)
    agent = await context.agent(FilesAgent)
    return Written(await agent.write(path, raw, mode), len(raw))


@block(
    "files.exists",
    title="File exists",
    icon="mdi6.file-question-outline",
    output="exists",
    agent="files",
    effect="read",
    needs=_reads("path"),
    search=("there", "check", "found", "missing"),
)
async def exists(path: Path, context: Context) -> bool:
    """Tell whether a file or folder is there."""
    agent = await context.agent(FilesAgent)
    return await agent.exists(path)


@block(
    "files.delete",
    title="Delete file",
    icon="mdi6.file-remove-outline",
    output="deleted",
    agent="files",
    effect="write",
    repeatable=True,
    needs=writes,
    search=("remove", "unlink", "clean"),
)
async def delete(path: Target, context: Context) -> bool:
    """Delete a file and tell whether there was one."""
    agent = await context.agent(FilesAgent)
    return await agent.delete(path)


def _line(content: Any, new_line: bool, encoding: str) -> bytes:
    text = content if isinstance(content, str) else format_json(content)
    ended = text if not new_line or text.endswith("\n") else text + "\n"
    return bytes_of(ended, encoding=encoding)


def _path(given: Any) -> str:
    return given if isinstance(given, str) else "*"
