"""Files and scripts name each other, whatever they are called in Studio."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.swarm.studio_bridge.folder.names import file_of, is_flat, is_script, placed_at
from agents.swarm.studio_bridge.paths import path_of
from agents.swarm.studio_bridge.shapes import Kind, Placed
from graph.errors import BadInput

TROUBLE = ("init", "Init", "..", ".", ".git", "con", "Com1.x", "aux.luau", "a.server", "b.CLIENT",
           "100%", "%41", "a/b", "a\\b", " ", "x ", "%2F", "\x1b", "init.server")  # fmt: skip
NAMES = st.sampled_from(TROUBLE) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=10
)
KINDS = st.sampled_from(["Script", "LocalScript", "ModuleScript"])


@given(names=st.lists(NAMES, min_size=1, max_size=3), kind=KINDS, holds=st.booleans())
def test_a_script_has_a_file_that_stands_for_it_alone(
    names: list[str], kind: Kind, holds: bool
) -> None:
    placed = Placed(path_of(["Workspace", *names]), kind)

    file = file_of(placed, holds_others=holds)

    assert placed_at(file) == placed
    assert is_script(file)
    assert is_flat(file) is not holds


@given(names=st.lists(NAMES, min_size=1, max_size=3))
def test_no_name_leads_out_of_the_folder_or_to_what_a_disk_takes_for_something_else(
    names: list[str],
) -> None:
    file = file_of(Placed(path_of(["Workspace", *names]), "Script"), holds_others=False)

    parts = file.split("/")
    assert len(parts) == len(names) + 1
    for part in parts:
        assert not part.startswith(".")
        assert not part.endswith((".", " "))
        assert not set(part) & set('<>:"|?*\\\0\n')
        assert part.partition(".")[0].lower() not in ("con", "nul", "aux", "prn", "com1")


@pytest.mark.parametrize(
    ("file", "path", "kind"),
    [
        ("Workspace/A.luau", "Workspace/A", "ModuleScript"),
        ("Workspace/A.Server.lua", "Workspace/A", "Script"),
        ("Workspace/A/init.client.luau", "Workspace/A", "LocalScript"),
        ("Workspace/A/init.luau", "Workspace/A", "ModuleScript"),
        ("Workspace/A/INIT.luau", "Workspace/A/INIT", "ModuleScript"),
        ("Workspace/100%.luau", "Workspace/100%25", "ModuleScript"),
        ("Workspace/%FF.luau", "Workspace/%25FF", "ModuleScript"),
    ],
)
def test_files_are_read_as_rojo_reads_them(file: str, path: str, kind: Kind) -> None:
    assert placed_at(file) == Placed(path, kind)


@pytest.mark.parametrize("file", ["Workspace/init.luau", "src/A.luau", "Workspace/.luau", "A.luau"])
def test_what_can_be_no_script_in_studio_is_said_to_be_none(file: str) -> None:
    with pytest.raises(BadInput):
        placed_at(file)
