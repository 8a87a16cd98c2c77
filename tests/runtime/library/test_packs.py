"""Packs of templates go out and come in, and hostile ones are refused with the reason."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from graph.file_format import read, write
from graph.flow import Block, Flow
from runtime.compose import RESOURCES
from runtime.library.about import About, write_about
from runtime.library.packs import LARGEST_MEMBER, BadPack, pack, take_in
from runtime.library.shelf import Shelf
from runtime.plugins import installed

CATALOG = installed().catalog
FLOW = write(Flow.of([Block("a", "flow.constant", {"value": 1})], name="One")).encode()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "templates", RESOURCES / "templates")


def zipped(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_a_pack_comes_in_elsewhere_as_it_went_out(shelf: Shelf, tmp_path: Path) -> None:
    about = About("Mail", "mdi6.email-outline", "Press Run.", {"who": "Ada"})
    shelf.add(read(FLOW), about)
    packed = tmp_path / "acme.templates.zip"
    packed.write_bytes(pack([t for t in shelf.templates() if t.own], CATALOG))
    elsewhere = Shelf(tmp_path / "elsewhere", RESOURCES / "templates")

    taken = take_in(packed, elsewhere, CATALOG)

    (new,) = taken.new
    assert read(new.path.read_bytes()) == read(FLOW)
    assert new.about == About("Mail", "mdi6.email-outline", "Press Run.", {"who": "Ada"}, "acme")
    assert taken.known == 0


def test_every_template_that_comes_along_fits_into_a_pack(shelf: Shelf, tmp_path: Path) -> None:
    packed = tmp_path / "all.templates.zip"
    packed.write_bytes(pack(shelf.templates(), CATALOG))

    taken = take_in(packed, shelf, CATALOG)

    assert taken.new == []
    assert taken.known == len(shelf.templates())


def test_the_same_templates_give_the_same_bytes(shelf: Shelf) -> None:
    assert pack(shelf.templates(), CATALOG) == pack(shelf.templates()[::-1], CATALOG)


def test_a_pack_takes_no_place_that_is_taken(shelf: Shelf, tmp_path: Path) -> None:
    other = write(Flow.of([Block("b", "flow.constant")], name="Hello")).encode()

    (new,) = take_in(zipped(tmp_path / "p.zip", ("hello.flow.json", other)), shelf, CATALOG).new

    assert new.name == "hello_2"
    assert next(t for t in shelf.templates() if t.name == "hello").own is False


def test_a_flow_that_uses_a_file_is_packed_with_it_inside(shelf: Shelf, tmp_path: Path) -> None:
    kept = shelf.add(Flow.of([Block("a", "flow.call", {"flow": "in.flow.json"})], name="Out"),
                     About())  # fmt: skip
    (shelf.own / "in.flow.json").write_bytes(FLOW)
    packed = tmp_path / "p.templates.zip"
    packed.write_bytes(pack([kept], CATALOG))

    (new,) = take_in(packed, Shelf(tmp_path / "there", tmp_path), CATALOG).new

    assert read(new.path.read_bytes()).flows["in"] == read(FLOW)


# What is refused.


def link() -> zipfile.ZipInfo:
    made = zipfile.ZipInfo("linked.flow.json")
    made.external_attr = (stat.S_IFLNK | 0o777) << 16
    return made


def locked() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("one.flow.json", FLOW)
    content = bytearray(made.getvalue())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1
    return bytes(content)


OUTSIDE = write(Flow.of([Block("a", "flow.call", {"flow": "../../x.flow.json"})])).encode()
ZEROS = b" " * (LARGEST_MEMBER + 1)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ([("../evil.flow.json", FLOW)], "outside the library"),
        ([("/etc/evil.flow.json", FLOW)], "outside the library"),
        ([("..\\evil.flow.json", FLOW)], "outside the library"),
        ([("C:evil.flow.json", FLOW)], "outside the library"),
        ([("inner/one.flow.json", FLOW)], "no part of a template"),
        ([("run.sh", b"rm")], "no part of a template"),
        ([("one.flow.json", FLOW), ("a.template.json", b"{}")], "isn't there"),
        ([(link(), b"/etc/passwd")], "link to another file"),
        ([("one.flow.json", ZEROS)], "too large for a template"),
        ([("one.flow.json", b"{}")], "which format"),
        ([("one.flow.json", b"not json")], "one.flow.json in p.templates.zip"),
        ([("one.flow.json", FLOW), ("one.template.json", b"[]")], "doesn't describe"),
        ([("one.flow.json", FLOW), ("two.flow.json", b"{")], "two.flow.json"),
        ([("one.flow.json", OUTSIDE)], "a file of its own"),
        ([("one.template.json", write_about(About()))], "no templates"),
        ([], "no templates"),
        ([(f"t{n}.flow.json", b"") for n in range(1001)], "more than 500"),
        ([(f"t{n}.flow.json", FLOW + b" " * (LARGEST_MEMBER - len(FLOW))) for n in range(9)],
         "more than 64 MB"),
    ],
)  # fmt: skip
def test_a_hostile_pack_is_refused_with_the_reason_and_leaves_nothing(
    shelf: Shelf, tmp_path: Path, members: list[tuple[str, bytes]], reason: str
) -> None:
    packed = zipped(tmp_path / "p.templates.zip", *members)

    with pytest.raises(BadPack) as refused:
        take_in(packed, shelf, CATALOG)

    assert reason in refused.value.message
    assert not shelf.own.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.templates.zip"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "isn't a whole zip file"),
        (b"PK\x03\x04 and no more", "isn't a whole zip file"),
        (FLOW, "isn't a whole zip file"),
        (bytes(17 << 20), "larger than 16 MB"),
        (locked(), "password"),
    ],
    ids=["empty", "cut", "a flow", "huge", "locked"],
)
def test_what_is_no_pack_is_refused(
    shelf: Shelf, tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "p.templates.zip"
    path.write_bytes(content)

    with pytest.raises(BadPack, match=reason):
        take_in(path, shelf, CATALOG)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    packed = zipped(tmp_path / "p.zip", ("one.flow.json", FLOW), ("one.flow.json", OUTSIDE))

    with pytest.raises(BadPack, match="twice"):
        take_in(packed, shelf, CATALOG)


def test_a_damaged_pack_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    packed = zipped(tmp_path / "p.zip", ("one.flow.json", FLOW))
    content = bytearray(packed.read_bytes())
    content[len("one.flow.json") + 34] ^= 0xFF
    packed.write_bytes(content)

    with pytest.raises(BadPack, match="whole zip file"):
        take_in(packed, shelf, CATALOG)


def test_a_pack_that_is_not_there_is_told_of(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(BadPack, match="can't be read"):
        take_in(tmp_path / "none.zip", shelf, CATALOG)
