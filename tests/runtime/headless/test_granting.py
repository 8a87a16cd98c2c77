"""What a server lets its clients name, beside what it grants by itself."""

from pathlib import Path

from runtime.compose import granted
from runtime.headless.granting import everywhere
from runtime.services.narrowing import narrowed


def test_a_client_may_name_a_folder_anywhere_and_gets_no_more_by_itself(tmp_path: Path) -> None:
    own = granted(tmp_path / "own", hosts=["a.example"])
    asked = {"folder": str(tmp_path), "reads": [str(tmp_path)], "writes": [str(tmp_path)]}

    assert narrowed(everywhere(own), asked) == asked
    assert narrowed(everywhere(own), {}) == {}
    assert everywhere(own).hosts == own.hosts
