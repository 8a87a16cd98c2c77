"""Reading, writing, finding: what each block does when nobody means harm."""

import asyncio
import datetime
import os
import stat
from pathlib import Path

import pytest

from agents.contract import Grants
from agents.errors import Refused, Rejected
from agents.files import blocks
from agents.files.agent import FilesAgent
from agents.files.blocks import (
    append,
    delete,
    exists,
    list_,
    read,
    read_csv,
    read_many,
    write,
    write_csv,
)
from graph.block import spec_of
from graph.catalog import blocks_in
from graph.errors import BadInput
from graph.spec import Needs
from tests.agents.conftest import Surroundings, means_in


@pytest.mark.parametrize(
    ("content", "read_as", "raw"),
    [
        ("grün\n", "text", "grün\n".encode()),
        (b"\x00\xff", "bytes", b"\x00\xff"),
        ({"a": [1, None]}, "json", b'{\n  "a": [\n    1,\n    null\n  ]\n}\n'),
    ],
)
async def test_what_is_written_is_read_again(
    context: Surroundings, tmp_path: Path, content: object, read_as: str, raw: bytes
) -> None:
    written = await write("new/folder/a.txt", content, context)
    back = await read("new/folder/a.txt", context, read_as=read_as)  # type: ignore[arg-type]

    assert back == content
    assert (tmp_path / "new/folder/a.txt").read_bytes() == raw
    assert written == ("new/folder/a.txt", len(raw))


async def test_dates_are_written_as_iso_8601(context: Surroundings, tmp_path: Path) -> None:
    await write("a.json", {"at": datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.UTC)}, context)

    assert '"2026-01-02T03:00:00Z"' in (tmp_path / "a.json").read_text()


async def test_another_encoding_is_taken(context: Surroundings, tmp_path: Path) -> None:
    await write("a.txt", "grün", context, encoding="latin-1")

    assert (tmp_path / "a.txt").read_bytes() == b"gr\xfcn"
    assert await read("a.txt", context, encoding="latin-1") == "grün"
    with pytest.raises(BadInput, match=r"a\.txt is no utf-8 text: byte 2 is 0xfc"):
        await read("a.txt", context)
    with pytest.raises(BadInput, match="latin-1 has no '€'"):
        await write("a.txt", "€", context, encoding="latin-1")
    for encoding in ("rot13", "base64", "nonsense", "undefined"):
        with pytest.raises(BadInput, match="no text encoding"):
            await read("a.txt", context, encoding=encoding)


async def test_a_byte_order_mark_is_no_text(context: Surroundings, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'\xef\xbb\xbf{"a": 1}')

    assert await read("a.json", context, read_as="json") == {"a": 1}
    assert await read("a.json", context) == '{"a": 1}'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"a": 1,\n "b" 2}', r"a\.json: This is no JSON: .* line 2, column 6"),
        ('{"a": 1', "line 1, column 8"),
        ("[" * 100_000, r"a\.json: .*nested too deeply"),
        ("", r"a\.json: .*it is empty"),
    ],
)
async def test_broken_json_is_named_with_its_place(
    context: Surroundings, tmp_path: Path, text: str, place: str
) -> None:
    (tmp_path / "a.json").write_text(text)

    with pytest.raises(BadInput, match=place):
        await read("a.json", context, read_as="json")


