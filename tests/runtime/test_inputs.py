"""What a run is granted on another's behalf: what both may touch."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.contract import Grants
from runtime.inputs import common, differing


def own(folder: Path) -> Grants:
    return Grants(folder=str(folder), reads=(str(folder),), writes=(str(folder),))


def allowed(folder: Path, **within: Any) -> Grants:
    return differing(own(folder), common(own(folder), within))


def test_the_same_grants_need_not_be_said_again(tmp_path: Path) -> None:
    assert common(own(tmp_path), msgspec.to_builtins(own(tmp_path))) == {}


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        (["*"], ["a.org"], ["a.org"]),
        (["a.org", "b.org"], ["*"], ["a.org", "b.org"]),
        (["a.org", "b.org"], ["b.org", "c.org"], ["b.org"]),
        (["a.org"], [], []),
        (["*"], ["*"], ["*"]),
    ],
)
def test_only_hosts_and_databases_that_both_may_reach_are_left(
    tmp_path: Path, mine: list[str], theirs: list[str], both: list[str]
) -> None:
    for name in ("hosts", "databases"):
        home = differing(own(tmp_path), {name: mine})

        found = differing(home, common(home, {name: theirs}))

        assert list(getattr(found, name)) == both


def test_each_that_it_is_on_behalf_of_narrows_it(tmp_path: Path) -> None:
    one = {"hosts": ["a.org", "b.org"], "writes": []}
    other = {"hosts": ["b.org", "c.org"], "databases": ["a.org"]}

    both = differing(own(tmp_path), common(own(tmp_path), one, other))

    assert (both.hosts, both.databases, both.writes) == (("b.org",), ("a.org",), ())


def test_only_folders_inside_of_both_are_left(tmp_path: Path) -> None:
    inner, outer = str(tmp_path / "inner"), str(tmp_path.parent)

    assert allowed(tmp_path, reads=[inner], writes=[inner]).reads == (inner,)
    assert allowed(tmp_path, reads=[outer], writes=[]).reads == (str(tmp_path),)
    assert allowed(tmp_path, reads=["/elsewhere"], writes=["/elsewhere"]).writes == ()


def test_a_link_is_the_folder_that_it_leads_to(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "link").symlink_to(tmp_path)

    assert allowed(home, reads=[str(home / "link")], writes=[]).reads == (str(home),)


def test_connections_are_confined_where_either_confines_them(tmp_path: Path) -> None:
    assert allowed(tmp_path, confines_connections=True).confines_connections
