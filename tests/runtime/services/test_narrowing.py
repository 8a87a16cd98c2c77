"""A request is granted what its server has, or less: links don't lead out of that."""

from pathlib import Path

import msgspec
import pytest

from agents.contract import Grants
from runtime.services.narrowing import TooMuch, narrowed


@pytest.fixture
def own(tmp_path: Path) -> Grants:
    (tmp_path / "data" / "inner").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    data = str(tmp_path / "data")
    return Grants(folder=data, reads=(data,), writes=(data,), hosts=("a.example", "b.example"))


def test_nothing_asked_is_nothing_changed(own: Grants) -> None:
    assert narrowed(own, {}) == {}


def test_a_folder_inside_its_own_may_be_asked_for(own: Grants) -> None:
    asked = {"folder": f"{own.folder}/inner", "reads": [f"{own.folder}/inner"], "writes": []}

    assert narrowed(own, asked) == asked


def test_fewer_hosts_may_be_asked_for(own: Grants) -> None:
    assert narrowed(own, {"hosts": ["b.example"]}) == {"hosts": ["b.example"]}
    with pytest.raises(TooMuch, match=r"c\.example"):
        narrowed(own, {"hosts": ["b.example", "c.example"]})


@pytest.mark.parametrize("path", ["../elsewhere", "inner/../../elsewhere"])
def test_no_way_leads_out(own: Grants, path: str) -> None:
    with pytest.raises(TooMuch):
        narrowed(own, {"reads": [f"{own.folder}/{path}"]})


def test_a_relative_path_means_nothing_to_a_server(own: Grants) -> None:
    with pytest.raises(TooMuch):
        narrowed(own, {"reads": ["inner"]})


def test_a_link_counts_as_where_it_leads(own: Grants, tmp_path: Path) -> None:
    (tmp_path / "data" / "link").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(TooMuch):
        narrowed(own, {"writes": [f"{own.folder}/link"]})


def test_connections_stay_confined_where_the_server_confines_them(own: Grants) -> None:
    confined = msgspec.structs.replace(own, confines_connections=True)

    assert narrowed(confined, {"hosts": ["b.example"]}) == {"hosts": ["b.example"]}
    assert narrowed(own, {"confines_connections": True}) == {"confines_connections": True}
    with pytest.raises(TooMuch, match="confined to its hosts"):
        narrowed(confined, {"confines_connections": False})


@pytest.mark.parametrize("path", ["/\0", "/\ud800"])
def test_what_no_path_can_be_is_not_granted(path: str) -> None:
    own = Grants(folder="/", reads=("/",), writes=("/",))

    with pytest.raises(TooMuch):
        narrowed(own, {"reads": [path]})