async def test_what_is_not_there_is_said(context: Surroundings, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    with pytest.raises(Rejected, match=r"There is no file a\.txt"):
        await read("a.txt", context)
    with pytest.raises(Rejected, match="folder is a folder"):
        await read("folder", context)
    with pytest.raises(Rejected, match="folder is a folder"):
        await write("folder", "x", context)


async def test_no_more_is_read_than_allowed(context: Surroundings, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 101)

    with pytest.raises(Rejected, match=r"more than 100 bytes.*`size_limit`"):
        await read("a.txt", context, size_limit=100)
    assert len(await read("a.txt", context, size_limit=101)) == 101


async def test_a_new_file_replaces_none(context: Surroundings) -> None:
    await write("a.txt", "first", context, mode="new")

    with pytest.raises(Rejected, match="there already"):
        await write("a.txt", "second", context, mode="new")

    assert await read("a.txt", context) == "first"


async def test_a_new_file_may_be_written_again_by_the_attempt_after(
    context: Surroundings, tmp_path: Path
) -> None:
    await write("a.txt", "first", context, mode="new")
    await write("a.txt", "first", context, mode="new")

    assert os.listdir(tmp_path) == ["a.txt"]


async def test_replacing_keeps_the_rights_and_leaves_nothing_behind(
    context: Surroundings, tmp_path: Path
) -> None:
    (tmp_path / "a.sh").write_text("before")
    (tmp_path / "a.sh").chmod(0o750)

    await write("a.sh", "after", context)

    assert (tmp_path / "a.sh").read_text() == "after"
    assert stat.S_IMODE((tmp_path / "a.sh").stat().st_mode) == 0o750
    assert os.listdir(tmp_path) == ["a.sh"]


async def test_a_reader_never_sees_half_a_file(context: Surroundings, tmp_path: Path) -> None:
    texts = {letter * 200_000 for letter in "ab"}
    await write("a.txt", "a" * 200_000, context)
    over = False

    async def look() -> set[str]:
        seen = set()
        while not over:
            seen.add(await read("a.txt", context))
        return seen

    looking = asyncio.create_task(look())
    for _ in range(20):
        for text in texts:
            await write("a.txt", text, context)
    over = True

    assert await looking <= texts


async def test_appending_adds_lines(context: Surroundings, tmp_path: Path) -> None:
    await append("log/a.txt", "one", context)
    await append("log/a.txt", "two\n", context)
    await append("log/a.txt", {"three": 3}, context)
    await append("log/a.txt", "four", context, new_line=False)
    last = await append("log/a.txt", b"!", context)

    assert (tmp_path / "log/a.txt").read_text() == 'one\ntwo\n{"three":3}\nfour!'
    assert last == ("log/a.txt", 25)


async def test_deleting_tells_whether_there_was_anything(
    context: Surroundings, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("x")

    assert [await exists("a.txt", context), await delete("a.txt", context)] == [True, True]
    assert [await exists("a.txt", context), await delete("a.txt", context)] == [False, False]


async def test_a_path_through_a_file_leads_nowhere(context: Surroundings, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")

    assert not await exists("a.txt/b", context)
    assert not await exists("b" * 300, context)


async def test_folders_are_not_deleted(context: Surroundings, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    with pytest.raises((Rejected, Refused), match="folder"):
        await delete("folder", context)

    assert await exists("folder", context)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Four reports of different ages, and what is no report."""
    ages = {"b.md": 3, "a.md": 1, "2026/c.md": 2, "2026/01/d.md": 4, "x.txt": 5, ".hidden.md": 6}
    for name, days in ages.items():
        path = tmp_path / "reports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        then = datetime.datetime(2026, 1, 31 - days, tzinfo=datetime.UTC).timestamp()
        os.utime(path, (then, then))
    return tmp_path / "reports"


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("reports/*.md", ["a.md", "b.md"]),
        ("reports/**/*.md", ["2026/01/d.md", "2026/c.md", "a.md", "b.md"]),
        ("reports/**/**/d.md", ["2026/01/d.md"]),
        ("reports/*/c.??", ["2026/c.md"]),
        ("reports/[a-b].md", ["a.md", "b.md"]),
        ("reports", ["a.md", "b.md", "x.txt"]),
        ("reports/a.md", ["a.md"]),
        ("reports/.*.md", [".hidden.md"]),
        ("reports/nothing/*", []),
        ("nothing.md", []),
    ],
)
async def test_files_are_found_by_pattern(
    context: Surroundings, reports: Path, pattern: str, names: list[str]
) -> None:
    found = await list_(pattern, context)

    assert [file["path"] for file in found] == [f"reports/{name}" for name in names]


async def test_an_absolute_pattern_is_taken(context: Surroundings, reports: Path) -> None:
    found = await list_(f"{reports}/*.md", context)

    assert [file["name"] for file in found] == ["a.md", "b.md"]


async def test_the_newest_come_first(context: Surroundings, reports: Path) -> None:
    newest = await list_("reports/**/*.md", context, newest_first=True, take=2)

    assert newest == [
        {
            "path": "reports/a.md",
            "name": "a.md",
            "size": 4,
            "modified": datetime.datetime(2026, 1, 30, tzinfo=datetime.UTC),
        },
        {
            "path": "reports/2026/c.md",
            "name": "c.md",
            "size": 9,
            "modified": datetime.datetime(2026, 1, 29, tzinfo=datetime.UTC),
        },
    ]


async def test_more_files_than_allowed_are_an_error(context: Surroundings, reports: Path) -> None:
    with pytest.raises(Rejected, match=r"More than 3 files match .*`file_limit`"):
        await list_("reports/**", context, file_limit=3)


async def test_many_files_are_read_at_once(context: Surroundings, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.json").write_text(f'{{"n": {number}}}')

    found = await read_many("*.json", context, read_as="json")

    assert found == [
        {"path": f"{n}.json", "name": f"{n}.json", "content": {"n": n}} for n in range(3)
    ]


async def test_a_broken_one_among_many_is_named(context: Surroundings, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "b.json").write_text("{")

    with pytest.raises(BadInput, match=r"b\.json: This is no JSON"):
        await read_many("*.json", context, read_as="json")


async def test_many_files_share_one_size_limit(context: Surroundings, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_bytes(b"x" * 50)

    with pytest.raises(Rejected, match="hold more than 120 bytes"):
        await read_many("*.txt", context, size_limit=120)


async def test_a_table_goes_to_csv_and_back(context: Surroundings, tmp_path: Path) -> None:
    rows = [{"name": 'Ada "the first"', "age": 36}, {"name": "Bob; Eve\nand others", "age": None}]

    written = await write_csv("out/people.csv", rows, context, separator=";")
    back = await read_csv("out/people.csv", context, separator="auto", guess=True)

    assert back == rows
    assert written == ("out/people.csv", (tmp_path / "out/people.csv").stat().st_size)


async def test_formulas_are_disarmed_when_asked(context: Surroundings, tmp_path: Path) -> None:
    rows = [{"a": "=cmd()", "b": -5}]

    await write_csv("kept.csv", rows, context)
    await write_csv("guarded.csv", rows, context, guard=True)

    assert (tmp_path / "kept.csv").read_text() == "a,b\n=cmd(),-5\n"
    assert "'=cmd()" in (tmp_path / "guarded.csv").read_text()


async def test_a_csv_of_a_spreadsheet_is_read(context: Surroundings, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("\ufeffname;größe\r\nAda;1\r\n".encode())

    rows = await read_csv("a.csv", context, separator=";")

    assert rows == [{"name": "Ada", "größe": "1"}]


async def test_a_broken_csv_is_named_with_its_line(context: Surroundings, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n1,2,3\n")

    with pytest.raises(BadInput, match=r"a\.csv: Line 3 has 3 cells for 2 columns"):
        await read_csv("a.csv", context)


def test_a_flow_says_beforehand_what_it_touches() -> None:
    read_needs, write_needs = spec_of(read).needs, spec_of(write).needs
    list_needs = spec_of(list_).needs
    assert read_needs
    assert write_needs
    assert list_needs

    assert read_needs({"path": "a.txt"}) == Needs(reads=("a.txt",))
    assert write_needs({"path": "a.txt"}) == Needs(writes=("a.txt",))
    assert list_needs({"pattern": "a/*"}) == Needs(reads=("a/*",))
    assert write_needs({"path": {"$expr": "name"}}) == Needs(writes=("*",))
    assert read_needs({}) == Needs(reads=("*",))


def test_every_parameter_is_described() -> None:
    undescribed = [
        f"{spec.kind}.{parameter.name}"
        for spec in blocks_in(blocks)
        for parameter in spec.parameters
        if not parameter.description
    ]

    assert undescribed == []


def test_only_appending_may_not_simply_be_done_again() -> None:
    repeatable = {spec.kind: spec.repeatable for spec in blocks_in(blocks)}

    assert [kind for kind, may in repeatable.items() if not may] == ["files.append"]


async def test_health_names_a_granted_folder_that_is_gone(tmp_path: Path) -> None:
    agent = FilesAgent(
        Grants(folder=str(tmp_path), reads=(str(tmp_path / "gone"),)), means_in(tmp_path)
    )

    basic, deep = await agent.health(), await agent.health(deep=True)

    assert (basic.state, deep.state) == ("ok", "degraded")
    assert "gone" in deep.detail
