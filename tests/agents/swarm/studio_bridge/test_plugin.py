"""The file that is put among Studio's plugins."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from agents.swarm.studio_bridge.paths import SERVICES
from agents.swarm.studio_bridge.plugin import FOLDER, built


def items(text: str) -> list[tuple[str | None, str, str]]:
    """Class, name and source of every item."""
    return [
        (
            item.get("class"),
            item.findtext("Properties/string[@name='Name']") or "",
            item.findtext("Properties/ProtectedString[@name='Source']") or "",
        )
        for item in ElementTree.fromstring(text).iter("Item")
    ]


def test_it_holds_each_module_word_for_word() -> None:
    found = items(built())

    assert found[0][:2] == ("Script", "Heddle")
    assert {f"{name}.luau": source for _, name, source in found[1:]} == {
        path.name: path.read_text("utf-8")
        for path in FOLDER.glob("*.luau")
        if ".server." not in path.name
    }
    assert found[0][2] == (FOLDER / "Heddle.server.luau").read_text("utf-8")


def test_its_modules_stand_in_its_script() -> None:
    root = ElementTree.fromstring(built())

    assert [item.get("class") for item in root.findall("Item")] == ["Script"]
    assert {item.get("class") for item in root.findall("Item/Item")} == {"ModuleScript"}


def test_it_is_the_same_each_time() -> None:
    assert built() == built()


def test_a_text_that_would_end_the_xml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "A.server.luau").write_text("print(a[b[1]]>2)")

    with pytest.raises(ValueError, match=r"A\.server\.luau"):
        built(tmp_path)


def test_the_plugin_looks_for_scripts_where_the_bridge_keeps_some() -> None:
    source = (FOLDER / "Tree.luau").read_text("utf-8")
    listed = source.partition("Tree.SERVICES = {")[2].partition("}")[0]

    assert tuple(name.strip(' \n\t"') for name in listed.split(",") if name.strip()) == SERVICES


def test_every_module_is_strict() -> None:
    for path in FOLDER.glob("*.luau"):
        assert path.read_text("utf-8").startswith("--!strict\n--"), path.name
